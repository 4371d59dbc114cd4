"""Sweeps, in this process; those in others are in tests/browser. The tests ask what the store holds."""

from concurrent.futures import BrokenExecutor, Future
from dataclasses import replace

import pytest

from engine import sweep, train
from engine.archive import Store
from tests.engine.executing import ASKED, BASE, Here, assert_whole
from tests.engine.rounding import assert_same_bits


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs.sqlite")


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


def test_runs_that_differ_in_lambda_alone_share_a_stack(monkeypatch):
    monkeypatch.setattr(sweep, "STACK", 4)
    groups = list(sweep.stacks([*ASKED, replace(ASKED[0], epochs=9)]))
    assert sorted(h.l2 for group in groups for h in group) == [1, 1, 1, 2, 2, 5, 5]
    assert max(map(len, groups)) == 2  # of two replicates each
    for group in groups:
        assert len({replace(h, l2=0.0) for h in group}) == 1


def test_a_run_that_diverges_does_not_spoil_those_that_share_its_stack(store):
    """eta * lambda / n is 5 in one of three."""
    asked = [replace(BASE, learning_rate=10.0, l2=l2, epochs=3) for l2 in (1.0, 150.0, 5.0)]
    assert len(list(sweep.stacks(asked))) == 1
    sweep.run(asked, store, Here)
    assert [store.get(h).diverged_at is None for h in asked] == [True, False, True]
    assert len(store) == len(asked)
    for h in asked:  # each was trained again alone
        assert_same_bits(store.get(h), train(h, cache=None))


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
