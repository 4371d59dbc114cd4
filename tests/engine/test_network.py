"""Backpropagation against finite differences; the functions that must not overflow against SciPy."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import special

from engine.network import ACTIVATIONS, COSTS, Network, backpropagate, forward, sigmoid, softmax, softplus
from tests.engine.plain import GELU

SIZES = (5, 4, 3, 4)  # inputs, two hidden layers, classes
REPLICATES, EXAMPLES = 2, 6
STEP = 1e-5
TRUNCATION = 1e-8
"""Of a central difference, relative to the largest slope: the step squared, 1e-10, times a ratio of derivatives below 100."""


def random_network():
    stream = np.random.default_rng(1)
    weights = [stream.standard_normal((REPLICATES, b, a)) for a, b in pairwise(SIZES)]
    biases = [stream.standard_normal((REPLICATES, 1, b)) for b in SIZES[1:]]
    return Network(weights, biases)


def random_examples():
    """Different examples for every replicate, as in training."""
    stream = np.random.default_rng(2)
    x = stream.standard_normal((REPLICATES, EXAMPLES, SIZES[0]))
    y = np.eye(SIZES[-1])[stream.integers(SIZES[-1], size=(REPLICATES, EXAMPLES))]
    return x, y


def total_cost(network, x, y, activation, cost):
    """sum_x C_x of each replicate, (r,)."""
    return cost.value(forward(network, x, activation)[1][-1], y).sum(axis=1)


def central_differences(array, total):
    """d total / d array of each replicate; `array` is moved one element at a time, of all replicates together."""
    gradient = np.empty_like(array)
    for place in np.ndindex(array.shape[1:]):
        at = (slice(None), *place)
        kept = array[at].copy()
        array[at] = kept + STEP
        above = total()
        array[at] = kept - STEP
        below = total()
        array[at] = kept
        gradient[at] = (above - below) / (2 * STEP)
    return gradient


EVERY = ACTIVATIONS | {"gelu": GELU}
"""The last has a slope that its value does not tell: it needs z."""


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", EVERY)
def test_backpropagation_is_the_slope_of_the_cost(activation, cost):
    activation, cost, network = EVERY[activation], COSTS[cost], random_network()
    x, y = random_examples()
    inputs, errors = backpropagate(network, x, y, activation, cost)
    assert len(inputs) == len(errors) == len(network.weights) == 3

    def total():
        return total_cost(network, x, y, activation, cost)

    rounding = 2 * np.finfo(np.float64).eps * total().max() / STEP  # that of the two costs, over the step between them
    for w, b, a, error in zip(network.weights, network.biases, inputs, errors):
        by_weights, by_biases = error.mT @ a, error.sum(axis=1, keepdims=True)
        for slope, array in ((by_weights, w), (by_biases, b)):
            largest = abs(slope).max()
            assert largest > 1e4 * rounding  # else zeros would agree with anything
            measured = central_differences(array, total)
            np.testing.assert_allclose(slope, measured, rtol=0, atol=rounding + TRUNCATION * largest)


FUNCTIONS = {
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "gelu": lambda z: z * special.ndtr(z),
}


@pytest.mark.parametrize("activation", EVERY)
def test_forward_pass_layer_by_layer(activation):
    network, (x, _) = random_network(), random_examples()
    inputs, preactivations = forward(network, x, EVERY[activation])
    for r in range(REPLICATES):
        for k in range(EXAMPLES):
            a = x[r, k]
            for layer in range(3):
                np.testing.assert_allclose(inputs[layer][r, k], a, rtol=1e-13)
                z = network.weights[layer][r] @ a + network.biases[layer][r, 0]
                a = FUNCTIONS[activation](z)
                kept = z if layer == 2 or activation == "gelu" else a  # the others write over z
                np.testing.assert_allclose(preactivations[layer][r, k], kept, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_slopes_to_the_bit(dtype):
    """As written out with temporary arrays; each value is written over z, which costs nothing."""
    z = np.linspace(-20, 20, 4001, dtype=dtype)
    half, one = dtype(0.5), dtype(1)
    a = {"sigmoid": np.tanh(z * half) * half + half, "tanh": np.tanh(z), "relu": np.where(z > 0, z, dtype(0))}
    slopes = {
        "sigmoid": (one - a["sigmoid"]) * a["sigmoid"],
        "tanh": one - a["tanh"] * a["tanh"],
        "relu": np.where(z > 0, one, dtype(0)),
    }
    assert a.keys() == ACTIVATIONS.keys()
    for name, activation in ACTIVATIONS.items():
        place = z.copy()
        assert activation.value(place) is place
        np.testing.assert_array_equal(place, a[name])
        np.testing.assert_array_equal(activation.slope(place, place), slopes[name])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("cost", COSTS)
def test_single_precision_stays_single(activation, cost):
    """A float64 that slips in would halve the speed unnoticed."""
    network = random_network()
    network = Network([w.astype(np.float32) for w in network.weights], [b.astype(np.float32) for b in network.biases])
    x, y = (a.astype(np.float32) for a in random_examples())
    inputs, errors = backpropagate(network, x, y, ACTIVATIONS[activation], COSTS[cost])
    assert {a.dtype for a in inputs + errors} == {np.dtype(np.float32)}


def test_costs_of_one_example_by_hand():
    # z = (0, ln 3), the first class is right. Sigmoid outputs 1/2 and 3/4; softmax outputs 1/4 and 3/4.
    z, y = np.array([[[0.0, np.log(3)]]]), np.array([[[1.0, 0.0]]])
    by_hand = {
        "cross-entropy": -np.log(1 / 2) - np.log(1 - 3 / 4),
        "quadratic": ((1 / 2 - 1) ** 2 + (3 / 4) ** 2) / 2,
        "log-likelihood": -np.log(1 / 4),
    }
    assert by_hand.keys() == COSTS.keys()
    for name, expected in by_hand.items():
        assert COSTS[name].value(z, y).item() == pytest.approx(expected, rel=1e-14)


EXTREME = [0.0, 1e-8, 0.5, 5.0, 17.0, 40.0, 89.0, 750.0, 1e4, 1e30]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_preactivations(dtype):
    """Against SciPy in float64, without a warning."""
    z = np.array(sorted({-v for v in EXTREME} | set(EXTREME)), dtype)
    exact = z.astype(np.float64)
    eps = np.finfo(dtype).eps
    tiny = np.finfo(dtype).smallest_subnormal
    # softplus keeps every digit at both ends; the rounding of exp(-|z|) grows with |z|, where the result is below eps anyway
    np.testing.assert_allclose(softplus(z.copy()), np.logaddexp(0, exact), rtol=4 * eps, atol=tiny)
    # (1 + tanh) / 2 is right to the rounding of 1, not to that of the tiny value: below z = -ln(1/eps) it is 0
    np.testing.assert_allclose(sigmoid(z.copy()), special.expit(exact), rtol=0, atol=eps)
    scores = np.stack([z, z[::-1], np.zeros_like(z)], axis=-1)
    np.testing.assert_allclose(softmax(scores), special.softmax(scores.astype(np.float64), axis=-1), rtol=4 * eps, atol=tiny)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_costs_of_extreme_outputs_are_finite(cost, dtype):
    z = np.array([[[1e4, -1e4, 0.0], [-1e4, 1e4, 0.0]]], dtype)
    y = np.array([[[1, 0, 0], [1, 0, 0]]], dtype)
    # the wrong answer costs 1e4 (twice: one output too low, one too high), or half a squared error for each of the two
    right, wrong = {
        "cross-entropy": (np.log(2), 2e4 + np.log(2)),
        "quadratic": (1 / 8, 1 + 1 / 8),
        "log-likelihood": (0, 2e4),
    }[cost]
    # where a cost is the small difference of two large numbers it carries their rounding
    np.testing.assert_allclose(COSTS[cost].value(z.copy(), y), [[right, wrong]], rtol=0, atol=4 * 1e4 * np.finfo(dtype).eps)
    assert np.isfinite(COSTS[cost].error(z.copy(), y)).all()


def test_copy_shares_nothing():
    network = random_network()
    copy = network.copy()
    for a, b in zip(network.weights + network.biases, copy.weights + copy.biases):
        np.testing.assert_array_equal(a, b)
        assert not np.shares_memory(a, b)
