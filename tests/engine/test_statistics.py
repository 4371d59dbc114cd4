"""The interval over seeds against SciPy, and by what an interval promises."""

import numpy as np
import pytest
from scipy import stats

from engine.statistics import LEVEL, interval, ratio, ratio_of_means, slope


@pytest.mark.parametrize("replicates", [2, 3, 8, 40])
def test_interval_is_scipys(replicates):
    samples = np.random.default_rng(replicates).standard_normal((replicates, 5, 2)) * 3 + 7
    ours = interval(samples)
    theirs = stats.ttest_1samp(samples, popmean=0, axis=0).confidence_interval(0.95)
    np.testing.assert_allclose(ours.mean, samples.sum(axis=0) / replicates, rtol=1e-14)
    np.testing.assert_allclose(ours.low, theirs.low, rtol=1e-12)
    np.testing.assert_allclose(ours.high, theirs.high, rtol=1e-12)
    assert ours.mean.shape == ours.low.shape == ours.high.shape == (5, 2)


def test_interval_by_hand():
    # 1, 2, 3: mean 2, standard deviation 1, standard error 1/sqrt(3); t of two degrees of freedom at 97.5 % is 4.303
    mean, low, high = interval([1, 2, 3])
    assert mean == 2
    assert 2 - low == high - 2 == pytest.approx(4.303 / 3**0.5, rel=1e-4)


@pytest.mark.parametrize("replicates", [2, 8])
def test_interval_covers_the_truth_as_often_as_it_says(replicates):
    trials = 20_000
    samples = np.random.default_rng(0).normal(5.0, 2.0, (replicates, trials))
    _, low, high = interval(samples)
    covered = ((low <= 5.0) & (high >= 5.0)).mean()
    assert LEVEL == 0.95
    # four standard errors of a share of 0.95 in 20,000 trials: 0.6 %
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / trials))


def test_one_replicate_has_a_mean_and_no_interval():
    mean, low, high = interval([[1.5, 2.5]])
    assert mean.tolist() == [1.5, 2.5]
    assert np.isnan(low).all()
    assert np.isnan(high).all()
    mean, low, high = interval([4.0])
    assert mean == 4
    assert np.isnan(low)
    assert np.isnan(high)


def test_equal_samples_have_an_interval_of_no_width():
    assert interval([3.0, 3.0, 3.0]) == (3, 3, 3)


# a ratio of means


def pairs(count, trials, stream):
    """Paired samples (count, trials) with means 3 and 10, correlated: the spread of the ratio is not that of either."""
    others = stream.normal(10.0, 0.5, (count, trials))
    return 0.3 * others + stream.normal(0.0, 0.2, (count, trials)), others


def fieller(a, b):
    """Bounds of mean(a) / mean(b): all r for which mean(a - r b) is less than t standard errors from 0; and g, see below."""
    count, t = len(a), stats.t.ppf(0.975, len(a) - 1)
    (aa, ab), (_, bb) = np.cov(a, b) * t**2 / count
    x, y = a.mean(), b.mean()
    low, high = sorted(np.roots([y**2 - bb, -2 * (x * y - ab), x**2 - aa]))
    return low, high, bb / y**2


@pytest.mark.parametrize("count", [4, 8, 64])
def test_ratio_of_means_is_fiellers(count):
    samples, others = pairs(count, 5, np.random.default_rng(count))
    ours = ratio_of_means(samples, others)
    np.testing.assert_allclose(ours.mean, samples.sum(axis=0) / others.sum(axis=0), rtol=1e-14)
    for k in range(5):
        low, high, g = fieller(samples[:, k], others[:, k])
        # the two differ as far as the mean of the others is uncertain: sqrt(g), its interval over its size, of their width
        off = np.sqrt(g) * (1 + 2 * np.sqrt(g)) * (high - low) / 2
        assert np.sqrt(g) < 0.2
        assert ours.low[k] == pytest.approx(low, abs=off)
        assert ours.high[k] == pytest.approx(high, abs=off)


def test_ratio_of_means_covers_the_truth_as_often_as_it_says():
    trials = 20_000
    _, low, high = ratio_of_means(*pairs(8, trials, np.random.default_rng(1)))
    # four standard errors of a share of 0.95 in 20,000 trials: 0.6 %
    assert ((low <= 0.3) & (high >= 0.3)).mean() == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / trials))


def test_ratio_of_means_to_what_does_not_vary():
    samples = np.random.default_rng(2).normal(1.0, 1.0, 8)
    np.testing.assert_allclose(ratio_of_means(samples, np.full(8, -4.0)).mean, interval(samples / -4.0).mean, rtol=1e-14)
    np.testing.assert_allclose(ratio_of_means(samples, np.full(8, 4.0)), interval(samples / 4.0), rtol=1e-13)


def test_ratio_of_means_asks_for_no_ratio_of_one_pair():
    """One of the others is 0, which has no ratio, and one negative; by hand: (1 + 2 + 3) / (0 + 5 - 1) = 1.5."""
    mean, low, high = ratio_of_means([1, 2, 3], [0, 5, -1])
    assert mean == 1.5
    # samples - 1.5 others: 1, -5.5, 4.5; standard deviation 5.0744, over sqrt(3) and 4/3, times 4.3027
    assert high - 1.5 == 1.5 - low == pytest.approx(4.3027 * 5.0744 / 3**0.5 / (4 / 3), rel=1e-4)


def test_ratio_of_means_of_one_pair_has_no_interval():
    mean, low, high = ratio_of_means([3.0], [4.0])
    assert mean == 0.75
    assert np.isnan(low)
    assert np.isnan(high)


def test_ratio_of_means_to_nothing_is_no_number_and_no_warning():
    assert not np.isfinite(ratio_of_means([1.0, 2.0], [1.0, -1.0]).mean)


# a geometric mean of ratios


def test_ratio_by_hand():
    # ratios 1/2, 1, 2: logarithms with mean 0 and standard deviation ln 2, so the interval is exp(+-4.303 ln 2 / 3^0.5)
    mean, low, high = ratio([1.0, 3.0, 8.0], [2.0, 3.0, 4.0])
    assert mean == pytest.approx(1.0, rel=1e-14)
    assert high == pytest.approx(2 ** (4.3027 / 3**0.5), rel=1e-4)
    assert low * high == pytest.approx(1.0, rel=1e-12)


# a straight line


@pytest.mark.parametrize("points", [2, 3, 11])
def test_slope_is_scipys(points):
    stream = np.random.default_rng(points)
    x, samples = stream.normal(7.0, 3.0, points), stream.normal(-2.0, 5.0, (points, 6))
    np.testing.assert_allclose(slope(x, samples), [stats.linregress(x, y).slope for y in samples.T], rtol=1e-11)


def test_slope_by_hand():
    # through (0, 1), (1, 1), (2, 4): centred x are -1, 0, 1, so the slope is (4 - 1) / 2
    assert slope(np.array([0, 1, 2]), np.array([[1.0], [1.0], [4.0]])).tolist() == [1.5]
