"""How decay's shares of claim 1 depend on how often one looks at the weights: python -m engine.studies.looks makes the results.

A weight that goes to and fro between two looks has moved less than the sum of its ways. So decay's share of the movement grows
with the time between looks; its share of the change of |W|^2, in which ways to and fro cancel, hardly does.
"""

import json
import sys
from functools import cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from engine import datasets, initialization, theory
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.measurements import change
from engine.training import mini_batches, train_on
from engine.verdicts.decay_dominates import FIRST
from engine.weights import in_motion

BASE = Hyperparameters(l2=5.0, epochs=60)
"""Of the untouched page."""
FILE = "looks.npz"
BETWEEN = 12
"""Updates between two looks, of those that are between one and an epoch."""


class Looks(NamedTuple):
    """Decay's shares over the first epochs, by the number of updates between two looks."""

    updates: np.ndarray  # (looks,) from one look to the next: one, BETWEEN, those of an epoch, those of all first epochs
    movement: np.ndarray  # (looks, replicates, layers): sum |D| / (sum |D| + sum |G|), D and G from look to look
    length: np.ndarray  # (looks, replicates, layers): decay's share of the changes of |W|^2, as decay_dominates.norm_share


def path(h):
    """(decay factor, weights of each layer (replicates, fan_out, fan_in) float64) after every update of the first epochs.

    The factor is that of the update, as theory has it. Before the first comes the draw, with a factor of 1.
    """
    data, network = datasets.load(h), in_motion(initialization.draw(h))
    yield 1.0, _weights(network)
    for epoch in range(FIRST):
        batches, lam = mini_batches(h, data, epoch), h.l2_during(epoch)
        for _ in range(h.updates_per_epoch):
            train_on(network, h, lam, islice(batches, 1))
            yield theory.decay_factor(h.learning_rate, lam, h.n_train), _weights(network)


def _weights(network):
    return [w.scale * w.array.astype(np.float64) for w in network.weights]


def shares(steps, every):
    """Decay's shares of movement and of length, (replicates, layers) each, of a `path` seen after every so many updates."""
    steps = iter(steps)
    _, before = next(steps)
    left, sums = 1.0, 0.0  # what decay leaves of a weight since the last look
    for update, (factor, weights) in enumerate(steps, 1):
        left = left * factor
        if update % every == 0:
            rho = np.full((len(weights[0]), 1, 1), left)
            sums = sums + np.stack([np.stack(change(w_s, w_e, rho)) for w_s, w_e in zip(before, weights)], axis=-1)
            before, left = weights, 1.0
    moved_by_decay, moved_by_data, changed_by_decay, changed_by_data = np.abs(sums)
    return moved_by_decay / (moved_by_decay + moved_by_data), changed_by_decay / (changed_by_decay + changed_by_data)


def run(h):
    """The Looks of some hyperparameters."""
    updates = np.array([1, BETWEEN, h.updates_per_epoch, FIRST * h.updates_per_epoch])
    movement, length = zip(*(shares(path(h), every) for every in updates))
    return Looks(updates, np.stack(movement), np.stack(length))


def settings():
    """All that the untouched page's depend on, as text."""
    return json.dumps([BASE.key, FIRST, BETWEEN])


@cache
def results(folder=RESULTS):
    """The Looks of the untouched page, as they ship. Raises Damaged where they cannot be read, or are of other settings."""
    with shipped(folder / FILE):
        about, arrays = read_arrays(folder / FILE)
        if about["settings"] != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.looks makes it")
        return Looks(**arrays)


def make(folder=RESULTS):
    """Train the untouched page's first epochs, and write their Looks, whole or not at all."""
    found = run(BASE)
    write_arrays(folder / FILE, {"settings": settings()}, **found._asdict())


if __name__ == "__main__":
    sys.exit(make())
