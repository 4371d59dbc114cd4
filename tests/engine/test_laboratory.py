"""The laboratory's measurements and their paired differences."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import train
from engine.claims import laboratory as lab

ONE = replace(lab.DEFAULT, n_train=200, hidden=(6,), epochs=6, replicates=4)
OTHER = replace(ONE, l2=50.0, epochs=4)


@pytest.fixture(scope="module")
def runs():
    return {name: train(h, cache=None) for name, h in lab.runs(ONE, OTHER).items()}


@pytest.mark.parametrize("name", lab.MEASUREMENTS)
def test_a_difference_is_that_of_pairs(runs, name):
    """Against SciPy's test of paired samples, at the last epoch that both have."""
    one, other = runs[lab.A], runs[lab.B]
    epochs, found = lab.paired(name, one, other)
    assert epochs[-1] == 4
    (ours, a), (theirs, b) = lab.series(name, one), lab.series(name, other)
    assert ours[-1] == 6
    before, after = a[:, ours == 4].ravel(), b[:, theirs == 4].ravel()
    low, high = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert found.mean[-1] == pytest.approx((after - before).mean())
    assert (found.low[-1], found.high[-1]) == pytest.approx((low, high))


def test_every_measurement_is_what_it_is_called(runs):
    run = runs[lab.A]
    values = {name: lab.series(name, run)[1][:, -1] for name in lab.MEASUREMENTS}
    np.testing.assert_array_equal(values["size of the first layer"], run.weight_rms[:, -1, 0])
    np.testing.assert_array_equal(values["size of the last layer"], run.weight_rms[:, -1, 1])
    squared = run.weight_rms[:, -1] ** 2 * np.array([64 * 6, 6 * 10])
    np.testing.assert_allclose(values["ratio of the lengths"], squared[:, 0] / squared[:, 1])
    np.testing.assert_array_equal(values["accuracy"], run.validation_accuracy[:, -1])


def test_without_common_seeds_there_are_no_pairs(runs):
    alone = train(replace(OTHER, seed=100), cache=None)
    assert lab.paired(lab.FIRST, runs[lab.A], alone) is None
    said = lab.facts(lab.FIRST, {lab.A: runs[lab.A], lab.B: alone})
    assert said["unpaired"]
    assert said["last"] is None


def test_what_differs_is_named():
    assert lab.differences(ONE, OTHER) == [("l2", 5.0, 50.0), ("epochs", 6, 4)]
    assert lab.differences(ONE, ONE) == []
