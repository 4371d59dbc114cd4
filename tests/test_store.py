"""The store of runs: what comes out is what went in, or nothing."""

import sqlite3
import threading
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, train
from engine.measurements import Record
from engine.store import Store, pack, unpack

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


def test_stored_arrays_cannot_be_changed(store):
    store.add(pack(trained(H)))
    with pytest.raises(ValueError, match="read-only"):
        store.get(H).weight_rms[0] = 0


@pytest.mark.parametrize("column", ["content", "checksum"])
def test_a_run_that_fails_its_checksum_is_not_trusted(store, said, column):
    store.add(pack(trained(H)))
    store.add(pack(trained(replace(H, seed=1))))
    with sqlite3.connect(store.path) as connection:
        key, value = connection.execute(f"SELECT key, {column} FROM runs").fetchone()
        damaged = bytes([value[0] ^ 1]) + value[1:] if column == "content" else "0" * 64
        connection.execute(f"UPDATE runs SET {column} = ? WHERE key = ?", (damaged, key))
    connection.close()
    found = [store.get(h) for h in (H, replace(H, seed=1))]
    assert sum(run is None for run in found) == 1
    assert said == [f"a run in {store.path} fails its checksum; it is trained again"]
    assert len(store) == 1


@pytest.mark.parametrize("content", [b"not a database, but long enough to be taken for one" * 100, None])
def test_a_damaged_file_is_set_aside_with_a_message(tmp_path, said, content):
    path = tmp_path / "runs.sqlite"
    if content is None:
        Store(path).add(pack(trained(H)))
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        whole = path.read_bytes()
        content = whole[:4096] + bytes(len(whole) - 8192) + whole[-4096:]
    path.write_bytes(content)
    store = Store(path, said.append)
    assert len(store) == 0
    assert len(said) == 1
    assert said[0].startswith(f"{path} is damaged (")
    aside = [p for p in tmp_path.iterdir() if "damaged" in p.name]
    assert [p.read_bytes() for p in aside] == [content]
    store.add(pack(trained(H)))
    assert_same(Store(path, said.append).get(H), trained(H))
    assert len(said) == 1


def test_a_place_that_cannot_be_written_is_an_error_and_sets_nothing_aside(tmp_path):
    (tmp_path / "runs.sqlite").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        Store(tmp_path / "runs.sqlite")
    assert (tmp_path / "runs.sqlite").is_dir()


def test_two_stores_share_one_file(tmp_path):
    """Forty runs from eight threads through two stores: each is there once."""
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
        assert_same(stores[seed % 2].get(h), unpack(content, h))
