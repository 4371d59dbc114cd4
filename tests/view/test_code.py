"""The lines of Python that each page shows, run as they stand."""

import ast
import contextlib
import io

import numpy as np
import pytest

from engine import Hyperparameters, train
from engine.claims import laboratory
from tests.conftest import ROOT
from view.controls import code

SMALL = Hyperparameters(epochs=2, replicates=2, n_train=100)
RUNS = {
    "decay_dominates": ("run",),
    "decay_per_epoch": ("run",),
    "tail_off": ("large", "scaled"),
    "scaled_start": ("large", "plain"),
    "why": ("large", "scaled", "relu"),
    "book": ("run",),
    "laboratory": ("one", "other"),
}
"""Page -> what its lines call its runs."""


def shown(page):
    """The text that is called CODE in the source of a page."""
    tree = ast.parse((ROOT / "pages" / f"{page}.py").read_text())
    return next(n.value.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "CODE")


def printed(page):
    lines = code(**dict.fromkeys(RUNS[page], SMALL)) + shown(page).format(name=laboratory.FIRST)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(lines, {})
    return out.getvalue()


@pytest.mark.parametrize("page", RUNS)
def test_they_print_numbers(page):
    numbers = printed(page).replace("[", " ").replace("]", " ").split()
    assert len(numbers) > SMALL.epochs
    assert np.isfinite([float(number) for number in numbers]).all()


def test_those_of_claim_1_are_shares_of_the_first_squared_length():
    run = train(SMALL)
    w2 = run.weight_rms[:, :1] ** 2 * [64 * 30, 30 * 10]  # |W|^2 of both layers at the start
    assert printed("decay_dominates").startswith(str((run.norm_change_decay / w2).mean(axis=0)))
