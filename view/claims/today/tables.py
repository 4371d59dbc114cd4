"""Recipe, or what was measured -> the rows of the figures and of the file that a reader takes away."""

import numpy as np
import pandas as pd

from engine.optimizers import OPTIMIZERS
from engine.studies import today as study
from engine.theory.recipe import Recipe
from view.tables import together

MINE = "your run"


def course(name, answer):
    """share, level, left: of the run that is over, of the peak learning rate, and of the first draw."""
    update, level, left = answer.course.T
    return pd.DataFrame({"name": name, "share": update / update[-1], "level": level, "left": left})


def courses(published, answer):
    """The courses of all published runs, by the first words of their names, and that of the reader's, if it has one."""
    drawn = {one.label.split(",")[0]: found for one, found in published}  # of two guesses at one run, the second
    rows = [course(name, found).assign(kind="published") for name, found in drawn.items()]
    if answer is not None:
        rows.append(course(MINE, answer).assign(kind="mine"))
    return together(*rows)


def everything(published, recipe, answer):
    """One row a recipe, with what goes into it and what comes out: the published ones and the reader's."""
    rows = [_row(one.label, one.recipe, found, one.source, one.assumed) for one, found in published]
    if answer is not None:
        rows.append(_row(MINE, recipe, answer, "", ""))
    return pd.DataFrame(rows)


def _row(label, recipe: Recipe, answer, source, assumed):
    return {
        "run": label,
        "optimizer": recipe.optimizer,
        "learning_rate": recipe.learning_rate,
        "weight_decay": recipe.weight_decay,
        "momentum": recipe.momentum,
        "updates": recipe.updates,
        "S": answer.total,
        "left": answer.left,
        "time_in_updates": answer.time,
        "updates_to_one_percent": answer.gone,
        "source": source,
        "assumed": assumed,
    }


NAMES = {"sgd": "SGD", "momentum": "SGD with momentum", "sgdw": "SGDW", "adam": "Adam + L2", "adamw": "AdamW"}
"""What the page calls the optimisers."""


def _lines(kind, names, lines):
    """name, epoch, value of lines (names, epochs)."""
    epochs = np.arange(lines.shape[1])
    rows = [pd.DataFrame({"name": name, "epoch": epochs, "value": line}) for name, line in zip(names, lines)]
    return together(*rows).assign(kind=kind)


def controls(found):
    """The control group under each optimiser, and weights that see no data."""
    names, count = [NAMES[optimizer] for optimizer in OPTIMIZERS], len(OPTIMIZERS)
    return together(_lines("measured", names, found.control[:count]), _lines("theory", names, found.alone[:count]))


def under_adam(found):
    """Adam with L2 for each lambda: the weights that learn, and the control group."""
    learn, control = (
        _lines("measured", [f"{what} at λ = {lam:g}" for lam in study.LAMBDAS], lines)
        for what, lines in (("learning", found.learning), ("control", found.control[-len(study.LAMBDAS) :]))
    )
    return together(learn, control)


def unit_sizes(found, optimizer):
    """The normalised layer's rms from each start, and as foreseen."""
    which = list(study.SIZED).index(optimizer)
    names = [f"start × {times:g}" for times in study.TIMES]
    return together(_lines("measured", names, found.size[which]), _lines("theory", names, found.foreseen[which]))


def timed(found):
    """The control group under each schedule, and exp(-S)."""
    names = list(study.TIMED)
    return together(_lines("measured", names, found.timed), _lines("theory", names, np.exp(-found.taken)))
