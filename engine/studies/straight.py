"""The wide network in the straight part of its units, for every lambda: python -m engine.studies.straight makes the results.

Its squared lengths at rest are a nuclear norm over the slope f'(0) (engine.theory.WIDE_PROBLEM), of a convex problem that knows
nothing of the network but lambda / f'(0); shipped for sigmoid units, they serve others with the same.
"""

import json
import sys
from dataclasses import replace
from functools import cache

import numpy as np

from engine import datasets, nuclear, theory
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.progress import draw
from engine.studies import contest
from engine.values import LAMBDAS

FILE = "straight.npz"
LEAST = 5.0
"""Of the lambdas that ship for all of MNIST: a smaller one takes minutes each on one core."""
SOLVED = [
    *(
        (h, LAMBDAS)
        for h in (Hyperparameters(), *contest.VARIED["teacher-fan-ins"].points, *contest.VARIED["mnist-fan-ins"].points)
    ),
    (Hyperparameters(dataset="mnist"), tuple(lam for lam in LAMBDAS if lam >= LEAST)),
    *((h, (h.l2,)) for h in contest.VARIED["copies"].points if h.fan_in != Hyperparameters().fan_in),
]
"""The tasks of the pages and of the contest, with their lambdas."""


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
    return json.dumps([[[task(h), lambdas] for h, lambdas in SOLVED], nuclear.GAP])


@cache
def results(folder=RESULTS):
    """(task, t) -> |M|_*, as they ship. Raises Damaged where they cannot be read, or are of other settings."""
    with shipped(folder / FILE):
        about, arrays = read_arrays(folder / FILE)
        if about["settings"] != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.straight makes it")
        asked = [replace(h, l2=lam) for h, lambdas in SOLVED for lam in lambdas]
        return {(task(h), penalty(h)): float(norm) for h, norm in zip(asked, arrays["norms"])}


def make(folder=RESULTS):
    """Solve for every task and lambda, and write the norms, whole or not at all."""
    found = []
    for done, (h, lambdas) in enumerate(SOLVED):
        draw(done, len(SOLVED), "tasks")
        found.append(norms(h, lambdas))
    write_arrays(folder / FILE, {"settings": settings()}, norms=np.concatenate(found))


if __name__ == "__main__":
    sys.exit(make())
