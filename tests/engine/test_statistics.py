"""The interval over seeds against SciPy, and by what an interval promises."""

import numpy as np
import pytest
from scipy import stats

from engine.statistics import LEVEL, interval


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
