"""The runs that one move of a slider asks for ship in a pack, rounded, and are what training them gives."""

import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, sliders
from engine.archive import RESULTS, Damaged, codec, file_name, find, packs, readings, unpack, write
from engine.archive import pack as packed
from engine.cache import RunCache
from engine.measurements import Record
from engine.studies import book
from engine.training import Trajectory
from scripts.kernels import rounding
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


@pytest.mark.sweeps
@pytest.mark.parametrize("claim", sliders.PAGES, ids=lambda claim: claim.NAME)
def test_a_move_of_one_slider_trains_nothing_and_looks_into_no_network(claim):
    cache = RunCache(workers=[Refuses()])
    for setting in sliders.settings(claim):
        for h in sliders.asked(claim, setting):
            assert cache.request(h, "reader").finished, h
        for look in sliders.looks(claim, setting, cache):
            cache.read(*look)


@pytest.fixture(scope="module")
def looks():
    """What is read of the networks of every page, by name; each once."""
    cache = RunCache(workers=[Refuses()])
    asked = [look for claim in sliders.PAGES for h in sliders.settings(claim) for look in sliders.looks(claim, h, cache)]
    return {readings.name(*look): look for look in asked}


@pytest.mark.sweeps
def test_the_readings_are_these_and_no_other(looks):
    with zipfile.ZipFile(RESULTS / readings.PACK) as archive:
        assert sorted(archive.namelist()) == sorted(looks)


def arrays(found):
    """All in a reading, in their order."""
    if isinstance(found, np.ndarray):
        return [found]
    inside = found.values() if isinstance(found, dict) else found or ()
    return [array for one in inside for array in arrays(one)]


@pytest.mark.remakes
def test_a_reading_that_ships_is_what_the_networks_say(looks):
    """One of every kind but that of ReLU units, in which training amplifies a difference between kernels."""
    kinds = {look[0]: look for look in looks.values() if look[1].l2 == 20 and look[1].activation == "sigmoid"}
    assert {function.__name__ for function in kinds} | {"units"} == {name.partition("-")[0] for name in looks}
    for function, h, *more in kinds.values():
        kept, again = arrays(readings.find(function, h, *more)), arrays(function(RunCache(), h, *more))
        assert len(kept) == len(again) > 0
        for one, other in zip(kept, again):
            allowed = rounding(h.epochs * h.updates_per_epoch)
            if other.dtype == np.float16:
                allowed += np.finfo(np.float16).eps
            scale = np.abs(other).max(initial=0)
            np.testing.assert_allclose(one, other, rtol=0, atol=allowed * scale, err_msg=function.__name__)


@pytest.mark.sweeps
def test_lengths_of_units_that_ship_add_up_to_those_of_the_run(looks):
    cache = RunCache(workers=[Refuses()])
    for function, h, *more in looks.values():
        if function.__name__ == "units":
            (found,) = arrays(cache.read(function, h, *more))
            whole = cache.train(h).norm_squared[:, list(more[0])]  # (replicates, epochs, layers)
            rounded = 2.1 * 2.0 ** -packs.BITS["weight_rms"]
            np.testing.assert_allclose(found.sum(axis=-1).transpose(2, 0, 1), whole, rtol=rounded)


