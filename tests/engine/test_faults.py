"""Disks that are full or read-only, files that are damaged, mirrors that hang: a line says so, and nothing else is lost."""

import io
import json
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import Hyperparameters, archive, datasets, defaults, mnist, train
from engine.archive import RESULTS, Damaged, Store, file_name, find, pack, read, unpack, write
from engine.files import written_whole
from engine.measurements import Record
from engine.studies import accuracies, book, contest, difference, film, looks, regimes, straight, today
from engine.studies.command import command
from engine.training import Trajectory
from tests.conftest import ROOT
from tests.engine.executing import ASKED, assert_whole
from tests.nonsense import Nonsense

pytestmark = pytest.mark.faults

H = Hyperparameters(n_train=20, hidden=(3,), epochs=4, replicates=2)
READ_ONLY = "/sys"
"""A folder in which not even root can make a file."""


def process(*arguments, most=None):
    """A Python that can write no file larger than `most` bytes: a disk that is full."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=limit if most else None
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def trajectory():
    found = Trajectory(H)
    list(found.train(H.epochs))
    return found


# disks


@pytest.mark.parametrize("place", ["full", "read-only"])
def test_a_table_that_cannot_be_written_is_printed(tmp_path, place):
    path = tmp_path / "run.csv" if place == "full" else f"{READ_ONLY}/run.csv"
    small = ["--n-train", "20", "--hidden", "3", "--epochs", "9", "--replicates", "3"]
    done = process("-m", "engine", *small, "--csv", str(path), most=1000)
    assert done.returncode == 1
    assert f"{path} cannot be written: " in done.stderr
    assert len(done.stdout.splitlines()) == 11  # a heading and epochs 0 to 9
    assert list(tmp_path.iterdir()) == []


SWEEP = """
import sys
from functools import partial
from engine import sweep
from engine.studies.command import command
from tests.engine.executing import ASKED, Here
make = lambda store, open_executor, show: sweep.run(ASKED, store, Here, show)
sys.exit(command("tiny", make, ["--store", sys.argv[1]]))
"""


def test_a_store_on_a_full_disk_keeps_what_it_has(tmp_path):
    path = tmp_path / "runs.sqlite"
    Store(path).add(pack(train(ASKED[0], cache=None)))
    done = process("-c", SWEEP, str(path), most=path.stat().st_size + 4096)
    assert done.returncode == 1
    assert "disk" in done.stderr
    store = Store(path)
    assert store.get(ASKED[0]) is not None
    assert len(store) < len(ASKED)
    assert process("-c", SWEEP, str(path)).returncode == 0  # there is room again
    assert_whole(Store(path))


def test_a_store_in_a_read_only_folder_is_refused_in_words():
    said = command("tiny", None, ["--store", f"{READ_ONLY}/runs.sqlite"])
    assert said.startswith(f"{READ_ONLY}/runs.sqlite cannot be opened: ")


def test_results_that_cannot_be_made_again_stay(tmp_path, monkeypatch):
    """The disk fills up at the second of two runs; the results from before are removed only when all are there."""
    old, runs = write(train(H, cache=None), {}, tmp_path), [replace(H, seed=seed) for seed in (1, 2)]
    monkeypatch.setattr(defaults, "RESULTS", tmp_path)
    monkeypatch.setattr(defaults, "shipped", lambda: dict.fromkeys(runs, ()))
    written = []

    def full(run, networks, folder):
        written.append(run)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        return write(run, networks, folder)

    monkeypatch.setattr(defaults, "write", full)
    with pytest.raises(OSError, match="No space left"):
        defaults.main()
    assert read(old).run.hyperparameters == H
    defaults.main()
    assert {path.name for path in tmp_path.iterdir()} == {file_name(h) for h in runs}


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "some.npz"
    path.write_bytes(b"what was there")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
        with pytest.raises(OSError), written_whole(path) as file:  # noqa: PT011 - of the system
            file.write(bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"what was there"]


# files


def changes(arrays):
    """name -> arrays that are whole, and not those of the run."""
    for f in fields(Record)[1:]:
        array = arrays[f.name]
        yield f"no {f.name}", {f.name: None}
        yield f"{f.name} of one epoch less", {f.name: array[:, :-1]}
        yield f"{f.name} of one network", {f.name: array[:1]}
        yield f"{f.name} without an axis", {f.name: array[0]}
        yield f"{f.name} with another axis", {f.name: array[..., None]}
        yield f"{f.name} in whole numbers", {f.name: np.zeros(array.shape, int)}
        yield f"{f.name} in letters", {f.name: np.full(array.shape, "x")}
        yield f"{f.name} of objects", {f.name: np.full(array.shape, None)}
    for name in ("weight_rms", "training_cost"):
        for value in (np.nan, np.inf):
            yield f"{name} {value}", {name: np.full_like(arrays[name], value)}
    yield "more epochs than were asked for", {f.name: np.repeat(arrays[f.name], 3, axis=1) for f in fields(Record)[1:]}
    for name in ("weights_0_of_4", "biases_1_of_4"):
        yield f"{name} turned", {name: arrays[name].swapaxes(1, 2).copy()}
        yield f"{name} of one network", {name: arrays[name][:1]}
        yield f"{name} not finite", {name: np.full_like(arrays[name], np.nan)}
    yield "a layer less", {"weights_1_of_4": None}


def test_arrays_that_are_not_those_of_the_run_are_told_from_it(trajectory, tmp_path):
    """Valid files all of them; then the run counts as not there, and is trained."""
    about, arrays = archive.codec.parse(pack(trajectory.run(H), {4: trajectory.network}))
    for what, other in changes(arrays):
        left = {name: array for name, array in (arrays | other).items() if array is not None}
        file = io.BytesIO()
        np.savez_compressed(file, **{archive.codec.ABOUT: json.dumps(about)}, **left)
        with pytest.raises(Damaged):
            pytest.fail(f"taken for a run: {what}, {unpack(file.getvalue()).run.weight_rms.shape}")
        (tmp_path / file_name(H)).write_bytes(file.getvalue())
        assert find(H, tmp_path) is None, what
    settings = (None, 5, {}, {"l2": "x"}, {"seed": -1}, {"base": 5, "l2": [5]})
    for other in (*({"hyperparameters": h} for h in settings), {"data": 5}, {"revision": None}, {"diverged_at": "x"}):
        (tmp_path / file_name(H)).write_bytes(archive.codec.dump(about | other, arrays))
        assert find(H, tmp_path) is None


READERS = {
    "contest.npz": contest.results,
    "accuracies.npz": accuracies.results,
    "looks.npz": looks.results,
    "difference.npz": difference.results,
    "straight.npz": straight.results,
    "film.npz": film.results,
    "today.npz": today.results,
    "book.npz": book.results,
    "regimes.json": regimes.results,
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_ships_and_is_damaged_is_named(tmp_path, name):
    """Not there, empty, cut off, of random bytes, of another content; and once it is whole it is read."""
    whole = (RESULTS / name).read_bytes()
    other = b"{}" if name.endswith("json") else archive.codec.dump({"settings": 5}, {"x": np.ones(3)})
    for content in (None, b"", whole[: len(whole) // 2], Nonsense(1).stream.randbytes(5000), other):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(Damaged, match=rf"^{name}, which ships with the article, cannot be read\. \w"):
            READERS[name](tmp_path)
    for path in RESULTS.iterdir():
        shutil.copy(path, tmp_path)
    assert READERS[name](tmp_path) is not None


def test_digits_that_are_damaged_are_named(tmp_path, monkeypatch):
    path = tmp_path / "digits.npz"
    path.write_bytes(datasets.DIGITS.read_bytes()[:9000])
    monkeypatch.setattr(datasets, "DIGITS", path)
    with pytest.raises(Damaged, match=r"^digits\.npz, which ships"):
        datasets.load(Hyperparameters(n_train=1439))  # which nobody else asks for: data are kept
    said = process(
        "-c",
        f"""
