"""The contest of exponents: where networks come to rest as one thing is varied. python -m engine.contest makes the results.

Each contest is a sweep; what ships of it are the floors, not the runs.
"""

import sys
from functools import cache
from typing import NamedTuple

import numpy as np

from engine import sweep
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.verdicts import tail_off

FILE = "contest.npz"
VARIED = {
    "widths": lambda h: h.hidden[0],
    "teacher-fan-ins": lambda h: h.fan_in,
    "mnist-fan-ins": lambda h: h.fan_in,
    "lambdas": lambda h: h.l2,
}
"""Name of the sweep -> what is varied in it."""


class Contest(NamedTuple):
    """The floors of one sweep, in the order of its hyperparameters; layers from the input up."""

    examples: list  # hyperparameters of the large start at every point
    x: np.ndarray  # (points,) what is varied
    rms: np.ndarray  # (points, replicates, layers): mean over both starts and the last epochs, whether at rest or not
    reached: np.ndarray  # (points, layers): whether that is a floor, as tail_off.floors has it


def pairs(name):
    """[{start: hyperparameters}] of every point of a sweep."""
    asked = sweep.SWEEPS[name]()
    starts = {start: [h for h in asked if h.initialization == start] for start in sweep.STARTS}
    return [dict(zip(starts, point)) for point in zip(*starts.values())]


def floors(point):
    """rms (replicates, layers) and reached (layers,), from start -> Run of one point."""
    last = slice(-tail_off.LAST, None)
    rms = np.mean([run.weight_rms[:, last].mean(axis=1) for run in point.values()], axis=0)
    return rms, np.array([floor.reached for floor in tail_off.floors(point)])


@cache
def results(folder=RESULTS):
    """Name -> Contest, as they ship."""
    found, (_, arrays) = {}, read_arrays(folder / FILE)
    for name, varied in VARIED.items():
        examples = [point["large"] for point in pairs(name)]
        x = np.array([varied(h) for h in examples], dtype=float)
        found[name] = Contest(examples, x, arrays[f"{name}_rms"], arrays[f"{name}_reached"])
    return found


def make(store, open_executor, show, folder=RESULTS):
    """Train what the store does not have of all contests, and write their floors, whole or not at all."""
    sweep.run([h for name in VARIED for point in pairs(name) for h in point.values()], store, open_executor, show)
    columns = {}
    for name in VARIED:
        measured = [floors({start: store.get(h) for start, h in point.items()}) for point in pairs(name)]
        columns[f"{name}_rms"], columns[f"{name}_reached"] = (np.stack(column) for column in zip(*measured))
    write_arrays(folder / FILE, {}, **columns)


def main(arguments=None):
    return sweep.command(make, sweep.parser("python -m engine.contest").parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
