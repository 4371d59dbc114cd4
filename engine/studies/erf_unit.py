"""The erf unit of claim 3: a run of SGD, and the solution of its equations. python -m engine.studies.erf_unit makes one.

What ships is that of the untouched page.
"""

import sys
from typing import NamedTuple

import numpy as np

from engine import online, theory
from engine.archive import RESULTS, Damaged, read_arrays, write_arrays

UNIT = dict(eta=0.2, fan_in=100, m=10)
UPDATES, EVERY, REPLICATES = 3000, 25, 8
KAPPA = 0.01
"""Decay of the unit on the untouched page."""
FILE = "erf-unit.npz"


class ErfRun(NamedTuple):
    updates: np.ndarray  # (points,)
    norm_squared: np.ndarray  # (replicates, points): |J|^2 of every run
    solved: np.ndarray  # (points,): |J|^2 by the equations, from the mean start of the runs


def erf_run(kappa, folder=RESULTS):
    """Read where the run of these settings is stored, else run."""
    try:
        about, arrays = read_arrays(folder / FILE)
    except (OSError, Damaged):
        return run(kappa)
    return ErfRun(**arrays) if about == settings(kappa) else run(kappa)


def settings(kappa):
    """All that a run depends on."""
    return UNIT | {"updates": UPDATES, "every": EVERY, "replicates": REPLICATES, "kappa": kappa}


def run(kappa):
    norm, overlap = online.erf_unit(**UNIT, kappa=kappa, updates=UPDATES, every=EVERY, replicates=REPLICATES)
    updates = np.arange(0, UPDATES + 1, EVERY)
    start = {"norm_squared": norm[:, 0].mean(), "overlap": overlap[:, 0].mean()}
    return ErfRun(updates, norm, theory.erf_course(**UNIT, kappa=kappa, **start, updates=updates)[0])


def make(folder=RESULTS):
    """Run that of the untouched page, and write it, whole or not at all."""
    write_arrays(folder / FILE, settings(KAPPA), **run(KAPPA)._asdict())


if __name__ == "__main__":
    sys.exit(make())
