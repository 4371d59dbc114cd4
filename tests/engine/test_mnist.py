"""MNIST: where it comes from, and what is said where it cannot be had. A server on the loopback plays both mirrors."""

import gzip
import hashlib
import http.server
import os
import re
import struct
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass, field

import numpy as np
import pytest

from engine import Hyperparameters, datasets, mnist
from tests.conftest import ROOT

SHAPES = {"train-images": (60, 28, 28), "train-labels": (60,), "t10k-images": (10, 28, 28), "t10k-labels": (10,)}
ARRAYS = {
    name: np.random.default_rng(k).integers(0, 10 if len(shape) == 1 else 256, shape, dtype=np.uint8)
    for k, (name, shape) in enumerate(SHAPES.items())
}
NAMES = tuple(mnist.FILES)


def idx(array, kind=8):
    """The format of the published files, written here: magic number, big-endian lengths, bytes."""
    return bytes([0, 0, kind, array.ndim]) + b"".join(struct.pack(">I", n) for n in array.shape) + array.tobytes()


FILES = {name: gzip.compress(idx(array), mtime=0) for name, array in zip(NAMES, ARRAYS.values())}


@dataclass
class Mirror:
    """What a loopback server sends; by default the published file."""

    content: dict = field(default_factory=lambda: dict(FILES))
    announce: int = 0  # bytes more than are sent
    status: int = 200
    silent: bool = False
    asked: list = field(default_factory=list)


@pytest.fixture
def mirrors(monkeypatch, tmp_path):
    """Two servers in place of the two mirrors, small files in place of MNIST, and an empty cache."""
    kept, servers, over = [Mirror(), Mirror()], [], threading.Event()

    def handler(mirror):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rsplit("/", 1)[-1]
                mirror.asked.append(name)
                content = mirror.content.get(name, b"")
                self.send_response(mirror.status)
                self.send_header("Content-Length", str(len(content) + mirror.announce))
                self.end_headers()
                if mirror.silent:
                    over.wait()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        return Handler

    for mirror in kept:
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(mirror)))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(mnist, "MIRRORS", tuple(f"http://127.0.0.1:{s.server_port}/some/where/" for s in servers))
    published = {
        name: mnist.Published(hashlib.sha256(FILES[name]).hexdigest(), shape) for name, shape in zip(NAMES, SHAPES.values())
    }
    monkeypatch.setattr(mnist, "FILES", published)
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache" / "mnist")
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield kept
    over.set()
    for server in servers:
        server.shutdown()
        server.server_close()


def refusal(tmp_path):
    """The message of a failure; nothing is left behind, half or whole, of the file that failed."""
    with pytest.raises(mnist.Unavailable) as failure:
        mnist.read()
    left = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.parent.name == "mnist"}
    assert all(FILES[name] == content for name, content in left.items())
    message = str(failure.value)
    assert "\n" not in message
    assert "MNIST_DIR" in message
    return message


def test_files_are_downloaded_once_and_kept_as_they_were_sent(mirrors, tmp_path):
    images, labels = mnist.read()
    np.testing.assert_array_equal(images, ARRAYS["train-images"].reshape(60, 784))
    np.testing.assert_array_equal(labels, ARRAYS["train-labels"])
    assert mirrors[0].asked == list(NAMES)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cache" / "mnist").iterdir()} == FILES
    mnist.read()
    assert mirrors[0].asked == list(NAMES)
    assert mirrors[1].asked == []
    assert mnist.is_published()


def test_progress_counts_the_bytes_of_every_file(mirrors):
    heard = []
    mnist.folder(lambda *what: heard.append(what))
    for name in NAMES:
        counts = [(done, total) for which, done, total in heard if which == name]
        assert counts == sorted(counts)
        assert counts[-1] == (len(FILES[name]), len(FILES[name]))


def test_what_progress_raises_ends_the_download_and_it_goes_on_another_time(mirrors, tmp_path):
    def leave(name, done, total):
        if name == NAMES[2]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mnist.folder(leave)
    assert sorted(path.name for path in (tmp_path / "cache" / "mnist").iterdir()) == sorted(NAMES[:2])
    mirrors[0].asked.clear()
    mnist.folder()
    assert mirrors[0].asked == list(NAMES[2:])


@pytest.mark.parametrize("name", NAMES)
def test_a_file_damaged_in_the_cache_is_downloaded_again(mirrors, tmp_path, name):
    mnist.read()
    path = tmp_path / "cache" / "mnist" / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert path.read_bytes() != FILES[name]
    mirrors[0].asked.clear()
    mnist.read()
    assert mirrors[0].asked == [name]
    assert path.read_bytes() == FILES[name]


