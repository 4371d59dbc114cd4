"""Tables of the map of regimes."""

import numpy as np
import pandas as pd

from engine.studies import regimes
from view.badges import SIGNS


def cells(outcomes, measured):
    """eta, l2, outcome, glyph, measured, their places x and y, and their edges left, right, bottom and top, of every cell.

    From the places in regimes.KINDS (etas, lambdas) and a text for each, by rising eta, then lambda. An edge lies half way
    between two values on a logarithmic axis.
    """
    (etas, lambdas), (k, j) = regimes.axes(), np.indices(outcomes.shape).reshape(2, -1)
    outcome = [regimes.KINDS[place] for place in outcomes.ravel()]
    table = pd.DataFrame({"eta": np.take(etas, k), "l2": np.take(lambdas, j), "outcome": outcome, "measured": measured})
    (left, right), (bottom, top) = ((edge[:-1], edge[1:]) for edge in map(edges, (etas, lambdas)))
    places = {"left": left[k], "right": right[k], "bottom": bottom[j], "top": top[j], "x": table["eta"], "y": table["l2"]}
    return table.assign(kind="cell", glyph=table["outcome"].map(SIGNS), **places)


def edges(values):
    """Of the cells of rising values, (values + 1); those at the ends lie as far out as their neighbours are in."""
    steps = np.log(np.array(values, dtype=float))
    middles = (steps[1:] + steps[:-1]) / 2
    return np.exp([2 * steps[0] - middles[0], *middles, 2 * steps[-1] - middles[-1]])


def boundaries(h, collapse):
    """x, y, name: lines on which eta*lambda has a meaning, and the lambda of collapse, straight across the map."""
    eta = edges(regimes.axes()[0])[[0, -1]]
    lines = {"ηλ/m = 1": h.batch_size / eta, "ηλ/n = 1": h.n_train / eta, "ηλ/n = 2": 2 * h.n_train / eta}
    lines |= {"collapse": np.full(2, collapse)}
    return pd.concat([_line(name, eta, l2) for name, l2 in lines.items()], ignore_index=True)


def equal(part):
    """x, y, name: where decay and the data are equal in length, for each eta at which there is such a lambda."""
    return _line("equal", np.array(regimes.axes()[0], dtype=float), regimes.equals()[part])


def _line(name, eta, l2):
    return pd.DataFrame({"kind": "boundary", "name": name, "x": eta, "y": l2}).dropna()


def counts(outcomes):
    """outcome -> number of cells."""
    return {kind: int((outcomes == place).sum()) for place, kind in enumerate(regimes.KINDS)}
