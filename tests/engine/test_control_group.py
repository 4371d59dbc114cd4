"""The weights on blank pixels: they show a simulator that decays wrongly, because theory is not what it asks."""

from dataclasses import replace

import pytest

from engine import Hyperparameters, train
from engine.grid import LambdaGrid
from engine.training import Trajectory
from engine.verdicts import CONTROL, Outcome, decay_per_epoch
from engine.weights import Weights

H = Hyperparameters(n_train=200, hidden=(6,), epochs=5, replicates=2, l2=5.0)
RIGHT = Weights.__imul__


def control(run):
    (verdict,) = (v for v in decay_per_epoch.judge(run) if v.part == CONTROL)
    return verdict.outcome


def test_a_right_simulator_passes():
    run = train(H, cache=None)
    assert control(run) is Outcome.EXACT
    assert decay_per_epoch.memory_error(run) <= decay_per_epoch.ROUNDING


@pytest.mark.parametrize(
    "wrong",
    [
        lambda w, factor: RIGHT(w, 1 - 3 * (1 - factor)),  # three times too fast
        lambda w, factor: RIGHT(w, 2 - factor),  # growth
        lambda w, factor: RIGHT(w, 1 - 1.001 * (1 - factor)),  # a thousandth too fast
        lambda w, factor: w,  # not at all
    ],
)
def test_a_wrong_one_is_seen(monkeypatch, wrong):
    monkeypatch.setattr(Weights, "__imul__", wrong)
    run = train(H, cache=None)
    assert decay_per_epoch.memory_error(run) > decay_per_epoch.ROUNDING
    assert control(run) is Outcome.FAILS


def test_a_stack_of_several_lambdas_decays_each_by_its_own():
    grid = LambdaGrid(H, (1.0, 5.0, 20.0))
    trajectory = Trajectory(grid)
    list(trajectory.train(5))
    for run in grid.split(trajectory.run(grid)):
        assert decay_per_epoch.memory_error(run) <= decay_per_epoch.ROUNDING


def test_decay_too_slow_for_a_rate_in_single_precision():
    """lambda = 1e-6 takes 1e-8 of a weight in an epoch: no rate can be read off float32, and the theorem does not need one."""
    for replicates in (1, 2, 8):
        run = train(replace(H, l2=1e-6, replicates=replicates, hidden=(3,)), cache=None)
        assert control(run) is Outcome.EXACT
