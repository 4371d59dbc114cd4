"""Tables of the page on lengths."""

import numpy as np
import pandas as pd

from engine.claims import lengths as claim
from engine.statistics import interval
from view.tables import frame, together

START = {"large": "from N(0, 1)", "scaled": "from N(0, 1/n_in)"}
MEASURED, PREDICTED = "measured", "predicted: K"
RELU = "ReLU units"
FIRST, LAST = "at the start", "at the end"
SUM = "biases and heat"


def lengths(runs):
    """epoch, part, start, mean, low, high: |W|^2 of every layer in the runs from both starts."""
    frames = []
    for name, start in START.items():
        run = runs[name]
        for layer, part in enumerate(run.hyperparameters.layer_names):
            frames.append(frame(np.arange(run.epochs + 1), part, interval(run.norm_squared[:, :, layer])).assign(start=start))
    return together(*frames)


def ratios(runs, found):
    """epoch, kind, start, mean, low, high: |W|^2 of the first layer over the second, and K of some epochs."""
    frames = []
    for name, start in START.items():
        run = runs[name]
        measured = claim.over(run.norm_squared[:, :, 0], run.norm_squared[:, :, 1])
        frames.append(frame(np.arange(run.epochs + 1), MEASURED, interval(measured)).assign(start=start))
        if found[name] is not None:
            course = np.stack([one[:, 0] for one in found[name].course.values()], axis=1)
            frames.append(frame(list(found[name].course), PREDICTED, interval(course)).assign(start=start))
    return together(*frames).rename(columns={"part": "kind"})


def units(found):
    """name, into, out: squared lengths of the weights into and out of every hidden unit, all seeds, of readings.units."""
    each = zip((FIRST, LAST), found)
    return together(*(pd.DataFrame({"name": name, "into": into.ravel(), "out": out.ravel()}) for name, (into, out) in each))


def differences(runs):
    """epoch, part, mean, low, high: the first difference of squared lengths over its start, for ReLU and other units."""
    shown = {RELU: runs["relu"]}
    activation = runs["large"].hyperparameters.activation
    if activation != "relu":
        shown[f"{activation} units"] = runs["large"]
    return together(*(frame(np.arange(run.epochs + 1), part, interval(claim.difference(run))) for part, run in shown.items()))


def clock(h):
    """epoch, mean: what the clock leaves of it."""
    epoch = np.arange(h.epochs + 1)
    return pd.DataFrame({"epoch": epoch, "mean": claim.clock(h, epoch)})


def by_lambda():
    """l2, part, mean, low, high, reached: |W|^2 of every layer at rest, as trained."""
    tested, measured, _ = claim.over_lambda()
    frames = []
    for layer, part in enumerate(tested.examples[0].layer_names):
        rows = frame(tested.x, part, interval(np.moveaxis(measured, 1, 0)[:, :, layer]))
        frames.append(rows.assign(reached=tested.reached[:, layer]))
    return together(*frames).rename(columns={"epoch": "l2"})


def predicted():
    """l2, mean: the prediction, where it is not 0."""
    found = {lam: size for lam, size in claim.prediction().items() if size}
    return pd.DataFrame({"l2": list(found), "mean": list(found.values())})


def left_over():
    """epoch, part, mean, low, high: what the clock leaves unexplained of the untouched page's ReLU network, and its parts."""
    found = claim.left_over()
    epoch = np.arange(found["measured"].shape[1])
    found[SUM] = found["biases"] + found["heat"]
    return together(*(frame(epoch, part, interval(values)) for part, values in found.items()))
