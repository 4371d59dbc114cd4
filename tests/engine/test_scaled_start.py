"""Claim 4: arms that share their draw, clocks and distances, every outcome reached by hyperparameters alone."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, initialization, snapshots, train
from engine.defaults import DEFAULTS
from engine.statistics import Interval
from engine.training import Trajectory, mini_batches
from engine.verdicts import Outcome
from engine.verdicts import scaled_start as claim

H = Hyperparameters(n_train=200, hidden=(6,), l2=20.0, epochs=20, replicates=4)


@cache
def trained(h):
    return {name: train(arm, cache=None) for name, arm in claim.arms(h).items()}


def outcomes(**change):
    h = replace(H, **change)
    runs = trained(h)
    judged = claim.judge(runs)
    judged += claim.judge_memory(runs["scaled"], claim.FORGOTTEN_SCALED)
    draw = initialization.draw(claim.arms(h)["large"])
    for layer, stop in enumerate(claim.stops(h)):
        off, on = claim.faded(h, draw, layer), None
        if stop is not None and stop <= runs["large"].epochs:
            on = claim.distances(h, Trajectory(claim.arms(h)["large"]).network_at(stop), layer)
        judged += claim.judge_weights(h, layer, None if off is None else claim.distance(h, off, layer), on)
    return {(v.meaning, v.part): str(v.outcome) for v in judged}


def test_arms_share_draw_and_mini_batches():
    arms = claim.arms(H)
    draws = {name: initialization.draw(h) for name, h in arms.items()}
    for layer, fan_in in enumerate((64, 6)):
        large = draws["large"].weights[layer]
        for name in ("scaled", "plain"):
            np.testing.assert_allclose(draws[name].weights[layer] * np.sqrt(fan_in), large, rtol=3e-7)
            np.testing.assert_array_equal(draws[name].biases[layer], draws["large"].biases[layer])
    data = datasets.load(H)
    for one, other in zip(mini_batches(arms["large"], data, 3), mini_batches(arms["plain"], data, 3)):
        np.testing.assert_array_equal(one[0], other[0])
    assert [h.l2 for h in arms.values()] == [20, 20, 0]
    rescued = claim.rescue(replace(H, initialization="scaled"), 4)
    assert (rescued.initialization, rescued.l2_until) == ("large", 4)


def test_clocks_by_counting_updates():
    for layer, fan_in in enumerate((64, 6)):
        size, updates = 1.0, 0
        while size > fan_in**-0.5:
            size *= 1 - 0.1 * 20.0 / 200
            updates += 1
        assert updates - 1 <= claim.clocks(H)[layer] * 20 <= updates
        assert claim.stops(H)[layer] == round(claim.clocks(H)[layer])
    assert claim.clocks(replace(H, l2=0.0)) == [np.inf, np.inf]
    assert claim.stops(replace(H, l2=0.0)) == [None, None]
    assert claim.clocks(replace(H, l2=1e5)) == [np.inf, np.inf]  # decay that diverges
    assert claim.clocks(replace(H, l2=2000.0)) == [np.inf, np.inf]  # one update leaves nothing: it never has that size
    assert np.isfinite(claim.clocks(replace(H, l2=3000.0))).all()  # changes its sign, and shrinks
    for l2, shrinks in ((0.0, False), (20.0, True), (2000.0, True), (3000.0, True), (4000.0, False), (1e5, False)):
        assert claim.shrinks(replace(H, l2=l2)) is shrinks


def test_distance_of_a_layer_from_the_scaled_start():
    network = initialization.draw(H)
    found = claim.distances(H, network, 0)
    expected = [stats.kstest(8 * w.ravel().astype(float), "norm").statistic for w in network.weights[0]]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert claim.critical(H, 0) == pytest.approx(stats.kstwobign.isf(0.05) / np.sqrt(384), rel=1e-9)


def test_a_true_draw_exceeds_the_critical_distance_once_in_twenty():
    draws = np.random.default_rng(0).standard_normal((2000, 500))
    exceed = (snapshots.normal_distance(draws, 1.0) > snapshots.critical_distance(500)).mean()
    assert 0.03 < exceed < 0.065


@pytest.mark.parametrize("l2", [2.0, 20.0, 500.0, 3000.0])
def test_the_faded_draw_is_the_scaled_start(l2):
    """Whatever the clock, in whole epochs or not: |rho|^T* w_0 is the draw over the root of the fan-in."""
    h = replace(H, l2=l2)
    large, scaled = (initialization.draw(claim.arms(h)[name]) for name in ("large", "scaled"))
    for layer in (0, 1):
        np.testing.assert_allclose(claim.faded(h, large, layer), scaled.weights[layer], rtol=3e-7)
    assert claim.faded(replace(H, l2=0.0), large, 0) is None


def test_decay_alone_against_a_loop_over_updates():
    h = replace(H, l2=7.0)
    draw, after = initialization.draw(h), snapshots.decayed(h, 3)
    for w, found in zip(draw.weights, after.weights):
        w = w.astype(float)
        for _ in range(3 * 20):
            w = (1 - 0.1 * 7.0 / 200) * w
        np.testing.assert_allclose(found, w, rtol=1e-6)


@pytest.mark.parametrize("deviation", [0.2, 0.98, 1.0, 1.0001, 1.3, 8.0])
def test_distance_of_two_normal_distributions_on_a_grid(deviation):
    x = np.linspace(0, 8 * max(1, deviation), 400_001)
    expected = np.abs(stats.norm.cdf(x) - stats.norm.cdf(x / deviation)).max()
    assert claim.spread_distance(deviation) == pytest.approx(expected, abs=1e-9)


def test_rounding_to_whole_epochs_decides_nothing():
    """With lambda = 500 the clock of the hidden weights is 0.36 epochs: at epoch 0 there is nothing but the draw."""
    h = replace(H, l2=500.0, n_train=1440, batch_size=10)
    assert claim.stops(h)[0] == 0
    assert claim.rounding(h, 0) == pytest.approx(claim.spread_distance(8.0), rel=1e-9)
    start = claim.distances(h, initialization.draw(claim.arms(h)["large"]), 0)
    (_, on) = claim.judge_weights(h, 0, None, start)
    assert on.measured.low > claim.critical(h, 0)
    assert on.outcome is Outcome.UNDECIDED
    default = DEFAULTS["scaled_start"]
    assert claim.rounding(default, 0) < 0.2 * claim.critical(default, 0)


def test_gain_is_the_paired_difference():
    runs = trained(H)
    for epoch in (-1, 7):
        difference = (runs["large"].validation_accuracy - runs["plain"].validation_accuracy)[:, epoch]
        expected = stats.ttest_1samp(difference, 0).confidence_interval(0.95)
        np.testing.assert_allclose(claim.gain(runs["large"], runs["plain"], epoch), [difference.mean(), *expected], rtol=1e-9)


def test_equal_accuracies_are_half_a_point_apart_at_most():
    judged = {
        d: claim.judge_accuracy("a", H, Interval(d, d - 0.001, d + 0.001)).outcome for d in (-0.02, -0.0045, 0.0, 0.004, 0.008)
    }
    assert list(map(str, judged.values())) == ["fails", "undecided", "holds", "holds", "fails"]
    assert claim.judge_accuracy("a", H, Interval(0, np.nan, np.nan)).outcome is Outcome.UNDECIDED


def test_the_meeting():
    runs = trained(H)
    large, plain = runs["large"], runs["plain"]
    means = [run.weight_rms[:, :, 0].mean(axis=0) for run in (large, plain)]
    met = next(k for k in range(21) if means[0][k] <= means[1][k])
    assert claim.meeting(large, plain) == met
    assert claim.meeting(large.first(1), plain) is None


@pytest.mark.sweeps
def test_every_outcome_by_hyperparameters_alone():
    off = outcomes(l2=0.0)
    assert set(off.values()) == {"promises nothing"}
    assert set(outcomes(l2=4000.0, epochs=4).values()) == {"promises nothing"}  # decay that does not shrink
    slow = outcomes(l2=1.0)  # T* beyond the run: only decay alone can be told
    assert slow[claim.ON, "hidden weights"] == "promises nothing"
    assert slow[claim.OFF, "hidden weights"] == "exact"
    nothing_learned = outcomes(learning_rate=1e-6, l2=1e6, epochs=22)  # half the decay, and hardly any gradient
    assert {nothing_learned[claim.OFF, part] for part in H.layer_names} == {"exact"}
    assert {nothing_learned[claim.ON, part] for part in H.layer_names} == {"holds"}
    assert nothing_learned[claim.SIZE, "hidden weights"] == "fails"  # both only decay: one stays sqrt(n_in) times the other
    for meaning in (claim.FORGOTTEN, claim.FORGOTTEN_SCALED):
        assert nothing_learned[meaning, "hidden weights"] == "fails"
    assert outcomes(n_train=1440, hidden=(30,), epochs=12)[claim.ON, "hidden weights"] == "fails"  # learned by then
    strong = outcomes(l2=500.0)
    assert {strong[claim.OFF, part] for part in H.layer_names} == {"exact"}  # T* is no whole epoch, and need not be
    assert strong[claim.ON, "hidden weights"] == "undecided"  # whole epochs are too coarse for the clock
    assert strong[claim.SIZE, "hidden weights"] == "holds"
    assert strong[claim.FORGOTTEN, "hidden weights"] == "holds"  # nothing of the draw outlives the first epoch
    assert set(outcomes(replicates=1).values()) == {"undecided", "exact"}
    for replicates in (1, 2):  # exact, however few the seeds
        assert outcomes(replicates=replicates)[claim.OFF, "output weights"] == "exact"


def test_what_learning_adds_to_the_cosine_with_the_draw():
    """By hand: what is left of the draw is rho^T w_0, and its cosine with w alone is rho^T |w_0| / |w|."""
    run = trained(H)["large"]
    rho = (1 - 0.1 * 20.0 / 200) ** 20
    for layer in (0, 1):
        size = run.weight_rms[:, :, layer]
        left = rho**20 * size[:, 0] / size[:, -1]
        np.testing.assert_allclose(claim.remainder(run, layer), left, rtol=1e-9)
        expected = stats.ttest_1samp(run.cosine[:, -1, layer] - left, 0).confidence_interval(0.95)
        np.testing.assert_allclose(claim.learned_along(run, layer)[1:], expected, rtol=1e-6)
    steady = {e: claim.fades_steadily(replace(H, learning_rate=e, l2=200.0)) for e in (0, 0.5, 0.99, 1, 1.5, 2)}
    assert [e for e, fades in steady.items() if fades] == [0.5, 0.99]
    bare = train(replace(H, learning_rate=1e-6, l2=1e6), cache=None)  # nothing learned, nothing added
    assert abs(claim.learned_along(bare, 0).mean) < 1e-3


def test_independent_draws_count_as_forgotten():
    """The cosine of two independent draws of 300 weights has the deviation 1/sqrt(300); eight seeds then nearly always hold."""
    stream = np.random.default_rng(1)
    run = trained(replace(H, epochs=0, replicates=8))["large"]
    held = 0
    for _ in range(400):
        cosines = np.full((8, 1, 2), 0.0) + stream.normal(0, 300**-0.5, (8, 1, 2))
        held += claim.judge_memory(replace(run, cosine=cosines), claim.FORGOTTEN)[0].outcome is Outcome.HOLDS
    assert held > 0.9 * 400


def test_a_run_that_diverged_has_no_end_to_compare():
    h = replace(H, learning_rate=50.0, l2=5.0, activation="relu", hidden=(30, 30), epochs=8)
    runs = trained(h)
    assert claim.shrinks(h)
    assert any(run.diverged_at for run in runs.values())
    assert {v.outcome for v in claim.judge(runs)} == {Outcome.DIVERGED}


def test_the_draw_can_be_forgotten():
    """Under a decay that leaves nothing of the draw after an epoch, and goes on for sixty."""
    h = replace(H, learning_rate=0.05, l2=500.0, batch_size=5, epochs=60, replicates=16)
    runs = trained(h)
    found = {(v.meaning, v.part): v for v in claim.judge(runs)}
    assert str(found[claim.FORGOTTEN, "hidden weights"].outcome) == "holds"
