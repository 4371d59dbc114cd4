"""Closed forms of a saturating layer, against quadrature and against a sample of networks."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.special import expit

from engine import theory

VARIANCES = np.geomspace(1e-4, 1e5, 46)


def slope(z):
    return expit(z) * expit(-z)


def expected(f, variance):
    s = np.sqrt(variance)
    near = 40 / s if s > 4 else 9.0  # where the slope has long gone
    density = lambda u: np.exp(-u * u / 2) / np.sqrt(2 * np.pi)
    return 2 * quad(lambda u: f(s * u) * density(u), 0, min(near, 12), limit=200, epsabs=0, epsrel=1e-10)[0]


@pytest.mark.parametrize(
    ("closed", "f", "bound"),
    [(theory.mean_slope, slope, 0.031), (theory.mean_squared_slope, lambda z: slope(z) ** 2, 0.016)],
)
def test_mean_slopes_within_their_bounds(closed, f, bound):
    errors = np.array([closed(v) / expected(f, v) - 1 for v in VARIANCES])
    assert np.abs(errors).max() <= bound
    assert np.abs(errors).max() > 0.8 * bound  # the bound is not idle
    assert abs(errors[0]) < 1e-3  # exact where nothing saturates
    assert abs(errors[-1]) < 1e-3  # and where all does


def test_mean_squared_activation():
    stream = np.random.default_rng(0).standard_normal(400_000)
    for v in VARIANCES[::5]:
        samples = expit(np.sqrt(v) * stream) ** 2
        bound = 0.031 * theory.mean_slope(v) + 5 * samples.std() / np.sqrt(len(samples))  # it inherits the error of the slope
        assert theory.mean_squared_activation(v) == pytest.approx(samples.mean(), abs=bound)


def draw(stream, shape, deviation=1.0):
    return deviation * stream.standard_normal(shape)


@pytest.mark.parametrize("deviation", [1.0, 0.25])
def test_variances_and_pulls_against_a_sample_of_networks(deviation):
    """Networks drawn and gradients written here; lambda where 2 (eta lambda / n) |W|^2 is the size of 2 eta <W, g>."""
    stream, n, fan_in, hidden, outputs, networks = np.random.default_rng(1), 300, 40, 20, 10, 300
    x = stream.random((n, fan_in))
    norm = (x**2).sum(axis=1).mean()
    y = np.eye(outputs)[stream.integers(0, outputs, n)]
    variances, out_variances, pulls = [], [], []
    for _ in range(networks):
        w1, b1, w2, b2 = (
            draw(stream, s, d) for s, d in (((hidden, fan_in), deviation), (hidden, 1), ((outputs, hidden), 1.0), (outputs, 1))
        )
        z1 = x @ w1.T + b1
        a = expit(z1)
        z2 = a @ w2.T + b2
        error = expit(z2) - y
        g2 = error.T @ a / n
        g1 = ((error @ w2) * slope(z1)).T @ x / n
        variances.append((z1**2).mean())
        out_variances.append((z2**2).mean())
        pulls.append([n * (w * g).sum() / (w * w).sum() for w, g in ((w1, g1), (w2, g2))])
    variance = theory.preactivation_variance(deviation, norm)
    variance_out = theory.output_variance(hidden, 1.0, variance)
    assert variance == pytest.approx(np.mean(variances), rel=0.03)
    assert variance_out == pytest.approx(np.mean(out_variances), rel=0.05)
    size = np.sqrt(np.mean(np.square(pulls), axis=0))
    closed = (
        theory.hidden_pull(n, norm / fan_in, outputs, 1.0, variance, variance_out),
        theory.output_pull(n, variance, variance_out),
    )
    # sizes, not values: the derivation leaves out correlations between examples and, at small variance, assumes saturation
    for measured, estimate in zip(size, closed):
        assert 1 / 3 < estimate / measured < 3


@pytest.mark.parametrize("deviation_out", [1.0, 0.4])
@pytest.mark.parametrize("deviation", [1.0, 2.0])
def test_pulls_are_means_over_draws(deviation, deviation_out):
    """In a saturated layer closed form and mean agree within 15 %: no room for a factor 2 or another exponent."""
    stream, n, fan_in, hidden, outputs = np.random.default_rng(4), 200, 300, 30, 10
    x = (stream.random((n, fan_in)) < 0.2) * 1.0
    norm = (x**2).sum(axis=1).mean()
    pulls = []
    for _ in range(200):
        w1, b1 = draw(stream, (hidden, fan_in), deviation), draw(stream, (hidden, 1))
        w2, b2 = draw(stream, (outputs, hidden), deviation_out), draw(stream, (outputs, 1))
        a = expit(w1 @ x.T + b1)
        error = expit(w2 @ a + b2) - 0.5  # the mean does not depend on the labels; 1/2 adds the least scatter
        g1, g2 = (w2.T @ error * a * (1 - a)) @ x / n, error @ a.T / n
        pulls.append([n * (w * g).sum() / (w * w).sum() for w, g in ((w1, g1), (w2, g2))])
    variance = theory.preactivation_variance(deviation, norm)
    variance_out = theory.output_variance(hidden, deviation_out, variance)
    closed = (
        theory.hidden_pull(n, norm / fan_in, outputs, deviation_out, variance, variance_out),
        theory.output_pull(n, variance, variance_out),
    )
    np.testing.assert_allclose(np.mean(pulls, axis=0), closed, rtol=0.15)
    assert (stats.sem(pulls) < 0.05 * np.array(closed)).all()  # so that the bound is three standard errors at the least


def test_noise_heating_is_where_the_norm_of_a_shaken_weight_stands_still():
    stream, eta, n, m, v, deviation = np.random.default_rng(2), 0.1, 1000, 10, 0.3, 0.7
    lam = theory.noise_heating(eta, n, m, v, deviation)
    w = draw(stream, 200_000, deviation)
    before = np.mean(w**2)
    for _ in range(40):
        w = (1 - eta * lam / n) * w - eta * draw(stream, w.shape, np.sqrt(v / m))
    assert np.mean(w**2) == pytest.approx(before, rel=0.02)
