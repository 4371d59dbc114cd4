"""The store of runs: what comes out is what went in, or nothing."""

import sqlite3
import subprocess
import sys
import threading
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, datasets, train
from engine.archive import Store, pack, unpack
from engine.archive.codec import key
from engine.measurements import Record
from tests.conftest import ROOT

H = Hyperparameters(n_train=20, hidden=(3,), epochs=5, replicates=2)
DIVERGES = Hyperparameters(n_train=20, hidden=(3,), epochs=50, replicates=2, l2=500.0, learning_rate=5.0, batch_size=1)


def trained(h):
    return train(h, cache=None)


def assert_same(one, other):
    assert one.hyperparameters == other.hyperparameters
    assert one.diverged_at == other.diverged_at
    for f in fields(Record)[1:]:
        np.testing.assert_array_equal(getattr(one, f.name), getattr(other, f.name))


@pytest.fixture
def said():
    return []


@pytest.fixture
def store(tmp_path, said):
    return Store(tmp_path / "runs.sqlite", said.append)


@pytest.mark.parametrize("h", [H, DIVERGES], ids=["plain", "diverged"])
def test_a_run_comes_back_bit_for_bit(store, h):
    run = trained(h)
    assert (run.diverged_at is not None) == (h is DIVERGES)
    assert store.get(h) is None
    store.add(pack(run))
    assert_same(store.get(h), run)
    assert_same(Store(store.path).get(h), run)
    assert len(store) == 1


def test_a_shorter_run_is_the_beginning_of_a_longer_one(store):
    store.add(pack(trained(H)))
    assert_same(store.get(replace(H, epochs=2)), trained(replace(H, epochs=2)))
    assert store.get(replace(H, epochs=6)) is None
    store.add(pack(trained(replace(H, epochs=3))))  # changes nothing
    assert_same(store.get(H), trained(H))
    store.add(pack(trained(replace(H, epochs=7))))
    assert_same(store.get(replace(H, epochs=7)), trained(replace(H, epochs=7)))
    assert len(store) == 1


def test_a_run_that_diverged_is_the_same_however_many_epochs_are_asked_for(store):
    run = trained(DIVERGES)
    store.add(pack(run))
    assert_same(store.get(replace(DIVERGES, epochs=900)), trained(replace(DIVERGES, epochs=900)))
    before = replace(DIVERGES, epochs=run.diverged_at - 1)
    assert_same(store.get(before), trained(before))


@pytest.mark.parametrize(
    "change", [dict(l2=4.0), dict(seed=1), dict(replicates=3), dict(initialization="scaled"), dict(n_train=21)]
)
def test_another_run_is_not_there(store, change):
    store.add(pack(trained(H)))
    assert store.get(replace(H, **change)) is None


def test_missing_are_listed_once_in_their_order(store):
    others = [replace(H, seed=seed) for seed in (3, 1, 2)]
    store.add(pack(trained(others[1])))
    assert store.missing([*others, *others]) == [others[0], others[2]]


@pytest.mark.parametrize("column", ["content", "checksum", "epochs"])
def test_a_run_that_fails_its_checksum_is_not_trusted(store, said, column):
    store.add(pack(trained(H)))
    store.add(pack(trained(replace(H, seed=1))))
    with sqlite3.connect(store.path) as connection:
        key, value = connection.execute(f"SELECT key, {column} FROM runs").fetchone()
        damaged = {"content": lambda: bytes([value[0] ^ 1]) + value[1:], "checksum": lambda: "0" * 64, "epochs": lambda: 50}
        damaged = damaged[column]()
        connection.execute(f"UPDATE runs SET {column} = ? WHERE key = ?", (damaged, key))
    connection.close()
    found = [store.get(h) for h in (H, replace(H, seed=1))]
    assert sum(run is None for run in found) == 1
    assert said == [f"a run in {store.path} fails its checksum; it is trained again"]
    assert len(store) == 1


def test_a_run_under_the_key_of_another_is_not_trusted(store, said):
    store.add(pack(trained(H)))
    other = replace(H, seed=7)
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE runs SET key = ?", (key(other, datasets.load(other).digest),))
    connection.close()
    assert store.get(other) is None
    assert len(said) == 1


