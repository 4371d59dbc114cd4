"""MNIST, for the tests of every tier."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
os.environ.setdefault("RUNS_WORKERS", "0")  # pages that are run without a server train in a thread of theirs


def like_mnist(folder):
    """Four files of the format and shape of MNIST: the small digits, three times as large, each shifted a little."""
    with np.load(ROOT / "engine" / "data" / "digits.npz") as file:
        images, labels = file["images"].reshape(-1, 8, 8), file["labels"]
    large = np.minimum(np.kron(images, np.ones((1, 3, 3), int)) * 16, 255)
    stream = np.random.default_rng(0)
    for prefix, count in (("train", 60_000), ("t10k", 10_000)):
        which, (down, right) = stream.integers(0, len(labels), count), stream.integers(0, 3, (2, count))
        canvas = np.zeros((count, 28, 28), np.uint8)
        for k in range(9):
            here = np.flatnonzero((down == k // 3) & (right == k % 3))
            canvas[here, 1 + k // 3 : 25 + k // 3, 1 + k % 3 : 25 + k % 3] = large[which[here]]
        for kind, array in (("images-idx3", canvas), ("labels-idx1", labels[which])):
            header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            (folder / f"{prefix}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes(), 1))


@pytest.fixture(scope="session")
def mnist_given():
    """The folder with the real MNIST, for tests of results made with it."""
    if not os.environ.get("MNIST_DIR"):
        pytest.skip("needs MNIST: name a folder with its files in MNIST_DIR")
    return Path(os.environ["MNIST_DIR"])


@pytest.fixture(scope="session")
def mnist_files(tmp_path_factory):
    """A folder with MNIST, the real one if MNIST_DIR names it; else something of its format and shape."""
    if os.environ.get("MNIST_DIR"):
        return Path(os.environ["MNIST_DIR"])
    folder = tmp_path_factory.mktemp("like_mnist")
    like_mnist(folder)
    return folder


@pytest.fixture
def mnist_folder(mnist_files, monkeypatch):
    """MNIST can be had, without a network."""
    monkeypatch.setenv("MNIST_DIR", str(mnist_files))
    return mnist_files
