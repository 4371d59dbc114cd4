"""The data sets: their sizes, known without loading them, and their arrays.

`digits`: 1,797 images of handwritten digits, 8x8 pixels; see data/README.md for source and licence. With a larger fan-in every
pixel stands there k times, over sqrt(k): another count of weights, and exactly the same task.
`mnist`: 60,000 images of handwritten digits, 28x28 pixels, split as in the book; downloaded when first used. Its 10,000 test
images stay untouched.
`teacher`: standard normal inputs of any fan-in, labelled by a random linear teacher.
"""

import hashlib
import io
import math
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine import mnist
from engine.files import shipped, written_whole

DIGITS = Path(__file__).parent / "data" / "digits.npz"


PIECE = 4096
"""Examples taken into double precision at a time."""
SAMPLED = 997
"""Every so many images of a file that is mapped are compared with those that it was made of."""
LOADING = threading.Lock()


class Shape(NamedTuple):
    n_train: int
    n_validation: int
    fan_in: int  # the default, where it can be chosen
    classes: int
    fan_ins: tuple = ()  # others: images of fewer pixels, each the mean of a square of them, or with several copies of each


SHAPES = {
    "digits": Shape(n_train=1440, n_validation=357, fan_in=64, classes=10, fan_ins=(128, 256, 512, 1024)),
    "mnist": Shape(n_train=50_000, n_validation=10_000, fan_in=784, classes=10, fan_ins=(196, 49, 16)),
    "teacher": Shape(n_train=2000, n_validation=500, fan_in=100, classes=10),
}


@dataclass(frozen=True)
class Dataset:
    x_train: np.ndarray  # (n_train, fan_in) float32
    y_train: np.ndarray  # (n_train, classes) float32, one-hot
    x_validation: np.ndarray  # (n_validation, fan_in) float32
    y_validation: np.ndarray  # (n_validation,) labels

    @cached_property
    def digest(self):
        """SHA-256 of all its numbers: a run of other data is another run."""
        found = hashlib.sha256()
        for array in (self.x_train, self.y_train, self.x_validation, self.y_validation):
            found.update(f"{array.dtype.str} {array.shape} ".encode())
            found.update(np.ascontiguousarray(array))
        return found.hexdigest()

    @cached_property
    def unused_inputs(self):
        """(fan_in,) True for inputs that are 0 in every training example: their weights feel no gradient."""
        return ~self.x_train.any(axis=0)

    @cached_property
    def covariance(self):
        """The covariance of targets and inputs over the training examples, (classes, fan_in) float64."""
        return _covariance(self.y_train, self.x_train)

    @cached_property
    def whitened_covariance(self):
        """The covariance of targets and whitened inputs, (classes, rank): principal components, each scaled to variance 1."""
        variances, directions = np.linalg.eigh(_covariance(self.x_train, self.x_train))
        kept = variances > 1e-9 * variances[-1]
        return self.covariance @ directions[:, kept] / np.sqrt(variances[kept])

    @cached_property
    def top_singular_value(self):
        """s_1 of the covariance of targets and inputs."""
        return float(np.linalg.svd(self.covariance, compute_uv=False)[0])

    @cached_property
    def mean_norm_squared(self):
        """Mean over the training examples of |x|^2."""
        return float(sum((x.astype(np.float64) ** 2).sum() for x in _pieces(self.x_train)) / len(self.x_train))


def _pieces(x):
    """For sums in float64, in which all of MNIST would take 310 MB."""
    return (x[k : k + PIECE] for k in range(0, len(x), PIECE))


def _covariance(a, b):
    """Over examples, (columns of a, columns of b) float64."""
    products = (one.T.astype(np.float64) @ other.astype(np.float64) for one, other in zip(_pieces(a), _pieces(b)))
    mean_a, mean_b = (c.mean(axis=0, dtype=np.float64) for c in (a, b))
    return sum(products) / len(a) - np.outer(mean_a, mean_b)


def load(h):
    """The data of a run: the first n_train examples of the fixed order, and the whole validation set.

    Kept once for all who ask. Raises mnist.Unavailable where MNIST is needed and cannot be had, files.Damaged where the digits
    that ship cannot be read.
    """
    fetch(h)
    with LOADING:  # so that two who ask for MNIST at once do not unpack it twice
        return _load(h.dataset, h.n_train, h.fan_in, h.noise)


def at_hand(h):
    """Whether the data of a run need no download."""
    return h.dataset != "mnist" or mnist.at_hand()


def fetch(h, progress=None):
    """Download what the data of a run need, if anything, with progress as in mnist.folder. Raises mnist.Unavailable."""
    if h.dataset == "mnist" and not _mnist.cache_info().currsize:
        mnist.folder(progress)


@lru_cache(maxsize=4)
def _load(name, n_train, fan_in, noise):
    x, labels = SOURCES[name](fan_in, noise)
    shape = SHAPES[name]
    one_hot = np.eye(shape.classes, dtype=np.float32)[labels]
    arrays = x[:n_train], one_hot[:n_train], x[shape.n_train :], labels[shape.n_train :]
    for a in arrays:
        a.setflags(write=False)
    return Dataset(*arrays)


def _digits(fan_in, noise):
    with shipped(DIGITS), np.load(io.BytesIO(DIGITS.read_bytes())) as file:
        x, labels = (file["images"] / 16).astype(np.float32), file["labels"]
    copies = fan_in // x.shape[1]
    return (np.repeat(x, copies, axis=1) / np.float32(math.sqrt(copies)) if copies > 1 else x), labels


@lru_cache(maxsize=1)
def _mnist():
    """All of it in float32, 188 MB that all processes share: as bytes it would take 47 MB and every run a tenth longer."""
    images, labels = mnist.read()
    return _shared(images), labels


def _shared(images):
    """images / 255, mapped from a file in the user's cache; in memory where there is no place for it."""
    path = mnist.cache_folder() / f"scaled-{hashlib.sha256(images).hexdigest()[:16]}.npy"
    some = slice(0, None, SAMPLED)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):  # what is damaged is made again
            with suppress(OSError, ValueError, EOFError):
                found = np.load(path, mmap_mode="r")
                if found.shape == images.shape and np.array_equal(found[some], images[some] / np.float32(255)):
                    return np.asarray(found)
            with written_whole(path) as file:
                np.save(file, images / np.float32(255))
    except OSError:
        pass
    return images / np.float32(255)


def _reduced_mnist(fan_in, noise):
    x, labels = _mnist()
    side = math.isqrt(fan_in)
    if fan_in < x.shape[1]:
        x = x.reshape(len(x), side, 28 // side, side, 28 // side).mean(axis=(2, 4)).reshape(len(x), fan_in)
    return x, labels


def _teacher(fan_in, noise):
    """Label = the largest of ten outputs (T x)_k / sqrt(fan_in) + noise, with T and x standard normal."""
    shape = SHAPES["teacher"]
    stream = np.random.default_rng(312642)
    teacher = stream.standard_normal((shape.classes, fan_in))
    x = stream.standard_normal((shape.n_train + shape.n_validation, fan_in))
    outputs = x @ teacher.T / np.sqrt(fan_in) + noise * stream.standard_normal((len(x), shape.classes))
    return x.astype(np.float32), outputs.argmax(axis=1)


SOURCES = {"digits": _digits, "mnist": _reduced_mnist, "teacher": _teacher}
