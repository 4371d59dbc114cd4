"""The erf unit of claim 3: a run of SGD and the solution of its equations; the untouched page's ships with the project."""

import json
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from engine import online, theory
from engine.cache import RESULTS
from engine.files import written_whole

UNIT = dict(eta=0.2, fan_in=100, m=10)
UPDATES, EVERY, REPLICATES = 3000, 25, 8
KAPPA = 0.01
"""Of the untouched page."""
FILE = "erf-unit.npz"


class ErfRun(NamedTuple):
    updates: np.ndarray  # (points,)
    norm_squared: np.ndarray  # (replicates, points): |J|^2 of every run
    solved: np.ndarray  # (points,): |J|^2 by the equations, from the mean start of the runs


def erf_run(kappa, folder=RESULTS):
    """Read where the run of these settings is stored, else run."""
    try:
        with (folder / FILE).open("rb") as opened, np.load(opened) as file:
            if str(file["settings"]) == settings(kappa):
                return ErfRun(*(file[name] for name in ErfRun._fields))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        pass  # none that can be read: then it is run
    return run(kappa)


def settings(kappa):
    """All that a run depends on, as text."""
    return json.dumps([UNIT, UPDATES, EVERY, REPLICATES, kappa])


def run(kappa):
    norm, overlap = online.erf_unit(**UNIT, kappa=kappa, updates=UPDATES, every=EVERY, replicates=REPLICATES)
    updates = np.arange(0, UPDATES + 1, EVERY)
    start = {"norm_squared": norm[:, 0].mean(), "overlap": overlap[:, 0].mean()}
    return ErfRun(updates, norm, theory.erf_course(**UNIT, kappa=kappa, **start, updates=updates)[0])


def store(folder=RESULTS):
    """Run the untouched page's, and write it whole or not at all."""
    with written_whole(folder / FILE) as file:
        np.savez_compressed(file, settings=settings(KAPPA), **run(KAPPA)._asdict())
