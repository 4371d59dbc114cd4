"""Each closed form against the steps it sums up, or against exact arithmetic."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from engine import theory
from tests.engine.vectors import stored

# eta, lambda, n, m: eta * lambda / n from 1e-6 to above 2, m dividing n or not, and above it
SETTINGS = [
    (0.1, 5.0, 50_000, 10),
    (0.1, 5.0, 1440, 10),
    (0.5, 0.01, 720, 7),
    (0.5, 20.0, 100, 30),
    (1.0, 75.0, 100, 100),
    (1.0, 130.0, 100, 25),
    (0.25, 3.0, 40, 64),
    (1.0, 250.0, 100, 10),
]
DECAYING = [s for s in SETTINGS if s[0] * s[1] / s[2] < 2]


def exact_factor(eta, lam, n):
    return 1 - Fraction(eta) * Fraction(lam) / n


@pytest.mark.parametrize(("eta", "lam", "n", "m"), SETTINGS)
def test_decay_factor(eta, lam, n, m):
    assert theory.decay_factor(eta, lam, n) == pytest.approx(float(exact_factor(eta, lam, n)), rel=1e-15, abs=1e-16)


def test_updates_per_epoch():
    for n, m in stored("updates"):
        assert theory.updates_per_epoch(n, m) == len(range(0, n, m))


@pytest.mark.parametrize(("eta", "lam", "n", "m"), SETTINGS)
def test_decay_per_epoch(eta, lam, n, m):
    """Update after update, in exact fractions while they are short, in 60 digits when they are not."""
    with localcontext(prec=60):
        beta = exact_factor(eta, lam, n)
        beta, rho = Decimal(beta.numerator) / Decimal(beta.denominator), Decimal(1)
        for _ in range(0, n, m):
            rho *= beta
    rho = float(rho)
    # beta is known to 1e-16, and rho to as much times its updates, 5,000 at most
    assert theory.decay_per_epoch(eta, lam, n, m) == pytest.approx(rho, rel=1e-12)
    assert theory.memory_size(eta, lam, n, m, 3) == pytest.approx(abs(rho) ** 3, rel=3e-12)
    np.testing.assert_allclose(theory.memory_size(eta, lam, n, m, np.arange(3)), [1, abs(rho), rho**2], rtol=2e-12)


def test_decay_per_epoch_beyond_float64():
    """|beta|^B above 1e308, as of eta * lambda / n = 30 and 1,440 updates, is infinite, not an error."""
    assert abs(theory.decay_per_epoch(1.0, 30 * 1440.0, 1440, 1)) == math.inf


def test_decay_rate_is_the_first_order_of_every_update_of_an_epoch():
    # n / m updates, each eta * lambda / n
    assert theory.decay_rate(0.1, 5.0, 10) == pytest.approx(5000 * (0.1 * 5.0 / 50_000), rel=1e-14) == pytest.approx(0.05)
    assert theory.decay_rate(0.4, 3.0, 8) == pytest.approx(sum(0.4 * 3.0 / 40 for _ in range(5)), rel=1e-14)


def test_claimed_size():
    size, sizes = 1.0, []
    for _ in range(31):
        sizes.append(size)
        size *= math.exp(-0.1 * 5.0 / 10)
    np.testing.assert_allclose(theory.claimed_size(0.1, 5.0, 10, np.arange(31)), sizes, rtol=1e-14)
    assert sizes[30] == pytest.approx(0.223, abs=5e-4)  # the book's 30 epochs


def test_exact_rate_is_its_series():
    """(B m / n) gamma (1 + e/2 + e^2/3 + ...), summed until nothing is left to add."""
    for e, n, m in stored("rates"):
        lam = e * n / 0.5
        epsilon = 0.5 * lam / n
        terms = math.fsum(epsilon**k / (k + 1) for k in range(int(40 / -math.log(epsilon)) + 2))
        series = (len(range(0, n, m)) * m / n) * (0.5 * lam / m) * terms
        # 1 - e is rounded to 1e-16, so its logarithm to 1e-16 / e
        assert theory.exact_decay_rate(0.5, lam, n, m) == pytest.approx(series, rel=1e-14 + 2e-16 / epsilon)


@pytest.mark.parametrize(("eta", "lam", "n", "m"), SETTINGS)
def test_exact_rate_in_high_precision(eta, lam, n, m):
    with localcontext(prec=50):
        beta = abs(exact_factor(eta, lam, n))
        rate = -len(range(0, n, m)) * (Decimal(beta.numerator) / Decimal(beta.denominator)).ln()
    e = eta * lam / n
    assert theory.exact_decay_rate(eta, lam, n, m) == pytest.approx(float(rate), rel=1e-14 + 2e-16 / e)


def test_exact_rate_at_the_ends():
    assert theory.exact_decay_rate(1.0, 100.0, 100, 10) == math.inf  # one update forgets everything
    assert theory.exact_decay_rate(1.0, 0.0, 100, 10) == 0
    assert theory.exact_decay_rate(1.0, 200.0, 100, 10) == 0  # turned round for ever
    assert theory.exact_decay_rate(1.0, 300.0, 100, 10) < 0


@pytest.mark.parametrize("e", [1e-3, 1e-8, 1e-12, 1e-18, 1e-300])
def test_rate_of_a_decay_however_slow(e):
    """gamma (1 + e/2 + e^2/3), also where 1 - e is rounded to 1: the logarithm must not be taken of the rounded number."""
    gamma, series = e * 100 / 10, 1 + e / 2 + e**2 / 3
    assert theory.exact_decay_rate(1.0, e * 100, 100, 10) == pytest.approx(gamma * series, rel=1e-9, abs=0)
    assert theory.rate_ratio(1.0, e * 100, 100, 10) == pytest.approx(series, rel=1e-9)


def test_bracket():
    """Around the exact factor, and no wider than the next term of the series allows."""
    for e, updates, m in stored("brackets"):
        n = updates * m
        lam = e * n
        low, high = theory.decay_bracket(1.0, lam, n, m)
        rho = (1 - lam / n) ** updates
        rounding = 1 + 1e-12
        assert low <= rho * rounding
        assert rho <= high * rounding
        # gamma (1 + e/2 + e^2/3 + ...) differs from gamma and from gamma (1 + e + e^2 + ...)
        # by e/2 at least, e + e^2 + ... at most
        gamma = lam / m
        for gap in (math.log(high / rho), math.log(rho / low)):
            assert gamma * e / 2 - 1e-9 <= gap <= gamma * e / (1 - e) + 1e-9


@pytest.mark.parametrize("ratio", [0.5, 784**-0.5, 1e-3])
@pytest.mark.parametrize(("eta", "lam", "n", "m"), DECAYING)
def test_decay_time_by_counting_updates(eta, lam, n, m, ratio):
    w, updates = 1.0, 0
    while w > ratio:
        w *= abs(1 - eta * lam / n)
        updates += 1
    time = theory.decay_time(eta, lam, n, m, ratio) * len(range(0, n, m))
    assert updates - 1 - 1e-6 < time <= updates + 1e-6


def test_decay_times_of_the_book():
    # eta = 0.1, lambda = 5, m = 10, n = 50,000; down to 1/sqrt(n_in), 1/sqrt(n_w) and 1/n_w of [784, 30, 10]
    n_weights = 784 * 30 + 30 * 10
    times = [theory.decay_time(0.1, 5.0, 50_000, 10, ratio) for ratio in (784**-0.5, n_weights**-0.5, 1 / n_weights)]
    np.testing.assert_allclose(times, [math.log(784) / 0.1, math.log(n_weights) / 0.1, math.log(n_weights) / 0.05], rtol=1e-5)


@pytest.mark.parametrize("e", [0, 2, 3])
def test_decay_time_without_decay_is_infinite(e):
    """A weight that does not shrink never gets there."""
    assert theory.decay_time(1.0, e * 100.0, 100, 10, 0.5) == math.inf


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("e", [1e-4, 0.003, 0.02, 0.3, 1.5])
def test_momentum_by_its_recursion(e, mu):
    def update(w, v):
        v = mu * v - e * w
        return w + v, v

    many, growth = np.column_stack([update(1, 0), update(0, 1)]), 0.0  # linear in (w, v): a matrix
    for _ in range(40):  # squared 40 times: 2^40 updates, whose growth no start and no oscillation can hide
        many = many @ many
        size = np.linalg.norm(many)
        many, growth = many / size, 2 * growth + math.log(size)
    measured = math.exp(growth / 2**40)
    assert theory.momentum_decay_factor(e, 100.0, 100.0, mu) == pytest.approx(measured, rel=1e-10)


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_momentum_shortcut_for_slow_decay(mu):
    e = 1e-4 * (1 - mu) ** 2
    # the next term of the root is e^2 mu / (1 - mu)^3, a part mu * 1e-4 / (1 - mu) of the first at the most
    lost = 1 - theory.momentum_decay_factor(e, 1.0, 1.0, mu)
    assert lost == pytest.approx(e / (1 - mu), rel=2e-3)


@pytest.mark.parametrize(("eta", "lam", "n", "m"), SETTINGS)
def test_same_decay_in_every_convention(eta, lam, n, m):
    """Each coefficient in its own library's update gives the book's factor per update."""
    alpha, weight_decay, without_half, decoupled = (value for _, _, value in theory.conventions(eta, lam, n, m)[1:])
    beta = float(exact_factor(eta, lam, n))
    factors = [1 - eta * alpha / m, 1 - eta * weight_decay, 1 - 2 * eta * without_half, 1 - decoupled]
    np.testing.assert_allclose(factors, beta, rtol=1e-14)
    assert theory.conventions(eta, lam, n, m)[0][2] == lam


@pytest.mark.parametrize(("eta", "lam", "n", "m"), SETTINGS)
def test_claim_error_epoch_by_epoch(eta, lam, n, m):
    claimed, exact = 1.0, 1.0
    for epoch in range(6):
        assert theory.claim_error(eta, lam, n, m, epoch) == pytest.approx(claimed / exact - 1, rel=1e-9, abs=1e-11)
        claimed *= math.exp(-eta * lam / m)
        for _ in range(0, n, m):
            exact *= abs(1 - eta * lam / n)


def test_claim_error_of_a_slow_decay():
    # the book's epsilon = 1e-5 and gamma T = 1.5: 0.75e-5 by RELATIVE_ERROR, whose next term is epsilon times smaller
    assert theory.claim_error(0.1, 5.0, 50_000, 10, 30) == pytest.approx(1e-5 / 2 * 1.5, rel=1e-4)


def test_claim_error_where_nothing_is_left():
    """e^-1000 of both: no number to compare, and no warning. Of a draw forgotten at once, the claim keeps infinitely more."""
    assert math.isnan(theory.claim_error(1.0, 50.0, 100, 1, 20))
    assert theory.claim_error(1.0, 100.0, 100, 10, 1) == math.inf


@pytest.mark.parametrize(("eta", "lam", "n", "m"), DECAYING)
def test_rate_ratio(eta, lam, n, m):
    rho = 1.0
    for _ in range(0, n, m):
        rho *= abs(1 - eta * lam / n)
    # the logarithm of a product near 1 carries its rounding, 1e-16 of each factor, over a rate of e at the least
    tolerance = 1e-12 + 1e-15 / (eta * lam / n)
    assert theory.rate_ratio(eta, lam, n, m) == pytest.approx(-math.log(rho) / (eta * lam / m), rel=tolerance)


def test_rate_ratio_at_the_ends():
    assert theory.rate_ratio(1.0, 0.0, 100, 10) == 1  # the limit of ever slower decay
    assert theory.rate_ratio(1.0, 0.0, 100, 200) == 2  # m = 2n: the claim is too slow by m / n
    assert theory.rate_ratio(1.0, 100.0, 100, 10) == math.inf


@pytest.mark.parametrize(("n", "m"), [(1440, 10), (1440, 1000), (1440, 3000)])
def test_claim_error_by_its_series(n, m):
    """RELATIVE_ERROR, good to its own square, also where m does not divide n."""
    eta, lam, epochs = 0.001, 5.0, 10
    e, gamma, updates = eta * lam / n, eta * lam / m, math.ceil(n / m)
    series = (updates * m / n * (1 + e / 2) - 1) * gamma * epochs
    assert theory.claim_error(eta, lam, n, m, epochs) == pytest.approx(series, abs=series**2 + 1e-13)


def test_memory_updates_by_counting():
    left, updates = 1.0, 0
    while left > math.exp(-1):
        left, updates = left * (1 - 0.5 / 1440), updates + 1
    assert theory.memory_updates(0.1, 5.0, 1440) == pytest.approx(updates, abs=1)
    assert theory.memory_updates(0.1, 0.0, 1440) == math.inf


@pytest.mark.parametrize(("e", "monotone"), [(0.002, True), (0.0026, True), (0.0027, False), (0.5, False)])
def test_momentum_is_monotone_by_simulating(e, monotone):
    """(1 - sqrt(0.9))^2 = 0.002633: beyond it the draw crosses zero."""
    w, v, crossed = 1.0, 0.0, False
    for _ in range(5000):
        v = 0.9 * v - e * w
        crossed |= (w + v) * w < 0
        w += v
    assert bool(theory.momentum_is_monotone(1.0, e * 1000, 1000, 0.9)) == monotone
    assert crossed != monotone
