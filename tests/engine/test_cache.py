"""Runs shared, continued, given up, evicted, stored: what is trained is counted epoch by epoch."""

import queue
import random
import threading
import time
import tracemalloc
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, RunCache, train
from engine.archive import write
from engine.measurements import Record
from engine.training import Trajectory, epochs

H = Hyperparameters(n_train=20, hidden=(3,), epochs=6, replicates=2)
PATIENCE = 300.0
"""Seconds after which a test that waits for another thread has failed; none takes a tenth of a second."""


class WatchedTraining:
    """epoch_in_parts, noting the (seed, epoch) it trains; while held, every epoch waits to be let through."""

    def __init__(self, epoch_in_parts):
        self._epoch_in_parts = epoch_in_parts
        self._permits = None
        self.started = queue.Queue()
        self.done = []

    def __call__(self, network, h, data, epoch):
        self.started.put((h.seed, epoch))
        if self._permits is not None and not self._permits.acquire(timeout=PATIENCE):
            raise TimeoutError("nobody let this epoch through")
        yield from self._epoch_in_parts(network, h, data, epoch)
        self.done.append((h.seed, epoch))

    def hold(self):
        self._permits = threading.Semaphore(0)

    def let_through(self, epochs):
        self._permits.release(epochs)

    def free(self):
        if self._permits is not None:
            self._permits.release(1000)

    def wait_for_start(self, seed, epoch):
        while self.started.get(timeout=PATIENCE) != (seed, epoch):
            pass


@pytest.fixture
def training(monkeypatch):
    watched = WatchedTraining(Trajectory.train.__globals__["epoch_in_parts"])
    monkeypatch.setattr("engine.training.epoch_in_parts", watched)
    yield watched
    watched.free()


@pytest.fixture
def runs(tmp_path):
    """A cache with nothing in it and nothing shipped."""
    return RunCache(results=tmp_path)


def epochs_of(h, start=0):
    return [(h.seed, epoch) for epoch in range(start, h.epochs)]


def assert_same_run(one, other):
    assert one.diverged_at == other.diverged_at
    for f in fields(Record)[1:]:
        np.testing.assert_array_equal(getattr(one, f.name), getattr(other, f.name), err_msg=f.name)


# one computation for all


def test_many_askers_at_once_share_one_computation(runs, training):
    expected = train(H, cache=None)
    training.done.clear()
    together = threading.Barrier(16)

    def ask(_):
        together.wait(PATIENCE)
        return runs.train(H)

    with ThreadPoolExecutor(16) as askers:
        for run in askers.map(ask, range(16)):
            assert_same_run(run, expected)
    assert training.done == epochs_of(H)


def test_longer_run_trains_only_what_is_missing(runs, training):
    longer = replace(H, epochs=9)
    runs.train(H)
    continued = runs.train(longer)
    assert training.done == epochs_of(longer)  # 0 to 5, then 6 to 8
    assert_same_run(continued, train(longer, cache=None))


def test_shorter_run_is_a_slice_of_the_longer(runs, training):
    runs.train(H)
    training.done.clear()
    shorter = replace(H, epochs=2)
    job = runs.request(shorter, "reader")
    assert job.finished  # at once
    assert job.run.hyperparameters == shorter
    assert training.done == []
    assert_same_run(job.run, train(shorter, cache=None))


def test_two_lengths_of_one_run_wanted_together(runs, training):
    training.hold()
    long, short = replace(H, epochs=8), replace(H, epochs=3)
    jobs = [runs.request(long, "one"), runs.request(short, "other")]
    training.let_through(3)
    training.wait_for_start(0, 3)
    assert jobs[1].wait(PATIENCE)  # finished on the way, while the longer one trains on
    assert not jobs[0].finished
    assert jobs[1].run.epochs == 3
    training.free()
    assert jobs[0].wait(PATIENCE)
    assert training.done == epochs_of(long)
    assert runs.train(H).epochs == 6


def test_train_without_a_cache_always_trains(training):
    train(H, cache=None)
    train(H, cache=None)
    assert training.done == 2 * epochs_of(H)


def test_train_uses_the_cache_it_is_given(runs, training):
    assert_same_run(train(H, cache=runs), train(H, runs))
    assert training.done == epochs_of(H)


