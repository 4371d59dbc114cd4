"""Claim 3: the floor recomputed, every outcome reached by hyperparameters alone, the collapse."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, train
from engine.defaults import DEFAULTS
from engine.training import Trajectory
from engine.verdicts import tail_off as claim

H = Hyperparameters(n_train=300, hidden=(6,), learning_rate=0.5, l2=5.0, epochs=40, replicates=4)


def both(**change):
    h = replace(H, **change)
    return h, {name: train(arm, cache=None) for name, arm in claim.arms(h).items()}


def outcomes(**change):
    h, runs = both(**change)
    threshold = claim.collapse(h, datasets.load(h).top_singular_value)
    return {(v.meaning, v.part): str(v.outcome) for v in claim.judge(runs, threshold)}


def test_the_floor_from_the_norms_themselves():
    h, runs = both()
    for layer, floor in enumerate(claim.floors(runs)):
        rho = (1 - 0.5 * 5.0 / 300) ** 30
        sizes = []
        for name, run in runs.items():
            squared = run.weight_rms[:, :, layer] ** 2
            decay = (rho**2 - 1) * squared[:, 30:40].sum(axis=1)
            share = (squared[:, 40] - squared[:, 30]) / decay  # decay and data together are the change of the norm
            expected = stats.ttest_1samp(share, 0).confidence_interval(0.95)
            np.testing.assert_allclose(floor.unopposed[name], [share.mean(), *expected], rtol=1e-6, atol=1e-9)
            sizes.append(run.weight_rms[:, 31:, layer].mean(axis=1))
        logs = np.log(sizes[0] / sizes[1])
        expected = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
        np.testing.assert_allclose(floor.gap, np.exp([logs.mean(), *expected]), rtol=1e-9)
        assert floor.rms.mean == pytest.approx(np.mean(sizes), rel=1e-12)
        inside = all(abs(bound) <= 0.05 for u in floor.unopposed.values() for bound in (u.low, u.high))
        assert floor.reached == (inside and floor.gap.low >= 0.98 and floor.gap.high <= 1.02)
    assert h.epochs == 40


def test_a_floor_is_reached_only_by_standing_still_and_meeting():
    article = {name: train(arm) for name, arm in claim.arms(DEFAULTS["tail_off"]).items()}
    assert all(floor.reached for floor in claim.floors(article))
    assert not any(floor.reached for floor in claim.floors(both(epochs=9)[1]))  # too few epochs to tell
    moving, *_ = claim.floors(both(epochs=15, l2=1.0)[1])
    assert not moving.reached
    still = claim.floors(both(epochs=60)[1])  # neither moves any more, but the two have not met for certain
    assert all(abs(bound) < 0.05 for floor in still for u in floor.unopposed.values() for bound in (u.low, u.high))
    assert not any(floor.reached for floor in still)
    assert not any(floor.reached for floor in claim.floors(both(epochs=60, replicates=1)[1]))


def test_every_outcome_by_hyperparameters_alone():
    assert set(outcomes(l2=0.0).values()) == {"premise not met"}
    assert set(outcomes(l2=5.0, l2_until=10).values()) == {"premise not met"}
    assert set(outcomes(l2=200.0).values()) == {"premise not met"}  # above the threshold of collapse
    assert set(outcomes(epochs=10, l2=1.0).values()) == {"undecided"}
    article = DEFAULTS["tail_off"]
    found = {}
    for lam in (article.l2, 30.0):
        runs = {name: train(arm) for name, arm in claim.arms(replace(article, l2=lam)).items()}
        found |= {(lam, v.meaning, v.part): str(v.outcome) for v in claim.judge(runs, 87.0)}
    assert {found[article.l2, c, part] for c in claim.CANDIDATES[:2] for part in article.layer_names} == {"fails"}
    assert found[article.l2, "1/√n_in", "output weights"] == "fails"
    assert found[30.0, "1/√n_in", "hidden weights"] == "holds"  # lambda makes it true
    assert found[30.0, "1/√n_in", "output weights"] == "fails"  # 2.05 times, and "around" ends at twice


def test_premise():
    for change, threshold, met in [
        ({}, 50.0, True),
        ({"l2": 50.0}, 50.0, False),
        ({"l2": 49.9}, 50.0, True),
        ({"l2": 500.0}, None, True),
        ({"l2": 0.0}, None, False),
        ({"learning_rate": 0.0}, None, False),
        ({"l2_until": 40}, None, True),
        ({"l2_until": 39}, None, False),
    ]:
        assert claim.premise(replace(H, **change), threshold) is met


def test_threshold_is_given_only_where_it_is_derived():
    s1 = datasets.load(H).top_singular_value
    assert claim.collapse(H, s1) == pytest.approx(300 * s1 / 4)
    assert claim.collapse(replace(H, activation="tanh"), s1) == pytest.approx(300 * s1)
    assert claim.collapse(replace(H, cost="log-likelihood"), s1) == pytest.approx(300 * s1 / 4)
    for other in ({"activation": "relu"}, {"cost": "quadratic"}, {"hidden": ()}, {"hidden": (5, 5)}):
        assert claim.collapse(replace(H, **other), s1) is None


def test_grid_on_both_sides_of_the_threshold():
    threshold = claim.collapse(H, datasets.load(H).top_singular_value)
    grid = claim.collapse_grid(H, threshold)
    assert grid == claim.collapse_grid(replace(H, l2=77.0, initialization="scaled", epochs=5), threshold)
    trajectory = Trajectory(grid)
    list(trajectory.train(grid.epochs))
    runs = grid.split(trajectory.run(grid))
    below, above = claim.beside_threshold(runs, threshold)
    assert below.l2 == max(lam for lam in grid.l2 if lam < threshold)
    assert above.l2 == min(lam for lam in grid.l2 if lam > threshold)
    assert above.rms == pytest.approx(runs[grid.l2.index(above.l2)].weight_rms[:, -1, 0].mean())
    rms, accuracy = claim.grid_end(runs)
    assert rms.shape == (9, 4, 2)
    assert (np.diff(rms[:, :, 0].mean(axis=1)) < 0).all()  # a larger lambda, smaller weights
    assert accuracy[0].mean() > 0.5
    assert accuracy[-1].mean() < 0.2
    ends = rms[:, :, 0].mean(axis=1)
    for candidate, size in zip(claim.CANDIDATES, (1 / 444, 444**-0.5, 64**-0.5)):
        assert (candidate in claim.passed(runs, 0)) == (ends.min() <= size <= ends.max())


def test_knee():
    _, runs = both(epochs=60)
    floor = claim.floors(runs)[0]
    at = claim.knee(runs["large"], 0, floor)
    rho = (1 - 0.5 * 5.0 / 300) ** 30
    assert runs["large"].weight_rms[:, 0, 0].mean() * rho**at == pytest.approx(floor.rms.mean, rel=1e-9)


def test_the_starts_differ_by_a_factor_alone():
    runs = both(epochs=0)[1]
    ratio = runs["large"].weight_rms[:, 0] / runs["scaled"].weight_rms[:, 0]
    np.testing.assert_allclose(ratio, np.tile([8, np.sqrt(6)], (4, 1)), rtol=1e-6)  # the roots of 64 and 6 inputs


def test_predictions_and_ratios_by_hand():
    h, runs = both()
    judged = {(v.part, v.meaning): v for v in claim.judge(runs, None)}
    for part, fan_in in (("hidden weights", 64), ("output weights", 6)):  # 64 * 6 + 6 * 10 weights
        for candidate, size in zip(claim.CANDIDATES, (1 / 444, 444**-0.5, fan_in**-0.5)):
            verdict = judged[part, candidate]
            assert verdict.predicted == pytest.approx(size, rel=1e-12)
            assert verdict.ratio.mean == pytest.approx(verdict.measured.mean / size, rel=1e-12)
    assert len(judged) == 3 * len(h.layer_names)


NEAR_COLLAPSE = replace(DEFAULTS["tail_off"], l2=75.0, learning_rate=0.5, batch_size=20, epochs=100)
"""Of a preset; with the book's step the two starts do not meet in 300 epochs."""


