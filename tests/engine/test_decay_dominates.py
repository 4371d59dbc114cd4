"""Claim 1: its shares and thresholds recomputed, every outcome reached by hyperparameters alone, and what its page says."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, initialization, snapshots, train
from engine.defaults import DEFAULTS
from engine.grid import LambdaGrid
from engine.statistics import interval, ratio, ratio_of_means
from engine.training import Trajectory
from engine.verdicts import decay_dominates as claim

SMALL = Hyperparameters(n_train=200, hidden=(6,), epochs=6, replicates=4)


def judged(h):
    run, data = train(h, cache=None), datasets.load(h)
    alone = snapshots.decay_alone(h, data, [0, claim.first_epochs(run)])
    return run, {(v.meaning, v.part): v for v in claim.judge(run, *alone)}


def outcomes(**change):
    return {key: str(v.outcome) for key, v in judged(replace(SMALL, **change))[1].items()}


def test_shares_from_the_weights_themselves():
    """Every epoch's two ends, in float64, with the powers of beta taken here."""
    h = replace(SMALL, l2=3.0)
    trajectory = Trajectory(h)
    networks = [[w.astype(float) for w in trajectory.network.weights] for _ in trajectory.train(6)]
    rho = (1 - 0.1 * 3.0 / 200) ** 20
    _, found = judged(h)
    for layer, part in enumerate(h.layer_names):
        decay, data, way_d, way_g = (np.zeros(4) for _ in range(4))
        for before, after in zip(networks[:5], networks[1:6]):
            w, g = before[layer], after[layer] - rho * before[layer]
            squares = [(a**2).sum(axis=(1, 2)) for a in (w, after[layer], (rho - 1) * w, g)]
            decay += (rho**2 - 1) * squares[0]
            data += squares[1] - rho**2 * squares[0]
            way_d += np.sqrt(squares[2])
            way_g += np.sqrt(squares[3])
        for meaning, share in (("length", abs(decay) / (abs(decay) + abs(data))), ("movement", way_d / (way_d + way_g))):
            expected = stats.ttest_1samp(share, 0).confidence_interval(0.95)
            np.testing.assert_allclose(found[meaning, part].measured, [share.mean(), *expected], rtol=1e-8)
    assert {v.epochs for v in found.values()} == {5}


def test_effects_from_the_runs_at_both_ends():
    h = replace(SMALL, l2=5.0, replicates=16)
    run, found = judged(h)
    alone = train(replace(h, l2=5.0 * 1e6, learning_rate=0.1 / 1e6), cache=None)  # the same decay, no gradient to speak of
    for meaning, name, tolerance in (("cost", "training_cost", 2e-3), ("accuracy", "validation_accuracy", 0.02)):
        trained, decayed = (getattr(r, name)[:, 5] - getattr(r, name)[:, 0] for r in (run, alone))
        assert found[meaning, "network"].measured.mean == pytest.approx(decayed.mean() / trained.mean(), abs=tolerance)


def test_every_outcome_by_hyperparameters_alone():
    for without in ({"l2": 0.0}, {"l2": 0.01}, {"l2": 50.0, "l2_until": 0}):
        assert set(outcomes(**without).values()) == {"promises nothing"}
    # the same decay per update as lambda = 100, with an eta that leaves nothing of the gradient
    nothing_but_decay = outcomes(learning_rate=1e-6, l2=1e7, hidden=(10,), replicates=8)
    assert {nothing_but_decay[m, p] for m in ("length", "movement") for p in SMALL.layer_names} == {"holds"}
    assert nothing_but_decay["cost", "network"] == "holds"
    small = outcomes(l2=0.3, replicates=16)
    assert small["movement", "hidden weights"] == small["movement", "output weights"] == small["cost", "network"] == "fails"
    assert small["accuracy", "network"] == "fails"
    assert outcomes(l2=0.3, initialization="scaled")["length", "output weights"] == "fails"
    assert outcomes(l2=3.5)["movement", "hidden weights"] == "partly"  # between one half and nine tenths, in every seed
    assert outcomes(l2=2.5)["movement", "hidden weights"] == "undecided"  # across one half
    assert set(outcomes(l2=5.0, replicates=1).values()) == {"undecided"}
    assert set(outcomes(learning_rate=10.0, l2=15.0, n_train=100, activation="relu").values()) == {"diverged"}


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        ([100, 10, 1, 0.1], 100.0),  # at a grid point
        ([10**0.5, 10**-0.5, 0.01, 0.001], 10**0.5),  # half way between two, on logarithmic axes
        ([3, 2, 1.5, 1.2], np.nan),  # the data are ahead everywhere
        ([0.5, 0.4, 0.1, 0.01], np.nan),  # decay is
        ([2.0, 0.5, 2.0, 0.5], 10**2.5),  # the last crossing counts
        ([3.0, -1.0, -0.5, -0.1], 10**0.5),  # beyond it the data shrink the weights, too
        ([0.5, 2.0, 3.0, 4.0], np.nan),
    ],
)
def test_crossing(ratio, expected):
    assert claim.crossing(np.array([1.0, 10.0, 100.0, 1000.0]), np.array(ratio, float)) == pytest.approx(expected, nan_ok=True)