def test_divergence_is_not_trained_twice(runs, training):
    diverging = replace(H, l2=1e7, epochs=30)  # eta * lambda / n = 5e4: an update or two are enough
    run = runs.train(diverging)
    assert run.diverged_at == run.epochs + 1 < 30
    training.done.clear()
    assert_same_run(runs.train(replace(diverging, epochs=1000)), run)
    assert training.done == []


# a job on its way


def test_job_from_queue_to_end(runs, training):
    training.hold()
    first, second = runs.request(H, "one"), runs.request(replace(H, seed=9), "other")
    training.wait_for_start(0, 0)
    assert (second.epochs, second.run) == (-1, None)  # queued
    assert first.epochs == 0
    assert first.run.weight_rms.shape == (2, 1, 2)
    assert not first.wait(0.001)
    training.let_through(2)
    training.wait_for_start(0, 2)
    assert first.epochs == 2
    assert not first.finished
    partial = first.run
    assert partial.epochs == 2
    training.free()
    assert first.wait(PATIENCE)
    assert second.wait(PATIENCE)
    assert (first.epochs, first.cancelled) == (6, False)
    np.testing.assert_array_equal(partial.weight_rms, first.run.weight_rms[:, :3])
    assert training.done == epochs_of(H) + epochs_of(replace(H, seed=9))


def test_asking_again_joins_the_same_job(runs, training):
    training.hold()
    job = runs.request(H, "reader")
    assert runs.request(replace(H), "reader") is job
    assert runs.request(replace(H), "another") is job
    runs.release("another")
    training.free()
    assert job.wait(PATIENCE)
    assert not job.cancelled
    assert training.done == epochs_of(H)


def test_run_that_nobody_wants_stops_after_its_epoch_and_is_kept(runs, training):
    training.hold()
    job = runs.request(H, "reader")
    training.let_through(2)
    training.wait_for_start(0, 2)
    runs.release("reader")
    training.free()
    assert job.wait(PATIENCE)
    assert job.cancelled
    wait_until(lambda: job.epochs == 3)
    assert training.done == epochs_of(H)[:3]
    assert job.run.epochs == 3
    assert_same_run(runs.train(H), train(H, cache=None))
    assert training.done[:6] == epochs_of(H)  # and went on from there


def test_moving_on_gives_up_the_former_run(runs, training):
    other = replace(H, seed=9)
    training.hold()
    job = runs.request(H, "reader")
    training.wait_for_start(0, 0)
    following = runs.request(other, "reader")
    training.free()
    assert following.wait(PATIENCE)
    assert job.cancelled
    assert not following.cancelled
    assert training.done == epochs_of(H)[:1] + epochs_of(other)


def test_moving_on_leaves_the_run_to_others_who_want_it(runs, training):
    training.hold()
    job = runs.request(H, "reader")
    assert runs.request(H, "another") is job
    following = runs.request(replace(H, seed=9), "reader")
    training.free()
    assert following.wait(PATIENCE)
    assert job.run.epochs == 6
    assert not job.cancelled


def test_queued_run_that_nobody_wants_is_never_trained(runs, training):
    training.hold()
    first, given_up, last = (runs.request(replace(H, seed=seed), seed) for seed in (10, 20, 30))
    training.wait_for_start(10, 0)
    runs.release(20)
    training.free()
    assert last.wait(PATIENCE)
    assert first.finished
    assert given_up.cancelled
    assert given_up.run is None
    assert {seed for seed, _ in training.done} == {10, 30}


def test_releasing_nothing():
    RunCache().release("nobody")


def test_joining_a_run_in_the_moment_it_is_given_up(runs, training, monkeypatch):
    """Between the decision to stop and its end another reader asks for the same run: that reader must get all of it."""
    stopped, resume = threading.Event(), threading.Event()

    def slow_to_stop(*arguments):
        try:
            yield from epochs(*arguments)
        finally:
            if not stopped.is_set():
                stopped.set()
                resume.wait(PATIENCE)

    monkeypatch.setattr("engine.worker.epochs", slow_to_stop)
    training.hold()
    runs.request(H, "first")
    training.wait_for_start(0, 0)
    runs.release("first")
    training.free()
    assert stopped.wait(PATIENCE)
    job = runs.request(H, "second")
    resume.set()
    assert job.wait(PATIENCE)
    assert not job.cancelled
    assert job.run.epochs == 6


