"""The sides of the law of lengths against differences of the cost, sums over examples and a case by hand; the clock against
its identity at every update and a limit of small steps.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, log_expit

from engine import Hyperparameters, datasets, initialization, theory, train
from engine.lengths import balance, clock, course, measured_ratio, ratio, squared, unit_lengths
from engine.lengths.balance import of_network
from engine.lengths.clock import updates
from engine.network import Network

DEEP = Hyperparameters(n_train=64, hidden=(7, 5), initialization="scaled", batch_size=10, replicates=2)
UNITS = {
    "sigmoid": (expit, lambda z: expit(z) * expit(-z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


def forward(network, h, r=0):
    """Pre-activations and inputs of every layer of one replicate, in double precision, written here."""
    a, zs, inputs = datasets.load(h).x_train.astype(float), [], []
    for w, b in zip(network.weights, network.biases):
        inputs.append(a)
        zs.append(a @ w[r].T + b[r])
        a = UNITS[h.activation][0](zs[-1])
    return zs, inputs


def cost(network, h, r=0):
    y, z = datasets.load(h).y_train, forward(network, h, r)[0][-1]
    return -(y * log_expit(z) + (1 - y) * log_expit(-z)).sum(axis=1).mean()


def stretched(network, layer, by, biases):
    """A layer's weights times `by`, and its biases too if asked for."""
    found = network.copy()
    found.weights[layer] *= by
    if biases:
        found.biases[layer] *= by
    return found


# the formulas


@pytest.mark.parametrize("activation", UNITS)
def test_the_factor_is_that_of_its_definition(activation):
    f, slope = UNITS[activation]
    z = np.array([-40.0, -3.0, -1e-3, 0.5, 2.0, 15.0])
    if activation == "relu":
        z = np.abs(z)
    np.testing.assert_allclose(theory.length_factor(activation, z), z * slope(z) / (f(z) - f(0.0)), rtol=1e-9, atol=1e-12)
    assert theory.length_factor(activation, np.array([0.0, 1e-9])) == pytest.approx(1)


def test_two_units_by_hand():
    """z = 0 and z = ln 3, sinh 4/3, with the pulls 1 and 3: K = (1 + 3 * 3/4 ln 3) / 4."""
    z, pull = np.array([[0.0, np.log(3)]]), np.array([[1.0, 3.0]])
    assert theory.length_ratio("sigmoid", pull, z) == pytest.approx((1 + 9 / 4 * np.log(3)) / 4)
    assert theory.length_ratio("relu", pull, z) == 1
    assert theory.length_at_rest(2.0, 10, 3.0, 1.0) == 20
    assert theory.difference_left(0.1, 5.0, 100, 10, 2) == pytest.approx(0.995**40)
    assert theory.wide_length(3.0, 0.25) == 12
    assert theory.wide_rms(12.0, 3) == 2


def test_an_update_by_hand():
    """beta 1/2, eta 2: the biases' squares grow by 3, the gradients' are 1, 2, 4."""
    assert theory.difference_terms(2.0, 0.5, 3.0, 1.0, 2.0, 4.0) == (-1.5, -8.0)


# the sides of the law


@pytest.mark.parametrize("activation", UNITS)
def test_pulls_are_slopes_of_the_cost_along_the_weights(activation):
    h = replace(DEEP, activation=activation)
    network = initialization.draw(h, np.float64)
    found, step = of_network(network, h, datasets.load(h), 0), 1e-5
    for r in range(h.replicates):
        for layer in range(3):
            for biases, pull in ((False, found.pull), (True, found.pull + found.bias_pull)):
                up, down = (cost(stretched(network, layer, 1 + s, biases), h, r) for s in (step, -step))
                assert pull[r, layer] == pytest.approx((down - up) / (2 * step), rel=1e-6, abs=1e-9)


def test_a_relu_layer_may_be_stretched_where_the_next_is_shortened():
    h = replace(DEEP, activation="relu")
    network = initialization.draw(h, np.float64)
    other = stretched(stretched(network, 0, 1.7, True), 1, 1 / 1.7, False)
    assert cost(other, h) == pytest.approx(cost(network, h), rel=1e-12)
    np.testing.assert_allclose(of_network(network, h, datasets.load(h), 0).cold_ratio, 1, rtol=1e-9)


@pytest.mark.parametrize("activation", UNITS)
def test_k_without_heat_is_the_weighted_mean_of_the_factor(activation):
    h = replace(DEEP, activation=activation)
    network = initialization.draw(h, np.float64)
    found, f = of_network(network, h, datasets.load(h), 0), UNITS[activation]
    for r in range(h.replicates):
        zs, _ = forward(network, h, r)
        error = expit(zs[-1]) - datasets.load(h).y_train
        for pair in (1, 0):
            g = error @ network.weights[pair + 1][r]
            expected = theory.length_ratio(activation, g * (f[0](zs[pair]) - f[0](0.0)), zs[pair])
            assert found.cold_ratio[r, pair] == pytest.approx(expected, rel=1e-8)
            error = g * f[1](zs[pair])


def test_heat_of_full_batches_is_half_eta_times_the_squared_gradient():
    """Which here comes from differences of the cost, weight by weight."""
    h = replace(DEEP, hidden=(3,), batch_size=64, replicates=1, learning_rate=0.3)
    network = initialization.draw(h, np.float64)
    found = of_network(network, h, datasets.load(h), 0)
    for arrays, heat in ((network.weights, found.heat), (network.biases, found.bias_heat)):
        square = 0.0
        for index in np.ndindex(arrays[1].shape):
            kept, costs = arrays[1][index], []
            for s in (1e-5, -1e-5):
                arrays[1][index] = kept + s
                costs.append(cost(network, h))
            arrays[1][index] = kept
            square += ((costs[0] - costs[1]) / 2e-5) ** 2
        assert heat[0, 1] == pytest.approx(0.15 * square, rel=1e-6)


