"""The laboratory: two networks side by side from the same draws, and any measurement of both against epochs."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np

from engine.hyperparameters import Hyperparameters
from engine.statistics import Interval, interval

NAME, PREFIX, TITLE = "laboratory", "lab", "Laboratory"
A, B = f"{PREFIX}a", f"{PREFIX}b"
"""What the names of the two settings begin with in the address."""
DEFAULT = Hyperparameters(l2=5.0, epochs=60)
OTHER = replace(DEFAULT, initialization="scaled")


class Measurement(NamedTuple):
    """What is read off a run once an epoch."""

    label: str
    of: Callable  # Run -> (replicates, epochs + 1), or (replicates, epochs) of what an epoch changes
    unit: str  # "number" or "share": how an axis writes it


def _ratio(run):
    squared = run.norm_squared
    with np.errstate(divide="ignore", invalid="ignore"):
        return squared[:, :, 0] / squared[:, :, -1]


FIRST = "size of the first layer"
MEASUREMENTS = {
    "size of the first layer": Measurement("size (rms) of the first layer", lambda run: run.weight_rms[:, :, 0], "number"),
    "size of the last layer": Measurement("size (rms) of the last layer", lambda run: run.weight_rms[:, :, -1], "number"),
    "size on blank pixels": Measurement("size (rms) of weights on blank pixels", lambda run: run.control_rms, "number"),
    "ratio of the lengths": Measurement("squared length, first layer over last", _ratio, "number"),
    "cosine with the draw": Measurement("cosine with the draw, first layer", lambda run: run.cosine[:, :, 0], "number"),
    "share of the movement": Measurement(
        "decay’s share of the movement, first layer", lambda run: run.displacement_share[:, :, 0], "share"
    ),
    "unopposed share": Measurement("unopposed share of decay, first layer", lambda run: run.unopposed_share[:, :, 0], "share"),
    "cost in training": Measurement("cost per example, in training", lambda run: run.training_cost, "number"),
    "accuracy": Measurement("accuracy on unseen images", lambda run: run.validation_accuracy, "share"),
}
"""Name in the menu and in the address -> what it is."""


def runs(one, other):
    """What the page trains: name -> hyperparameters."""
    return {A: one, B: other}


def plain(names, changes):
    """The values of some hyperparameters in the first setting as the page opens, with changes: what a preset sets."""
    return {name: getattr(DEFAULT, name) for name in names} | changes


def differences(one, other):
    """[(name of a field, value in A, value in B)] of what the two settings do not share."""
    pairs = ((f.name, getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return [(name, a, b) for name, a, b in pairs if a != b]


def series(name, run):
    """(epochs, values (replicates, epochs)) of a measurement, from the first epoch that has it on."""
    values = MEASUREMENTS[name].of(run)
    return np.arange(run.epochs + 1)[-values.shape[1] :] if values.shape[1] else np.arange(0), values


def paired(name, one, other):
    """(epochs, Interval over seeds of B minus A), of the epochs that both have; None where the two do not share their seeds."""
    h, g = one.hyperparameters, other.hyperparameters
    if h.seeds != g.seeds:
        return None
    (epochs, a), (_, b) = series(name, one), series(name, other)
    shared = min(a.shape[1], b.shape[1])
    return epochs[:shared], interval(b[:, :shared] - a[:, :shared])


def facts(name, found):
    """What the two show of a measurement at the end of the shorter; `found` is name -> Run."""
    one, other = found[A], found[B]
    difference = paired(name, one, other)
    ends = [interval(series(name, run)[1][:, -1:]) if run.epochs else None for run in (one, other)]
    last = None if difference is None or not len(difference[0]) else Interval(*(bound[-1] for bound in difference[1]))
    known = last is not None and bool(np.isfinite(last.mean))
    return {
        "measured": MEASUREMENTS[name],
        "one": one.hyperparameters,
        "other": other.hyperparameters,
        "differ": [field for field, *_ in differences(one.hyperparameters, other.hyperparameters)],
        "ends": [None if end is None or not np.isfinite(end.mean[0]) else float(end.mean[0]) for end in ends],
        "last": last if known else None,
        "until": int(difference[0][-1]) if known else None,
        "apart": known and bool(last.low > 0 or last.high < 0),
        "unpaired": difference is None,
        "diverged": [label for label, run in (("A", one), ("B", other)) if run.diverged_at is not None],
    }
