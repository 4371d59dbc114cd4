"""Tables of the map of regimes."""

import numpy as np
import pandas as pd

from engine.studies import regimes
from view.badges import SIGNS


def cells(outcomes):
    """eta, l2, outcome, glyph, column and row of every cell, from the places in regimes.KINDS (etas, lambdas)."""
    (etas, lambdas), (k, j) = regimes.axes(), np.indices(outcomes.shape).reshape(2, -1)
    outcome = [regimes.KINDS[place] for place in outcomes.ravel()]
    table = pd.DataFrame({"eta": np.take(etas, k), "l2": np.take(lambdas, j), "outcome": outcome})
    return table.assign(kind="cell", glyph=table["outcome"].map(SIGNS), column=k, row=j)


def column(eta):
    """Where a learning rate lies among the columns, between two of them on a logarithmic scale; off the map beyond the ends."""
    return _place(eta, regimes.axes()[0])


def row(l2):
    """Where a lambda lies among the rows."""
    return _place(l2, regimes.axes()[1])


def _place(value, values):
    steps = np.log(np.array(values, dtype=float))
    known = np.arange(-1.0, len(steps) + 1)  # one more at both ends, as far as their neighbours
    steps = np.concatenate([[2 * steps[0] - steps[1]], steps, [2 * steps[-1] - steps[-2]]])
    return np.interp(np.log(value), steps, known, left=np.nan, right=np.nan)


def boundaries(h, collapse):
    """column, row, name: lines on which eta*lambda has a meaning, and the lambda of collapse."""
    etas, _ = regimes.axes()
    eta = np.geomspace(etas[0] / 1.5, etas[-1] * 1.5, 400)
    lines = {"ηλ/m = 1": h.batch_size / eta, "ηλ/n = 1": h.n_train / eta, "ηλ/n = 2": 2 * h.n_train / eta}
    lines |= {"collapse": np.full(len(eta), collapse)}
    return pd.concat([_line(name, eta, l2) for name, l2 in lines.items()], ignore_index=True)


def equal(part):
    """column, row, name: where decay and the data are equal in length, for each eta at which there is such a lambda."""
    return _line("equal", np.array(regimes.axes()[0], dtype=float), regimes.equals()[part])


def _line(name, eta, l2):
    return pd.DataFrame({"kind": "boundary", "name": name, "column": column(eta), "row": row(l2)}).dropna()


def counts(outcomes):
    """outcome -> number of cells."""
    return {kind: int((outcomes == place).sum()) for place, kind in enumerate(regimes.KINDS)}