def test_another_lambda_makes_the_candidate_of_the_book_true():
    runs = {name: train(arm) for name, arm in claim.arms(NEAR_COLLAPSE).items()}
    found = [str(v.outcome) for v in claim.judge(runs, 87.0) if v.part == "hidden weights"]
    assert found == ["fails", "holds", "fails"]


def test_no_floor_without_decay_or_epochs():
    """No warning either: a run that diverged, or has just begun, may have no epoch at all."""
    for change in ({"epochs": 0}, {"l2": 0.0, "epochs": 12}):
        for floor in claim.floors(both(**change)[1]):
            assert not floor.reached
            assert np.isnan([u.mean for u in floor.unopposed.values()]).all()


# the collapse


def test_threshold_from_the_images_themselves():
    """Power iteration on the covariance, summed over the examples, against the engine's singular value."""
    data = datasets.load(H)
    x, y = data.x_train.astype(float), data.y_train.astype(float)
    covariance = sum(np.outer(b, a) for a, b in zip(x, y)) / 300 - np.outer(y.mean(axis=0), x.mean(axis=0))
    v = np.ones(64)
    for _ in range(2000):
        v = covariance.T @ (covariance @ v)
        v /= np.linalg.norm(v)
    assert claim.collapse(H, data.top_singular_value) == pytest.approx(300 * np.linalg.norm(covariance @ v) / 4, rel=1e-6)


