"""Sweeps: on this machine and on a Dask cluster, with processes killed; the tests ask what the store holds."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, contest, sweep, train
from engine.measurements import Record
from engine.store import Store
from tests.conftest import ROOT

BASE = Hyperparameters(hidden=(10,), epochs=30, replicates=2)
ASKED = [replace(BASE, l2=float(l2), seed=seed) for l2 in (1, 2, 5) for seed in (0, 50)]
PATIENCE = 60.0


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs.sqlite")


def assert_whole(store, asked=ASKED):
    """Every run is there exactly once, and is bit for bit what this process trains alone.

    All but the cost, whose sum over examples a stack takes in other pieces.
    """
    assert len(store) == len(set(asked))
    for h in asked:
        run, expected = store.get(h), train(h, cache=None)
        for f in fields(Record)[1:]:
            tolerance = 1e-12 if f.name == "training_cost" else 0
            np.testing.assert_allclose(getattr(run, f.name), getattr(expected, f.name), rtol=tolerance, err_msg=f.name)


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Here(Executor):
    """Runs what is submitted at once; counts it."""

    def __init__(self):
        self.trained = []

    def submit(self, function, group):
        self.trained += group
        future = Future()
        future.set_result(function(group))
        return future


def test_a_sweep_trains_what_is_missing_and_nothing_else(store):
    executor, heard = Here(), []
    sweep.run([*ASKED[:2], *ASKED[:2]], store, lambda: executor, lambda *what: heard.append(what[:2]))
    assert sorted(executor.trained, key=ASKED.index) == ASKED[:2]
    assert heard == [(0, 2), (1, 2), (2, 2)]
    sweep.run(ASKED, store, lambda: executor)
    assert sorted(executor.trained, key=ASKED.index) == ASKED  # the first two not again
    assert_whole(store)


def test_a_finished_sweep_opens_no_executor(store):
    sweep.run(ASKED[:2], store, Here)
    heard = []
    sweep.run(ASKED[:2], store, None, lambda *what: heard.append(what))
    assert heard == [(2, 2, 0.0)]


def test_two_processes_give_the_same_numbers(store):
    sweep.run(ASKED, store, lambda: sweep.processes(2))
    assert_whole(store)


def test_runs_that_differ_in_lambda_alone_share_a_stack(monkeypatch):
    monkeypatch.setattr(sweep, "STACK", 4)
    groups = list(sweep.stacks([*ASKED, replace(ASKED[0], epochs=9)]))
    assert sorted(h.l2 for group in groups for h in group) == [1, 1, 1, 2, 2, 5, 5]
    assert max(map(len, groups)) == 2  # of two replicates each
    for group in groups:
        assert len({replace(h, l2=0.0) for h in group}) == 1


def test_a_run_that_diverges_does_not_spoil_those_that_share_its_stack(store):
    """eta * lambda / n is 3.5 in one of three."""
    asked = [replace(BASE, learning_rate=10.0, l2=l2, epochs=3) for l2 in (1.0, 500.0, 5.0)]
    assert len(list(sweep.stacks(asked))) == 1
    sweep.run(asked, store, Here)
    assert [store.get(h).diverged_at is None for h in asked] == [True, False, True]
    assert_whole(store, asked)


def test_what_a_run_raises_is_raised_and_what_finished_is_kept(store, monkeypatch):
    train_packed = sweep.train_packed

    def fails(group):
        if ASKED[1] in group:
            raise ArithmeticError("in the middle")
        return train_packed(group)

    class Kept(Here):
        def submit(self, function, group):
            future = Future()
            try:
                future.set_result(function(group))
            except ArithmeticError as error:
                future.set_exception(error)
            return future

    monkeypatch.setattr(sweep, "train_packed", fails)
    with pytest.raises(ArithmeticError, match="in the middle"):
        sweep.run(ASKED, store, Kept)
    assert store.get(ASKED[1]) is None
    lost = next(group for group in sweep.stacks(ASKED) if ASKED[1] in group)
    assert len(store) == len(ASKED) - len(lost)  # whatever was done, or done beside it, is kept
    monkeypatch.undo()
    sweep.run(ASKED, store, Here)
    assert_whole(store)


def test_executors_that_keep_breaking_end_the_sweep(store):
    opened = []

    class Breaks(Here):
        def submit(self, function, group):
            future = Future()
            future.set_exception(BrokenExecutor("killed"))
            return future

    with pytest.raises(BrokenExecutor, match="killed"):
        sweep.run(ASKED, store, lambda: opened.append(1) or Breaks())
    assert len(opened) == sweep.TRIES


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
from engine.store import Store
from tests.test_sweep import LONGER
if __name__ == "__main__":
    sweep.run(LONGER, Store(sys.argv[1]), lambda: sweep.processes(2))
"""
LONGER = [replace(BASE, l2=float(l2), seed=seed, epochs=150) for l2 in (2, 5) for seed in (0, 50, 100, 150, 200)]
"""Ten runs in five stacks."""


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
    import json

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
        for f in fields(Record)[1:]:
            one, other = (getattr(store.get(h), f.name) for store in (there, here))
            np.testing.assert_array_equal(one, other, err_msg=f.name)


@pytest.mark.filterwarnings("ignore")
def test_a_worker_of_the_cluster_that_is_killed_costs_nothing_but_time(store, dask):
    whole = threading.Thread(target=sweep.run, args=(LONGER, store, lambda: sweep.cluster(dask.address)))
    whole.start()
    wait_until(lambda: len(store) >= 1)
    dask.workers[0].kill()
    whole.join(PATIENCE)
    assert not whole.is_alive()
    assert_whole(store, LONGER)


# the named ones


@pytest.mark.parametrize("name", contest.VARIED)
def test_every_contest_changes_one_thing_and_has_both_starts(name):
    asked = sweep.SWEEPS[name]()
    assert len(asked) == len(set(asked))
    large, scaled = ([h for h in asked if h.initialization == start] for start in ("large", "scaled"))
    assert [replace(h, initialization="scaled") for h in large] == scaled
    assert all(h.replicates >= 5 for h in asked)
    changed = {f.name for f in fields(Hyperparameters) if len({getattr(h, f.name) for h in large}) > 1}
    assert changed - {"epochs"} == {{"widths": "hidden", "lambdas": "l2"}.get(name, "fan_in")}
    assert len(large) >= 4
    for h in asked:
        assert np.exp(-h.learning_rate * h.l2 / h.batch_size * h.epochs) <= np.exp(-sweep.FORGOTTEN) * 1.001 or h.epochs == 50


def test_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sweep, "SWEEPS", {"tiny": lambda: ASKED[:2]})
    path = tmp_path / "runs.sqlite"
    assert sweep.main(["tiny", "--store", str(path), "--processes", "1"]) == 0
    assert "2/2 runs" in capsys.readouterr().err
    assert_whole(Store(path), ASKED[:2])
    assert sweep.main(["tiny", "--store", str(path)]) == 0
    assert "processes must be at least 1, got 0" in sweep.main(["tiny", "--processes", "0"])
    assert "must be a file in an existing folder" in sweep.main(["tiny", "--store", str(tmp_path / "no" / "where")])