def test_centred_is_with_inputs_counted_from_their_mean():
    """Of a full batch: the gradient of errors and inputs less their mean, written out."""
    h = replace(DEEP, hidden=(3,), batch_size=64, replicates=1, learning_rate=0.3)
    network = initialization.draw(h, np.float64)
    found, (zs, inputs) = of_network(network, h, datasets.load(h), 0), forward(network, h)
    error = expit(zs[1]) - datasets.load(h).y_train
    gradient = error.T @ (inputs[1] - inputs[1].mean(axis=0)) / 64
    assert found.centred_pull[0, 1] == pytest.approx(-(network.weights[1][0] * gradient).sum(), rel=1e-6)
    assert found.centred_heat[0, 1] == pytest.approx(0.15 * (gradient**2).sum(), rel=1e-6)


def test_lengths_by_hand():
    weights = [np.array([[[1.0, 2.0], [3.0, 0.0]]]), np.array([[[2.0, 1.0]]])]
    network = Network(weights, [np.zeros((1, 1, 2)), np.zeros((1, 1, 1))])
    np.testing.assert_array_equal(squared(network), [[14, 5]])
    np.testing.assert_array_equal(unit_lengths(network, 0), [[[5, 9]], [[4, 1]]])


@pytest.mark.rests
@pytest.mark.parametrize(
    "change",
    [{}, {"l2": 30.0}, {"activation": "tanh", "l2": 10.0}, {"hidden": (100,), "l2": 20.0}, {"hidden": (20, 15), "l2": 10.0}],
    ids=str,
)
def test_at_rest_the_measured_ratio_is_k(change):
    h = replace(Hyperparameters(l2=5.0, replicates=4, epochs=200), **change)
    run = train(h)
    k = ratio(h, h.epochs)
    assert k.shape == (4, len(h.hidden))
    assert measured_ratio(run).mean(axis=0) == pytest.approx(k.mean(axis=0), rel=0.03)
    sums = balance(h, h.epochs, 10)
    np.testing.assert_allclose(sums.squared / 10, run.norm_squared[:, -10:].mean(axis=1), rtol=1e-5)
    assert ((sums.pull + sums.heat) / sums.taken).mean(axis=0) == pytest.approx(1, abs=0.03)


def test_the_course_is_that_of_the_run():
    h = replace(DEEP, epochs=3)
    found = course(h)
    np.testing.assert_allclose(found.squared, train(h).norm_squared, rtol=1e-5)
    np.testing.assert_allclose(found.ratio[:, 2], balance(h, 2).ratio, rtol=1e-6)
    assert found.measured.shape == found.cold_ratio.shape == (2, 4, 2)
    total = balance(h, 2, last=2)
    np.testing.assert_allclose(total.pull, found.pull[:, 1:3].sum(axis=1), rtol=1e-6)


def test_ratio_of_a_run_that_diverges_says_so():
    with pytest.raises(ValueError, match="diverged"):
        ratio(Hyperparameters(l2=1e6, replicates=1, n_train=100, hidden=(3,)), 40)


# the clock


@pytest.mark.parametrize("change", [{}, {"l2_until": 1}, {"cost": "log-likelihood", "hidden": (6,)}], ids=str)
def test_the_identity_holds_at_every_update(change):
    """The last mini-batch is smaller; the difference is that of large squares, so to their rounding."""
    h = replace(DEEP, activation="relu", l2=3.0, **change)
    states = list(updates(h, 3))
    assert len(states) == 3 * h.updates_per_epoch + 1
    for state in states:
        np.testing.assert_allclose(state.predicted, state.measured, rtol=0, atol=1e-10)
    assert max(np.abs(state.heat).max() for state in states) > 0.01


def test_the_clock_is_of_the_run():
    h = replace(DEEP, activation="relu", l2=3.0, epochs=3)
    found, lengths = clock(h, 3), train(h, cache=None).norm_squared
    np.testing.assert_allclose(found.measured, lengths[..., :-1] - lengths[..., 1:], rtol=1e-3, atol=1e-4)
    left = theory.difference_left(*h.symbols, np.arange(4))
    np.testing.assert_allclose(found.decay, found.measured[:, :1] * left[:, None], rtol=1e-12)


def test_with_sigmoid_units_the_clock_is_only_a_tendency():
    found = clock(replace(DEEP, hidden=(7,), l2=3.0), 3)
    assert np.abs(found.predicted - found.measured)[:, 1:].min() > 1e-3


def test_in_the_limit_of_small_steps_the_difference_with_the_biases_keeps_to_the_clock():
    """Full batches for the time 2: what d/dt (Delta + |b|^2) = -2k Delta leaves over is of first order in eta, and
    Richardson's extrapolation of it vanishes."""
    h = replace(DEEP, hidden=(7,), activation="relu", batch_size=64, l2=6.0)
    off = []
    for eta, epochs in ((0.02, 100), (0.01, 200)):
        found = clock(replace(h, learning_rate=eta), epochs)
        off.append((found.measured - found.decay - found.biases)[:, -1])
    np.testing.assert_allclose(off[0], 2 * off[1], rtol=0.1)
    assert np.abs(2 * off[1] - off[0]).max() < 0.05 * np.abs(off[0]).max()
    exact = np.exp(-2 * h.l2 / h.n_train * 2) * found.measured[:, 0]
    np.testing.assert_allclose(found.decay[:, -1], exact, rtol=1e-3)
