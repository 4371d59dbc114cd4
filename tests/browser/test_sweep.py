"""Sweeps in processes of this machine and on a Dask cluster, with processes killed; the tests ask what the store holds."""

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from engine import sweep
from engine.archive import Store
from tests.conftest import ROOT
from tests.engine.executing import ASKED, LONGER, PATIENCE, Here, assert_whole, wait_until
from tests.engine.rounding import assert_same_bits


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs.sqlite")


def test_two_processes_give_the_same_numbers_bit_for_bit(store, tmp_path):
    """As this process does, which trains the same stacks."""
    here = Store(tmp_path / "here.sqlite")
    sweep.run(ASKED, store, lambda: sweep.processes(2))
    sweep.run(ASKED, here, Here)
    assert_whole(store)
    for h in ASKED:
        assert_same_bits(store.get(h), here.get(h))


def test_a_process_that_is_killed_costs_nothing_but_time(store):
    """SIGKILL to one of two in the middle: the pool breaks, and another finishes what was left."""
    opened = []

    def open_executor():
        opened.append(sweep.processes(2))
        return opened[-1]

    asked = LONGER
    whole = threading.Thread(target=sweep.run, args=(asked, store, open_executor))
    whole.start()
    wait_until(lambda: len(store) >= 1)
    os.kill(next(iter(opened[0]._processes)), signal.SIGKILL)
    whole.join(PATIENCE)
    assert not whole.is_alive()
    assert len(opened) == 2
    assert_whole(store, asked)


SCRIPT = """
import sys
from engine import sweep
from engine.archive import Store
from engine.studies.command import command
from tests.engine.executing import LONGER
if __name__ == "__main__":
    sweep.run(LONGER, Store(sys.argv[1]), lambda: sweep.processes(2))
"""


def test_a_main_process_that_is_killed_leaves_a_sweep_to_be_gone_on_with(tmp_path):
    """SIGKILL to the process that stores: its own processes end too, and the next sweep trains only what is missing."""
    path, script = tmp_path / "runs.sqlite", tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(script), str(path)]
    main = subprocess.Popen(command, cwd=ROOT, env=environment)
    wait_until(lambda: path.exists() and len(Store(path)) >= 2)
    children = subprocess.run(["pgrep", "-P", str(main.pid)], capture_output=True, text=True, check=False).stdout.split()
    main.kill()
    main.wait()
    assert children
    wait_until(lambda: not any(os.path.exists(f"/proc/{child}/cmdline") and _is_python(child) for child in children))
    executor, store = Here(), Store(path)
    before = len(store)
    assert before >= 2
    sweep.run(LONGER, store, lambda: executor)
    assert len(executor.trained) == len(LONGER) - before
    assert_whole(store, LONGER)


def _is_python(pid):
    """Whether a process is still more than an entry that nobody has asked about."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"python" in file.read()
    except OSError:
        return False


def test_two_sweeps_share_one_file(tmp_path):
    """Two programs at once, each with two processes: each run is there once, and is right."""
    path, script = tmp_path / "runs.sqlite", tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    both = [subprocess.Popen([sys.executable, str(script), str(path)], cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait(PATIENCE) for process in both] == [0, 0]
    assert_whole(Store(path), LONGER)


# a Dask cluster


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


SWEEP = """
import sys
from functools import partial
from engine import sweep
from engine.studies.command import command
from tests.engine.executing import ASKED
sys.exit(command("tiny", partial(sweep.run, ASKED), sys.argv[1:]))
"""


@pytest.mark.parametrize("address", ["tcp://", "nonsense", "tcp://127.0.0.1:1", "http://x:1"])
def test_a_cluster_that_is_not_there_is_said_in_a_line(tmp_path, address):
    command = [sys.executable, "-c", SWEEP, "--store", str(tmp_path / "runs.sqlite"), "--scheduler", address]
    soon = os.environ | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "0.3s"}
    done = subprocess.run(command, cwd=ROOT, env=soon, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 1
    assert f"no scheduler at {address!r}: " in done.stderr
    assert "Traceback" not in done.stderr
