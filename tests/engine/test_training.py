"""The update rule and the epoch loop: against the book's rule one example at a time, a case by hand, and scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, softmax

from engine import Hyperparameters, datasets, initialization, train
from engine.datasets import Dataset
from engine.network import Network
from engine.training import Trajectory, mini_batches, train_epoch
from tests.engine.rounding import assert_same_to_rounding, replicate
from tests.engine.vectors import LIKE_SCIKIT_LEARN, drawn, in_double_precision, scikit_learns

SMALL = Hyperparameters(
    dataset="teacher", fan_in=6, hidden=(5, 4), n_train=25, batch_size=10, epochs=2, replicates=3, learning_rate=0.5, l2=2.0
)
"""Three updates an epoch, the last on five examples."""


# the book's rule, one example and one replicate at a time


VALUE = {"sigmoid": expit, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
SLOPE = {"sigmoid": lambda z: expit(z) * expit(-z), "tanh": lambda z: np.cosh(z) ** -2, "relu": lambda z: 1.0 * (z > 0)}
OUTPUT_ERROR = {
    "cross-entropy": lambda z, y: expit(z) - y,
    "quadratic": lambda z, y: (expit(z) - y) * SLOPE["sigmoid"](z),
    "log-likelihood": lambda z, y: softmax(z) - y,
}


def book_gradient(weights, biases, x, y, activation, cost):
    """dC_x/dw and dC_x/db of one example: x, y and every bias are vectors. Chapter 2 of the book, equations BP1 to BP4."""
    a, inputs, zs = x, [], []
    for w, b in zip(weights, biases):
        inputs.append(a)
        zs.append(w @ a + b)
        a = VALUE[activation](zs[-1])
    delta = OUTPUT_ERROR[cost](zs[-1], y)
    by_weights, by_biases = [np.outer(delta, inputs[-1])], [delta]
    for layer in range(len(weights) - 2, -1, -1):
        delta = weights[layer + 1].T @ delta * SLOPE[activation](zs[layer])
        by_weights.insert(0, np.outer(delta, inputs[layer]))
        by_biases.insert(0, delta)
    return by_weights, by_biases


def book_epoch(weights, biases, batches, h):
    """The weights and biases after one epoch, and v, what the gradients have built up: v -> (1 - eta*lambda/n) v - eta g."""
    eta, lmbda, n = h.learning_rate, h.l2, h.n_train
    learned = [0.0 for _ in weights]
    for batch in batches:
        nabla_w, nabla_b = [0.0 for _ in weights], [0.0 for _ in biases]
        for x, y in batch:
            by_weights, by_biases = book_gradient(weights, biases, x, y, h.activation, h.cost)
            nabla_w = [nw + g for nw, g in zip(nabla_w, by_weights)]
            nabla_b = [nb + g for nb, g in zip(nabla_b, by_biases)]
        weights = [(1 - eta * (lmbda / n)) * w - (eta / len(batch)) * nw for w, nw in zip(weights, nabla_w)]
        learned = [(1 - eta * (lmbda / n)) * v - (eta / len(batch)) * nw for v, nw in zip(learned, nabla_w)]
        biases = [b - (eta / len(batch)) * nb for b, nb in zip(biases, nabla_b)]
    return weights, biases, learned


def batches_of(h, data, epoch, r):
    """The mini-batches of replicate r, as lists of examples."""
    return [list(zip(x[r], y[r])) for x, y in mini_batches(h, data, epoch)]


def assert_follows_the_book(h):
    data, network = in_double_precision(h)
    books = [([w[r] for w in network.weights], [b[r, 0] for b in network.biases]) for r in range(h.replicates)]
    for epoch in range(2):
        network = train_epoch(network, h, data, epoch)
        books = [book_epoch(*books[r], batches_of(h, data, epoch, r), h)[:2] for r in range(h.replicates)]
        for r, (weights, biases) in enumerate(books):
            for w, expected in zip(network.weights + network.biases, weights + biases):
                # float64 rounding, summed over the updates, relative to the largest weight
                np.testing.assert_allclose(w[r].squeeze(), expected.squeeze(), rtol=0, atol=1e-12 * abs(expected).max())


@pytest.mark.parametrize("cost", OUTPUT_ERROR)
@pytest.mark.parametrize("activation", VALUE)
def test_update_rule_of_the_book(activation, cost):
    assert_follows_the_book(replace(SMALL, activation=activation, cost=cost))


@pytest.mark.parametrize("batch_size", [1, 5, 24, 25, 26, 1000])
def test_mini_batch_is_averaged_over_its_own_size(batch_size):
    """The last one may be smaller; above n all examples make one mini-batch, and eta / m is eta / n there."""
    assert_follows_the_book(replace(SMALL, batch_size=batch_size))


@pytest.mark.parametrize("e", [0, 1e-9, 0.3, 0.9, 1, 1.7, 2, 2.5])
def test_any_size_of_decay(e):
    """25 updates of 0.1 or 1.5 take the common scale of the weights out of its range, and e = 1 takes it to 0."""
    assert_follows_the_book(replace(SMALL, batch_size=1, l2=e * SMALL.n_train / SMALL.learning_rate))


@pytest.mark.parametrize("e", [0.9, 0.999, 2.9])
def test_an_epoch_of_decay_beyond_the_range_of_single_precision(e):
    """60 updates of 0.1, 0.001 and -1.9 take the common scale of the weights to 1e-60, 1e-180 and 1e16."""
    h = replace(SMALL, n_train=60, batch_size=1, l2=e * 60 / 0.5, activation="tanh")
    data, double = in_double_precision(h)
    single = train_epoch(initialization.draw(h), h, datasets.load(h), epoch=0)
    double = train_epoch(double, h, data, epoch=0)
    for w, expected in zip(single.weights + single.biases, double.weights + double.biases):
        # each update forgets the rounding of the ones before, or amplifies it with the weights
        np.testing.assert_allclose(w, expected, rtol=0, atol=1e-5 * abs(expected).max())


@pytest.mark.parametrize("hidden", [(), (3,), (4, 3, 2)])
def test_any_number_of_layers(hidden):
    assert_follows_the_book(replace(SMALL, hidden=hidden))


def test_run_follows_the_book_in_single_precision():
    """The whole way of a run, from its own draw: 30 updates in float32, each rounding by 6e-8."""
    h = replace(SMALL, epochs=10, replicates=1)
    trajectory = Trajectory(h)
    list(trajectory.train(h.epochs))
    data, first = in_double_precision(h)
    weights, biases = [w[0] for w in first.weights], [b[0, 0] for b in first.biases]
    for epoch in range(h.epochs):
        weights, biases, _ = book_epoch(weights, biases, batches_of(h, data, epoch, 0), h)
    for w, expected in zip(trajectory.network.weights, weights):
        np.testing.assert_allclose(w[0], expected, rtol=0, atol=1e-5 * abs(expected).max())


def test_data_displacement_is_what_the_gradients_built_up():
    """G = W_e - rho W_s of an epoch is v, started from 0 and driven by the gradients alone."""
    h = replace(SMALL, epochs=1, l2=20.0)
    data, first = in_double_precision(h)
    run = train(h, cache=None)
    for r in range(h.replicates):
        weights, biases = [w[r] for w in first.weights], [b[r, 0] for b in first.biases]
        _, _, learned = book_epoch(weights, biases, batches_of(h, data, 0, r), h)
        # the run is float32: 6e-8 of W against a G of a tenth of it
        np.testing.assert_allclose(run.displacement_data[r, 0], [np.linalg.norm(v) for v in learned], rtol=1e-5)


# by hand


def one_weight(w, b):
    return Network([np.array([[[w]]])], [np.array([[[b]]])])


def one_input(x, y):
    x, y = np.array(x, float)[:, None], np.array(y, float)[:, None]
    return Dataset(x, y, x, y)


def test_one_update_by_hand():
    # n = m = 1, eta = 0.1, lambda = 5: decay factor 1 - 0.5. w = 2, b = -2, x = 1: z = 0, a = 1/2, and y = 0: error 1/2.
    # w -> 0.5 * 2 - 0.1 * 1/2 = 0.95, and b, which does not decay, -> -2 - 0.1 * 1/2 = -2.05
    h = Hyperparameters(n_train=1, batch_size=1, learning_rate=0.1, l2=5.0, replicates=1)
    before = one_weight(2.0, -2.0)
    after = train_epoch(before, h, one_input([1], [0]), epoch=0)
    np.testing.assert_allclose([after.weights[0].item(), after.biases[0].item()], [0.95, -2.05], rtol=1e-14)
    assert before.weights[0].item() == 2.0  # the network that was given stays as it is


def test_one_mini_batch_of_two_by_hand():
    # n = m = 2, eta = 0.1, lambda = 4: decay factor 1 - 0.2. w = ln 3, b = 0. x = 1: a = 3/4; x = -1: a = 1/4; y = 0 in both.
    # mean of error * x = (3/4 - 1/4) / 2 = 1/4, of the error 1/2: w -> 0.8 ln 3 - 0.025, b -> -0.05
    h = Hyperparameters(n_train=2, batch_size=2, learning_rate=0.1, l2=4.0, replicates=1)
    after = train_epoch(one_weight(np.log(3), 0.0), h, one_input([1, -1], [0, 0]), epoch=0)
    expected = [0.8 * np.log(3) - 0.025, -0.05]
    np.testing.assert_allclose([after.weights[0].item(), after.biases[0].item()], expected, rtol=1e-14)


# scikit-learn


@pytest.mark.parametrize("activation", LIKE_SCIKIT_LEARN)
def test_same_epoch_as_scikit_learn(activation):
    h = LIKE_SCIKIT_LEARN[activation]
    data, network = in_double_precision(h)
    assert [x.shape[1] for x, _ in mini_batches(h, data, 0)] == [40] * 6 + [10]
    after = train_epoch(network, h, data, 0)
    for (weights, biases), w, b in zip(scikit_learns(activation), after.weights, after.biases, strict=True):
        np.testing.assert_allclose(w[0], weights, rtol=0, atol=1e-12 * abs(weights).max())
        np.testing.assert_allclose(b[0, 0], biases, rtol=0, atol=1e-12 * abs(biases).max())


# mini-batches


def order(h, epoch):
    """The examples as the mini-batches bring them, (replicates, n)."""
    numbered = one_input(range(h.n_train), range(h.n_train))
    batches = list(mini_batches(h, numbered, epoch))
    assert [x.shape[1] for x, _ in batches[:-1]] == [h.batch_size] * (len(batches) - 1)
    for x, y in batches:
        np.testing.assert_array_equal(x, y)  # inputs and labels stay together
    return np.concatenate([x for x, _ in batches], axis=1)[:, :, 0].astype(int)


def test_every_example_once_an_epoch_in_a_new_order():
    orders = np.stack([order(SMALL, epoch) for epoch in range(4)]).reshape(-1, SMALL.n_train)
    np.testing.assert_array_equal(np.sort(orders), np.tile(np.arange(SMALL.n_train), (12, 1)))
    assert len(np.unique(orders, axis=0)) == 12  # of every replicate and epoch its own


@pytest.mark.parametrize(
    "change",
    [
        {"l2": 0.0},
        {"learning_rate": 0.01},
        {"initialization": "scaled"},
        {"batch_size": 7},
        {"hidden": (3,)},
        {"cost": "quadratic"},
        {"epochs": 50},
        {"fan_in": 9},
        {"l2_until": 0},
    ],
)
def test_same_order_whatever_else_changes(change):
    for epoch in (0, 3):
        np.testing.assert_array_equal(order(SMALL, epoch), order(replace(SMALL, **change), epoch))


def test_order_of_a_replicate_is_that_of_its_seed():
    h = replace(SMALL, seed=10)
    stack = order(h, 5)
    for r in range(h.replicates):
        np.testing.assert_array_equal(stack[r], order(replace(h, replicates=1, seed=10 + r), 5)[0])
    np.testing.assert_array_equal(order(replace(h, replicates=6), 5)[:3], stack)


# runs


def assert_same_run(one, other, **tolerance):
    for name, array in vars(one).items():
        if isinstance(array, np.ndarray):
            np.testing.assert_allclose(array, getattr(other, name), err_msg=name, **tolerance)


BIT_FOR_BIT = {"rtol": 0, "atol": 0}
LONG = Hyperparameters(n_train=60, hidden=(6,), epochs=200, replicates=2, learning_rate=0.5, l2=0.3)


def test_shorter_run_is_the_beginning_of_the_longer():
    whole = train(LONG, cache=None)
    short = replace(LONG, epochs=60)
    trajectory = Trajectory(short)
    list(trajectory.train(60))
    assert trajectory.covers(60)
    assert not trajectory.covers(61)
    beginning = trajectory.run(short)
    assert_same_run(beginning, train(short, cache=None), **BIT_FOR_BIT)
    for name in ("weight_rms", "control_rms", "cosine", "training_cost", "validation_accuracy"):
        np.testing.assert_array_equal(getattr(beginning, name), getattr(whole, name)[:, :61], err_msg=name)
    for name in ("displacement_decay", "displacement_data", "norm_change_decay", "norm_change_data"):
        np.testing.assert_array_equal(getattr(beginning, name), getattr(whole, name)[:, :60], err_msg=name)

    assert list(trajectory.train(200)) == list(range(61, 201))  # only what was missing
    assert_same_run(trajectory.run(LONG), whole, **BIT_FOR_BIT)
    assert_same_run(trajectory.run(short), beginning, **BIT_FOR_BIT)


def test_a_run_is_made_again_only_where_there_is_more_of_it():
    h = Hyperparameters(n_train=20, hidden=(2,), epochs=3, replicates=1)
    trajectory = Trajectory(h)
    list(trajectory.train(2))
    part = trajectory.run(h)
    assert trajectory.run(h) is part
    assert part.epochs == 2
    list(trajectory.train(3))
    whole = trajectory.run(h)
    assert trajectory.run(h) is whole
    assert whole.epochs == 3
    assert trajectory.run(replace(h, epochs=1)).epochs == 1
    rounded = Trajectory.of(replace(whole, weight_rms=whole.weight_rms.round(2)), {})
    assert rounded.run(h) is not rounded.run(replace(h, epochs=2))
    assert (rounded.run(h).weight_rms != whole.weight_rms).any()
    rounded.begin_with(trajectory)
    np.testing.assert_array_equal(rounded.run(h).weight_rms, whole.weight_rms)


def test_first_record_comes_before_any_training():
    trajectory = Trajectory(LONG)
    assert next(trajectory.train(5)) == 0
    run = trajectory.run(LONG)
    assert run.epochs == 0
    assert run.weight_rms.shape == (2, 1, 2)
    assert run.displacement_data.shape == (2, 0, 2)


@pytest.mark.parametrize("eta", [0.1, 1.0])
def test_stack_is_its_single_runs(eta):
    h = Hyperparameters(n_train=200, hidden=(10,), epochs=5, replicates=8, seed=4, learning_rate=eta, l2=1.0)
    stack = train(h, cache=None)
    for r in range(8):
        assert_same_to_rounding(replicate(stack, r), train(replace(h, replicates=1, seed=4 + r), cache=None))


# the control group: weights whose input is always 0


CONTROL = 2e-6
"""Relative. A fold at the end of each epoch rounds a weight by at most 6e-8; over 200 epochs and a dozen weights that adds
up to less than 1e-6."""


@pytest.mark.parametrize("e", [1e-5, 3e-4, 1e-2, 1, 1.5, 2])
def test_memory_of_the_draw_decays_exactly(e):
    h = Hyperparameters(n_train=200, batch_size=20, hidden=(6,), epochs=200, replicates=2, learning_rate=0.1, l2=e * 200 / 0.1)
    assert h.learning_rate * h.l2 / h.n_train == pytest.approx(e, rel=1e-15)
    run = train(h, cache=None)
    exact = np.empty(h.epochs + 1)  # |rho|^T, one update after the other
    exact[0] = 1.0
    for epoch in range(h.epochs):
        exact[epoch + 1] = exact[epoch]
        for _ in range(10):
            exact[epoch + 1] *= abs(1 - h.learning_rate * h.l2 / h.n_train)
    above = exact > 1e-30  # float32 ends at 1e-38 with full precision
    assert above.sum() == {1: 1, 1.5: 10}.get(e, 201)
    np.testing.assert_allclose(run.control_rms[:, above], run.control_rms[:, :1] * exact[above], rtol=CONTROL)
    if e == 1:
        np.testing.assert_array_equal(run.control_rms[:, 1:], 0)


def test_single_precision_factor_would_not_decay_exactly():
    """The trap that the common scale avoids: NumPy rounds a Python factor to the float32 of the array it multiplies."""
    e, updates = 1e-5, 2000
    w = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    start = w.astype(np.float64)
    for _ in range(updates):
        w *= 1 - e
    error = np.linalg.norm(w.astype(np.float64)) / np.linalg.norm(start) / (1 - e) ** updates - 1
    assert error < -10 * CONTROL  # 0.14 % of e * updates = 0.02
    too_small = np.float32(1) * np.float32(1 - 2e-8)
    assert too_small == 1  # no decay at all


def test_l2_is_switched_off():
    h = Hyperparameters(n_train=100, batch_size=10, hidden=(5,), epochs=8, replicates=2, l2=20.0, l2_until=5)
    run = train(h, cache=None)
    always = train(replace(h, l2_until=None), cache=None)
    np.testing.assert_array_equal(run.control_rms[:, :6], always.control_rms[:, :6])
    np.testing.assert_array_equal(run.control_rms[:, 5:], np.repeat(run.control_rms[:, 5:6], 4, axis=1))
    # 50 updates of 1 - 0.1 * 20 / 100
    np.testing.assert_allclose(run.control_rms[:, 8], 0.98**50 * run.control_rms[:, 0], rtol=CONTROL)
    assert (run.displacement_decay[:, 5:] == 0).all()
    assert (run.displacement_decay[:, :5] > 0).all()
    never = train(replace(h, l2_until=0), cache=None)
    assert_same_run(never, train(replace(h, l2=0.0, l2_until=None), cache=None), **BIT_FOR_BIT)


# divergence


def test_divergence_ends_the_run_before_it():
    # eta * lambda / n = 3: every update doubles a weight and turns it round, ten updates an epoch: 1024^T
    h = Hyperparameters(n_train=100, batch_size=10, hidden=(5,), epochs=40, replicates=2, l2=3000.0)
    trajectory = Trajectory(h)
    done = list(trajectory.train(40))
    run = trajectory.run(h)
    largest = max(abs(w).max() for w in initialization.draw(h).weights)
    overflow = 1 + int(np.log(np.finfo(np.float32).max / largest) / np.log(1024))
    assert run.diverged_at == trajectory.diverged_at == overflow == 13
    assert done == list(range(13))
    assert run.epochs == 12
    for name, array in vars(run).items():
        if isinstance(array, np.ndarray):
            assert np.isfinite(array).all(), name
    assert trajectory.covers(40)  # and nothing more comes of asking again
    assert list(trajectory.train(1000)) == []
    # a run that ends before the divergence knows nothing of it
    assert trajectory.run(replace(h, epochs=12)).diverged_at is None
    assert trajectory.run(replace(h, epochs=13)).diverged_at == 13


@pytest.mark.parametrize("e", [30, 1e4])
def test_divergence_beyond_the_range_of_float64(e):
    """|beta|^B squared, then |beta|^B itself, above 1e308: the run must end like every other that diverges."""
    h = Hyperparameters(n_train=120, batch_size=1, hidden=(3,), epochs=4, replicates=1, l2=e * 120 / 0.1)
    run = train(h, cache=None)
    assert run.diverged_at == 1
    assert run.epochs == 0


@pytest.mark.parametrize("h", drawn("trained"))
def test_whatever_is_accepted_ends_finite(h):
    """At any learning rate and lambda a run is complete or says where it diverged, without a warning or an error."""
    run = train(h, cache=None)
    assert run.epochs == (h.epochs if run.diverged_at is None else run.diverged_at - 1)
    for name, array in vars(run).items():
        if isinstance(array, np.ndarray) and name not in (
            "control_rms",
            "cosine",
        ):  # NaN without a control group or a direction
            assert np.isfinite(array).all(), name
