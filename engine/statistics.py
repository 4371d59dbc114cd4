"""Intervals over seeds."""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit  # scipy.stats takes half a second to import

LEVEL = 0.95


class Interval(NamedTuple):
    """A mean over replicates with the bounds of its t-interval at LEVEL; arrays of one shape, or numbers."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def interval(samples):
    """t-interval of the mean along the first axis. One replicate has a mean but no interval: its bounds are NaN."""
    return _around_the_mean(samples, lambda count: np.sqrt(count))


def prediction(samples):
    """Where one more sample lies with probability LEVEL, if all are normal; along the first axis, as in `interval`."""
    return _around_the_mean(samples, lambda count: np.sqrt(count / (count + 1)))


def _around_the_mean(samples, effective):
    samples = np.asarray(samples, dtype=np.float64)
    count = len(samples)
    mean = samples.mean(axis=0)
    if count == 1:
        return Interval(mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan))
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run may exceed the range of squares; its bounds say so
        half = stdtrit(count - 1, (1 + LEVEL) / 2) * samples.std(axis=0, ddof=1) / effective(count)
        return Interval(mean, mean - half, mean + half)


def ratio(samples, others):
    """Interval of the geometric mean of paired ratios, along the first axis; positive numbers."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(*np.exp(interval(np.log(samples) - np.log(others))))


def ratio_of_means(samples, others):
    """Interval of mean(samples) / mean(others), paired, along the first axis; from the spread of samples - ratio * others.

    For many replicates, and a mean of `others` well away from 0 (the delta method); unlike a mean of ratios it does not ask
    that each of the others is.
    """
    samples, others = np.asarray(samples, dtype=np.float64), np.asarray(others, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = samples.mean(axis=0) / others.mean(axis=0)
        around = interval((samples - mean * others) / others.mean(axis=0))
    return Interval(mean, mean + around.low, mean + around.high)


def power_law(x, samples):
    """Exponents and logarithms of the factors of y = factor * x^exponent, least squares on logarithmic axes.

    x (points,), samples (points, replicates), all positive; both results (replicates,).
    """
    log_x, log_y = np.log(x), np.log(samples)
    exponents = slope(log_x, log_y)
    return exponents, log_y.mean(axis=0) - exponents * log_x.mean()


def slope(x, samples):
    """The slope of the least-squares line through samples (points, replicates) against x (points,), for each replicate."""
    centred = x - x.mean()
    return centred @ (samples - samples.mean(axis=0)) / (centred @ centred)
