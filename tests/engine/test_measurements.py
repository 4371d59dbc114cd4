"""Every field of a Run, recomputed in float64 from the weights at the ends of each epoch."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.special import expit, log_softmax

from engine import Hyperparameters, Run, datasets, train
from engine.defaults import DEFAULTS
from engine.measurements import Record
from engine.training import Trajectory, mini_batches
from tests.engine.vectors import drawn

DRAWN = drawn("measured")
"""From one example on, mini-batches that do not divide n or hold all of it, and every regime of eta * lambda / n."""


def snapshots(h):
    """The run and, before it and after every epoch, the network: (weights, biases) of every layer, in float64."""
    trajectory, networks = Trajectory(h), []
    for _ in trajectory.train(h.epochs):
        network = trajectory.network
        networks.append([(w.astype(float), b.astype(float)) for w, b in zip(network.weights, network.biases)])
    return trajectory.run(h), networks


def decay_of_epoch(h, epoch):
    """rho: the decay factor of every update that the epoch really makes, multiplied together."""
    rho = 1.0
    for _ in mini_batches(h, datasets.load(h), epoch):
        if h.l2_until is None or epoch < h.l2_until:
            rho *= 1 - h.learning_rate * h.l2 / h.n_train
    return rho


GROWING = Hyperparameters(n_train=2, batch_size=1, hidden=(2,), learning_rate=1.0, l2=5.0, epochs=3, replicates=2)
"""rho = 2.25."""


@pytest.mark.parametrize("h", [GROWING, *DRAWN])
def test_ledger_and_displacements(h):
    run, networks = snapshots(h)
    for epoch in range(run.epochs):
        rho = decay_of_epoch(h, epoch)
        for layer in range(len(h.sizes) - 1):
            for r in range(h.replicates):
                start, end = networks[epoch][layer][0][r], networks[epoch + 1][layer][0][r]
                at = r, epoch, layer
                by_decay, by_data = (rho - 1) * start, end - rho * start
                # float64 rounding of the longest vector, as G can be the small difference of two long ones
                rounding = 1e-13 * (np.linalg.norm(start) + np.linalg.norm(end)) * (1 + abs(rho))
                assert run.displacement_decay[at] == pytest.approx(np.linalg.norm(by_decay), rel=1e-12, abs=rounding)
                assert run.displacement_data[at] == pytest.approx(np.linalg.norm(by_data), rel=1e-12, abs=rounding)
                # the two displacements make the whole change: squared, |D|^2 + |G|^2 + 2<D, G>
                whole = run.displacement_decay[at] ** 2 + run.displacement_data[at] ** 2 + 2 * (by_decay * by_data).sum()
                longest = (np.linalg.norm(start) + np.linalg.norm(end)) ** 2 * (1 + abs(rho)) ** 2
                assert whole == pytest.approx(((end - start) ** 2).sum(), rel=1e-12, abs=1e-13 * longest)
                # and so do the two entries of the ledger
                change = (end**2).sum() - (start**2).sum()
                ledger = run.norm_change_decay[at] + run.norm_change_data[at]
                assert ledger == pytest.approx(change, rel=1e-12, abs=1e-13 * longest)
                left = ((rho * start) ** 2).sum() - (start**2).sum()  # what decay alone would have changed
                assert run.norm_change_decay[at] == pytest.approx(left, rel=1e-12, abs=1e-13 * longest)


@pytest.mark.parametrize("h", DRAWN)
def test_sizes_and_directions(h):
    run, networks = snapshots(h)
    unused = [i for i in range(h.fan_in) if all(x[i] == 0 for x in datasets.load(h).x_train)]
    for epoch in range(run.epochs + 1):
        for r in range(h.replicates):
            for layer in range(len(h.sizes) - 1):
                w, w_0 = networks[epoch][layer][0][r], networks[0][layer][0][r]
                assert run.weight_rms[r, epoch, layer] == pytest.approx(np.sqrt(np.mean(w**2)), rel=1e-12)
                length = np.linalg.norm(w) * np.linalg.norm(w_0)
                if length == 0:
                    assert np.isnan(run.cosine[r, epoch, layer])
                else:
                    assert run.cosine[r, epoch, layer] == pytest.approx((w * w_0).sum() / length, rel=1e-12, abs=1e-12)
            control = networks[epoch][0][0][r][:, unused]
            if unused:
                assert run.control_rms[r, epoch] == pytest.approx(np.sqrt(np.mean(control**2)), rel=1e-12)
            else:
                assert np.isnan(run.control_rms[r, epoch])


VALUE = {"sigmoid": expit, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}


def outputs(network, r, x, activation):
    """Pre-activations of the output units of one replicate, (examples, classes), in float64."""
    for layer, (w, b) in enumerate(network):
        x = (x if layer == 0 else VALUE[activation](x)) @ w[r].T + b[r]
    return x


def mean_cost(z, labels, cost):
    """One example and one class after the other."""
    total = 0.0
    for scores, label in zip(z, labels):
        for k, score in enumerate(scores):
            if cost == "cross-entropy":
                total += np.logaddexp(0, -score if k == label else score)
            elif cost == "quadratic":
                total += (expit(score) - (k == label)) ** 2 / 2
            elif k == label:
                total += -log_softmax(scores)[k]
    return total / len(labels)


def share_right(labels, z):
    """One example after the other."""
    return sum(max(range(10), key=lambda k: scores[k]) == label for scores, label in zip(z, labels)) / len(labels)


@pytest.mark.parametrize("cost", ["cross-entropy", "quadratic", "log-likelihood"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_costs_and_accuracies(activation, cost):
    h = Hyperparameters(
        n_train=90, hidden=(8, 6), activation=activation, cost=cost, epochs=2, replicates=2, learning_rate=0.3, l2=0.5
    )
    data = datasets.load(h)
    labels = data.y_train.argmax(axis=1)
    run, networks = snapshots(h)
    for epoch, network in enumerate(networks):
        for r in range(h.replicates):
            z = outputs(network, r, data.x_train.astype(float), activation)
            # the run evaluates in float32: 6e-8 of pre-activations of order 10
            assert run.training_cost[r, epoch] == pytest.approx(mean_cost(z, labels, cost), rel=3e-6)
            assert run.training_accuracy[r, epoch] == pytest.approx(share_right(labels, z), rel=1e-15)
            z = outputs(network, r, data.x_validation.astype(float), activation)
            right = share_right(data.y_validation, z)
            assert run.validation_accuracy[r, epoch] == pytest.approx(right, rel=1e-15)


def test_evaluation_in_pieces(monkeypatch):
    """Large stacks are evaluated a few examples at a time: the same numbers."""
    h = Hyperparameters(n_train=50, hidden=(5,), epochs=1, replicates=2)
    whole = train(h, cache=None)
    monkeypatch.setattr("engine.measurements.CHUNK", 7 * h.replicates * max(h.sizes))
    pieces = train(h, cache=None)
    np.testing.assert_array_equal(pieces.training_accuracy, whole.training_accuracy)
    np.testing.assert_array_equal(pieces.validation_accuracy, whole.validation_accuracy)
    np.testing.assert_allclose(pieces.training_cost, whole.training_cost, rtol=1e-6)  # float32, summed in another order


@pytest.mark.parametrize("layers", [1, 2, 4])
@pytest.mark.parametrize("epochs", [0, 1, 3])
@pytest.mark.parametrize("replicates", [1, 3])
def test_shapes_are_those_of_the_docstring(replicates, epochs, layers):
    h = Hyperparameters(n_train=12, hidden=(4,) * (layers - 1), epochs=epochs, replicates=replicates)
    run = train(h, cache=None)
    assert isinstance(run, Run)
    assert run.epochs == epochs
    assert run.hyperparameters == h
    assert run.diverged_at is None
    for name in ("weight_rms", "cosine"):
        assert getattr(run, name).shape == (replicates, epochs + 1, layers), name
    for name in ("control_rms", "training_cost", "training_accuracy", "validation_accuracy"):
        assert getattr(run, name).shape == (replicates, epochs + 1), name
    changes = ("displacement_decay", "displacement_data", "norm_change_decay", "norm_change_data")
    for name in (*changes, "displacement_share", "unopposed_share"):
        assert getattr(run, name).shape == (replicates, epochs, layers), name
    for f in fields(Record)[1:]:
        assert getattr(run, f.name).dtype == np.float64, f.name
        assert not getattr(run, f.name).flags.writeable, f.name


def test_untrained_record_has_no_changes():
    h = Hyperparameters(n_train=12, hidden=(4,), replicates=2)
    trajectory = Trajectory(h)
    next(trajectory.train(0))
    record = trajectory.records[0]
    assert record.epoch == 0
    assert record.finite  # changes that are not there do not count
    for name in ("displacement_decay", "displacement_data", "norm_change_decay", "norm_change_data"):
        assert np.isnan(getattr(record, name)).all()
    np.testing.assert_allclose(record.cosine, 1, rtol=1e-14)


def test_teacher_data_have_no_control_group():
    run = train(Hyperparameters(dataset="teacher", fan_in=5, n_train=30, hidden=(3,), epochs=2), cache=None)
    assert np.isnan(run.control_rms).all()
    assert np.isfinite(run.weight_rms).all()


@pytest.mark.parametrize("hidden", [(), (5, 4)])
def test_ledger_of_the_whole_run(hidden):
    """Its two entries make the change of |W|^2, and decay's is what it took off at the start of every epoch."""
    h = Hyperparameters(n_train=60, hidden=hidden, epochs=5, replicates=3, l2=3.0)
    run, networks = snapshots(h)
    by_decay, by_data = (changes.sum(axis=1) for changes in run.ledger)
    assert by_decay.shape == by_data.shape == (3, len(hidden) + 1)
    rho = (1 - 0.1 * 3.0 / 60) ** 6
    for layer in range(len(hidden) + 1):
        for r in range(3):
            squares = [(network[layer][0][r] ** 2).sum() for network in networks]
            assert by_decay[r, layer] == pytest.approx((rho**2 - 1) * sum(squares[:-1]) / squares[0], rel=1e-11)
            whole = by_decay[r, layer] + by_data[r, layer]
            assert whole == pytest.approx(squares[-1] / squares[0] - 1, rel=1e-11)


