"""Accuracies of claim 4's arms from many seeds: that they are what training gives, and enough to tell the differences."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import datasets, sweep, train
from engine.archive import RESULTS, Store
from engine.defaults import DEFAULTS
from engine.studies import accuracies
from engine.verdicts import scaled_start
from tests.engine.executing import Here
from tests.engine.plain import images_right, sgd

SHIPPED = accuracies.results()
ARMS = accuracies.arms()
IMAGE = 1 / SHIPPED.n_validation


@pytest.mark.remakes
@pytest.mark.parametrize(("arm", "seed"), list(zip(ARMS, (1000, 1063, 1064, 1190, 1255))))
def test_they_are_those_of_plain_sgd_in_double_precision(arm, seed):
    """To an image that rounding moves across: over 60 epochs no more than one was seen to, in ten runs."""
    h = ARMS[arm]
    networks = list(sgd(h, seed, h.epochs))[:: h.updates_per_epoch]
    right = np.array([images_right(h, weights) for weights in networks])
    stored = SHIPPED.accuracy[arm][SHIPPED.seeds.tolist().index(seed)] * SHIPPED.n_validation
    assert len(stored) == h.epochs + 1
    np.testing.assert_allclose(stored, right, atol=1 + 1e-9)
    assert (np.rint(stored) == right).mean() > 0.9


def test_the_arms_are_those_of_the_page():
    h = DEFAULTS["scaled_start"]
    told = {arm: (a.initialization, a.l2, a.l2_until is not None) for arm, a in ARMS.items()}
    assert told == {
        "large": ("large", h.l2, False),
        "scaled": ("scaled", h.l2, False),
        "plain": ("scaled", 0.0, False),
        "bare": ("large", 0.0, False),
        "rescued": ("large", h.l2, True),
    }
    assert set(SHIPPED.accuracy) == set(ARMS)
    used = {seed for page in DEFAULTS.values() for seed in page.seeds}
    assert not used & set(SHIPPED.seeds)
    assert SHIPPED.n_validation == len(datasets.load(h).y_validation)
    assert SHIPPED.seeds.tolist() == [seed for run in accuracies.stacks(h) for seed in run.seeds]


def test_a_difference_is_paired_by_seed():
    for arm, other, epoch in (("large", "plain", -1), ("bare", "scaled", 24)):
        a, b = (SHIPPED.accuracy[name][:, epoch] for name in (arm, other))
        expected = stats.ttest_rel(a, b)
        found = SHIPPED.difference(arm, other, epoch)
        assert found.mean == pytest.approx(a.mean() - b.mean())
        assert found[1:] == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_how_many_seeds_are_enough():
    """Half the width that an interval is expected to have, in images."""
    few = DEFAULTS["scaled_start"].replicates
    for arm in set(ARMS) - {"plain"}:
        deviation = (SHIPPED.accuracy[arm][:, -1] - SHIPPED.accuracy["plain"][:, -1]).std(ddof=1) / IMAGE
        half = {
            count: stats.t.ppf(0.975, count - 1) * deviation / np.sqrt(count) for count in (few, accuracies.ENOUGH["digits"])
        }
        assert half[accuracies.ENOUGH["digits"]] < 1, arm
        assert 1.5 < half[few] < 2, arm
    assert len(SHIPPED.seeds) >= accuracies.ENOUGH["digits"]


def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    """With one epoch and eight seeds in stacks of four; other settings than those stored are refused."""
    short = replace(DEFAULTS["scaled_start"], epochs=1)
    monkeypatch.setattr(accuracies, "BASE", short)
    monkeypatch.setattr(accuracies, "SEEDS", range(1000, 1008))
    monkeypatch.setattr(sweep, "STACK", 4)
    executor, heard = Here(), []
    accuracies.make(Store(tmp_path / "runs.sqlite"), lambda: executor, lambda *what: heard.append(what[:2]), tmp_path)
    assert heard[-1] == (10, 10)
    assert {h.replicates for h in executor.trained} == {4}
    found = accuracies.results.__wrapped__(tmp_path)
    for arm, accuracy in found.accuracy.items():
        np.testing.assert_allclose(accuracy, SHIPPED.accuracy[arm][:8, :2], atol=IMAGE + 1e-9)
    monkeypatch.setattr(accuracies, "BASE", replace(short, l2=4.0))
    with pytest.raises(ValueError, match=r"python -m engine\.studies\.accuracies"):
        accuracies.results.__wrapped__(tmp_path)


def test_what_ships_is_small():
    assert (RESULTS / accuracies.FILE).stat().st_size < 1e5


def test_what_the_seeds_tell():
    """With all seeds, and with the first of them that are said to be enough."""
    first = accuracies.Accuracies(
        SHIPPED.seeds[: accuracies.ENOUGH["digits"]],
        SHIPPED.n_validation,
        {arm: accuracy[: accuracies.ENOUGH["digits"]] for arm, accuracy in SHIPPED.accuracy.items()},
    )
    for found in (first, SHIPPED):
        for arm in ("large", "scaled"):  # L2 that stays on costs accuracy: more than is called the same
            assert found.difference(arm, "plain").high < -scaled_start.SAME_ACCURACY
        for arm in ("bare", "rescued"):  # the others differ from the scaled start without L2 by less than is called the same
            difference = found.difference(arm, "plain")
            assert max(-difference.low, difference.high) < scaled_start.SAME_ACCURACY


def test_a_page_tells_a_difference_from_enough_seeds_or_not_at_all():
    arms = {name: train(h) for name, h in scaled_start.arms(DEFAULTS["scaled_start"]).items()}
    for epoch in (-1, 24):
        assert accuracies.difference(arms["large"], arms["plain"], epoch) == SHIPPED.difference("large", "plain", epoch)
    other = replace(DEFAULTS["scaled_start"], l2=20.0, epochs=2, hidden=(3,), n_train=50)  # not what ships
    few, many = (
        [train(replace(h, replicates=count), cache=None) for h in list(scaled_start.arms(other).values())[:2]]
        for count in (16, 64)
    )
    assert accuracies.difference(*few) is None
    expected = stats.ttest_rel(*(run.validation_accuracy[:, -1] for run in many)).confidence_interval(0.95)
    assert accuracies.difference(*many)[1:] == pytest.approx(tuple(expected))
    assert accuracies.difference(many[0], replace(many[1], diverged_at=2)) is None