import sys
from pathlib import Path
from engine import __main__, datasets
datasets.DIGITS = Path({str(path)!r})
sys.exit(__main__.main(["--epochs", "1"]))
""",
    )
    assert said.stderr.startswith("python -m engine: digits.npz, which ships with the article, cannot be read. ")


# mirrors


@contextmanager
def mirror(answer):
    """A server that accepts everybody, and has `answer(connection, over)` for each."""
    over, server = threading.Event(), socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=speak, args=(connection,), daemon=True).start()

    def speak(connection):
        with connection, suppress(OSError):
            answer(connection, over)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def say_nothing(connection, over):
    over.wait()


def trickle(connection, over):
    """A header without end: no single wait is long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not over.wait(0.02):
        connection.sendall(b"x")


def trickle_content(connection, over):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not over.wait(0.02):
        connection.sendall(b"x")


@pytest.fixture
def no_mnist(monkeypatch, tmp_path):
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "mnist")
    monkeypatch.setattr(mnist, "TICK", 0.01)
    monkeypatch.setitem(mnist._seen, "failure", None)
    return tmp_path


@pytest.mark.parametrize("answer", [say_nothing, trickle, trickle_content])
def test_a_mirror_that_hangs_is_given_up(no_mnist, monkeypatch, answer):
    monkeypatch.setattr(mnist, "DEADLINE", 0.3)
    with mirror(answer) as url:
        monkeypatch.setattr(mnist, "MIRRORS", (url, url))
        started = time.monotonic()
        with pytest.raises(mnist.Unavailable, match=r"takes longer than 0 s; .* takes longer than 0 s\. The four files"):
            mnist.folder()
        assert 0.6 <= time.monotonic() - started < 5
    assert not [*no_mnist.rglob("*.gz")]