def test_a_reading_comes_back_as_it_was():
    found = {"a": np.arange(3.0), "b": [None, [np.zeros((2, 0)), {"c": np.float16([[1, 2]])}]], "d": None}
    kept = readings.read(readings.content(found, H), H)
    assert (kept["d"], kept["b"][0], list(kept)) == (None, None, ["a", "b", "d"])
    for one, other in zip(arrays(kept), arrays(found), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
        assert not one.flags.writeable


def looked(look, h, *more):
    """A reading for tests."""
    return [np.array(more)]


def test_readings_of_other_settings_data_or_revision_are_not_used(tmp_path, monkeypatch):
    cache = RunCache(results=tmp_path)
    readings.write({readings.name(looked, H, 1): readings.content([np.array(0)], H)}, tmp_path)
    assert cache.read(looked, H, 1) == [0]
    assert cache.read(looked, H, 2) == [2]
    assert cache.read(looked, replace(H, epochs=5), 1) == [1]
    monkeypatch.setattr(codec, "REVISION", codec.REVISION + 1)
    assert cache.read(looked, H, 1) == [1]


def test_a_damaged_file_of_readings_is_named_with_its_command(tmp_path, caplog):
    path = tmp_path / readings.PACK
    readings.write({readings.name(looked, H, 1): readings.content([np.array(0)], H)}, tmp_path)
    whole = path.read_bytes()
    for content in (b"", whole[: len(whole) // 2], Nonsense(1).stream.randbytes(5000), whole[:80] + bytes(40) + whole[120:]):
        path.write_bytes(content)
        with pytest.raises(Damaged, match=r"^readings\.zip, .* python -m engine\.sliders makes it again"):
            readings.find(looked, H, 1, folder=tmp_path)
        assert RunCache(results=tmp_path).read(looked, H, 1) == [1]
    assert "python -m engine.sliders" in caplog.text


def test_an_interrupted_command_goes_on_where_it_was(tmp_path, monkeypatch):
    """A run keeps the epochs that were trained, and nothing that is there is found again."""

    class Interrupted(Trajectory):
        def train(self, until):
            for done in super().train(until):
                if done == 2:
                    raise KeyboardInterrupt
                yield done

    with monkeypatch.context() as patch:
        patch.setattr(sliders, "Trajectory", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            sliders.train(H, tmp_path)
    assert find(H, tmp_path).run.epochs == 2
    sliders.train(H, tmp_path)
    again = Trajectory(H)
    list(again.train(H.epochs))
    assert_same_bits(find(H, tmp_path).run, again.run(H))


def test_the_command_makes_both_files_and_finds_no_reading_twice(tmp_path, monkeypatch):
    unfinished, asked = tmp_path / "unfinished", [(looked, H, 1), (looked, H, 2)]
    monkeypatch.setattr(sliders, "missing", lambda: [H])
    monkeypatch.setattr(sliders, "PAGES", ("a page",))
    monkeypatch.setattr(sliders, "settings", lambda page: [H])
    monkeypatch.setattr(sliders, "looks", lambda page, h, cache: asked)
    (unfinished / "readings").mkdir(parents=True)
    (unfinished / "readings" / readings.name(*asked[0])).write_bytes(readings.content([np.array(0)], H))
    sliders.make(tmp_path, unfinished)
    assert packs.find(H, tmp_path).run.epochs == H.epochs
    assert [readings.find(*look, folder=tmp_path) for look in asked] == [[0], [2]]
    assert sorted(path.name for path in tmp_path.iterdir()) == [readings.PACK, packs.PACK]


def test_making_the_book_leaves_the_half_made_pack():
    assert not sliders.UNFINISHED.is_relative_to(book.UNFINISHED)
    assert not book.UNFINISHED.is_relative_to(sliders.UNFINISHED)


def test_the_pack_has_these_runs_and_no_other():
    with zipfile.ZipFile(RESULTS / packs.PACK) as archive:
        assert sorted(archive.namelist()) == sorted(map(file_name, MISSING))


@pytest.mark.remakes
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


@pytest.mark.parametrize("ships", [True, False], ids=["that ship", "that were trained"])
def test_epochs_that_are_known_whole_stay_so_in_a_longer_run(ships, folder, trajectory, monkeypatch):
    """Whichever of the two is asked for first."""
    short = replace(H, epochs=H.epochs - 1)
    cache = RunCache(results=folder)
    if ships:
        write(trajectory.run(short), {short.epochs: trajectory.network_at(short.epochs)}, folder)
    else:
        with monkeypatch.context() as patch:
            patch.setattr(packs, "find", lambda *of: None)
            cache.train(short)
    both = cache.train(H), cache.train(short)
    for run in both:
        np.testing.assert_array_equal(run.weight_rms[:, : H.epochs], trajectory.run(short).weight_rms)
    assert (both[0].weight_rms[:, -1] != trajectory.run(H).weight_rms[:, -1]).any()  # of the pack


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
