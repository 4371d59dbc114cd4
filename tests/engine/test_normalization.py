"""Normalised units: their gradient against differences, the theorem about their length, and the laws of their size at rest."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Hyperparameters, datasets, initialization, snapshots, train
from engine.lengths.balance import of_network
from engine.lengths.clock import updates
from engine.network import ACTIVATIONS, COSTS, Network, backpropagate, forward
from engine.normalization import by_own, entering
from engine.optimizers import OPTIMIZERS
from engine.theory.recipe import Recipe, answer, scheduled
from engine.training import Trajectory, mini_batches, train_epoch
from engine.weights import Weights

H = Hyperparameters(normalization="unit", hidden=(6, 5), activation="tanh", n_train=20, batch_size=20, replicates=2, l2=0.0)
DATA = datasets.load(H)
X, Y = DATA.x_train[None].repeat(2, 0).astype(float), DATA.y_train[None].repeat(2, 0).astype(float)


def cost(layers, biases):
    """Mean cost over the examples, (replicates,), with weights normalised by hand."""
    a = X
    for k, (w, b) in enumerate(zip(layers, biases)):
        last = k == len(layers) - 1
        z = a @ (w if last else np.sqrt(2) * w / np.sqrt((w**2).sum(axis=2, keepdims=True))).transpose(0, 2, 1) + b
        a = z if last else np.tanh(z)
    p = 1 / (1 + np.exp(-a))
    return -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).sum(axis=2).mean(axis=1)


def gradients(network):
    inputs, errors = backpropagate(entering(network, H), X, Y, ACTIVATIONS["tanh"], COSTS["cross-entropy"])
    return [error.mT @ x / X.shape[1] for x, error in zip(inputs, errors)]


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_step_is_the_gradient_of_the_cost_with_normalised_weights(layer):
    before = initialization.draw(H, np.float64)
    after = train_epoch(before, replace(H, learning_rate=1.0), DATA, 0)  # one mini-batch of all, no decay
    step = before.weights[layer] - after.weights[layer]
    for unit, weight in ((0, 3), (2, 4), (4, 1)):
        weight = {0: 20 + weight}.get(layer, weight)  # of pixels, those in the middle
        moved = np.zeros_like(step)
        moved[:, unit, weight] = 1e-6
        up, down = ([w + sign * moved if k == layer else w for k, w in enumerate(before.weights)] for sign in (1, -1))
        slope = (cost(up, before.biases) - cost(down, before.biases)) / 2e-6
        assert (slope != 0).all()
        np.testing.assert_allclose(step[:, unit, weight], slope, rtol=1e-5, atol=1e-9)


def test_the_gradient_has_no_part_along_the_weights():
    network = initialization.draw(H, np.float64)
    for w, g in list(zip(network.weights, gradients(network)))[:2]:
        own = by_own(w, g)
        along, size = np.vecdot(own, w), np.linalg.norm(own, axis=2) * np.linalg.norm(w, axis=2)
        assert (size > 0).all()
        assert (np.abs(along) < 1e-14 * size + 1e-300).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_of_gradient_descent_only_lengthens(dtype):
    """|w'|^2 = |w|^2 + |step|^2, by Pythagoras."""
    before = initialization.draw(H, dtype)
    after = train_epoch(before, H, DATA, 0)
    for w, moved in list(zip(before.weights, after.weights))[:2]:
        w, moved = w.astype(float), moved.astype(float)
        expected = (w**2).sum(axis=2) + ((moved - w) ** 2).sum(axis=2)
        np.testing.assert_allclose((moved**2).sum(axis=2), expected, rtol=100 * np.finfo(dtype).eps)


def test_the_length_of_the_weights_has_no_effect_on_the_function():
    network = initialization.draw(H, np.float64)
    longer = Network([7 * network.weights[0], 0.1 * network.weights[1], network.weights[2]], network.biases)
    ours, theirs = (forward(entering(n, H), X, ACTIVATIONS["tanh"])[1][-1] for n in (network, longer))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_weights_in_motion_enter_as_they_are_multiplied_out():
    network = initialization.draw(H)
    moving = Network([Weights(w.copy()) for w in network.weights], network.biases)
    for w in moving.weights[:2]:
        w *= 1e-5
    for ours, theirs in zip(entering(moving, H).weights[:2], entering(network, H).weights[:2]):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("length", [0.0, 1e-44, 1e-30, 1.0, 1e15])
def test_weights_of_any_length_enter(length):
    w = np.full((1, 2, 3), length, np.float32)
    (entered, _) = entering(Network([w, w], []), replace(H, hidden=(2,))).weights
    assert np.isfinite(entered).all()
    if length > 1e-35:
        np.testing.assert_allclose((entered**2).sum(axis=2), 2, rtol=1e-6)


def test_there_is_no_control_group_and_no_split_where_layers_are_normalised():
    h = Hyperparameters(normalization="unit", n_train=100, epochs=2, replicates=2)
    run = train(h, cache=None)
    assert np.isnan(run.control_rms).all()
    for changes in (run.displacement_decay, run.displacement_data, run.norm_change_decay, run.norm_change_data):
        assert np.isnan(changes[:, :, 0]).all()
        assert np.isfinite(changes[:, :, 1]).all()
    assert np.isfinite(train(replace(h, hidden=()), cache=None).control_rms).all()  # nothing is normalised there


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns_with_normalised_units(optimizer):
    small = {"learning_rate": 1e-3} if "adam" in optimizer else {}
    run = train(Hyperparameters(normalization="unit", optimizer=optimizer, epochs=10, replicates=2, **small), cache=None)
    assert (run.training_accuracy[:, -1] > 0.7).all()


