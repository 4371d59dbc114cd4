"""What makes the difference of two squared lengths, by updates: python -m engine.studies.difference makes the results.

In a network of ReLU units the difference of the squared lengths of two neighbouring layers fades by decay's clock. What is left
over beside the clock comes from the biases, which do not decay, and from the finite steps; with them it adds up exactly
(engine.theory.CLOCK_STEP). That takes every update's gradients, which no run keeps.
"""

import json
import sys
from dataclasses import replace
from functools import cache

from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.lengths.clock import Clock, clock

BASE = Hyperparameters(l2=2.0, epochs=300)
"""Of the untouched page."""
RELU = replace(BASE, activation="relu")
FILE = "difference.npz"


def settings():
    """All that the results depend on, as text."""
    return json.dumps([RELU.key, RELU.epochs])


@cache
def results(folder=RESULTS):
    """The Clock of the untouched page's ReLU network after every epoch, (replicates, epochs + 1, 1) each, float64, as it ships.

    Raises Damaged where it cannot be read, or is of other settings.
    """
    with shipped(folder / FILE):
        about, arrays = read_arrays(folder / FILE)
        if about["settings"] != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.difference makes it")
        return Clock(**arrays)


def make(folder=RESULTS):
    """Train the untouched page's ReLU network in double precision, and write its Clock, whole or not at all."""
    write_arrays(folder / FILE, {"settings": settings()}, **clock(RELU, RELU.epochs)._asdict())


if __name__ == "__main__":
    sys.exit(make())
