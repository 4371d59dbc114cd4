"""Tables of the contest of exponents."""

import numpy as np
import pandas as pd

from engine.claims.contest import wide_sizes
from engine.statistics import interval
from engine.verdicts import contest as judged
from view.tables import subscripts
from view.words import number

VARIED = {
    "widths": "hidden units",
    "copies": "inputs, copied",
    "lambdas": "λ",
    "teacher-fan-ins": "inputs",
    "mnist-fan-ins": "pixels",
}
"""Contest -> what it varies."""


def labels(contest):
    """part -> its fitted exponent in words."""
    parts = contest.examples[0].layer_names
    return {part: number(judged.exponent(contest, layer).mean, 2) for layer, part in enumerate(parts)}


def floors(contest):
    """x, part, kind, mean, low, high, reached: measured floors of every layer, fitted power laws, and sizes if it were wide."""
    frames, wide = [], wide_sizes(contest)
    for layer, part in enumerate(contest.examples[0].layer_names):
        measured = interval(contest.rms[:, :, layer].T)
        columns = {"x": contest.x, "part": part, "reached": contest.reached[:, layer]}
        frames.append(pd.DataFrame(columns | measured._asdict() | {"kind": "measured"}))
        frames.append(pd.DataFrame({"x": contest.x, "part": part, "mean": wide[:, layer], "kind": "wide"}))
        if len(judged.at_rest(contest, layer)) >= judged.FEWEST:
            frames.append(pd.DataFrame({"x": contest.x, "part": part, "mean": judged.fitted(contest, layer), "kind": "fitted"}))
    return pd.concat(frames, ignore_index=True)


def slopes(contest, layer):
    """x, name, mean: each candidate's exponent as a line from the first floor of a layer on."""
    places = judged.at_rest(contest, layer)
    x, first = contest.x, places[np.argmin(contest.x[places])]
    size = contest.rms[first, :, layer].mean()
    frames = [
        pd.DataFrame({"x": x, "name": subscripts(name), "mean": size * (x / x[first]) ** slope, "kind": "candidate"})
        for name, slope in judged.predicted(contest, layer).items()
    ]
    table = pd.concat(frames, ignore_index=True)
    return table[table["x"] >= x[first]]
