"""Run -> tidy table, one row a point: what the figures draw and the reader downloads. What all pages share."""

import numpy as np
import pandas as pd

from engine.statistics import interval


def frame(epoch, name, values):
    """One part of a figure by epoch, from an Interval of arrays (epochs,)."""
    return pd.DataFrame({"epoch": epoch, "part": name, "mean": values.mean, "low": values.low, "high": values.high})


def sizes(runs, layer, starts):
    """epoch, part, start, mean, low, high: rms of a layer by epoch in every run; `starts` says what the figures call it."""
    part = next(iter(runs.values())).hyperparameters.layer_names[layer]
    frames = [
        frame(np.arange(run.epochs + 1), part, interval(run.weight_rms[:, :, layer])).assign(start=starts[name])
        for name, run in runs.items()
    ]
    return pd.concat(frames, ignore_index=True)


def subscripts(name):
    """n_w and n_in as a figure writes them, in Unicode, which has no w of its own below the line: two v."""
    return name.replace("n_in", "nᵢₙ").replace("n_w", "n_w")


def together(*tables):
    """The rows of all."""
    return pd.concat(tables, ignore_index=True)


def position(unit):
    """Of a unit that readers count from 1."""
    return unit - 1


def reach(weights):
    """The largest size of a weight."""
    return float(np.abs(weights).max())