def test_a_threshold_is_where_a_run_of_that_lambda_is_even():
    """Train at the measured threshold and look: decay and the data are equal there, to the grid's interpolation."""
    grid = claim.ruler(replace(SMALL, n_train=400))
    assert grid == claim.ruler(replace(SMALL, n_train=400, l2=77.0, epochs=60))
    run = Trajectory(grid)
    list(run.train(grid.epochs))
    found = {(t.meaning, t.part): t for t in claim.thresholds(grid.split(run.run(grid)))}
    moved = found["movement", "hidden weights"]
    assert moved.crossings == 4
    at = train(replace(grid.base, l2=float(moved.measured.mean)), cache=None)
    assert claim.movement_share(at)[:, 0].mean() == pytest.approx(0.5, abs=0.01)
    below, above = (
        train(replace(grid.base, l2=float(lam)), cache=None) for lam in (moved.measured.low / 1.5, moved.measured.high * 1.5)
    )
    assert (claim.movement_share(below)[:, 0] < 0.5).all()
    assert (claim.movement_share(above)[:, 0] > 0.5).all()


def test_a_ruler_without_a_crossing_says_who_is_ahead():
    base = replace(SMALL, epochs=5, learning_rate=1e-6)
    grid = LambdaGrid(base, (1e5, 1e6))
    run = Trajectory(grid)
    list(run.train(5))
    for t in claim.thresholds(grid.split(run.run(grid))):
        assert (t.measured, t.crossings, t.ahead) == (None, 0, "decay")


@pytest.mark.parametrize(
    ("ratios", "crossings", "ahead"),
    [
        ([[0.5, 0.4], [0.2, 0.1]], 0, "decay"),
        ([[-0.5, 0.4], [-0.2, 0.1]], 0, "decay"),
        ([[3.0, 2.0], [4.0, 2.0]], 0, "the data"),
        ([[-5.0, 0.4], [-9.0, 0.1]], 0, "neither"),  # the data shrink the weights, and more than decay does
        ([[0.5, 0.4], [3.0, 2.0]], 0, "neither"),  # one seed this way, another that
        ([[np.nan, np.nan], [np.nan, np.nan]], 0, "neither"),
        ([[3.0, 0.4], [3.0, 2.0]], 1, ""),
    ],
)
def test_who_is_ahead_where_there_is_no_crossing(ratios, crossings, ahead):
    found = claim._threshold("length", "hidden weights", np.array([1.0, 10.0]), np.array(ratios).T)
    assert (found.crossings, found.ahead, found.measured) == (crossings, ahead, None)


def effect_of(trained_cost, alone, replicates=4):
    """The verdict on a cost that went from 3 to these values, with and without the data."""
    run = train(replace(SMALL, l2=3.0, replicates=replicates), cache=None)
    cost = np.full(run.training_cost.shape, 3.0)
    cost[:, 5] = trained_cost
    ends = np.stack([np.full(replicates, 3.0), np.array(alone)], axis=1)
    judged = claim.judge(replace(run, training_cost=cost), ends, np.ones((replicates, 2)))
    return next(v for v in judged if v.meaning == "cost")


def test_a_change_that_the_seeds_do_not_tell_from_0_has_no_share():
    falls, half = [1.0, 1.2, 0.8, 1.0], [2.0, 2.1, 1.9, 2.0]
    shared = effect_of(falls, half)
    assert shared.measured.mean == pytest.approx(0.5)
    assert str(shared.outcome) == "undecided"  # across one half
    rises, neither = [4.0, 4.1, 3.9, 4.0], [2.0, 4.0, 3.5, 2.6]
    assert str(effect_of(rises, half).outcome) == "promises nothing"
    assert str(effect_of(neither, half).outcome) == "undecided"
    for trained in (rises, neither):
        assert np.isnan(effect_of(trained, half).measured).all()
    assert np.isnan(effect_of([1.0], [2.0], replicates=1).measured).all()


