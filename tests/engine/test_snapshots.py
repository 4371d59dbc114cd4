"""What is read off a network at rest, against loops, finite differences and SciPy."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from engine import Hyperparameters, datasets, initialization, snapshots, train
from engine.measurements import performance
from engine.network import Network
from engine.training import Trajectory, milestone

H = Hyperparameters(n_train=40, hidden=(5,), epochs=7, replicates=3, l2=3.0)


def double(network):
    return [(w.astype(float), b.astype(float)[:, 0]) for w, b in zip(network.weights, network.biases)]


def cost(layers, x, y):
    """Mean cross-entropy of one replicate, in float64, by the definition."""
    (w1, b1), (w2, b2) = layers
    a = expit(expit(x @ w1.T + b1) @ w2.T + b2)
    return -(y * np.log(a) + (1 - y) * np.log1p(-a)).sum(axis=1).mean()


def test_gradients_against_finite_differences():
    network, data = initialization.draw(H), datasets.load(H)
    found = snapshots.gradients(network, H, data)
    x, y = data.x_train.astype(float), data.y_train.astype(float)
    layers = double(network)
    step = 1e-5
    for r in (0, 2):
        own = [(w[r], b[r]) for w, b in layers]
        for k, (w, _) in enumerate(own):
            mean, example, variance = (np.empty(w.shape) for _ in range(3))
            for place in np.ndindex(w.shape):
                values = []
                for sign in (1, -1):
                    w[place] += sign * step
                    values.append(np.array([cost(own, x[i : i + 1], y[i : i + 1]) for i in range(len(x))]))
                    w[place] -= sign * step
                gradient = (values[0] - values[1]) / (2 * step)
                mean[place], example[place], variance[place] = gradient.mean(), (gradient**2).mean(), gradient.var()
            assert found.mean[r, k] == pytest.approx(np.sqrt((mean**2).mean()), rel=1e-4)
            assert found.example[r, k] == pytest.approx(np.sqrt(example.mean()), rel=1e-4)
            assert found.variance[r, k] == pytest.approx(variance.mean(), rel=1e-3)
            assert found.relative[r, k] == pytest.approx(found.mean[r, k] / np.sqrt((w**2).mean()), rel=1e-6)
            # along the weights: what the cost changes when all of a layer grow by a share
            longer, shorter = (
                [(a * (1 + sign * step), b) if i == k else (a, b) for i, (a, b) in enumerate(own)] for sign in (1, -1)
            )
            along = (cost(longer, x, y) - cost(shorter, x, y)) / (2 * step)
            assert found.inward[r, k] == pytest.approx(along / (w**2).sum(), rel=1e-4)


def test_gradients_in_pieces_are_those_of_the_whole(monkeypatch):
    from engine import measurements

    network, data = initialization.draw(H), datasets.load(H)
    whole = snapshots.gradients(network, H, data)
    monkeypatch.setattr(measurements, "CHUNK", 7 * 3 * 64)
    pieces = snapshots.gradients(network, H, data)
    np.testing.assert_allclose(pieces.mean, whole.mean, rtol=1e-6)
    np.testing.assert_allclose(pieces.example, whole.example, rtol=1e-6)


def test_preactivations_and_slopes_example_by_example():
    network, data = initialization.draw(H), datasets.load(H)
    z = snapshots.preactivations(network, data)
    (w, b), _ = double(network)
    for r, i, u in ((0, 0, 0), (2, 39, 4), (1, 17, 3)):
        assert z[r, i, u] == pytest.approx(w[r, u] @ data.x_train[i].astype(float) + b[r, u], rel=1e-5)
    slope = expit(z.astype(float)) * expit(-z.astype(float))
    found = snapshots.saturation(network, H, data)
    np.testing.assert_allclose(found.slope, slope.mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(found.squared_slope, (slope**2).mean(axis=(1, 2)), rtol=1e-5)


def test_density_counts_what_lies_outside():
    values = np.array([[0.1, 0.2, 0.7, 5.0], [0.6, 0.6, 0.6, -3.0]])
    np.testing.assert_allclose(snapshots.density(values, np.array([0.0, 0.5, 1.0])), [[1.0, 0.5], [0.0, 1.5]])


@pytest.mark.parametrize("l2_until", [None, 3])
def test_decay_alone_against_a_loop(l2_until):
    h, data = replace(H, l2_until=l2_until), datasets.load(H)
    first = initialization.draw(h)
    cost_alone, accuracy = snapshots.decay_alone(h, data, [0, 2, 7])
    for column, epochs in enumerate((0, 2, 7)):
        updates = 4 * min(epochs, 7 if l2_until is None else l2_until)
        weights = [w.astype(float) for w in first.weights]
        for _ in range(updates):
            weights = [(1 - 0.1 * 3.0 / 40) * w for w in weights]
        expected = performance(Network([w.astype(np.float32) for w in weights], first.biases), h, data)
        np.testing.assert_allclose(cost_alone[:, column], expected[0], rtol=1e-5)
        np.testing.assert_allclose(accuracy[:, column], expected[2], atol=1e-3)
    start = train(h, cache=None)
    np.testing.assert_allclose(cost_alone[:, 0], start.training_cost[:, 0], rtol=1e-6)


def test_decay_that_diverges_leaves_no_warning():
    h = replace(H, l2=1e6, epochs=200)
    cost_alone, accuracy = snapshots.decay_alone(h, datasets.load(h), [0, 200])
    assert np.isfinite(cost_alone[:, 0]).all()
    assert not np.isfinite(cost_alone[:, 1]).any()
    assert ((accuracy >= 0) & (accuracy <= 1)).all()


def test_distance_from_a_normal_distribution_against_scipy():
    weights = np.random.default_rng(3).normal(0, 0.3, (4, 7, 9)).astype(np.float32)
    found = snapshots.normal_distance(weights, 0.25)
    expected = [stats.kstest(w.ravel().astype(float) / 0.25, "norm").statistic for w in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    for count in (50, 2000):
        assert snapshots.critical_distance(count) == pytest.approx(stats.kstwobign.isf(0.05) / np.sqrt(count), rel=1e-9)


def test_the_network_of_any_epoch():
    trajectory, seen = Trajectory(H), {}
    for done in trajectory.train(7):
        seen[done] = trajectory.network
    assert sorted(trajectory.networks) == [0, 1, 2, 5, 7]
    for epoch, network in seen.items():
        for w, expected in zip(trajectory.network_at(epoch).weights, network.weights):
            np.testing.assert_array_equal(w, expected)
    unasked = Trajectory(H)
    for w, expected in zip(unasked.network_at(4).weights, seen[4].weights):
        np.testing.assert_array_equal(w, expected)
    assert [e for e in range(60) if milestone(e)] == [0, 1, 2, 5, 10, 20, 50]


def test_no_network_after_divergence():
    trajectory = Trajectory(replace(H, l2=1e5, learning_rate=10.0, epochs=300))
    list(trajectory.train(300))
    assert trajectory.diverged_at
    trajectory.network_at(trajectory.diverged_at - 1)
    with pytest.raises(ValueError, match="epoch must be below"):
        trajectory.network_at(trajectory.diverged_at)


def test_a_trajectory_keeps_a_bounded_number_of_networks():
    trajectory = Trajectory(replace(H, epochs=40))
    list(trajectory.train(40))
    for epoch in range(41):
        trajectory.network_at(epoch)
    assert len(trajectory.networks) <= 24
