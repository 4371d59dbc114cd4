"""Claim 4: arms that share their draw, clocks and distances, every outcome reached by hyperparameters alone."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, initialization, snapshots, train
from engine.training import Trajectory, mini_batches
from engine.verdicts import scaled_start as claim

H = Hyperparameters(n_train=200, hidden=(6,), l2=20.0, epochs=20, replicates=4)


def trained(h):
    return {name: train(arm, cache=None) for name, arm in claim.arms(h).items()}


def outcomes(**change):
    h = replace(H, **change)
    runs = trained(h)
    judged = claim.judge(runs)
    for layer, stop in enumerate(claim.stops(h)):
        off = on = None
        if stop is not None and stop <= runs["large"].epochs:
            trajectory = Trajectory(claim.arms(h)["large"])
            off = claim.distances(h, snapshots.decayed(claim.arms(h)["large"], stop), layer)
            on = claim.distances(h, trajectory.network_at(stop), layer)
        judged += claim.judge_weights(h, layer, off, on)
    judged.append(claim.judge_rescue(train(claim.rescue(h, 3), cache=None), runs["plain"]))
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


def test_gain_is_the_paired_difference():
    runs = trained(H)
    difference = runs["large"].validation_accuracy[:, -1] - runs["plain"].validation_accuracy[:, -1]
    expected = stats.ttest_1samp(difference, 0).confidence_interval(0.95)
    np.testing.assert_allclose(claim.gain(runs["large"], runs["plain"]), [difference.mean(), *expected], rtol=1e-9)


def test_every_outcome_by_hyperparameters_alone():
    off = outcomes(l2=0.0)
    assert set(off.values()) == {"premise not met"}
    assert outcomes(l2=1.0)[claim.ON, "hidden weights"] == "premise not met"  # T* beyond the run
    nothing_learned = outcomes(learning_rate=1e-6, l2=2e6)  # the same decay, and hardly any gradient
    for meaning in (claim.OFF, claim.ON):
        assert {nothing_learned[meaning, part] for part in H.layer_names} == {"holds"}
    assert nothing_learned[claim.SIZE, "hidden weights"] == "fails"  # both only decay: one stays sqrt(n_in) times the other
    assert nothing_learned[claim.FORGOTTEN, "hidden weights"] == "fails"
    assert nothing_learned[claim.ACCURACY, "network"] == nothing_learned[claim.RESCUED, "network"] == "holds"
    assert outcomes()[claim.ON, "hidden weights"] == "undecided"
    strong = outcomes(l2=500.0)  # decay so fast that whole epochs are too coarse for the clock
    assert {strong[meaning, "hidden weights"] for meaning in (claim.OFF, claim.ON)} == {"fails"}
    assert strong[claim.SIZE, "hidden weights"] == "holds"
    assert strong[claim.FORGOTTEN, "hidden weights"] == "undecided"
    assert strong[claim.ACCURACY, "network"] == strong[claim.RESCUED, "network"] == "fails"
    assert set(outcomes(replicates=1).values()) <= {"undecided", "premise not met"}


def test_the_draw_can_be_forgotten():
    """Under a decay that leaves nothing of the draw after an epoch, and goes on for sixty."""
    h = replace(H, learning_rate=0.05, l2=500.0, batch_size=5, epochs=60, replicates=16)
    runs = trained(h)
    found = {(v.meaning, v.part): v for v in claim.judge(runs)}
    assert str(found[claim.FORGOTTEN, "hidden weights"].outcome) == "holds"
