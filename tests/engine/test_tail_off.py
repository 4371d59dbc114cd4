"""Claim 3: the floor recomputed, every outcome reached by hyperparameters alone, the collapse."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, train
from engine.defaults import DEFAULTS
from engine.training import Trajectory
from engine.verdicts import Outcome
from engine.verdicts import tail_off as claim

H = Hyperparameters(n_train=300, hidden=(6,), learning_rate=0.5, l2=5.0, epochs=40, replicates=4)


@cache
def trained(h):
    return {name: train(arm, cache=None) for name, arm in claim.arms(h).items()}


def both(**change):
    h = replace(H, **change)
    return h, trained(h)


def outcomes(**change):
    h, runs = both(**change)
    threshold = claim.collapse(h, datasets.load(h).top_singular_value)
    return {(v.meaning, v.part): str(v.outcome) for v in claim.judge(runs, threshold)}


def t_interval(samples):
    return [np.mean(samples), *stats.ttest_1samp(samples, 0).confidence_interval(0.95)]


def test_the_floor_from_the_norms_themselves():
    _, runs = both()
    for layer, floor in enumerate(claim.floors(runs)):
        rho = (1 - 0.5 * 5.0 / 300) ** 30
        sizes = []
        for name, run in runs.items():
            squared = run.weight_rms[:, :, layer] ** 2
            decay = (rho**2 - 1) * squared[:, 30:40].sum(axis=1)
            share = (squared[:, 40] - squared[:, 30]) / decay  # decay and data together are the change of the norm
            np.testing.assert_allclose(floor.unopposed[name], t_interval(share), rtol=1e-6, atol=1e-9)
            pace = [np.polyfit(range(30, 41), np.log(size[30:41]), 1)[0] for size in run.weight_rms[:, :, layer]]
            np.testing.assert_allclose(floor.drift[name], t_interval(10 * np.array(pace)), rtol=1e-6, atol=1e-9)
            sizes.append(run.weight_rms[:, 31:, layer].mean(axis=1))
        np.testing.assert_allclose(floor.gap, np.exp(t_interval(np.log(sizes[0] / sizes[1]))), rtol=1e-9)
        assert floor.rms.mean == pytest.approx(np.mean(sizes), rel=1e-12)


def course(run, size, drift=0.0):
    """A run whose sizes end at `size`, after a change by the factor exp(drift) in ten epochs; seeds differ by little."""
    epochs = np.arange(run.epochs + 1) - run.epochs
    seeds = 1 + 1e-4 * np.arange(len(run.weight_rms))
    return replace(
        run, weight_rms=np.ones(run.weight_rms.shape) * size * (np.exp(drift * epochs / 10) * seeds[:, None])[:, :, None]
    )


@pytest.mark.parametrize(
    ("drift", "gap", "rest"),
    [
        (0.0, 1.0, "holds"),
        (0.025, 1.0, "holds"),
        (-0.025, 1.01, "holds"),
        (0.035, 1.0, "not at rest"),
        (-0.035, 1.0, "not at rest"),
        (0.0, 1.04, "not at rest"),
        (0.0, 0.96, "not at rest"),
    ],
)
def test_rest_is_said_of_a_size_and_of_both_starts(drift, gap, rest):
    """With eta lambda/m = 1/4 decay takes a weight to 1/e in 4 epochs, so ten are asked for."""
    runs = both()[1]
    moved = {"large": course(runs["large"], 0.3 * gap, drift), "scaled": course(runs["scaled"], 0.3)}
    assert {str(floor.rest) for floor in claim.floors(moved)} == {rest}
    assert all(floor.drift["large"].mean == pytest.approx(drift, abs=1e-9) for floor in claim.floors(moved))


def test_the_horizon_is_the_time_of_decay():
    assert claim.horizon(replace(H, l2=5.0)) == 10
    assert claim.horizon(replace(H, l2=0.5)) == pytest.approx(-1 / (30 * np.log(1 - 0.25 / 300)))
    assert claim.horizon(replace(H, l2=0.0)) == np.inf


def test_a_size_that_changes_by_the_share_of_the_strip_stays_within_the_rule():
    """A constant unopposed share, epoch by epoch: |W|^2 changes by the share of what decay would take."""
    for lam in (0.5, 5.0, 30.0):
        h = replace(H, l2=lam)
        rho, squared = (1 - 0.5 * lam / 300) ** 30, 1.0
        whole = int(claim.horizon(h))
        for _ in range(whole):
            squared *= 1 + claim.still_share(h) * (rho**2 - 1)
        assert np.log(squared) / 2 * claim.horizon(h) / whole == pytest.approx(-0.03, rel=0.01)  # second order: 3 % of it
    assert np.isnan(claim.still_share(replace(H, l2=0.0)))


def test_a_floor_is_reached_only_by_standing_still_and_meeting():
    article = {name: train(arm) for name, arm in claim.arms(DEFAULTS["tail_off"]).items()}
    assert all(floor.reached for floor in claim.floors(article))
    assert not any(floor.reached for floor in claim.floors(both(epochs=9)[1]))  # too few epochs to tell
    moving = claim.floors(both(epochs=15, l2=1.0)[1])
    assert {floor.rest for floor in moving} == {Outcome.NOT_AT_REST}
    one = claim.floors(both(epochs=60, replicates=1)[1])
    assert {floor.rest for floor in one} == {Outcome.UNDECIDED}


def test_every_outcome_by_hyperparameters_alone():
    assert set(outcomes(l2=0.0).values()) == {"promises nothing"}
    assert set(outcomes(l2=5.0, l2_until=10).values()) == {"promises nothing"}
    assert set(outcomes(l2=200.0).values()) == {"promises nothing"}  # above the threshold of collapse
    assert set(outcomes(epochs=10, l2=1.0).values()) == {"not at rest"}
    article = DEFAULTS["tail_off"]
    found = {}
    for lam in (article.l2, 30.0):
        runs = {name: train(arm) for name, arm in claim.arms(replace(article, l2=lam)).items()}
        found |= {(lam, v.meaning, v.part): str(v.outcome) for v in claim.judge(runs, 87.0)}
    assert {found[article.l2, c, part] for c in claim.CANDIDATES[:2] for part in article.layer_names} == {"fails"}
    assert found[article.l2, "1/√n_in", "output weights"] == "fails"
    assert found[30.0, "1/√n_in", "hidden weights"] == "holds"  # lambda makes it true
    assert found[30.0, "1/√n_in", "output weights"] == "fails"  # 2.05 times, and "around" ends at twice


def test_nothing_is_promised_of_a_dead_network():
    """Large steps kill it below the threshold, which is 18.6 here and known for small steps alone."""
    h, runs = both(l2=16.0, learning_rate=2.0)
    assert claim.premise(h, claim.collapse(h, datasets.load(h).top_singular_value))
    assert claim.dead(runs) == ["large", "scaled"]
    assert set(outcomes(l2=16.0, learning_rate=2.0).values()) == {"promises nothing"}


def test_dead_is_who_guesses_after_all_that_decay():
    def guessing(runs, **accuracy):
        return {
            name: replace(run, validation_accuracy=np.full((4, run.epochs + 1), accuracy[name])) for name, run in runs.items()
        }

    late = both()[1]  # of the draw 0.78^40 is left
    assert claim.dead(guessing(late, large=0.13, scaled=0.13)) == []
    assert claim.dead(guessing(late, large=0.13, scaled=0.11)) == ["scaled"]
    early = both(epochs=10, l2=1.0)[1]  # it has not learned yet, and may still
    assert claim.dead(guessing(early, large=0.1, scaled=0.1)) == []


def test_premise():
    for change, threshold, met in [
        ({}, 50.0, True),
        ({"l2": 50.0}, 50.0, False),
        ({"l2": 49.9}, 50.0, True),
        ({"l2": 500.0}, None, True),
        ({"l2": 0.0}, None, False),
        ({"learning_rate": 0.0}, None, False),
        ({"l2": 1199.0}, None, True),
        ({"l2": 1200.0}, None, False),  # 0.5 * 1200 / 300 = 2: the weight turns its sign and keeps its size
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
    threshold, grid, runs = grid_runs()
    assert grid == claim.collapse_grid(replace(H, l2=77.0, initialization="scaled", epochs=5), threshold)
    below, above = claim.beside_threshold(runs, threshold)
    assert below.l2 == sorted(lam for lam in grid.l2 if lam < threshold)[-2]
    assert above.l2 == min(lam for lam in grid.l2 if lam > threshold)
    run = runs[grid.l2.index(above.l2)]
    assert above.rms == pytest.approx(run.weight_rms[:, -1, 0].mean())
    assert above.accuracy == pytest.approx(run.validation_accuracy[:, -1].mean())
    rms, accuracy = claim.grid_end(runs)
    assert rms.shape == (9, 4, 2)
    assert (np.diff(rms[:, :, 0].mean(axis=1)) < 0).all()  # a larger lambda, smaller weights
    assert accuracy[0].mean() > 0.5
    assert accuracy[-1].mean() < 0.2


def test_knee():
    _, runs = both(epochs=60)
    floor = claim.floors(runs)[0]
    at = claim.knee(runs["large"], 0, floor)
    rho = (1 - 0.5 * 5.0 / 300) ** 30
    assert runs["large"].weight_rms[:, 0, 0].mean() * rho**at == pytest.approx(floor.rms.mean, rel=1e-9)
    assert np.isnan(claim.knee(course(runs["large"], 0.1), 0, floor))  # never above it


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


@pytest.mark.parametrize(("times", "outcome"), [(0.4, "fails"), (0.6, "holds"), (1.0, "holds"), (1.9, "holds"), (2.1, "fails")])
def test_each_candidate_can_be_true_and_false(times, outcome):
    """Each layer is put at so many times the size that one candidate gives it; the candidates are further apart than that."""
    h, runs = both()
    for k, candidate in enumerate(claim.CANDIDATES):
        for layer, part in enumerate(h.layer_names):
            placed = {name: course(run, times * claim.predicted(h, layer)[k]) for name, run in runs.items()}
            judged = {(v.part, v.meaning): str(v.outcome) for v in claim.judge(placed, None)}
            assert judged[part, candidate] == outcome


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


@cache
def grid_runs(**change):
    h = replace(H, **change)
    threshold = claim.collapse(h, datasets.load(h).top_singular_value)
    grid = claim.collapse_grid(h, threshold)
    trajectory = Trajectory(grid)
    list(trajectory.train(grid.epochs))
    return threshold, grid, grid.split(trajectory.run(grid))


@pytest.mark.rests
def test_training_collapses_where_the_formula_says():
    threshold, _, runs = grid_runs(n_train=1440)
    sizes = {run.hyperparameters.l2 / threshold: run.weight_rms[:, -1, 0].mean() for run in runs}
    below, above = (sizes[min(sizes, key=lambda share: abs(share - at))] for at in (0.8, 1.1))
    assert below > 3 * above


def test_training_shows_the_threshold_or_does_not():
    threshold, _, runs = grid_runs(n_train=1440)
    assert claim.agrees(*claim.beside_threshold(runs, threshold))
    threshold, _, runs = grid_runs(learning_rate=0.01)  # all on their way
    assert not claim.agrees(*claim.beside_threshold(runs, threshold))


def made_up(sizes, drifts, accuracies):
    """Runs of a grid with these ends, by rising lambda."""
    _, _, runs = grid_runs()
    return [
        replace(course(run, size, drift), validation_accuracy=np.full(run.validation_accuracy.shape, accuracy))
        for run, size, drift, accuracy in zip(runs, sizes, drifts, accuracies)
    ]


@pytest.mark.parametrize(
    ("drifts", "known"),
    [((0.0, 0.0), True), ((0.2, -0.2), True), ((-0.02, 0.02), True), ((-0.2, 0.0), False), ((0.0, 0.2), False)],
)
def test_a_candidate_is_passed_only_by_what_stays_on_either_side_of_it(drifts, known):
    """1/sqrt(64) = 0.125 lies between 0.2 and 0.1; at rest too, if the larger does not shrink and the smaller does not grow."""
    passed = claim.passed(made_up((0.2, 0.1), drifts, (0.9, 0.3)), 0)
    assert list(passed) == (["1/√n_in"] if known else [])
    if known:
        larger, smaller = passed["1/√n_in"]
        assert (larger.accuracy, smaller.accuracy) == (pytest.approx(0.9), pytest.approx(0.3))
        assert larger.l2 < smaller.l2


def test_a_network_is_broken_where_it_has_lost_half():
    runs = made_up((0.4, 0.2, 0.1), (0.0, 0.0, 0.0), (0.9, 0.44, 0.1))
    assert claim.broken(runs, claim.passed(runs, 0)["1/√n_in"])
    runs = made_up((0.4, 0.2, 0.1), (0.0, 0.0, 0.0), (0.9, 0.46, 0.1))
    assert not claim.broken(runs, claim.passed(runs, 0)["1/√n_in"])


def test_no_candidate_is_passed_by_weights_on_their_way():
    """With a small step 30 epochs leave mostly the draw: that sizes fall through a candidate shows no floor."""
    _, _, runs = grid_runs(learning_rate=0.01)
    assert claim.passed(runs, 0) == {}
    _, _, runs = grid_runs(n_train=1440)
    assert "1/√n_in" in claim.passed(runs, 0)


def test_no_grid_where_an_update_would_overshoot():
    def steady(eta):
        h = replace(H, n_train=1440, activation="tanh", learning_rate=eta)  # 1.4 times the threshold is 488
        return claim.steady(claim.collapse_grid(h, claim.collapse(h, datasets.load(h).top_singular_value)))

    assert steady(1.0)
    assert not steady(5.0)
