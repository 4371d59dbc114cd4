"""Tables of the book's own examples."""

import numpy as np
import pandas as pd

from engine import theory
from engine.statistics import interval, prediction
from engine.studies import book
from engine.verdicts import CONTROL, tail_off
from engine.verdicts import book as verdicts
from view.claims.tail_off.tables import START
from view.tables import frame, position, sizes, subscripts

LAST = book.LONG


def accuracy(runs):
    """epoch, start, kind, mean, low, high, outside: our mean and where one more seed is expected, over the book's own curve."""
    frames = []
    for start, run in runs.items():
        ours = run.validation_accuracy[:, 1:]
        theirs = book.published_accuracy(run.hyperparameters.hidden, start)
        epoch = np.arange(1, ours.shape[1] + 1)
        outside = verdicts.agreement(theirs, run.validation_accuracy).outside
        frames.append(frame(epoch, start, prediction(ours)).assign(kind="measured"))
        frames.append(pd.DataFrame({"epoch": epoch, "part": start, "mean": theirs, "kind": "book", "outside": outside}))
    table = pd.concat(frames, ignore_index=True).rename(columns={"part": "start"})
    return table.assign(start=table["start"].map(START))


def live(run, start):
    """epoch, start, kind, mean: the accuracy of one seed that is being trained."""
    epoch = np.arange(1, run.epochs + 1)
    return pd.DataFrame({"epoch": epoch, "start": START[start], "kind": "live", "mean": run.validation_accuracy[0, 1:]})


def layer_sizes(runs, layer):
    """epoch, part, start, kind, mean, low, high: rms of a layer from both starts, and of the large start's control group."""
    measured = sizes(runs, layer, START).assign(kind="measured")
    if layer:
        return measured
    run = runs["large"]
    control = frame(np.arange(run.epochs + 1), CONTROL, interval(run.control_rms)).assign(kind="control")
    return pd.concat([measured, control[control["epoch"] % 10 == 0]], ignore_index=True)


def decay(runs, layer):
    """epoch, mean, kind, name: decay alone from the large start, and the epochs in which it reaches each candidate."""
    run = runs["large"]
    h, start = run.hyperparameters, run.weight_rms[:, 0, layer].mean()
    epoch = np.linspace(0, LAST, 101)
    line = pd.DataFrame({"epoch": epoch, "mean": start * theory.memory_size(*h.symbols, epoch), "kind": "decay alone"})
    levels = pd.DataFrame(
        {
            "epoch": verdicts.decay_times(h, layer),
            "mean": tail_off.predicted(h, layer),
            "name": map(subscripts, tail_off.CANDIDATES),
            "kind": "level",
        }
    )
    return pd.concat([line, levels], ignore_index=True)


def portraits(weights, unit):
    """epoch -> weights (pixels,) into one hidden unit, counted from 1; from the stored weights (units, 784) by epoch."""
    return {epoch: of_all[position(unit)] for epoch, of_all in weights.items()}


def everything(runs):
    """All that is drawn, for those who take it away: every seed's measurements by epoch, of `runs` by hyperparameters."""
    rows = []
    for h, run in runs.items():
        for layer, name in enumerate(h.layer_names):
            for k, seed in enumerate(h.seeds):
                rows.append(
                    pd.DataFrame(
                        {
                            "network": "-".join(map(str, h.sizes)),
                            "start": h.initialization,
                            "seed": seed,
                            "layer": name,
                            "epoch": np.arange(run.epochs + 1),
                            "weight_rms": run.weight_rms[k, :, layer],
                            "validation_accuracy": run.validation_accuracy[k],
                        }
                    )
                )
    return pd.concat(rows, ignore_index=True)
