"""Cases and results that other libraries gave, stored by scripts/vectors.py so that the tests need none of them."""

import json
from pathlib import Path

import numpy as np

from engine import Hyperparameters, datasets, initialization
from engine.datasets import Dataset

FOLDER = Path(__file__).parent
LIKE_SCIKIT_LEARN = {
    activation: Hyperparameters(
        n_train=250, batch_size=40, hidden=(12, 7), activation=activation, cost="log-likelihood", replicates=1, l2=9.0, seed=3
    )
    for activation in ("sigmoid", "tanh", "relu")
}
"""Six mini-batches of 40 and one of 10; MLPClassifier has no other cost for ten classes."""
OPTIMIZED = [
    Hyperparameters(
        optimizer=name, schedule=schedule, warmup=warmup, schedule_epochs=20, final_fraction=0.01, steps=2, epochs=20,
        learning_rate=0.05 if name in ("sgd", "sgdw", "momentum") else 0.01, n_train=100, hidden=(7,), replicates=1,
        l2=3.0, seed=5,
    )
    for name in ("sgd", "momentum", "sgdw", "adam", "adamw")
    for schedule, warmup in (("constant", 0), ("cosine", 0), ("linear", 0), ("steps", 0), ("cosine", 3))
]  # fmt: skip
"""Two hundred updates each: ten mini-batches of ten in each of twenty epochs."""


def stored(name):
    """What is in a file of JSON."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def drawn(name):
    """Hyperparameters as Hypothesis drew them."""
    return [Hyperparameters(**values) for values in stored(name)]


def scikit_learns(activation):
    """(weights, biases) of every layer after an epoch of LIKE_SCIKIT_LEARN."""
    with np.load(FOLDER / "scikit_learn.npz") as file:
        return [(file[f"{activation} weights {layer}"], file[f"{activation} biases {layer}"]) for layer in range(3)]


def pytorchs(index):
    """(first-layer weights, its biases) after the updates of OPTIMIZED[index] by PyTorch's own optimiser and scheduler."""
    with np.load(FOLDER / "pytorch.npz") as file:
        return file[f"weights {index}"], file[f"biases {index}"]


def in_double_precision(h):
    """The data of a run and its first network, in float64: what is left to differ is rounding at 1e-16."""
    data = datasets.load(h)
    data = Dataset(data.x_train.astype(float), data.y_train.astype(float), data.x_validation, data.y_validation)
    return data, initialization.draw(h, np.float64)