def test_everyone_gets_the_whole_run_in_any_confusion(runs):
    """Six threads ask for whole runs, join and give up others, all at once."""
    variants = [replace(H, seed=seed, epochs=epochs) for seed in range(3) for epochs in (1, 4, 7)]
    expected = {h: train(h, cache=None) for h in variants}

    def confuse(k):
        choice = random.Random(k)
        for step in range(25):
            h = choice.choice(variants)
            if step % 2:
                runs.request(h, choice.randrange(4))
                runs.release(choice.randrange(4))
            else:
                assert_same_run(runs.train(h), expected[h])

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(confuse, range(6)))


# errors


def test_error_in_training_reaches_the_asker_and_nobody_else(runs, training, monkeypatch):
    def fail_in_epoch_2(network, h, data, epoch):
        if epoch == 2:
            raise ArithmeticError("in the middle")
        return training(network, h, data, epoch)

    with monkeypatch.context() as patched:
        patched.setattr("engine.training.epoch_in_parts", fail_in_epoch_2)
        with pytest.raises(ArithmeticError, match="in the middle"):
            runs.train(H)
        assert runs.train(replace(H, epochs=2, seed=9)).epochs == 2  # the thread lives on
        job = runs.request(H, "reader")
        assert job.wait(PATIENCE)
        with pytest.raises(ArithmeticError, match="in the middle"):
            _ = job.run
    training.done.clear()
    assert_same_run(runs.train(H), train(H, cache=None))
    assert training.done[:4] == epochs_of(H, start=2)  # what was trained before the error is kept


# bounded


def test_least_recently_used_run_is_dropped(tmp_path, training):
    a, b, c = (replace(H, seed=seed) for seed in (100, 200, 300))
    probe = RunCache(results=tmp_path)
    probe.train(a)
    one = probe.nbytes
    runs = RunCache(max_bytes=int(2.5 * one), results=tmp_path)
    runs.train(a)
    runs.train(b)
    assert runs.nbytes == 2 * one
    runs.train(a)  # used again: b is now the older one
    runs.train(c)
    assert runs.nbytes == 2 * one
    training.done.clear()
    runs.train(a)
    runs.train(c)
    assert training.done == []
    runs.train(b)
    assert training.done == epochs_of(b)


def test_run_larger_than_the_cache_is_given_and_dropped(tmp_path, training):
    runs = RunCache(max_bytes=10, results=tmp_path)
    assert runs.train(H).epochs == 6
    assert runs.nbytes == 0
    assert runs.train(H).epochs == 6
    assert training.done == 2 * epochs_of(H)


@pytest.mark.parametrize("replicates", [1, 8])
def test_bytes_are_those_of_the_memory(runs, replicates):
    """Within a factor of two of what Python says it holds: a bound on less bounds nothing."""
    h = replace(H, n_train=1, epochs=300, replicates=replicates)
    runs.train(replace(h, epochs=0))
    tracemalloc.start()
    before = runs.nbytes
    runs.train(h)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held / 2 < runs.nbytes - before < 2 * held


# stored


def trained(h):
    trajectory = Trajectory(h)
    list(trajectory.train(h.epochs))
    return trajectory


def keep(trajectory, folder, epochs=()):
    """Its run in a file of `folder`, with the networks of some epochs."""
    networks = {epoch: trajectory.network_at(epoch) for epoch in epochs}
    return write(trajectory.run(trajectory.hyperparameters), networks, folder)


def test_shipped_run_is_used_and_continued(tmp_path, training):
    keep(trained(H), tmp_path, (H.epochs,))
    runs, expected = RunCache(results=tmp_path), train(replace(H, epochs=8), cache=None)
    training.done.clear()
    job = runs.request(H, "reader")
    assert job.finished
    assert training.done == []
    longer = replace(H, epochs=8)
    assert_same_run(runs.train(longer), expected)
    assert training.done == epochs_of(longer, start=6)
    assert_same_run(runs.train(replace(H, epochs=2)), train(replace(H, epochs=2), cache=None))


