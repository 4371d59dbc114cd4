"""The data sets: their sizes, known without loading them, and their arrays. Nothing is downloaded.

`digits`: 1,797 images of handwritten digits, 8x8 pixels; see data/README.md for source and licence.
`teacher`: standard normal inputs of any fan-in, labelled by a random linear teacher.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

DIGITS = Path(__file__).parent / "data" / "digits.npz"


class Shape(NamedTuple):
    n_train: int
    n_validation: int
    fan_in: int  # the default, where it can be chosen
    classes: int


SHAPES = {
    "digits": Shape(n_train=1440, n_validation=357, fan_in=64, classes=10),
    "teacher": Shape(n_train=2000, n_validation=500, fan_in=100, classes=10),
}


@dataclass(frozen=True)
class Dataset:
    x_train: np.ndarray  # (n_train, fan_in) float32
    y_train: np.ndarray  # (n_train, classes) float32, one-hot
    x_validation: np.ndarray  # (n_validation, fan_in) float32
    y_validation: np.ndarray  # (n_validation,) labels

    @cached_property
    def unused_inputs(self):
        """(fan_in,) True for inputs that are 0 in every training example: their weights feel no gradient."""
        return ~self.x_train.any(axis=0)

    @cached_property
    def covariance(self):
        """Of targets and inputs over the training examples, (classes, fan_in) float64."""
        x, y = (a.astype(np.float64) for a in (self.x_train, self.y_train))
        return (y - y.mean(axis=0)).T @ (x - x.mean(axis=0)) / len(x)

    @cached_property
    def whitened_covariance(self):
        """Of targets and whitened inputs, (classes, rank): the inputs' principal components, each scaled to variance 1."""
        x = self.x_train.astype(np.float64)
        variances, directions = np.linalg.eigh((x - x.mean(axis=0)).T @ (x - x.mean(axis=0)) / len(x))
        kept = variances > 1e-9 * variances[-1]
        return self.covariance @ directions[:, kept] / np.sqrt(variances[kept])

    @cached_property
    def top_singular_value(self):
        """s_1 of the covariance of targets and inputs."""
        return float(np.linalg.svd(self.covariance, compute_uv=False)[0])

    @cached_property
    def mean_norm_squared(self):
        """Mean over the training examples of |x|^2."""
        return float((self.x_train.astype(np.float64) ** 2).sum(axis=1).mean())


def load(h):
    """The data of a run: the first n_train examples of the fixed order, and the whole validation set."""
    return _load(h.dataset, h.n_train, h.fan_in, h.noise)


@lru_cache(maxsize=4)
def _load(name, n_train, fan_in, noise):
    x, labels = _digits() if name == "digits" else _teacher(fan_in, noise)
    shape = SHAPES[name]
    one_hot = np.eye(shape.classes, dtype=np.float32)[labels]
    arrays = x[:n_train], one_hot[:n_train], x[shape.n_train :], labels[shape.n_train :]
    for a in arrays:
        a.setflags(write=False)
    return Dataset(*arrays)


def _digits():
    with np.load(DIGITS) as file:
        return (file["images"] / 16).astype(np.float32), file["labels"]


def _teacher(fan_in, noise):
    """Label = the largest of ten outputs (T x)_k / sqrt(fan_in) + noise, with T and x standard normal."""
    shape = SHAPES["teacher"]
    stream = np.random.default_rng(312642)
    teacher = stream.standard_normal((shape.classes, fan_in))
    x = stream.standard_normal((shape.n_train + shape.n_validation, fan_in))
    outputs = x @ teacher.T / np.sqrt(fan_in) + noise * stream.standard_normal((len(x), shape.classes))
    return x.astype(np.float32), outputs.argmax(axis=1)
