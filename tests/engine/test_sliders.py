"""The runs that one move of a slider asks for ship in a pack, rounded, and are what training them gives."""

import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, sliders
from engine.archive import RESULTS, Damaged, file_name, packs, unpack
from engine.archive import pack as packed
from engine.cache import RunCache
from engine.measurements import Record
from engine.training import Trajectory
from tests.engine.rounding import assert_same_bits, assert_same_to_rounding
from tests.nonsense import Nonsense

H = Hyperparameters(n_train=20, hidden=(3,), epochs=4, replicates=2)
MISSING = sliders.missing()


class Refuses:
    """A worker that trains nothing."""

    def turn(self, task, seconds):
        raise AssertionError(f"asked to train {task}")

    def drop(self, name):
        pass

    def close(self):
        pass


@pytest.fixture(scope="module")
def trajectory():
    found = Trajectory(H)
    list(found.train(H.epochs))
    return found


@pytest.fixture
def folder(tmp_path, trajectory):
    packs.write([unpack(packed(trajectory.run(H)))], tmp_path)
    return tmp_path


# what ships


@pytest.mark.parametrize("claim", sliders.CLAIMS, ids=lambda claim: claim.NAME)
def test_a_move_of_one_slider_trains_nothing(claim):
    cache = RunCache(workers=[Refuses()])
    for setting in sliders.settings(claim):
        for h in sliders.asked(claim, setting):
            assert cache.request(h, "reader").finished, h


def test_the_pack_has_these_runs_and_no_other():
    with zipfile.ZipFile(RESULTS / packs.PACK) as archive:
        assert sorted(archive.namelist()) == sorted(map(file_name, MISSING))


@pytest.mark.parametrize("h", MISSING[:: len(MISSING) // 9], ids=file_name)
def test_a_packed_run_is_the_trained_one(h):
    kept, again = packs.find(h), Trajectory(h)
    list(again.train(5))
    beginning = kept.run.first(min(5, kept.run.epochs))
    assert_same_to_rounding(replace(beginning, diverged_at=again.diverged_at), again.run(h))
    assert again.diverged_at in (None, kept.run.diverged_at)


# what is kept of a run


def relative(one, other):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nanmax(np.abs(one / other - 1), initial=0)


@pytest.mark.parametrize(
    "more", [{}, {"l2": 0.0}, {"l2": 19.0}, {"l2_until": 2}, {"activation": "relu", "learning_rate": 20.0}]
)
def test_a_run_is_rounded_to_its_bits_and_its_ledger_adds_up(tmp_path, more):
    trained = Trajectory(replace(H, **more))
    list(trained.train(H.epochs))
    run = trained.run(trained.hyperparameters)
    packs.write([unpack(packed(run))], tmp_path)
    kept = packs.find(run.hyperparameters, tmp_path).run
    assert (kept.hyperparameters, kept.epochs, kept.diverged_at) == (run.hyperparameters, run.epochs, run.diverged_at)
    for name, bits in packs.BITS.items():
        assert relative(getattr(kept, name), getattr(run, name)) <= 2.0**-bits, name
    scale = np.abs(run.norm_change_decay) + np.abs(run.norm_change_data) + run.norm_squared[:, :-1]
    for name in ("norm_change_decay", "norm_change_data"):
        assert (np.abs(getattr(kept, name) - getattr(run, name)) <= 1e-11 * scale).all(), name
    assert relative(kept.displacement_decay, run.displacement_decay) <= 1e-11
    np.testing.assert_allclose(kept.alignment, run.alignment, rtol=0, atol=1e-3)
    np.testing.assert_allclose(
        kept.norm_change_decay + kept.norm_change_data, np.diff(kept.norm_squared, axis=1), rtol=0, atol=1e-15 * scale.max()
    )


def test_a_number_of_all_bits_stays_as_it_is():
    numbers = np.array([[0.0, np.nan, np.inf, -1 / 3], [1e-310, 1e300, 1.0, np.nextafter(1.0, 2.0)]])
    np.testing.assert_array_equal(packs.numbers(packs.planes(numbers, 53)), numbers)
    np.testing.assert_array_equal(packs.numbers(packs.planes(numbers[:, :2], 24))[0], numbers[0, :2])


# networks, and epochs beyond


def test_a_packed_run_goes_on_from_the_draw(folder, trajectory):
    longer = replace(H, epochs=7)
    cache, again = RunCache(results=folder), Trajectory(longer)
    list(again.train(7))
    assert cache.request(H, "reader").finished
    went_on = cache.train(longer)
    assert_same_bits(replace(went_on, **first(went_on, 5)), replace(again.run(longer), **first(again.run(longer), 5)))
    for epoch in (0, 2, 4, 7):
        for one, other in zip(cache.network(longer, epoch).weights, again.network_at(epoch).weights):
            np.testing.assert_array_equal(one, other)


def test_networks_on_the_way_are_not_trained_twice(folder, trajectory):
    cache = RunCache(results=folder)
    cache.network(H, 4)
    refusing = RunCache(results=folder, workers=[Refuses()])
    refusing._trajectories = cache._trajectories
    for epoch in (0, 1, 2, 4):
        for one, other in zip(refusing.network(H, epoch).weights, trajectory.network_at(epoch).weights):
            np.testing.assert_array_equal(one, other)


def first(run, start):
    """The columns of a run from an epoch on."""
    return {f.name: getattr(run, f.name)[:, start:] for f in fields(Record)[1:]}


# what is not used


def test_a_pack_of_another_revision_or_of_other_data_is_not_used(tmp_path, trajectory):
    kept = unpack(packed(trajectory.run(H)))
    for other in (kept._replace(revision=kept.revision + 1), kept._replace(data="other")):
        packs.write([other], tmp_path)
        assert packs.find(H, tmp_path) is None
    assert packs.find(replace(H, seed=9), tmp_path) is None


def test_a_damaged_pack_is_named_with_its_command_and_the_run_is_trained(folder, trajectory, caplog):
    path = folder / packs.PACK
    whole = path.read_bytes()
    broken = whole[:300] + bytes(100) + whole[400:]
    for content in (b"", whole[: len(whole) // 2], Nonsense(1).stream.randbytes(5000), broken):
        path.write_bytes(content)
        with pytest.raises(Damaged, match=r"^sliders\.zip, .* python -m engine\.sliders makes it again"):
            packs.find(H, folder)
    assert_same_bits(RunCache(results=folder).train(H), trajectory.run(H))
    assert "python -m engine.sliders" in caplog.text
    path.unlink()
    assert packs.find(H, folder) is None