def test_all_mirrors_together_have_a_limit(no_mnist, monkeypatch):
    monkeypatch.setattr(mnist, "LIMIT", 0.5)
    with mirror(say_nothing) as url:
        monkeypatch.setattr(mnist, "MIRRORS", (url,) * 100)
        started = time.monotonic()
        with pytest.raises(mnist.Unavailable):
            mnist.folder()
        assert time.monotonic() - started < 5


def asked_by(readers):
    """What each of so many who ask at once is told, and how long each waited."""
    told = [None] * readers

    def ask(k):
        started = time.monotonic()
        with pytest.raises(mnist.Unavailable) as refusal:
            mnist.folder()
        told[k] = str(refusal.value), time.monotonic() - started

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return zip(*told)


def test_who_waited_for_a_download_that_failed_does_not_wait_again(no_mnist, monkeypatch):
    """Five readers, one after the other, would be five times the time."""
    connections = []

    def answer(connection, over):
        connections.append(connection)
        over.wait()

    monkeypatch.setattr(mnist, "DEADLINE", 0.5)
    with mirror(answer) as url:
        monkeypatch.setattr(mnist, "MIRRORS", (url,))
        messages, waited = asked_by(5)
    assert len(set(messages)) == 1
    assert max(waited) < 1.5
    assert len(connections) == 1


def test_waiting_for_another_readers_download_has_a_limit(no_mnist, monkeypatch):
    """And the one who waits sees how far it is, and can leave."""
    monkeypatch.setattr(mnist, "LIMIT", 0.3)
    seen = []
    with mnist.DOWNLOADING:
        with pytest.raises(mnist.Unavailable, match=r"downloaded for another reader, and has not come within 0\.3 s"):
            mnist.folder(lambda *progress: seen.append(progress))
        with pytest.raises(KeyboardInterrupt):
            mnist.folder(interrupt)
    assert seen
    assert all(len(progress) == 3 for progress in seen)
    assert mnist.DOWNLOADING.acquire(blocking=False)  # nobody who left holds it
    mnist.DOWNLOADING.release()


def interrupt(*progress):
    raise KeyboardInterrupt


def test_when_the_one_who_downloads_leaves_another_goes_on(no_mnist, monkeypatch):
    """What a reader does not want any more is not another's failure."""
    monkeypatch.setattr(mnist, "_download", lambda name, progress, until: progress(name, 0, 0) or b"")
    monkeypatch.setattr(mnist, "_keep", lambda path, content: None)
    entered, leave = threading.Event(), threading.Event()

    def first(*progress):
        entered.set()
        leave.wait(30)
        raise KeyboardInterrupt

    def leaves():
        with pytest.raises(KeyboardInterrupt):
            mnist.folder(first)

    thread = threading.Thread(target=leaves)
    thread.start()
    assert entered.wait(30)
    threading.Timer(0.1, leave.set).start()
    assert mnist.folder(lambda *progress: None) == no_mnist / "mnist"
    thread.join()
