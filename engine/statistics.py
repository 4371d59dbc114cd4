"""Intervals over seeds."""

from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.95


class Interval(NamedTuple):
    """A mean over replicates with the bounds of its t-interval at LEVEL; arrays of one shape, or numbers."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def interval(samples):
    """t-interval of the mean along the first axis. One replicate has a mean but no interval: its bounds are NaN."""
    samples = np.asarray(samples, dtype=np.float64)
    count = len(samples)
    mean = samples.mean(axis=0)
    if count == 1:
        return Interval(mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan))
    half = stats.t.ppf((1 + LEVEL) / 2, count - 1) * samples.std(axis=0, ddof=1) / np.sqrt(count)
    return Interval(mean, mean - half, mean + half)
