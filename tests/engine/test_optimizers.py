"""The update against itself written out; weights in motion against plain arrays."""

import gc
import weakref

import numpy as np
import pytest

from engine import Hyperparameters, datasets, initialization
from engine.network import ACTIVATIONS, COSTS, Network, backpropagate, forward
from engine.optimizers import sgd
from engine.training import train_epoch
from engine.weights import FOLD, Gradient, Weights, in_motion
from tests.engine.plain import GELU

STREAM = np.random.default_rng(3)
W, X, ERRORS = (STREAM.standard_normal(shape) for shape in ((2, 4, 3), (2, 5, 3), (2, 5, 4)))
"""Weights of a layer with three inputs and four units, five examples, and their errors; two replicates."""
FACTORS = [0.9, 1 - 1e-5, -0.3, np.array([0.5, 2.0])[:, None, None]]
EPS = np.finfo(float).eps


@pytest.mark.parametrize("factor", FACTORS)
def test_weights_in_motion_are_what_an_array_would_be(factor):
    plain, w = W.copy(), Weights(W.copy())
    for _ in range(3):
        w *= factor
        w -= 0.1 * Gradient(ERRORS, X)
        plain = factor * plain - 0.1 * np.einsum("rmo,rmi->roi", ERRORS, X)
        np.testing.assert_allclose(X @ w.mT, np.einsum("rmi,roi->rmo", X, plain), rtol=0, atol=100 * EPS)
        np.testing.assert_allclose(ERRORS @ w, np.einsum("rmo,roi->rmi", ERRORS, plain), rtol=0, atol=100 * EPS)
    w.fold()
    assert w.scale == 1
    np.testing.assert_allclose(w.array, plain, rtol=0, atol=100 * EPS)


@pytest.mark.parametrize("scale", [0.0, 1.0, 1 - 1e-5, -0.37, 3e-6, 2e5])
def test_fold_rounds_once(scale):
    u = W.astype(np.float32)
    w = Weights(u.copy())
    w *= scale
    w.fold()
    # one rounding of a float64 product to float32: half a unit in the last place
    np.testing.assert_allclose(w.array, scale * u.astype(np.float64), rtol=np.finfo(np.float32).eps / 2)


@pytest.mark.parametrize("factor", [1e-4, -1e4, 0.0, np.array([1.0, 1e-4])[:, None, None]])
def test_the_scale_stays_within_its_bounds(factor):
    """Else a step divided by it, or a product multiplied by it, would leave the range of float32."""
    w, expected = Weights(W.copy()), W
    for _ in range(5):
        w *= factor
        expected = expected * factor
        assert ((np.abs(w.scale) > 1 / FOLD) & (np.abs(w.scale) < FOLD)).all()
        np.testing.assert_allclose(w.scale * w.array, expected, rtol=10 * EPS)


def test_slow_decay_is_not_lost_to_single_precision():
    w = Weights(np.ones((1, 1, 1), np.float32))
    for _ in range(100_000):
        w *= 1 - 1e-9
    w.fold()
    assert w.array.item() == pytest.approx(np.exp(-1e-4), rel=1e-7)  # in float32 1 - 1e-9 is 1


def test_motion_is_in_the_arrays_of_the_network():
    network = Network([W.copy()], [np.zeros((2, 1, 4))])
    moving = in_motion(network)
    sgd(moving, [X], [ERRORS], eta=0.5, lam=2.0, n=10)
    moving.weights[0].fold()
    # w -> (1 - eta lambda / n) w - (eta / m) sum of errors x inputs, over five examples; biases do not decay
    expected = 0.9 * W - 0.1 * np.einsum("rmo,rmi->roi", ERRORS, X)
    np.testing.assert_allclose(network.weights[0], expected, rtol=0, atol=100 * EPS)
    np.testing.assert_allclose(network.biases[0][:, 0], -0.1 * ERRORS.sum(axis=1), rtol=0, atol=100 * EPS)


def test_an_activation_that_needs_its_preactivation_is_trained(monkeypatch):
    """One epoch of one mini-batch moves the weights of GELU units against central differences of the cost."""
    monkeypatch.setitem(ACTIVATIONS, "gelu", GELU)
    h = Hyperparameters(activation="gelu", hidden=(3,), n_train=8, batch_size=8, replicates=1, l2=16.0, epochs=1)
    data, before = datasets.load(h), initialization.draw(h, np.float64)
    after = train_epoch(before, h, data, 0)

    def cost(w):
        network = Network([w, before.weights[1]], before.biases)
        _, preactivations = forward(network, data.x_train.astype(float), GELU)
        return COSTS[h.cost].value(preactivations[-1], data.y_train).sum()

    for unit, pixel in ((0, 20), (1, 35), (2, 43)):
        step = np.zeros_like(before.weights[0])
        step[0, unit, pixel] = 1e-5
        slope = (cost(before.weights[0] + step) - cost(before.weights[0] - step)) / 2e-5
        w, moved = before.weights[0][0, unit, pixel], after.weights[0][0, unit, pixel]
        assert slope != 0
        assert moved == pytest.approx((1 - 0.1 * 16 / 8) * w - 0.1 / 8 * slope, abs=1e-7 * abs(slope))


def test_errors_of_weights_in_motion_are_those_at_rest():
    h = Hyperparameters(hidden=(3, 2), n_train=8, replicates=2)
    data, network = datasets.load(h), initialization.draw(h, np.float64)
    moving = in_motion(Network([w / 0.3 for w in network.weights], network.biases))
    for w in moving.weights:
        w *= 0.3
    for one, other in zip(*(backpropagate(n, data.x_train, data.y_train, GELU, COSTS[h.cost]) for n in (network, moving))):
        for a, b in zip(one, other):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_what_is_moved_is_freed_at_once():
    """Not when Python next looks for cycles: an epoch of MNIST has megabytes of weights, and few objects to be counted."""
    array = W.copy()
    held, w = weakref.ref(array), Weights(array)
    w *= 0.5
    X @ w.mT
    gc.disable()
    try:
        del array, w
        assert held() is None
    finally:
        gc.enable()
