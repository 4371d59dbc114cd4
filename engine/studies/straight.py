"""The wide network in the straight part of its units, for every lambda: python -m engine.studies.straight makes the results.

Its squared lengths at rest are a nuclear norm over the slope f'(0) (engine.theory.WIDE_PROBLEM), of a convex problem that knows
nothing of the network but lambda / f'(0); shipped for sigmoid units, they serve others with the same.
"""

import json
import sys
from functools import cache

import numpy as np

from engine import datasets, nuclear, theory
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.hyperparameters import Hyperparameters
from engine.progress import draw
from engine.studies import contest
from engine.values import LAMBDAS

FILE = "straight.npz"
BASES = [
    Hyperparameters(),
    *contest.VARIED["teacher-fan-ins"].points,
    *contest.VARIED["mnist-fan-ins"].points,
]
"""Those of the pages, and those of the contest."""


def task(h):
    """All of the hyperparameters that the convex problem knows, but for lambda."""
    return h.dataset, h.n_train, h.fan_in, h.noise, h.cost


def penalty(h):
    """t of the convex problem."""
    return h.l2 / theory.SLOPES[h.activation] / h.n_train


def norms(h, lambdas):
    """|M|_* of the task of `h` for some lambdas, (lambdas,); the path goes down from the largest."""
    data, slope = datasets.load(h), theory.SLOPES[h.activation]
    problem = nuclear.Problem(data.x_train.astype(np.float64), data.y_train, h.cost)
    order = np.argsort(lambdas)[::-1]
    found = np.empty(len(lambdas))
    solutions = nuclear.path(problem, [lambdas[k] / slope / h.n_train for k in order])
    for k, solution in zip(order, solutions):
        found[k] = solution.nuclear_norm
    return found


def settings():
    """All that the results depend on, as text."""
    return json.dumps([[task(h) for h in BASES], LAMBDAS, nuclear.GAP])


@cache
def results(folder=RESULTS):
    """(task, t) -> |M|_*, as they ship. Raises ValueError where they are of other settings."""
    about, arrays = read_arrays(folder / FILE)
    if about["settings"] != settings():
        raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.straight makes it")
    slope = theory.SLOPES[Hyperparameters().activation]
    return {
        (task(h), lam / slope / h.n_train): float(norm)
        for h, row in zip(BASES, arrays["norms"])
        for lam, norm in zip(LAMBDAS, row)
    }


def make(folder=RESULTS):
    """Solve for every task and lambda, and write the norms, whole or not at all."""
    rows = []
    for done, h in enumerate(BASES):
        draw(done, len(BASES), "tasks")
        rows.append(norms(h, LAMBDAS))
    write_arrays(folder / FILE, {"settings": settings()}, norms=np.stack(rows))


if __name__ == "__main__":
    sys.exit(make())