FAULTS = {
    "refused": (dict(status=503), "Service Unavailable"),
    "missing": (dict(status=404), "Not Found"),
    "truncated": (dict(content={n: c[: len(c) // 2] for n, c in FILES.items()}, announce=5000), r"ends after [\d,]+ of"),
    "truncated without a word": (dict(content={n: c[: len(c) // 2] for n, c in FILES.items()}), "not the published file"),
    "another file": (
        dict(content=dict.fromkeys(NAMES, gzip.compress(b"another"))),
        "not the published file, its SHA-256 differs",
    ),
    "silent": (dict(silent=True), "timed out"),
    "endless": (dict(content=dict.fromkeys(NAMES, bytes(1 << 20))), "does not end"),
}


def wait_shortly_for_silence(mirrors, monkeypatch):
    """A tenth of a second for a mirror that never answers, and for the others as long as a busy machine takes."""
    urlopen = urllib.request.urlopen

    def opened(url, timeout):
        assert timeout == mnist.TIMEOUT
        silent = mirrors[0].silent and url.startswith(mnist.MIRRORS[0])
        return urlopen(url, timeout=0.1 if silent else 60)

    monkeypatch.setattr(urllib.request, "urlopen", opened)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_second_mirror_is_asked_when_the_first_fails(mirrors, monkeypatch, fault):
    monkeypatch.setattr(mnist, "MOST", 1 << 18)
    vars(mirrors[0]).update(FAULTS[fault][0])
    wait_shortly_for_silence(mirrors, monkeypatch)
    images, _ = mnist.read()
    np.testing.assert_array_equal(images, ARRAYS["train-images"].reshape(60, 784))
    assert mirrors[0].asked == mirrors[1].asked == list(NAMES)


@pytest.mark.parametrize("fault", FAULTS)
def test_when_both_fail_one_message_says_what_each_did(mirrors, monkeypatch, tmp_path, fault):
    monkeypatch.setattr(mnist, "MOST", 1 << 18)
    wait_shortly_for_silence(mirrors, monkeypatch)
    change, says = FAULTS[fault]
    vars(mirrors[0]).update(change)
    mirrors[1].status = 404
    message = refusal(tmp_path)
    assert re.fullmatch(
        rf"MNIST could not be downloaded\. 127\.0\.0\.1:\d+: .*{says}.*; 127\.0\.0\.1:\d+: Not Found\. The four files .*",
        message,
    )
    assert not list(tmp_path.rglob("*.gz"))  # the first file failed already


def test_a_mirror_that_trickles_is_given_up(mirrors, monkeypatch):
    monkeypatch.setattr(mnist, "DEADLINE", -1)
    with pytest.raises(mnist.Unavailable, match=r"takes longer than -1 s"):
        mnist.read()


def test_two_who_ask_at_once_download_once(mirrors):
    threads = [threading.Thread(target=mnist.folder) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mirrors[0].asked == list(NAMES)


def test_no_network(mirrors, monkeypatch, tmp_path):
    closed = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    nobody = f"http://127.0.0.1:{closed.server_port}/"
    closed.server_close()
    monkeypatch.setattr(mnist, "MIRRORS", (nobody, nobody))
    assert "Connection refused" in refusal(tmp_path)
    monkeypatch.setattr(mnist, "MIRRORS", ("http://no.such.host.invalid/",))
    assert "MNIST could not be downloaded. no.such.host.invalid: " in refusal(tmp_path)


def test_a_cache_that_cannot_be_written(mirrors, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("a file where the folder should be")
    message = refusal(tmp_path)
    assert message.startswith(f"MNIST cannot be kept in {tmp_path / 'cache' / 'mnist'}: ")
    (tmp_path / "cache").unlink()

    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(mnist, "written_whole", refuse)
    assert "Permission denied" in refusal(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache(mirrors, tmp_path):
    place = tmp_path / "cache" / "mnist"
    place.mkdir(parents=True)
    place.chmod(0o500)
    assert "Permission denied" in refusal(tmp_path)
    place.chmod(0o700)


def test_a_disk_that_fills_up_leaves_nothing_behind(mirrors, tmp_path, monkeypatch):
    from engine import files

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.Path, "replace", full)
    assert "No space left on device" in refusal(tmp_path)
    assert not list((tmp_path / "cache" / "mnist").iterdir())


# files that are there already


@pytest.fixture
def given(mirrors, monkeypatch, tmp_path):
    """A folder with the four files, named by MNIST_DIR; no mirror may be asked."""
    place = tmp_path / "given"
    place.mkdir()
    for name, content in FILES.items():
        (place / name).write_bytes(content)
    monkeypatch.setenv("MNIST_DIR", str(place))
    yield place
    assert mirrors[0].asked == mirrors[1].asked == []
    assert not (tmp_path / "cache").exists()


def test_files_that_are_there_are_used_whatever_their_checksum(given):
    other = ARRAYS["train-images"] // 2
    (given / NAMES[0]).write_bytes(gzip.compress(idx(other)))
    np.testing.assert_array_equal(mnist.read()[0], other.reshape(60, 784))
    assert not mnist.is_published()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_not_there(given, tmp_path, name):
    (given / name).unlink()
    assert refusal(tmp_path) == f"MNIST_DIR is {given}, where there is no file {name}."


LABELS = ARRAYS["train-labels"]
BAD = {
    "not gzip": (idx(LABELS), "cannot be unpacked"),
    "cut off": (FILES[NAMES[1]][:-20], "cannot be unpacked"),
    "empty": (b"", "is not an IDX file of 60 bytes"),
    "another shape": (gzip.compress(idx(LABELS[:59])), "is not an IDX file of 60 bytes"),
    "one byte too many": (gzip.compress(idx(LABELS) + b"!"), "is not an IDX file of 60 bytes"),
    "one byte too few": (gzip.compress(idx(LABELS)[:-1]), "is not an IDX file of 60 bytes"),
    "not bytes": (gzip.compress(idx(LABELS, kind=13)), "is not an IDX file of 60 bytes"),
    "a label above 9": (gzip.compress(idx(LABELS + 1)), "has a label above 9"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_file_of_another_format_or_shape(given, fault):
    content, says = BAD[fault]
    (given / NAMES[1]).write_bytes(content)
    with pytest.raises(mnist.Unavailable, match=re.escape(f"{given / NAMES[1]} ") + says):
        mnist.read()


def test_the_command_line_says_it_in_one_line(mirrors, tmp_path):
    environment = os.environ | {"MNIST_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "engine", "--dataset", "mnist", "--epochs", "1"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"python -m engine: MNIST_DIR is {tmp_path}, where there is no file {NAMES[0]}.\n"


# as data of a run


def test_the_split_is_the_books(mnist_folder):
    h = Hyperparameters(dataset="mnist", n_train=20)
    data = datasets.load(h)
    images, labels = mnist.read()
    assert (h.fan_in, Hyperparameters(dataset="mnist").n_train) == (784, 50_000)
    assert data.x_train.dtype == np.float32
    np.testing.assert_array_equal(np.round(data.x_train * 255), images[:20])
    np.testing.assert_array_equal(data.y_train.argmax(axis=1), labels[:20])
    np.testing.assert_array_equal(np.round(data.x_validation * 255), images[50_000:])
    np.testing.assert_array_equal(data.y_validation, labels[50_000:])
    assert data.x_train.min() == 0
    assert 0.99 < data.x_validation.max() <= 1


def test_it_is_kept_once_for_all_who_ask(mnist_folder):
    """However many examples, and however many threads ask at once: the images are the same memory, under 250 MB."""
    datasets._load.cache_clear()
    datasets._mnist.cache_clear()
    asked = [Hyperparameters(dataset="mnist", n_train=n) for n in (10, 500, 50_000, 10)]
    found = [None] * len(asked)

    def ask(k):
        found[k] = datasets.load(asked[k])

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert datasets._mnist.cache_info().misses == 1
    whole = datasets._mnist()[0]
    assert whole.nbytes < 250e6
    for data in found:
        assert np.shares_memory(data.x_train, whole)
        assert np.shares_memory(data.x_validation, whole)


def test_statistics_of_the_data_are_those_of_double_precision(mnist_folder):
    data = datasets.load(Hyperparameters(dataset="mnist", n_train=5000))
    x, y = data.x_train.astype(float), data.y_train.astype(float)
    cross = np.cov(np.hstack([y, x]).T, bias=True)[:10, 10:]
    np.testing.assert_allclose(data.covariance, cross, atol=1e-12)
    assert data.top_singular_value == pytest.approx(np.linalg.norm(cross, 2), rel=1e-10)
    assert data.mean_norm_squared == pytest.approx(np.linalg.norm(x, axis=1).dot(np.linalg.norm(x, axis=1)) / 5000, rel=1e-10)


@pytest.mark.parametrize("side", [14, 7, 4])
def test_images_of_fewer_pixels_are_means_of_squares(mnist_folder, side):
    whole, small = (datasets.load(Hyperparameters(dataset="mnist", n_train=30, fan_in=n)) for n in (784, side * side))
    assert small.x_train.shape == (30, side * side)
    assert small.x_train.dtype == np.float32
    step = 28 // side
    for image, reduced in zip(whole.x_train[:5].reshape(-1, 28, 28), small.x_train[:5].reshape(-1, side, side)):
        for row in range(side):
            for column in range(side):
                square = image[row * step : (row + 1) * step, column * step : (column + 1) * step]
                assert reduced[row, column] == pytest.approx(square.mean(dtype=float), abs=1e-6)
    np.testing.assert_array_equal(small.y_validation, whole.y_validation)


def test_other_fan_ins_are_refused():
    with pytest.raises(ValueError, match=r"fan_in must be 784 or 196 or 49 or 16 for mnist, got 100"):
        Hyperparameters(dataset="mnist", fan_in=100)