def test_shares_by_hand():
    # a layer of norm 5 at which decay pulls by 3 and the data by 1; decay takes 8 off the squared norm, the data give 6 back
    shape = (1, 1, 1)
    run = replace(
        train(Hyperparameters(n_train=1, hidden=(), epochs=1, replicates=1), cache=None),
        displacement_decay=np.full(shape, 3.0),
        displacement_data=np.full(shape, 1.0),
        norm_change_decay=np.full(shape, -8.0),
        norm_change_data=np.full(shape, 6.0),
    )
    assert run.displacement_share.item() == 3 / 4
    assert run.unopposed_share.item() == 1 / 4


def test_shares_of_pure_decay():
    """With no gradient, eta * lambda = 1 held fixed, all the change is decay's."""
    h = Hyperparameters(n_train=40, hidden=(3,), epochs=2, replicates=2, learning_rate=1e-9, l2=1e9)
    run = train(h, cache=None)
    # the data move a weight by some 1e-8, and float32 rounding by 1e-7 of it, against a decay of 0.1
    np.testing.assert_allclose(run.displacement_share, 1, atol=1e-5)
    np.testing.assert_allclose(run.unopposed_share, 1, atol=1e-5)


@pytest.mark.parametrize("change", [{"l2": 0.0}, {"l2_until": 1}, {"learning_rate": 0.0}])
def test_shares_where_there_is_no_decay(change):
    """Nothing to be unopposed: not a number, and no warning."""
    h = Hyperparameters(n_train=20, hidden=(3,), epochs=3, replicates=2, **change)
    run = train(h, cache=None)
    off = slice(1 if "l2_until" in change else 0, None)
    assert not np.isfinite(run.unopposed_share[:, off]).any()
    share = run.displacement_share[:, off]
    assert np.isnan(share).all() if h.learning_rate == 0 else (share == 0).all()


def test_the_memory_of_the_draw_is_exact_under_every_control():
    """The control group, drawn against the power of rho computed here, for values at the ends of the controls."""
    for values in (dict(l2=100), dict(batch_size=7), dict(n_train=20), dict(learning_rate=0.01), dict(hidden=(30, 30))):
        h = replace(DEFAULTS["decay_per_epoch"], **values, epochs=20, replicates=2)
        run = train(h)
        rho = (1 - h.learning_rate * h.l2 / h.n_train) ** int(np.ceil(h.n_train / h.batch_size))
        kept = rho ** np.arange(21) > 1e-30
        np.testing.assert_allclose(
            (run.control_rms / run.control_rms[:, :1])[:, kept], np.tile(rho ** np.arange(21), (2, 1))[:, kept], rtol=2e-6
        )
