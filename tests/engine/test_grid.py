"""A grid of lambdas trained as one stack is, for each of them, the run that it has alone."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Hyperparameters, RunCache, train
from engine.archive import read, write
from engine.grid import LambdaGrid
from engine.training import Trajectory
from tests.engine.rounding import assert_same_to_rounding

BASE = Hyperparameters(n_train=60, hidden=(6,), epochs=6, replicates=3, seed=5)
GRID = LambdaGrid(BASE, (0.0, 1.0, 30, 1000))


def trained(h, epochs=BASE.epochs):
    trajectory = Trajectory(h)
    list(trajectory.train(epochs))
    return trajectory


def test_every_member_is_the_run_that_it_has_alone():
    members = GRID.split(trained(GRID).run(GRID))
    assert [run.hyperparameters.l2 for run in members] == [0, 1, 30, 1000]
    for run in members:
        assert_same_to_rounding(run, train(run.hyperparameters, cache=None))


def test_the_control_group_of_every_lambda_decays_at_its_own_rate():
    for run in GRID.split(trained(GRID).run(GRID)):
        beta = 1 - 0.1 * run.hyperparameters.l2 / 60
        left = np.abs(beta ** (6 * np.arange(7)))
        seen = left > 1e-30
        np.testing.assert_allclose((run.control_rms / run.control_rms[:, :1])[:, seen], np.tile(left[seen], (3, 1)), rtol=2e-6)


def test_the_order_of_the_stack_does_not_matter():
    turned = LambdaGrid(BASE, (1000, 1.0))
    first, second = turned.split(trained(turned).run(turned))
    *_, last = GRID.split(trained(GRID).run(GRID))
    assert_same_to_rounding(first, last)
    assert second.hyperparameters == replace(BASE, l2=1.0)


def test_a_grid_is_cached_stored_and_continued_like_a_run(tmp_path):
    cache = RunCache(results=tmp_path)
    run = cache.train(GRID)
    assert cache.request(GRID, "reader").finished
    half = trained(GRID, 3)
    path = write(half.run(GRID), {epoch: half.network_at(epoch) for epoch in (1, 3)}, tmp_path)
    stored = read(path)
    assert stored.run.hyperparameters.key == GRID.key
    assert sorted(stored.networks) == [1, 3]
    again = RunCache(results=tmp_path).train(GRID)
    np.testing.assert_array_equal(again.weight_rms, run.weight_rms)
    assert again.epochs == 6


def test_keys_tell_grids_apart_and_ignore_the_epochs():
    assert GRID.key == LambdaGrid(replace(BASE, epochs=2), GRID.l2).key
    assert GRID.key != LambdaGrid(BASE, (0.0, 1.0, 30)).key
    assert GRID.key != LambdaGrid(replace(BASE, seed=6), GRID.l2).key
    assert LambdaGrid(BASE, [0, 1, 30, 1000.0]) == GRID
    assert hash(GRID) == hash(LambdaGrid(BASE, [0, 1, 30, 1000.0]))


@pytest.mark.parametrize(
    ("base", "l2", "says"),
    [
        (BASE, (), "l2 must have at least one value"),
        (BASE, (1.0, -1.0), "l2 must be"),
        (BASE, (1.0, float("nan")), "l2 must be"),
        (replace(BASE, replicates=256), (1.0, 2.0), "replicates must be"),
    ],
)
def test_a_bad_grid_says_field_rule_and_value(base, l2, says):
    with pytest.raises(ValueError, match=says):
        LambdaGrid(base, l2)


def test_l2_switched_off_is_switched_off_for_every_lambda():
    grid = LambdaGrid(replace(BASE, l2_until=2), (1.0, 30.0))
    for run in grid.split(trained(grid).run(grid)):
        left = np.abs((1 - 0.1 * run.hyperparameters.l2 / 60) ** (6 * np.minimum(np.arange(7), 2)))
        np.testing.assert_allclose(run.control_rms / run.control_rms[:, :1], np.tile(left, (3, 1)), rtol=2e-6)


def test_a_grid_has_nothing_that_differs_among_its_members():
    for name in ("symbols", "n_weights", "seed", "nonsense"):
        with pytest.raises(AttributeError):
            getattr(GRID, name)
    assert (GRID.dataset, GRID.epochs, GRID.sizes) == ("digits", 6, (64, 6, 10))


@pytest.mark.parametrize("optimizer", ["momentum", "sgdw", "adam", "adamw"])
def test_with_every_optimizer_a_member_is_the_run_that_it_has_alone(optimizer):
    base = replace(BASE, optimizer=optimizer, learning_rate=0.01, schedule="cosine", warmup=0.5, l2_until=4, epochs=5)
    grid = LambdaGrid(base, (0.0, 30.0))
    for run in grid.split(trained(grid, 5).run(grid)):
        assert_same_to_rounding(run, train(run.hyperparameters, cache=None))


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_a_member_with_normalised_units_is_the_run_that_it_has_alone(optimizer):
    base = replace(BASE, optimizer=optimizer, learning_rate=0.01, normalization="unit")
    grid = LambdaGrid(base, (1.0, 30.0))
    for run in grid.split(trained(grid).run(grid)):
        assert_same_to_rounding(run, train(run.hyperparameters, cache=None))
