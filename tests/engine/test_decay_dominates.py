"""Claim 1: its shares and thresholds recomputed, every outcome reached by hyperparameters alone, and what its page says."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, snapshots, train
from engine.grid import LambdaGrid
from engine.statistics import ratio
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
    run, found = judged(replace(SMALL, l2=20.0))
    alone = train(replace(SMALL, l2=20.0 * 1e6, learning_rate=0.1 / 1e6), cache=None)  # the same decay, no gradient to speak of
    for meaning, name, tolerance in (("cost", "training_cost", 2e-3), ("accuracy", "validation_accuracy", 0.02)):
        trained, decayed = (getattr(r, name)[:, 5] - getattr(r, name)[:, 0] for r in (run, alone))
        assert found[meaning, "network"].measured.mean == pytest.approx((decayed / trained).mean(), abs=tolerance)


def test_every_outcome_by_hyperparameters_alone():
    assert set(outcomes(l2=0.0).values()) == {"premise not met"}
    assert set(outcomes(l2=0.01).values()) == {"premise not met"}
    assert set(outcomes(l2=50.0, l2_until=0).values()) == {"premise not met"}
    # the same decay per update as lambda = 100, with an eta that leaves nothing of the gradient
    nothing_but_decay = outcomes(learning_rate=1e-6, l2=1e7, hidden=(10,))
    assert {nothing_but_decay[m, p] for m in ("length", "movement") for p in SMALL.layer_names} == {"holds"}
    assert nothing_but_decay["cost", "network"] == nothing_but_decay["accuracy", "network"] == "holds"
    small = outcomes(l2=0.3)
    assert small["movement", "hidden weights"] == small["movement", "output weights"] == small["cost", "network"] == "fails"
    assert small["accuracy", "network"] == "fails"
    assert outcomes(l2=0.3, initialization="scaled")["length", "output weights"] == "fails"
    even = outcomes(l2=2.5)  # movement of the hidden weights between one half and nine tenths
    assert even["movement", "hidden weights"] == "undecided"
    assert set(outcomes(l2=5.0, replicates=1).values()) == {"undecided"}


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


def test_an_effect_that_did_not_happen_has_no_share():
    falls, rises = np.array([[3.0, 1.0], [3.0, 2.0]]), np.array([[3.0, 4.0], [3.0, 1.0]])
    np.testing.assert_allclose(claim.effect_share(falls, np.array([[3.0, 2.0], [3.0, 2.0]]), -1), [0.5, 1.0])
    assert np.isnan(claim.effect_share(rises, falls, -1)).all()
    assert np.isnan(claim.effect_share(falls, falls, 1)).all()


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