def test_a_ratio_of_means_has_the_interval_of_the_delta_method():
    """From the covariance matrix of the pairs, with the t quantile."""
    x, y = np.array([1.0, 2.0, 4.0, 2.5]), np.array([2.0, 3.0, 9.0, 6.0])
    ratio, c = x.mean() / y.mean(), np.cov(x, y)
    error = np.sqrt((c[0, 0] - 2 * ratio * c[0, 1] + ratio**2 * c[1, 1]) / 4) / y.mean()
    half = stats.t.ppf(0.975, 3) * error
    np.testing.assert_allclose(ratio_of_means(x, y), [ratio, ratio - half, ratio + half], rtol=1e-12)


def test_layers_whose_length_alone_decay_rules():
    _, found = judged(replace(SMALL, l2=0.7, replicates=8))
    assert str(found["length", "hidden weights"].outcome) == "holds"
    assert str(found["movement", "hidden weights"].outcome) == "fails"
    assert claim.ruled_in_length_alone(found.values()) == ["hidden weights"]
    _, found = judged(replace(SMALL, learning_rate=1e-6, l2=1e7))
    assert claim.ruled_in_length_alone(found.values()) == []


def test_pulls_over_decay_by_one_update_without_the_other():
    """One full-batch update of a small eta: what the data move, against lambda/n times eta times the weights."""
    h = replace(SMALL, batch_size=200, learning_rate=1e-3, l2=7.0)
    data = datasets.load(h)
    w = initialization.draw(h).weights[0].astype(float)
    trajectory = Trajectory(replace(h, l2=0.0))
    next(trajectory.train(1))
    list(trajectory.train(1))
    step = trajectory.network.weights[0].astype(float) - w
    decay = 1e-3 * 7.0 / 200 * w
    whole, along = claim.pulls_over_decay(h, snapshots.gradients(initialization.draw(h), h, data))
    size = lambda a: np.sqrt((a**2).sum(axis=(1, 2)))
    # float32 weights of size 1 hide 6e-8 of a step of 1e-5
    np.testing.assert_allclose(whole, size(step) / size(decay), rtol=2e-2)
    np.testing.assert_allclose(along, abs((step * w).sum(axis=(1, 2))) / size(w) / size(decay), rtol=2e-2, atol=2e-2)


def test_estimates_are_for_saturated_layers_and_point_where_the_data_pull():
    h = replace(DEFAULTS["decay_dominates"], replicates=64)
    data = datasets.load(h)
    gradients = snapshots.gradients(initialization.draw(h), h, data)
    hidden, output = claim.estimates(h, data.mean_norm_squared, gradients.variance)
    low, high = interval(claim.inward_pull(h, gradients))[1:]
    for e, bounds in zip((hidden, output), zip(low, high)):
        assert bounds[0] > 0  # inward
        assert bounds[0] / 2 < e.pull < 2 * bounds[1]  # by order of magnitude
        assert e.noise > 0
    for other in ({"initialization": "scaled"}, {"activation": "tanh"}, {"cost": "quadratic"}, {"hidden": (30, 30)}):
        assert claim.estimates(replace(h, **other), data.mean_norm_squared, gradients.variance) == []


def test_decay_that_overshoots_is_no_decay():
    assert not claim.premise(replace(SMALL, l2=500.0, learning_rate=5.0))
    assert claim.left(replace(SMALL, l2=500.0, learning_rate=5.0)) > 1


def test_ratio_of_paired_samples():
    a, b = np.array([1.0, 2.0, 4.0]), np.array([2.0, 3.0, 9.0])
    logs = np.log(a / b)
    low, high = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
    np.testing.assert_allclose(ratio(a, b), np.exp([logs.mean(), low, high]), rtol=1e-12)


def test_alignment_is_the_cosine_of_the_data_with_the_weights():
    h = replace(SMALL, l2=3.0)
    trajectory = Trajectory(h)
    networks = [[w.astype(float) for w in trajectory.network.weights] for _ in trajectory.train(3)]
    run = trajectory.run(h)
    rho = (1 - 0.1 * 3.0 / 200) ** 20
    for epoch in range(3):
        for layer in range(2):
            w, g = networks[epoch][layer], networks[epoch + 1][layer] - rho * networks[epoch][layer]
            cosine = (w * g).sum(axis=(1, 2)) / np.sqrt((w**2).sum(axis=(1, 2)) * (g**2).sum(axis=(1, 2)))
            np.testing.assert_allclose(run.alignment[:, epoch, layer], cosine, rtol=1e-6, atol=1e-9)


def test_the_first_epochs_of_a_run_are_a_run():
    run = train(replace(SMALL, epochs=6), cache=None)
    short = train(replace(SMALL, epochs=4), cache=None)
    np.testing.assert_array_equal(run.first(4).weight_rms, short.weight_rms)
    np.testing.assert_array_equal(run.first(4).norm_change_data, short.norm_change_data)
    assert not re.search("nan", repr(run.first(1).displacement_share))