def test_a_run_of_another_revision_is_missing(store, monkeypatch):
    store.add(pack(trained(H)))
    monkeypatch.setattr("engine.archive.codec.REVISION", 0)
    assert store.get(H) is None


def test_a_file_that_is_in_use_is_not_taken_for_a_damaged_one(store, said, monkeypatch):
    monkeypatch.setattr("engine.archive.store.PATIENCE", 0.1)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        store.add(pack(trained(H)))
    other.execute("ROLLBACK")
    other.close()
    assert not said
    assert not [p for p in store.path.parent.iterdir() if "damaged" in p.name]
    store.add(pack(trained(H)))
    assert len(store) == 1


OPEN = "import sys; from engine.archive import Store; print(len(Store(sys.argv[1], lambda line: print('aside'))))"


def damaged(path):
    """A store of one run, all zeros between its first page and its last; returns its bytes."""
    Store(path).add(pack(trained(H)))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 8192) + whole[-4096:])
    return path.read_bytes()


def test_many_who_find_a_damaged_file_set_it_aside_once(tmp_path):
    path = tmp_path / "runs.sqlite"
    damaged(path)
    command = [sys.executable, "-c", OPEN, str(path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = "".join(process.communicate()[0] for process in processes)
    assert said.count("aside") == 1
    assert said.count("0\n") == 6
    assert len([p for p in tmp_path.iterdir() if "damaged" in p.name]) == 1


def test_a_damaged_file_is_set_aside_with_a_message(tmp_path, said):
    path = tmp_path / "runs.sqlite"
    content = damaged(path)
    store = Store(path, said.append)
    assert len(store) == 0
    assert len(said) == 1
    assert said[0].startswith(f"{path} is damaged (")
    aside = [p for p in tmp_path.iterdir() if "damaged" in p.name]
    assert [p.read_bytes() for p in aside] == [content]
    store.add(pack(trained(H)))
    assert_same(Store(path, said.append).get(H), trained(H))
    assert len(said) == 1


def a_database(path, *statements):
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


FOREIGN = {
    "text": lambda path: path.write_text("an essay, which nobody has a copy of\n" * 100),
    "a few bytes": lambda path: path.write_bytes(b"SQLite"),
    "a database": lambda path: a_database(path, "CREATE TABLE accounts (name TEXT)"),
    "a database with a table of that name": lambda path: a_database(path, "CREATE TABLE runs (key TEXT)"),
    "a database of another program": lambda path: a_database(path, "PRAGMA application_id = 7", "CREATE TABLE runs (key TEXT)"),
    "a damaged one": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(5000)),
}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_a_file_that_is_no_store_is_never_touched(tmp_path, said, make):
    path = tmp_path / "thesis.sqlite"
    make(path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(ValueError, match=r"thesis\.sqlite is not a store of runs"):
        Store(path, said.append)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]
    assert not said


def test_a_file_of_ours_says_so_in_its_header(store):
    """Wherever SQLite has its log: it is known by its first bytes alone, as the format of SQLite has them."""
    for _ in range(2):
        assert store.path.read_bytes()[68:72] == b"wdec"
        store.add(pack(trained(H)))


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.touch()  # as a process leaves it that was killed before it wrote
    Store(path).add(pack(trained(H)))
    assert len(Store(path)) == 1


def test_a_place_that_cannot_be_written_is_an_error_and_sets_nothing_aside(tmp_path):
    (tmp_path / "runs.sqlite").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        Store(tmp_path / "runs.sqlite")
    assert (tmp_path / "runs.sqlite").is_dir()


def test_two_stores_share_one_file(tmp_path):
    """Ten runs, each from eight threads, through two stores: each is there once."""
    stores = [Store(tmp_path / "runs.sqlite") for _ in range(2)]
    contents = {seed: pack(trained(replace(H, seed=seed, epochs=1))) for seed in range(10)}

    def write(k):
        for seed, content in contents.items():
            stores[(k + seed) % 2].add(content)

    threads = [threading.Thread(target=write, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores[0]) == len(stores[1]) == 10
    for seed, content in contents.items():
        h = replace(H, seed=seed, epochs=1)
        assert_same(stores[seed % 2].get(h), unpack(content).run)
