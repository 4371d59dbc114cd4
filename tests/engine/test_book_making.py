"""How the results on the book's examples are made: whole or not at all, and gone on with where they were interrupted."""

import functools
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import datasets
from engine.archive import file_name, read, read_arrays
from engine.measurements import Record
from engine.studies import book
from engine.training import Trajectory

EXAMPLE = book.example


def few(hidden, start):
    """An example with few seeds and few images, of few pixels."""
    return replace(EXAMPLE(hidden, start), fan_in=16, n_train=60, replicates=2, epochs=6 if hidden == (30,) else 4)


@pytest.fixture(scope="module")
def small(mnist_files):
    """Few examples, a hundred images to validate with, and the provenance looked up once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MNIST_DIR", str(mnist_files))
        images, labels = (array[:50_100] for array in datasets._mnist())
        patched.setattr(datasets, "_mnist", functools.lru_cache(lambda: (images, labels)))
        patched.setattr(book, "example", few)
        patched.setattr(book, "PORTRAITS", (0, 3, 6))
        patched.setattr(book, "EPOCHS", 4)
        patched.setattr(book, "provenance", functools.cache(book.provenance))
        datasets._load.cache_clear()
        yield book.examples()
        datasets._load.cache_clear()


@pytest.fixture(scope="module")
def whole(small, tmp_path_factory):
    """A folder with what an undisturbed make writes."""
    folder = tmp_path_factory.mktemp("whole")
    book.make(lambda line: None, folder, folder / "unfinished")
    return folder


def copied(folder, to):
    """Its results, in another folder: name -> bytes."""
    results = {path.name: path.read_bytes() for path in folder.glob("*.npz")}
    for name, content in results.items():
        (to / name).write_bytes(content)
    return results


def leave(folder, line):
    """Interrupt a make at the first line that starts so."""

    def interrupt(said):
        if said.startswith(line):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        book.make(interrupt, folder, folder / "unfinished")


def test_what_is_made_is_what_is_read(small, tmp_path):
    said = []
    book.make(said.append, tmp_path, tmp_path / "unfinished")
    made = book.results.__wrapped__(tmp_path)
    for h in small:
        trajectory = Trajectory(h)
        list(trajectory.train(h.epochs))
        for f in fields(Record)[1:]:
            np.testing.assert_array_equal(getattr(made.runs[h], f.name), getattr(trajectory.run(h), f.name))
        expected = [trajectory.network_at(e).weights[0][0] for e in (0, 3, 6)] if h.hidden == (30,) else []
        np.testing.assert_allclose(made.extra[h].portraits, np.array(expected), rtol=1e-3, atol=1e-4)
        for k, epoch in enumerate((0, 4)):
            for layer, w in enumerate(trajectory.network_at(epoch).weights):
                np.testing.assert_allclose(made.extra[h].variance[:, k, layer], w.var(axis=(1, 2)), rtol=1e-4)
    assert not (tmp_path / "unfinished").exists()
    assert said[0].startswith("run 1 of 4: 0/6 epochs")
    assert said[-1].startswith("run 4 of 4: 4/4 epochs")
    assert set(made.made) == {"date", "commit", "numpy", "images", "published"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([book.FILE, *map(file_name, small)])


@pytest.mark.parametrize("at", [(1, 0), (1, 5), (3, 3), (4, 4)])
def test_an_interrupted_make_goes_on_where_it_was_and_gives_the_same(small, whole, tmp_path, at):
    leave(tmp_path, "run {} of 4: {}/".format(*at))
    assert not list(tmp_path.glob("*.npz"))  # all or nothing
    said = []
    book.make(said.append, tmp_path, tmp_path / "unfinished")
    assert at[1] == 0 or not [line for line in said if line.startswith("run {} of 4: {}/".format(*at))]  # not trained again
    for h in small:
        for f in fields(Record)[1:]:
            one, other = (getattr(read(folder / file_name(h)).run, f.name) for folder in (whole, tmp_path))
            np.testing.assert_array_equal(one, other)
    (_, one), (_, other) = (read_arrays(folder / book.FILE) for folder in (whole, tmp_path))
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def trained_epochs(folder, monkeypatch):
    """How many epochs a make trains."""
    counted, record = [], book.Trajectory.train.__globals__["Record"]
    after = record.after
    monkeypatch.setattr(record, "after", lambda *a: counted.append(1) or after(*a))
    book.make(lambda line: None, folder, folder / "unfinished")
    return len(counted)


def test_it_is_saved_while_it_grows(small, tmp_path, monkeypatch):
    """A process that is killed has no last word: what was saved before must do."""
    monkeypatch.setattr(book, "SAVE_EVERY", 0)
    write, written = book.write, []

    def until_killed(*arguments):
        if len(written) >= 4:
            raise KeyboardInterrupt  # the last saving is not made either
        written.append(write(*arguments))
        return written[-1]

    with monkeypatch.context() as patched:
        patched.setattr(book, "write", until_killed)
        with pytest.raises(KeyboardInterrupt):
            book.make(lambda line: None, tmp_path, tmp_path / "unfinished")
    assert trained_epochs(tmp_path, monkeypatch) == 2 * 6 + 2 * 4 - 3  # saved after epochs 0 to 3


@pytest.mark.parametrize("what", ["REVISION", "images"])
def test_what_was_made_otherwise_is_not_gone_on_from(small, tmp_path, monkeypatch, what):
    leave(tmp_path, "run 2 of 4: 3/")
    if what == "REVISION":
        monkeypatch.setattr("engine.archive.codec.REVISION", 0)
    else:
        images, labels = datasets._mnist()
        monkeypatch.setattr(datasets, "_mnist", functools.lru_cache(lambda: (images / 2, labels)))
        datasets._load.cache_clear()
    assert trained_epochs(tmp_path, monkeypatch) == 2 * 6 + 2 * 4
    datasets._load.cache_clear()


def test_a_damaged_leftover_is_trained_again(small, tmp_path, monkeypatch):
    leave(tmp_path, "run 2 of 4: 3/")
    (tmp_path / "unfinished" / file_name(small[0])).write_bytes(b"half a file")
    assert trained_epochs(tmp_path, monkeypatch) == 2 * 6 + 2 * 4 - 3
    assert book.results.__wrapped__(tmp_path).runs[small[0]].epochs == 6


@pytest.mark.parametrize("fails", range(5))
def test_a_disk_that_fills_up_leaves_the_former_results(whole, tmp_path, monkeypatch, fails):
    before = copied(whole, tmp_path)
    write, write_arrays, count = book.write, book.write_arrays, []

    def room():
        count.append(1)
        if len(count) > fails:
            raise OSError(28, "No space left on device")

    def a_run(run, networks, folder):
        if folder.name == "finished":
            room()
        return write(run, networks, folder)

    def the_rest(path, about, **arrays):
        room()
        return write_arrays(path, about, **arrays)

    monkeypatch.setattr(book, "write", a_run)
    monkeypatch.setattr(book, "write_arrays", the_rest)
    with pytest.raises(OSError, match="No space left"):
        book.make(lambda line: None, tmp_path, tmp_path / "unfinished")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.npz")} == before


def test_results_that_do_not_belong_together_are_not_read(small, whole, tmp_path):
    copied(whole, tmp_path)
    first, second = (tmp_path / file_name(h) for h in small[:2])
    first.write_bytes(second.read_bytes())
    with pytest.raises(ValueError, match="is not the file that"):
        book.results.__wrapped__(tmp_path)
