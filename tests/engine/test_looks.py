"""Decay's shares by how often one looks: by hand, against plain SGD, and against what claim 1 measures once an epoch."""

from dataclasses import replace

import numpy as np
import pytest

from engine import train
from engine.archive import RESULTS
from engine.defaults import DEFAULTS
from engine.studies import looks
from engine.verdicts import decay_dominates
from tests.engine.plain import sgd

SHIPPED = looks.results()
H = DEFAULTS["decay_dominates"]


def steps(*values, factor):
    """A path of one weight."""
    return [(1.0, [np.full((1, 1, 1), values[0])])] + [(factor, [np.full((1, 1, 1), v)]) for v in values[1:]]


@pytest.mark.parametrize(
    ("every", "movement", "length"),
    [
        # 4 -> 3 -> 2, halved each time: D = -2, -1.5 and G = 1, 0.5; of the square decay takes 12, 6.75, the data add 5, 1.75
        (1, 3.5 / 5, 18.75 / 25.5),
        # 4 -> 2, quartered: D = -3 and G = 1; decay takes 15 of the square, the data add 3
        (2, 3 / 4, 15 / 18),
    ],
)
def test_by_hand(every, movement, length):
    found = looks.shares(steps(4.0, 3.0, 2.0, factor=0.5), every)
    assert [share.shape for share in found] == [(1, 1), (1, 1)]
    assert [share.item() for share in found] == pytest.approx([movement, length])


def test_what_goes_to_and_fro_is_seen_by_who_looks_often():
    """Without data there is decay alone; with data that undo at once what they did, only who looks between sees them."""
    alone = [8 * 0.5**k for k in range(5)]
    for every in (1, 2, 4):
        assert looks.shares(steps(*alone, factor=0.5), every)[0].item() == pytest.approx(1)
    shaken = [8.0, 5.0, 2.0, 2.0, 0.5]  # 8 -> 4 + 1 -> 2.5 - 0.5 -> 1 + 1 -> 1 - 0.5
    often, seldom = (looks.shares(steps(*shaken, factor=0.5), every)[0].item() for every in (1, 2))
    assert often == pytest.approx((4 + 2.5 + 1 + 1) / (4 + 2.5 + 1 + 1 + 1 + 0.5 + 1 + 0.5))
    assert seldom == pytest.approx(1)


def test_the_rest_after_the_last_look_is_left_out():
    path = steps(4.0, 3.0, 2.0, 77.0, factor=0.5)
    np.testing.assert_allclose(looks.shares(path, 2), looks.shares(path[:3], 2))


@pytest.mark.parametrize("seed", [0, 5])
def test_the_shipped_shares_are_those_of_plain_sgd_in_double_precision(seed):
    """Rounding in single precision, 6e-8 of a weight, is 2e-4 of what decay takes of it per update, and random in sign."""
    path = [weights[::2] for weights in sgd(H, seed, looks.FIRST)]
    for k, every in enumerate(SHIPPED.updates):
        rho = (1 - H.learning_rate * H.l2 / H.n_train) ** every
        for layer in range(2):
            seen = [weights[layer] for weights in path[::every]]
            by_decay = sum((1 - rho) * np.linalg.norm(w) for w in seen[:-1])
            by_data = sum(np.linalg.norm(after - rho * before) for before, after in zip(seen, seen[1:]))
            assert SHIPPED.movement[k, seed, layer] == pytest.approx(by_decay / (by_decay + by_data), rel=1e-3)
            squares = np.array([(w**2).sum() for w in seen])
            taken = (1 - rho**2) * squares[:-1].sum()
            put_back = squares[-1] - squares[0] + taken  # what decay took and the data did make up the change
            assert SHIPPED.length[k, seed, layer] == pytest.approx(taken / (taken + abs(put_back)), rel=1e-3)


def test_once_an_epoch_they_are_claim_1s():
    """To the rounding of weights that one of them multiplies out every epoch: 1e-7, a little larger after five epochs."""
    run, k = train(H), SHIPPED.updates.tolist().index(H.updates_per_epoch)
    np.testing.assert_allclose(SHIPPED.movement[k], decay_dominates.movement_share(run), rtol=1e-4)
    np.testing.assert_allclose(SHIPPED.length[k], decay_dominates.norm_share(run), rtol=1e-4)


def test_the_movement_depends_on_how_often_one_looks_and_the_length_does_not():
    movement, length = SHIPPED.movement.mean(axis=1), SHIPPED.length.mean(axis=1)
    assert SHIPPED.updates.tolist() == [1, looks.BETWEEN, H.updates_per_epoch, looks.FIRST * H.updates_per_epoch]
    assert (np.diff(movement, axis=0) > 0).all()
    assert (movement[-1] > 2 * movement[0]).all()
    assert (np.ptp(length, axis=0) < 0.02).all()


def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    small = replace(H, hidden=(3,), replicates=2, n_train=240)
    monkeypatch.setattr(looks, "BASE", small)
    looks.make(tmp_path)
    found, expected = looks.results.__wrapped__(tmp_path), looks.run(small)
    for name in looks.Looks._fields:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.updates.tolist() == [1, 12, 24, 120]
    monkeypatch.setattr(looks, "BASE", replace(small, l2=4.0))
    with pytest.raises(ValueError, match=r"python -m engine\.studies\.looks"):
        looks.results.__wrapped__(tmp_path)


def test_what_ships_is_small():
    assert (RESULTS / looks.FILE).stat().st_size < 1e4