def grid_runs(**change):
    h = replace(H, **change)
    threshold = claim.collapse(h, datasets.load(h).top_singular_value)
    grid = claim.collapse_grid(h, threshold)
    trajectory = Trajectory(grid)
    list(trajectory.train(grid.epochs))
    return threshold, grid, grid.split(trajectory.run(grid))


def test_training_collapses_where_the_formula_says():
    threshold, _, runs = grid_runs(n_train=1440)
    sizes = {run.hyperparameters.l2 / threshold: run.weight_rms[:, -1, 0].mean() for run in runs}
    below, above = (sizes[min(sizes, key=lambda share: abs(share - at))] for at in (0.8, 1.1))
    assert below > 3 * above


def test_a_candidate_is_passed_only_by_weights_at_rest():
    """With a small step 30 epochs leave mostly the draw: that sizes fall through a candidate shows no floor."""
    _, _, runs = grid_runs(learning_rate=0.01)
    assert claim.passed(runs, 0) == []
    _, grid, runs = grid_runs(n_train=1440)
    ends = []
    for run in runs:
        squared = run.weight_rms[:, :, 0] ** 2
        rho = (1 - grid.learning_rate * run.hyperparameters.l2 / 1440) ** 144
        share = (squared[:, -1] - squared[:, -11]) / ((rho**2 - 1) * squared[:, -11:-1].sum(axis=1))
        if abs(share.mean()) <= 0.05:
            ends.append(run.weight_rms[:, -1, 0].mean())
    sizes = zip(claim.CANDIDATES, claim.predicted(grid.base, 0))
    assert claim.passed(runs, 0) == [c for c, size in sizes if min(ends) <= size <= max(ends)]
    assert "1/√n_in" in claim.passed(runs, 0)


def test_no_grid_where_an_update_would_overshoot():
    def steady(eta):
        h = replace(H, n_train=1440, activation="tanh", learning_rate=eta)  # 1.4 times the threshold is 488
        return claim.steady(claim.collapse_grid(h, claim.collapse(h, datasets.load(h).top_singular_value)))

    assert steady(1.0)
    assert not steady(5.0)
