"""Sweeps on a Dask cluster, with workers killed; the tests ask what the store holds."""

import json
import os
import subprocess
import sys
import threading

import pytest

from engine import sweep
from engine.store import Store
from tests.conftest import ROOT
from tests.engine.executing import ASKED, LONGER, PATIENCE, assert_whole, wait_until
from tests.engine.rounding import assert_same_bits


class Cluster:
    """A scheduler and two workers, each a process of this machine."""

    def __init__(self, folder):
        self.file = folder / "scheduler.json"
        self.environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        self.environment |= {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "30s"}
        self.scheduler = self.start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        wait_until(self.file.exists)
        self.workers = [self.start("dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]

    def start(self, module, *options):
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(self.file), *options]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path):
    cluster = Cluster(tmp_path)
    cluster.address = json.loads(cluster.file.read_text())["address"]
    yield cluster
    cluster.stop()


@pytest.mark.filterwarnings("ignore")  # what other people's packages warn of
def test_a_dask_cluster_gives_the_same_numbers_bit_for_bit(tmp_path, dask):
    there, here = (Store(tmp_path / f"{name}.sqlite") for name in ("there", "here"))
    sweep.run(ASKED, there, lambda: sweep.cluster(dask.address))
    sweep.run(ASKED, here, lambda: sweep.processes(2))
    assert_whole(there)
    for h in ASKED:
        assert_same_bits(there.get(h), here.get(h))


@pytest.mark.filterwarnings("ignore")
def test_a_worker_of_the_cluster_that_is_killed_costs_nothing_but_time(store, dask):
    whole = threading.Thread(target=sweep.run, args=(LONGER, store, lambda: sweep.cluster(dask.address)))
    whole.start()
    wait_until(lambda: len(store) >= 1)
    dask.workers[0].kill()
    whole.join(PATIENCE)
    assert not whole.is_alive()
    assert_whole(store, LONGER)
