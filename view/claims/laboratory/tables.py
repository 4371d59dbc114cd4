"""Tables of the laboratory."""

import pandas as pd

from engine.claims import laboratory
from engine.statistics import interval
from view.tables import frame, together

NAMES = {laboratory.A: "A", laboratory.B: "B"}


def courses(name, runs):
    """epoch, part (A or B), mean, low, high of a measurement, with its 95 % interval over seeds."""
    frames = []
    for side, run in runs.items():
        epochs, values = laboratory.series(name, run)
        frames.append(frame(epochs, NAMES[side], interval(values)))
    return together(*frames)


def difference(name, runs):
    """epoch, part, mean, low, high: B minus A, in pairs of the same seed; without rows where there are no such pairs."""
    found = laboratory.paired(name, runs[laboratory.A], runs[laboratory.B])
    if found is None:
        return pd.DataFrame(columns=["epoch", "part", "mean", "low", "high"])
    epochs, values = found
    return frame(epochs, "B − A", values)


def everything(name, runs):
    """What is drawn, in one table for those who take it away."""
    return together(courses(name, runs), difference(name, runs))
