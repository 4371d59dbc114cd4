"""Accuracy on unseen images of claim 4's arms, from enough seeds to tell: python -m engine.studies.accuracies.

The arms are those of the untouched page, from seeds that no page uses. What ships is how many images each network reads right.
"""

import json
import sys
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from engine import datasets, sweep
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.statistics import interval
from engine.studies.command import command
from engine.verdicts import scaled_start

BASE = Hyperparameters(l2=5.0, epochs=60)
"""Of the untouched page: the book's eta, lambda and m."""
UNTIL = scaled_start.stops(BASE)[0]
"""The epoch after which the rescue of claim 4 switches L2 off: the hidden weights' clock, to the nearest whole one."""
FILE = "accuracies.npz"
SEEDS = range(1000, 1256)
ENOUGH = {"digits": 64, "teacher": 64, "mnist": 10}
"""Data -> fewest seeds with which a difference of accuracies is told: its interval then ends, on the digits, within one of the
357 images of its mean. With the 8 seeds of a page it ends one and a half to two images away: as far as most differences go.
MNIST has 10,000 unseen images."""


class Accuracies(NamedTuple):
    """Accuracies of every arm, with the same seeds and on the same unseen images."""

    seeds: np.ndarray  # (seeds,)
    n_validation: int  # unseen images
    accuracy: dict  # arm -> (seeds, epochs + 1) share of the unseen images read right, from the untrained network on

    def difference(self, arm, other, epoch=-1):
        """Interval of the accuracy of one arm less that of another, paired by seed, in fractions; at the end or an epoch.

        It is over draws and orders of the mini-batches. The images are the same for all: what others would give, it leaves out.
        """
        return interval(self.accuracy[arm][:, epoch] - self.accuracy[other][:, epoch])


def arms():
    """Name -> hyperparameters, with the seeds of the untouched page: those of scaled_start, without L2, and the rescue."""
    h = BASE
    return scaled_start.arms(h) | {"bare": scaled_start.bare(h), "rescued": scaled_start.rescue(h, UNTIL)}


def stacks(h):
    """The runs of SEEDS, in stacks: larger ones are no faster."""
    return [replace(h, seed=seed, replicates=sweep.STACK) for seed in SEEDS[:: sweep.STACK]]


def settings():
    """All that the numbers depend on, as text; networks of one stack do not know each other."""
    whole = {arm: replace(h, seed=SEEDS[0], replicates=len(SEEDS)) for arm, h in arms().items()}
    return json.dumps([[arm, h.epochs, h.key] for arm, h in whole.items()])


@cache
def results(folder=RESULTS):
    """The Accuracies, as they ship. Raises Damaged where they cannot be read, or are of other settings."""
    with shipped(folder / FILE):
        about, right = read_arrays(folder / FILE)
        if about["settings"] != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.accuracies makes it")
        n_validation = about["n_validation"]
        return Accuracies(np.array(SEEDS), n_validation, {arm: right[arm] / n_validation for arm in arms()})


def difference(run, other, epoch=-1):
    """Interval of the accuracy of one Run minus that of another, paired by seed, after an epoch; None where it cannot be told.

    From the runs themselves where their seeds are ENOUGH, else from the `results`, where both are arms of theirs.
    """
    if run.diverged_at or other.diverged_at:
        return None
    if run.hyperparameters.replicates >= ENOUGH[run.hyperparameters.dataset]:
        return scaled_start.gain(run, other, epoch)
    arm, against = _arm(run.hyperparameters), _arm(other.hyperparameters)
    return results().difference(arm, against, epoch) if arm and against else None


def _arm(h):
    """Which of the arms a run is, whatever its seeds; None if it is none."""
    return next((arm for arm, a in arms().items() if a == replace(h, seed=a.seed, replicates=a.replicates)), None)


def make(store, open_executor, show, folder=RESULTS):
    """Train what the store does not have, and write the counts of images read right, whole or not at all."""
    each = {arm: stacks(h) for arm, h in arms().items()}
    sweep.run([h for runs in each.values() for h in runs], store, open_executor, show)
    n_validation = len(datasets.load(BASE).y_validation)
    counts = {}
    for arm, runs in each.items():
        accuracy = np.concatenate([store.get(h).validation_accuracy for h in runs])
        counts[arm] = np.rint(accuracy * n_validation).astype(np.uint16)
    write_arrays(folder / FILE, {"settings": settings(), "n_validation": n_validation}, **counts)


def main(arguments=None):
    return command("accuracies", make, arguments)


if __name__ == "__main__":
    sys.exit(main())
