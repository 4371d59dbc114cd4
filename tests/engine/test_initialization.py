"""The initial draw: its distribution, and what it does not depend on."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, initialization

H = Hyperparameters(hidden=(30, 20), replicates=4, seed=7)


def arrays(network):
    return network.weights + network.biases


def test_shapes():
    network = initialization.draw(H)
    assert [w.shape for w in network.weights] == [(4, 30, 64), (4, 20, 30), (4, 10, 20)]
    assert [b.shape for b in network.biases] == [(4, 1, 30), (4, 1, 20), (4, 1, 10)]
    assert {a.dtype for a in arrays(network)} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("name", "deviations"), [("large", (1, 1, 1)), ("scaled", (1 / 8, 30**-0.5, 20**-0.5))])
def test_distribution(name, deviations):
    """Normal with the stated standard deviation; biases standard normal either way. The seed is fixed: no chance is left."""
    network = initialization.draw(replace(H, initialization=name, replicates=40))
    for w, deviation in zip(network.weights, deviations):
        # 8,000 weights and more know their standard deviation to 0.8 %, and the test rejects from about twice that on
        assert stats.kstest(w.ravel() / deviation, "norm").pvalue > 0.01
        assert w.std() == pytest.approx(deviation, rel=0.02)
        assert abs(w.mean()) < 0.03 * deviation
    biases = np.concatenate([b.ravel() for b in network.biases])
    assert stats.kstest(biases, "norm").pvalue > 0.01
    assert biases.std() == pytest.approx(1, rel=0.04)  # 2,400 of them


@pytest.mark.parametrize(
    "change",
    [
        {"l2": 0.0},
        {"learning_rate": 1.0},
        {"batch_size": 50},
        {"epochs": 3},
        {"n_train": 100},
        {"activation": "tanh"},
        {"cost": "quadratic"},
        {"l2_until": 2},
    ],
)
def test_same_draw_whatever_else_changes(change):
    for a, b in zip(arrays(initialization.draw(H)), arrays(initialization.draw(replace(H, **change)))):
        np.testing.assert_array_equal(a, b)


def test_scaled_is_the_large_draw_scaled():
    large, scaled = (initialization.draw(replace(H, initialization=name), np.float64) for name in ("large", "scaled"))
    for w, v, fan_in in zip(large.weights, scaled.weights, (64, 30, 20)):
        np.testing.assert_allclose(v, w / np.sqrt(fan_in), rtol=1e-15)
    for b, c in zip(large.biases, scaled.biases):
        np.testing.assert_array_equal(b, c)


def test_hes_is_the_large_draw_with_variance_two_over_the_fan_in():
    large, he = (initialization.draw(replace(H, initialization=name), np.float64) for name in ("large", "he"))
    for w, v, fan_in in zip(large.weights, he.weights, (64, 30, 20)):
        np.testing.assert_allclose(v**2, w**2 * 2 / fan_in, rtol=1e-14)


def test_replicates_are_the_following_seeds():
    stack = initialization.draw(H)
    for r in range(H.replicates):
        for a, b in zip(arrays(stack), arrays(initialization.draw(replace(H, replicates=1, seed=H.seed + r)))):
            np.testing.assert_array_equal(a[r], b[0])
    # and no two of them share their draw
    first = stack.weights[0].reshape(H.replicates, -1)
    np.testing.assert_allclose(np.corrcoef(first), np.eye(H.replicates), atol=0.1)  # 4 standard errors of 1,920 weights
