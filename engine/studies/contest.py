"""The contest of exponents: where networks come to rest as one thing is varied. python -m engine.studies.contest makes it.

Each contest is a sweep; what ships of it are the floors, not the runs.
"""

import json
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from engine import sweep
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.initialization import STARTS
from engine.studies.command import command
from engine.verdicts import tail_off

FILE = "contest.npz"
SEEDS = 8
BASE = Hyperparameters(l2=10.0, replicates=SEEDS)
TEACHER = Hyperparameters(dataset="teacher", l2=10.0, replicates=SEEDS)
IMAGES = Hyperparameters(dataset="mnist", n_train=2000, l2=10.0, replicates=SEEDS)
FORGOTTEN = 12.0
"""A run ends when decay alone has shrunk the first weights by exp(-FORGOTTEN)."""


class Varied(NamedTuple):
    """What is varied in a contest, all else equal."""

    points: list  # hyperparameters of each point, but for the start and the number of epochs
    x: Callable  # hyperparameters -> what is varied


VARIED = {
    # n_w grows with the width, the fan-in stays
    "widths": Varied([replace(BASE, hidden=(units,)) for units in (5, 10, 20, 40, 80, 160)], lambda h: h.hidden[0]),
    "teacher-fan-ins": Varied([replace(TEACHER, fan_in=k) for k in (25, 50, 100, 200, 400)], lambda h: h.fan_in),
    # pixels of the same images, 28x28 and fewer
    "mnist-fan-ins": Varied([replace(IMAGES, fan_in=k) for k in (784, 196, 49, 16)], lambda h: h.fan_in),
    # every pixel of the digits several times, over the square root: the same task with more inputs
    "copies": Varied([replace(BASE, fan_in=64 * k) for k in (1, 2, 4, 8, 16)], lambda h: h.fan_in),
    # below the collapse
    "lambdas": Varied([replace(BASE, l2=l2) for l2 in (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 40.0)], lambda h: h.l2),
}


def forgotten():
    """What decay alone leaves of the first weights at the end of a run, at most."""
    return math.exp(-FORGOTTEN)


def to_rest(h):
    """start -> hyperparameters with as many epochs as `h` needs to forget its first weights."""
    epochs = max(50, math.ceil(FORGOTTEN * h.batch_size / (h.learning_rate * h.l2)))
    return {start: replace(h, epochs=epochs, initialization=start) for start in STARTS}


class Contest(NamedTuple):
    """The floors of one sweep, in the order of its hyperparameters; layers from the input up."""

    examples: list  # hyperparameters of the large start at every point
    x: np.ndarray  # (points,) what is varied
    rms: np.ndarray  # (points, replicates, layers): mean over both starts and the last epochs, whether at rest or not
    reached: np.ndarray  # (points, layers): whether that is a floor, as tail_off.floors has it


def pairs(name):
    """{start: hyperparameters} of every point of a contest."""
    return [to_rest(h) for h in VARIED[name].points]


def floors(point):
    """rms (replicates, layers) and reached (layers,), from start -> Run of one point."""
    last = slice(-tail_off.LAST, None)
    rms = np.mean([run.weight_rms[:, last].mean(axis=1) for run in point.values()], axis=0)
    return rms, np.array([floor.reached for floor in tail_off.floors(point)])


def settings():
    """All that the floors depend on, as text."""
    asked = {name: [[h.epochs, h.key] for point in pairs(name) for h in point.values()] for name in VARIED}
    return json.dumps([asked, tail_off.LAST])


@cache
def results(folder=RESULTS):
    """Name -> Contest, as they ship. Raises Damaged where they cannot be read, or are of other settings."""
    with shipped(folder / FILE):
        found, (about, arrays) = {}, read_arrays(folder / FILE)
        if about.get("settings") != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.contest makes it")
        for name, varied in VARIED.items():
            examples = [point["large"] for point in pairs(name)]
            x = np.array([varied.x(h) for h in examples], dtype=float)
            found[name] = Contest(examples, x, arrays[f"{name}_rms"], arrays[f"{name}_reached"])
        return found


def make(store, open_executor, show, folder=RESULTS):
    """Train what the store does not have of all contests, and write their floors, whole or not at all."""
    sweep.run([h for name in VARIED for point in pairs(name) for h in point.values()], store, open_executor, show)
    columns = {}
    for name in VARIED:
        measured = [floors({start: store.get(h) for start, h in point.items()}) for point in pairs(name)]
        columns[f"{name}_rms"], columns[f"{name}_reached"] = (np.stack(column) for column in zip(*measured))
    write_arrays(folder / FILE, {"settings": settings()}, **columns)


def main(arguments=None):
    return command("contest", make, arguments)


if __name__ == "__main__":
    sys.exit(main())