def test_a_long_run_does_not_keep_others_waiting(tmp_path, monkeypatch):
    """With turns of no length the short run, asked for second, is finished while the long one still trains."""
    monkeypatch.setattr("engine.cache.TURN", 0.0)
    runs = RunCache(results=tmp_path)
    long = runs.request(replace(H, epochs=5000), "long")
    short = runs.request(replace(H, seed=7, epochs=5), "short")
    assert short.wait(PATIENCE)
    assert not long.finished
    assert long.epochs < 5000
    runs.release("long")
    assert long.wait(PATIENCE)
    assert long.cancelled


def test_a_damaged_shipped_run_is_trained_again(tmp_path):
    path = keep(trained(H), tmp_path, (H.epochs,))
    path.write_bytes(path.read_bytes()[:-100])
    run = RunCache(results=tmp_path).train(H)
    np.testing.assert_array_equal(run.weight_rms, trained(H).run(H).weight_rms)


def test_the_network_of_an_epoch_is_trained_from_the_nearest_that_is_kept(runs, training):
    runs.train(H)
    training.done.clear()
    network = runs.network(H, 4)
    assert training.done == [(0, 2), (0, 3)]  # from epoch 2, which is kept
    assert runs.network(H, 4) is network
    runs.network(H, 6)
    assert len(training.done) == 2
    whole = Trajectory(replace(H, epochs=4))
    list(whole.train(4))
    for w, expected in zip(network.weights, whole.network.weights):
        np.testing.assert_array_equal(w, expected)


def test_kept_networks_count_among_the_bytes(runs, training):
    runs.train(H)
    before = runs.nbytes
    network = runs.network(H, 3)
    assert runs.nbytes - before == sum(a.nbytes for a in (*network.weights, *network.biases))


def test_networks_are_dropped_with_their_run(tmp_path):
    cache = RunCache(max_bytes=20_000, results=tmp_path)
    for seed in range(20):
        cache.network(replace(H, seed=seed), 3)
    assert cache.nbytes <= 20_000 + 5_000


def test_networks_asked_for_while_the_run_trains(tmp_path):
    h = replace(H, epochs=300)
    cache = RunCache(results=tmp_path)
    job = cache.request(h, "reader")
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip((3, 40, 41, 77), pool.map(lambda epoch: cache.network(h, epoch), (3, 40, 41, 77))))
    assert job.wait(PATIENCE)
    fresh = Trajectory(h)
    for epoch, network in found.items():
        list(fresh.train(epoch))
        for w, expected in zip(network.weights, fresh.network.weights):
            np.testing.assert_array_equal(w, expected)
    assert job.run.epochs == 300


# long epochs


LONG = replace(H, n_train=1440, batch_size=1, epochs=2)
"""1,440 updates an epoch."""


@pytest.fixture
def pauses(monkeypatch):
    """Every 100 updates a run can be left or wait; how many updates were made, and a gate before each hundred."""
    made, gate = [], threading.Semaphore(0)
    train_on = Trajectory.train.__globals__["epoch_in_parts"].__globals__["train_on"]

    def counted(network, h, *arguments):
        assert gate.acquire(timeout=PATIENCE)
        made.append(h.seed)
        train_on(network, h, *arguments)

    monkeypatch.setattr("engine.training.PAUSE", 100)
    monkeypatch.setattr("engine.training.train_on", counted)
    yield made, gate
    gate.release(10_000)


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_run_that_nobody_wants_stops_within_its_epoch(runs, pauses):
    made, gate = pauses
    job = runs.request(LONG, "reader")
    gate.release(3)
    wait_until(lambda: len(made) == 3)
    runs.release("reader")
    gate.release(100)
    assert job.wait(PATIENCE)
    assert job.cancelled
    assert len(made) <= 5  # of the fifteen of an epoch
    assert job.epochs == 0


def test_a_run_waits_within_its_epoch_for_another_and_goes_on_there(runs, pauses, monkeypatch):
    made, gate = pauses
    monkeypatch.setattr("engine.cache.TURN", 0.0)
    job = runs.request(LONG, "first")
    gate.release(4)
    wait_until(lambda: len(made) == 4)
    other = replace(LONG, seed=7, epochs=1)
    short = runs.request(other, "second")
    gate.release(10_000)
    assert job.wait(PATIENCE)
    assert short.wait(PATIENCE)
    assert made.count(0) == 30  # no part of an epoch was trained twice
    assert made.count(7) == 15
    first = made.index(7)
    assert 0 in made[first:]
    assert first < 15  # the first run was still in its first epoch
    for h, run in ((LONG, job.run), (other, short.run)):
        assert_same_run(run, train(h, cache=None))


