"""Workers: processes that train, die, are given up and end; what they send is what a thread would have trained."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, RunCache, train
from engine.measurements import Record
from engine.worker import Call
from engine.workers import Bench, Cluster, Process, from_environment

H = Hyperparameters(n_train=50, hidden=(3,), epochs=12, replicates=2)
SLOW = Hyperparameters(hidden=(100,), batch_size=1, epochs=1000, replicates=16)
"""Half a second an epoch."""
PATIENCE = 60.0


def assert_same_run(one, other):
    for f in fields(Record)[1:]:
        np.testing.assert_array_equal(getattr(one, f.name), getattr(other, f.name), err_msg=f.name)


@pytest.fixture
def process():
    worker = Process()
    yield worker
    worker.close()


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_process_trains_what_a_thread_trains(process, tmp_path):
    runs = RunCache(results=tmp_path, workers=[process])
    assert_same_run(runs.train(H), train(H, cache=None))
    longer = replace(H, epochs=20)
    assert_same_run(runs.train(longer), train(longer, cache=None))


def test_a_turn_that_is_left_early_leaves_nothing_for_the_next(process):
    left = process.turn(Call(1, divmod, (17, 5)), 1)
    assert next(left) == ((3, 2),)
    left.close()
    assert list(process.turn(Call(2, divmod, (19, 5)), 1)) == [((3, 4),)]


def test_a_place_on_a_cluster_trains_what_a_thread_trains(tmp_path):
    with ThreadPoolExecutor(1) as executor:
        runs = RunCache(results=tmp_path, workers=[Cluster(executor)])
        assert_same_run(runs.train(H), train(H, cache=None))


def test_a_run_given_up_makes_room_at_once(process, tmp_path):
    runs = RunCache(results=tmp_path, workers=[process])
    runs.train(H)  # the process is there
    took = []
    for seed in range(3):
        job = runs.request(replace(SLOW, seed=seed), "reader")
        until(lambda job=job: job.epochs >= 0)
        began = time.monotonic()
        runs.release("reader")
        runs.train(replace(H, seed=5 + seed))
        took.append(time.monotonic() - began)
    assert min(took) < 0.4  # one of them may have waited for the machine


def test_a_process_calls_what_a_thread_calls(process, tmp_path):
    runs = RunCache(results=tmp_path, workers=[process])
    assert runs.call(divmod, 17, 5) == (3, 2)
    with pytest.raises(ZeroDivisionError):
        runs.call(divmod, 17, 0)
    for one, other in zip(runs.network(H, 7).weights, RunCache(results=tmp_path).network(H, 7).weights):
        np.testing.assert_array_equal(one, other)


def test_a_call_given_up_makes_room_at_once(process, tmp_path):
    runs = RunCache(results=tmp_path, workers=[process])
    runs.train(H)
    began = []

    def leave():
        began.append(time.monotonic())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.network(SLOW, 100, idle=leave)
    runs.train(replace(H, seed=5))
    assert time.monotonic() - began[0] < 2  # of the fifty seconds that it takes


def test_a_killed_process_is_replaced_and_the_run_goes_on(process, tmp_path):
    runs = RunCache(results=tmp_path, workers=[process])
    h = replace(SLOW, hidden=(3,), epochs=8)
    job = runs.request(h, "reader")
    until(lambda: job.epochs >= 1)
    os.kill(process._process.pid, signal.SIGKILL)
    assert job.wait(PATIENCE)
    assert_same_run(job.run, train(h, cache=None))


@pytest.mark.parametrize("given", ["", "-1", "x", "1.5", "10000", "٣"])
def test_a_number_of_workers_that_is_none(given):
    with pytest.raises(ValueError, match="RUNS_WORKERS must be a whole number"):
        from_environment({"RUNS_WORKERS": given})


def test_no_processes_are_a_thread():
    (worker,) = from_environment({"RUNS_WORKERS": "0"})
    assert isinstance(worker, Bench)
