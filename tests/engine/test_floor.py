"""Sizes at which weights stop, against recursions, minimisers and networks written here."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from engine import Hyperparameters, datasets, theory, train
from engine.training import Trajectory


def test_candidates_by_hand():
    assert theory.candidates(10_000, 25) == pytest.approx((0.0001, 0.01, 0.2), rel=1e-15)


@pytest.mark.rests
def test_a_weight_stands_still_where_the_pull_of_all_examples_balances_decay():
    """Full batches, trained to rest; the gradients are written out here."""
    h = Hyperparameters(n_train=60, hidden=(5,), batch_size=60, learning_rate=2.0, l2=0.6, epochs=4000, replicates=1)
    trajectory = Trajectory(h)
    list(trajectory.train(h.epochs))
    data, network = datasets.load(h), trajectory.network
    (w1, w2), (b1, b2) = [w[0].astype(float) for w in network.weights], [b[0, 0].astype(float) for b in network.biases]
    x, y = data.x_train.astype(float), data.y_train.astype(float)
    a = expit(x @ w1.T + b1)
    error = expit(a @ w2.T + b2) - y
    sums = ((error @ w2) * a * (1 - a)).T @ x, error.T @ a
    for w, gradient in zip((w1, w2), sums):
        np.testing.assert_allclose(theory.stationary_weight(h.l2, gradient), w, atol=2e-3 * np.abs(w).max())


@pytest.mark.parametrize("c", [0.0, 0.3, 1.0])
def test_smallest_weights_of_unit_variance(c):
    covariance = c * np.ones((6, 6)) + (1 - c) * np.eye(6)
    rule = {"type": "eq", "fun": lambda w: w @ covariance @ w - 1}
    found = minimize(lambda w: w @ w, np.linspace(0.1, 0.3, 6), constraints=[rule], options={"maxiter": 500, "ftol": 1e-14})
    assert np.sqrt(found.fun / 6) == pytest.approx(theory.coherent_size(6, c), rel=1e-5)


def test_course_and_knee_of_a_fading_draw_on_a_constant():
    draw, learned = np.random.default_rng(0).standard_normal((2, 400_000))
    gamma, floor = 0.05, 0.2
    for epochs in (0, 10, 60):
        rms = np.sqrt(np.mean((draw * np.exp(-gamma) ** epochs + floor * learned) ** 2))
        assert theory.size_course(1.0, floor, np.exp(-gamma) ** epochs) == pytest.approx(rms, rel=5e-3)
    knee = theory.knee(1.0, floor, gamma)
    assert np.exp(-gamma * knee) == pytest.approx(floor, rel=1e-12)


@pytest.mark.parametrize(("activation", "slope"), [("sigmoid", 0.25), ("tanh", 1.0)])
def test_weights_collapse_above_the_threshold_and_grow_below_it(activation, slope):
    """Full batches from tiny weights, with biases at the frequencies of the classes, in float64, written here."""
    stream, n = np.random.default_rng(3), 200
    x = stream.standard_normal((n, 12)) @ stream.standard_normal((12, 12)) / 3 + 0.5
    y = np.eye(4)[(x[:, :4] + stream.standard_normal((n, 4))).argmax(axis=1)]
    singular = np.linalg.svd((y - y.mean(0)).T @ (x - x.mean(0)) / n, compute_uv=False)[0]
    threshold = theory.collapse_threshold(n, singular, slope)
    unit = expit if activation == "sigmoid" else np.tanh
    rate = (lambda a: a * (1 - a)) if activation == "sigmoid" else (lambda a: 1 - a * a)
    for factor, grows in ((0.9, True), (1.1, False)):
        kappa = factor * threshold / n
        w1, w2 = 1e-4 * stream.standard_normal((8, 12)), 1e-4 * stream.standard_normal((4, 8))
        b1, b2 = -w1 @ x.mean(0), np.log(y.mean(0) / (1 - y.mean(0)))
        sizes = []
        for step in range(round(50 / slope**2) + 1):
            a = unit(x @ w1.T + b1)
            error = expit(a @ w2.T + b2) - y
            back = (error @ w2) * rate(a)
            w2, b2 = w2 - 0.5 * (error.T @ a / n + kappa * w2), b2 - 0.5 * error.mean(0)
            w1, b1 = w1 - 0.5 * (back.T @ x / n + kappa * w1), b1 - 0.5 * back.mean(0)
            if step in (round(25 / slope**2), round(50 / slope**2)):
                sizes.append((w1**2).sum() + (w2**2).sum())
        assert (sizes[1] > sizes[0]) == grows


@pytest.mark.rests
def test_the_digits_collapse_above_their_threshold_when_nothing_shakes_them():
    h = Hyperparameters(batch_size=1440, learning_rate=3.0, epochs=450, replicates=1, initialization="scaled")
    s1 = datasets.load(h).top_singular_value
    x, y = datasets.load(h).x_train.astype(float), datasets.load(h).y_train.astype(float)
    assert s1 == pytest.approx(
        np.sqrt(np.linalg.eigvalsh(np.cov(y.T, x.T, bias=True)[:10, 10:] @ np.cov(y.T, x.T, bias=True)[10:, :10])[-1]), rel=1e-6
    )
    threshold = theory.collapse_threshold(h.n_train, s1, 0.25)
    below, above = (train(replace(h, l2=factor * threshold), cache=None) for factor in (0.7, 1.3))
    assert (below.weight_rms[:, -1] > 0.01).all()
    assert (above.weight_rms[:, -1] < 0.001).all()
    assert (above.weight_rms[:, -1] < 0.1 * above.weight_rms[:, 150]).all()


def test_noise_floor_of_a_shaken_weight():
    stream, eta, lam, n, m, v = np.random.default_rng(4), 0.1, 20.0, 100, 10, 0.5
    w = np.zeros(50_000)
    for _ in range(400):
        w = (1 - eta * lam / n) * w - eta * np.sqrt(v / m) * stream.standard_normal(w.shape)
    e = eta * lam / n
    assert np.sqrt(np.mean(w**2)) == pytest.approx(theory.noise_floor(eta, lam, n, m, v) / np.sqrt(1 - e / 2), rel=0.01)


@pytest.mark.parametrize("kappa", [0.0, 0.2, 0.8])
def test_linear_network_at_the_minimum_of_its_cost(kappa):
    covariance = np.random.default_rng(5).standard_normal((3, 5)) / 2
    singular = np.linalg.svd(covariance, compute_uv=False)
    hidden = 4

    def cost(w):
        w1, w2 = w[: 5 * hidden].reshape(hidden, 5), w[5 * hidden :].reshape(3, hidden)
        return ((w2 @ w1 - covariance) ** 2).sum() / 2 + max(kappa, 1e-4) * (w @ w) / 2

    found = minimize(cost, np.random.default_rng(6).standard_normal(8 * hidden) / 3, options={"gtol": 1e-9, "maxiter": 5000})
    w1, w2 = found.x[: 5 * hidden], found.x[5 * hidden :]
    assert w1 @ w1 == pytest.approx(theory.linear_floor(singular, kappa), rel=2e-3)
    assert w2 @ w2 == pytest.approx(theory.linear_floor(singular, kappa), rel=2e-3)
    assert np.sqrt(np.mean(w1**2)) == pytest.approx(theory.linear_rms(singular, kappa, 5, hidden), rel=1e-3)


def test_the_prior_has_its_mode_where_ridge_regression_has_its_minimum():
    """-ln N(w; 0, d^2) is the penalty lambda w^2 / 2 up to a constant."""
    for lam in (0.5, 5.0, 64.0):
        d = theory.prior_deviation(lam)
        w = np.array([0.3, -1.2])
        assert w @ w / (2 * d * d) == pytest.approx(lam * (w @ w) / 2, rel=1e-12)
    assert theory.prior_deviation(64.0) == pytest.approx(1 / 8)
    assert theory.prior_deviation(0) == np.inf


def test_whitened_covariance():
    data = datasets.load(Hyperparameters())
    x, y = data.x_train.astype(float), data.y_train.astype(float)
    x, y = x - x.mean(0), y - y.mean(0)
    # what linear regression explains of the targets does not depend on how the inputs are written
    fit = x @ np.linalg.lstsq(x, y, rcond=1e-7)[0]
    assert (data.whitened_covariance**2).sum() == pytest.approx((fit**2).sum() / len(x), rel=1e-6)
