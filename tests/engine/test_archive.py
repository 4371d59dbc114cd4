"""How runs are kept: what comes back is what was given, or nothing, and never a run of other numbers."""

import random
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, archive, datasets
from engine.archive import Damaged, file_name, find, pack, read, unpack, write
from engine.grid import LambdaGrid
from engine.measurements import Record
from engine.training import Trajectory

H = Hyperparameters(n_train=20, hidden=(3,), epochs=6, replicates=2)


def trained(h, epochs=None):
    trajectory = Trajectory(h)
    list(trajectory.train(h.epochs if epochs is None else epochs))
    return trajectory


def again(trajectory, epochs=()):
    """A trajectory after it was bytes."""
    networks = {epoch: trajectory.network_at(epoch) for epoch in epochs}
    kept = unpack(pack(trajectory.run(trajectory.hyperparameters), networks))
    assert sorted(kept.networks) == sorted(epochs)
    return Trajectory.of(kept.run, kept.networks)


def assert_same_trajectory(one, other):
    assert one.hyperparameters == other.hyperparameters
    assert one.diverged_at == other.diverged_at
    assert len(one.records) == len(other.records)
    for a, b in zip(one.records, other.records):
        assert a.epoch == b.epoch
        for f in fields(Record)[1:]:
            x, y = getattr(a, f.name), getattr(b, f.name)
            assert x.dtype == y.dtype
            np.testing.assert_array_equal(x, y, err_msg=f.name)  # NaN where NaN
    for a, b in zip(one.network.weights + one.network.biases, other.network.weights + other.network.biases):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


EVERY = {
    "plain": H,
    "one layer": replace(H, hidden=(), l2_until=2, replicates=1),
    "no control group": Hyperparameters(
        dataset="teacher", fan_in=4, noise=0.5, n_train=20, hidden=(3, 2), epochs=3, replicates=3
    ),
    "diverged": replace(H, l2=3000.0, epochs=60),
    "untrained": replace(H, epochs=0),
    "grid": LambdaGrid(H, (0.0, 5.0, 20.0)),
}


@pytest.mark.parametrize("h", EVERY.values(), ids=EVERY)
def test_a_run_comes_back_bit_for_bit(h):
    trajectory = trained(h)
    assert (trajectory.diverged_at is not None) == (h is EVERY["diverged"])
    other = again(trajectory, (len(trajectory.records) - 1,))
    assert_same_trajectory(other, trajectory)
    for t in (other, trajectory):  # and goes on as if it had never been away
        list(t.train(h.epochs + 2))
    assert_same_trajectory(other, trajectory)


def test_a_run_that_was_left_comes_back_as_far_as_it_got():
    trajectory = trained(H, epochs=4)
    other = again(trajectory)
    assert len(other.records) == 5
    assert not other.covers(H.epochs)
    list(other.train(H.epochs))  # without its networks: they are trained again
    assert_same_trajectory(other, trained(H))


def test_networks_come_back_with_their_run():
    trajectory = trained(H)
    other = again(trajectory, (3, 5, 6))
    for epoch in (3, 5, 6):
        for w, expected in zip(other.networks[epoch].weights, trajectory.network_at(epoch).weights):
            np.testing.assert_array_equal(w, expected)


def test_what_comes_back_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        unpack(pack(trained(H).run(H))).run.weight_rms[0] = 0


def test_damaged_bytes_are_told_from_a_run():
    """Cut anywhere, or with a byte changed anywhere: Damaged, or, where the byte means nothing, the run."""
    run = trained(H).run(H)
    content, stream, told = pack(run), random.Random(0), 0
    for _ in range(300):
        place = stream.randrange(len(content))
        for damaged in (content[:place], content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]):
            try:
                found = unpack(damaged).run
            except Damaged:
                told += 1
            else:
                np.testing.assert_array_equal(found.weight_rms, run.weight_rms)
    assert told > 500
    for nonsense in (b"", b"half of it" * 1000):
        with pytest.raises(Damaged):
            unpack(nonsense)
    with pytest.raises(Damaged, match="hyperparameters"):
        unpack(archive.codec.dump({}, {"weight_rms": run.weight_rms}))


def test_name_of_a_file_is_that_of_its_key():
    assert file_name(H) == file_name(replace(H, epochs=1000))
    others = [replace(H, **change) for change in ({"l2": 4.0}, {"seed": 1}, {"hidden": (4,)}, {"l2_until": 0}, {"n_train": 19})]
    assert len({file_name(h) for h in [H, *others]}) == 6


def test_a_file_is_found_by_its_hyperparameters(tmp_path):
    path = write(trained(H).run(H), {}, tmp_path)
    assert (path.parent, path.name) == (tmp_path, file_name(H))
    assert find(replace(H, epochs=99), tmp_path).run.epochs == 6
    assert find(replace(H, seed=1), tmp_path) is None
    path.rename(tmp_path / file_name(replace(H, seed=1)))
    assert find(replace(H, seed=1), tmp_path) is None  # it is another run under this name


@pytest.fixture
def other_data(monkeypatch):
    """The first pixel of the first image is another."""
    data = datasets.load(H)
    x = data.x_train.copy()
    x[0, 0] += 0.5
    monkeypatch.setattr(datasets, "_load", lambda *arguments: replace(data, x_train=x))


def test_a_run_of_another_revision_is_not_found(tmp_path, monkeypatch):
    path = write(trained(H).run(H), {}, tmp_path)
    monkeypatch.setattr("engine.archive.codec.REVISION", 0)
    assert find(H, tmp_path) is None
    assert read(path).run.epochs == 6  # whoever asks for the file gets it


def test_a_run_of_other_data_is_not_found(tmp_path, request):
    path = write(trained(H).run(H), {}, tmp_path)
    request.getfixturevalue("other_data")
    assert find(H, tmp_path) is None
    assert read(path).run.epochs == 6


def test_nothing_is_downloaded_to_find_a_run(tmp_path, monkeypatch):
    """Data that are not at hand are not asked for; those that are, and are others, make another run."""
    h = Hyperparameters(dataset="mnist", n_train=20, hidden=(3,), epochs=1, replicates=2)
    small = datasets.load(replace(H, n_train=20))
    monkeypatch.setattr(datasets, "load", lambda h: small)
    path = write(replace(trained(H, 1).run(H), hyperparameters=h), {}, tmp_path)
    monkeypatch.setattr(datasets, "load", lambda h: pytest.fail("asked for"))
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    assert find(h, tmp_path).data == read(path).data == small.digest
    monkeypatch.setattr(datasets, "at_hand", lambda h: True)
    monkeypatch.setattr(datasets, "load", lambda h: replace(small, x_train=1 - small.x_train))
    assert find(h, tmp_path) is None


def test_storing_is_whole_or_not_at_all(tmp_path, monkeypatch):
    run = trained(H).run(H)

    def break_off(file, **arrays):
        file.write(b"half of it")
        raise OSError("disk full")

    path = write(run, {}, tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr(np, "savez_compressed", break_off)
    with pytest.raises(OSError, match="disk full"):
        write(run, {}, tmp_path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