def test_two_lengths_of_a_long_run_do_not_record_an_epoch_twice(runs, pauses, monkeypatch):
    made, gate = pauses
    monkeypatch.setattr("engine.cache.TURN", 0.0)
    jobs = [runs.request(replace(LONG, epochs=n), n) for n in (1, 2, 3)]
    gate.release(10_000)
    assert all(job.wait(PATIENCE) for job in jobs)
    assert len(made) <= 15 * (1 + 2 + 3)  # they may run beside each other, but none goes on with an epoch that is done
    runs.request(replace(H, seed=99), "another").wait(PATIENCE)
    assert len(made) <= 15 * (1 + 2 + 3) + 6
    for n, job in zip((1, 2, 3), jobs):
        assert_same_run(job.run, train(replace(LONG, epochs=n), cache=None))


def test_a_call_gives_its_result_or_what_was_raised(runs):
    assert runs.call(divmod, 17, 5) == (3, 2)
    with pytest.raises(ZeroDivisionError):
        runs.call(divmod, 17, 0)
    assert runs.call(len, ()) == 0  # the thread lives on


def test_a_call_that_is_waited_for_no_more_is_given_up(runs, training):
    """While another has its turn; it is then never called."""
    called = []

    def leave():
        raise KeyboardInterrupt

    training.hold()
    job = runs.request(H, "reader")
    training.wait_for_start(0, 0)
    with pytest.raises(KeyboardInterrupt):
        runs.call(called.append, 1, idle=leave)
    training.free()
    assert job.wait(PATIENCE)
    assert runs.call(len, ()) == 0
    assert not called


def test_a_call_given_up_while_it_is_called_is_no_error(runs):
    began, end = threading.Event(), threading.Event()

    def function():
        began.set()
        end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as scripts:
        first = scripts.submit(runs.call, function, owner="page")
        assert began.wait(PATIENCE)
        runs.release("page")
        with pytest.raises(CancelledError):
            first.result(PATIENCE)
        end.set()
    assert runs.call(divmod, 17, 5) == (3, 2)
    assert runs.state["errors"] == 0


def test_a_second_call_of_an_owner_gives_up_the_first_and_is_not_given_up_by_it(runs, training):
    """As where a script is started anew before the one that it replaces has ended."""
    training.hold()
    job = runs.request(H, "reader")
    training.wait_for_start(0, 0)
    with ThreadPoolExecutor(2) as scripts:
        waited = threading.Event()
        first = scripts.submit(runs.call, divmod, 17, 5, owner="page", idle=waited.set)
        assert waited.wait(PATIENCE)
        second = scripts.submit(runs.call, divmod, 18, 5, owner="page")
        with pytest.raises(CancelledError, match="page"):
            first.result(PATIENCE)
        training.free()
        assert second.result(PATIENCE) == (3, 3)
    assert job.wait(PATIENCE)


def test_a_network_is_trained_again_by_a_worker(runs, monkeypatch):
    from engine.training import on_the_way

    asked = []
    runs.train(replace(H, epochs=40))
    monkeypatch.setattr("engine.cache.on_the_way", lambda *of: asked.append(threading.current_thread().name) or on_the_way(*of))
    again = runs.network(H, 39)
    assert asked == ["training"]
    for one, other in zip(again.weights, Trajectory(H).network_at(39).weights):
        np.testing.assert_array_equal(one, other)


def test_a_network_that_was_not_stored_can_be_given_up_while_it_is_trained_again(tmp_path, pauses):
    made, gate = pauses
    gate.release(1000)
    trajectory = trained(H)
    keep(trajectory, tmp_path)
    while gate.acquire(blocking=False):
        pass
    made.clear()
    runs = RunCache(results=tmp_path)
    job = runs.request(replace(H, epochs=9), "reader")
    gate.release(2)
    wait_until(lambda: len(made) == 2)
    runs.release("reader")
    gate.release(1)
    assert job.wait(PATIENCE)
    assert job.cancelled
    assert len(made) <= 3  # of the six that it had to train again