def test_what_is_said_of_plain_weights_is_refused():
    h = Hyperparameters(normalization="unit", n_train=20)
    network = initialization.draw(h)
    for ask in (
        lambda: snapshots.gradients(network, h, DATA),
        lambda: of_network(network, h, DATA, 0),
        lambda: next(updates(h, 1)),
    ):
        with pytest.raises(ValueError, match="normalization must be none"):
            ask()


AT_REST = Hyperparameters(
    normalization="unit", activation="relu", cost="log-likelihood", initialization="he", epochs=60, l2=20.0, replicates=4
)


@pytest.mark.rests
def test_under_sgd_live_units_rest_at_the_fourth_root():
    """|w|^4 = (eta / 2k) E|g|^2, g a mini-batch's gradient at length 1 (van Laarhoven 2017; Wan et al. 2020, Theorem 1)."""
    trajectory, data = Trajectory(AT_REST), datasets.load(AT_REST)
    list(trajectory.train(AT_REST.epochs))
    network, k = trajectory.network.copy(), AT_REST.l2 / AT_REST.n_train
    lengths, heat = [], []
    for epoch in range(60, 70):
        squares, count = 0.0, 0
        for x, y in mini_batches(AT_REST, data, epoch):
            inputs, errors = backpropagate(entering(network, AT_REST), x, y, ACTIVATIONS["relu"], COSTS["log-likelihood"])
            w, g = network.weights[0].astype(float), errors[0].mT @ inputs[0] / x.shape[1]
            along = (w / np.linalg.norm(w, axis=2, keepdims=True)).astype(float)
            across = np.sqrt(2) * (g - (g * along).sum(axis=2, keepdims=True) * along)  # at length 1
            squares, count = squares + (across**2).sum(axis=2), count + 1
        heat.append(squares / count)
        lengths.append((w**2).sum(axis=2) ** 2)
        network = train_epoch(network, AT_REST, data, epoch)
    measured, predicted = np.mean(lengths, axis=0), AT_REST.learning_rate / (2 * k) * np.mean(heat, axis=0)
    live = np.mean(heat, axis=0) > 0
    assert live.mean() > 0.5
    assert measured[live].mean() == pytest.approx(predicted[live].mean(), rel=0.05)


def white_noise(optimizer, eta, k, start, updates, replicates=40, inputs=100, seed=1):
    """rms after every update of units whose gradients are independent draws from N(0, 1), (updates + 1,)."""
    stream = np.random.default_rng(seed)
    h = Hyperparameters(optimizer=optimizer, beta1=0.0, beta2=0.999)
    w = Weights(start * stream.choice([-1.0, 1.0], (replicates, 1, inputs)))
    moments = [np.zeros((replicates, 1, inputs)) for _ in range(OPTIMIZERS[optimizer].moments)]
    sizes = [start]
    for t in range(1, updates + 1):
        OPTIMIZERS[optimizer].step(w, stream.standard_normal((replicates, 1, inputs)), k, eta, t, h, *moments)
        sizes.append(np.sqrt(((1.0 * w) ** 2).mean()))
    return np.array(sizes)


def at_rest(eta, k, **more):
    """rms over the second half of six times 1/(eta k) updates."""
    sizes = white_noise("adamw", eta, k, np.sqrt(eta / 2 / k), int(6 / (eta * k)), **more)
    return np.sqrt((sizes[len(sizes) // 2 :] ** 2).mean())


@pytest.mark.rests
def test_under_adamw_a_unit_of_white_noise_rests_where_no_number_of_weights_enters():
    """sqrt(eta / 2k) (Kosson, Messmer & Jaggi 2024)."""
    for inputs, replicates in ((10, 1500), (150, 100)):
        size = at_rest(0.003, 1.0, inputs=inputs, replicates=replicates)
        assert size == pytest.approx(np.sqrt(0.003 / 2), rel=0.01)


@pytest.mark.rests
@pytest.mark.parametrize(("vary", "expected"), [("eta", 0.5), ("k", -0.5)])
def test_the_exponents_of_white_noise(vary, expected):
    values = np.array([1.0, 2.0, 4.0, 8.0])
    sizes = [at_rest(**{"eta": 2e-3, "k": 1.0, vary: (2e-3 if vary == "eta" else 1.0) * v}) for v in values]
    assert np.polyfit(np.log(values), np.log(sizes), 1)[0] == pytest.approx(expected, abs=0.05)


@pytest.mark.rests
@pytest.mark.parametrize("times", [0.2, 1.0, 5.0])
def test_the_transient_of_white_noise_is_the_recipes(times):
    """The theory's recursion, summed by the calculator, against the optimiser."""
    eta, k, updates = 2e-3, 1.0, 300
    start = times * np.sqrt(eta / 2 / k)
    size = answer(Recipe("adamw", eta, k, scheduled("constant", updates), start=start)).size
    found = white_noise("adamw", eta, k, start, updates, replicates=600)[-1]
    assert found == pytest.approx(size.end, rel=0.01)
    assert size.end == pytest.approx(
        np.sqrt((1 - eta * k) ** (2 * updates) * start**2 + (1 - (1 - eta * k) ** (2 * updates)) * eta / 2 / k), rel=1e-3
    )
