"""The order in which runs are trained, and what is too much for one reader."""

import time
import tracemalloc
from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from engine import Hyperparameters, RunCache, budget, datasets, initialization
from engine.grid import LambdaGrid
from engine.line import AGEING, Place, order
from engine.training import epochs, milestone, train_epoch

NOW = 1000.0


def place(reader, seconds, waited=0.0):
    return Place({reader}, seconds, NOW - waited)


def ranked(*places, serving=()):
    return list(order(places, serving, NOW))


def test_least_work_goes_first():
    long, short = place("a", 60.0), place("b", 2.0)
    assert ranked(long, short) == [short, long]


def test_whoever_waits_moves_up_and_everybody_gets_a_turn():
    long, short = place("a", 60.0, waited=58 / AGEING + 1), place("b", 2.0)
    assert ranked(long, short) == [long, short]


def test_a_second_run_of_one_reader_comes_after_the_first_of_another():
    first, second, other = place("a", 5.0), place("a", 5.0), place("b", 8.0)
    assert ranked(first, second, other) == [first, other, second]
    assert ranked(second, other, serving=[first]) == [other, second]


def test_a_run_that_several_want_has_the_rank_of_the_best():
    busy = place("a", 50.0)
    joined = Place({"a", "b"}, 10.0, NOW)
    other = place("c", 20.0)
    assert ranked(joined, other, serving=[busy]) == [joined, other]


def slowly(waiting, serving):
    """The order, looked for anew at every place."""
    work, left = Counter(), list(waiting)
    for one in serving:
        work.update(dict.fromkeys(one.readers, one.seconds))
    while left:
        first = min(left, key=lambda p: min(work[reader] for reader in p.readers) + p.seconds - AGEING * (NOW - p.since))
        left.remove(first)
        work.update(dict.fromkeys(first.readers, first.seconds))
        yield first


def drawn(stream, most):
    """Places with numbers that add up without rounding."""
    names, count = list("abcd"), stream.integers(0, most + 1)
    readers = [{*stream.choice(names, stream.integers(1, 5), replace=False).tolist()} for _ in range(count)]
    return [Place(one, float(stream.integers(0, 65)) / 4, NOW - float(stream.integers(0, 400))) for one in readers]


@pytest.mark.parametrize("seed", range(200))
def test_the_whole_line_is_that_of_looking_for_the_first_again_and_again(seed):
    stream = np.random.default_rng(seed)
    waiting, serving = drawn(stream, 12), drawn(stream, 2)
    assert ranked(*waiting, serving=serving) == list(slowly(waiting, serving))


def test_owners_of_one_reader_share_a_place(tmp_path):
    """Three figures of one reader against one of another, all of the same work: the other comes second, not fourth."""
    runs, h = RunCache(results=tmp_path, workers=[Never()]), Hyperparameters(n_train=50, hidden=(3,), epochs=5, replicates=1)
    jobs = [runs.request(replace(h, seed=k), ("first", k), reader="first") for k in range(3)]
    jobs.append(runs.request(replace(h, seed=9), ("second", 0), reader="second"))
    assert jobs[-1].ahead[0] <= 1
    assert runs.state["under_way"] + runs.state["waiting"] == 4
    assert max(job.ahead[0] for job in jobs) == 3


class Never:
    """A worker whose turn does not end."""

    def turn(self, task, seconds):
        while True:
            time.sleep(0.05)  # other tests have the processor
            yield None

    def drop(self, name):
        pass


def test_the_peak_counts_all_networks_that_are_kept():
    """Against those that a run keeps, by their own bytes."""
    h = Hyperparameters(n_train=50, hidden=(30,), epochs=30, replicates=4)
    found = [network for record, network in islice(epochs(h, -1), 31) if milestone(record.epoch)][:8]
    one = sum(w.nbytes for w in found[0].weights)
    kept = sum(milestone(e) for e in range(31))
    assert budget.peak_bytes(h) >= kept * one
    assert budget.peak_bytes(h) == pytest.approx(one * (kept + 1 + budget.AT_WORK))


@pytest.mark.parametrize(
    "changed",
    [{}, {"batch_size": 200}, {"hidden": (100,)}, {"hidden": (30, 30)}, {"activation": "relu", "cost": "log-likelihood"}],
    ids=str,
)
def test_mini_batches_take_what_is_said_of_them(changed):
    """Against what Python and NumPy allocate in an epoch; the weights are small beside it."""
    h = replace(Hyperparameters(n_train=1440, hidden=(10,), replicates=16, batch_size=720), **changed)
    data, network = datasets.load(h), initialization.draw(h)
    tracemalloc.start()
    train_epoch(network, h, data, 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = budget.mini_batch_bytes(h)
    assert peak < said + budget.peak_bytes(h)
    assert said < 1.3 * peak


def test_large_mini_batches_of_a_stack_are_too_much():
    """Two of (26, 1000, 784) in float32 take 163 MB, beside networks that would be let through."""
    h = Hyperparameters(dataset="mnist", hidden=(100,), replicates=2, batch_size=1000, epochs=5)
    grid = LambdaGrid(h, tuple(np.linspace(1, 20, 13)))
    budget.check(replace(h, replicates=1), 5)
    with pytest.raises(budget.Refused, match="smaller mini-batches take less"):
        budget.check(grid, 5)
    budget.check(LambdaGrid(replace(h, batch_size=10, replicates=2), grid.l2), 5)


def test_what_is_too_much_is_refused_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(initialization, "draw", lambda *of: pytest.fail("allocated"))
    large = Hyperparameters(hidden=(1000, 1000), replicates=16, epochs=300)
    grid = LambdaGrid(Hyperparameters(hidden=(400,), replicates=16, epochs=5), tuple(np.linspace(1, 20, 13)))
    for h, says in (
        (large, r"would take \d[\d,]* MB, and one reader can have 220 MB"),
        (grid, "MB, and one reader"),
        (Hyperparameters(batch_size=1, epochs=60_000), r"would take about \d+ minutes, and one reader can have 15"),
    ):
        runs = RunCache(results=tmp_path, workers=[Never()])
        with pytest.raises(budget.Refused, match=says):
            runs.request(h, "reader", limited=True)
        assert runs.state["refused"] == 1
        assert runs.nbytes < 10_000


def test_a_run_does_not_fit_behind_too_many_others():
    with pytest.raises(budget.Refused, match="Other readers' runs will take another 30 minutes"):
        budget.check(Hyperparameters(batch_size=1, epochs=1000), 1000, waiting=1790.0)
    budget.check(Hyperparameters(), 60, waiting=100.0)
