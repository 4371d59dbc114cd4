"""Recipe -> the rows of the figures and of the file that a reader takes away."""

import pandas as pd

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
