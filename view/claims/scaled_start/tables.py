"""Tables of claim 4."""

import numpy as np
import pandas as pd

from engine import theory
from engine.claims.readings import weight_edges
from engine.statistics import interval
from engine.verdicts import scaled_start as claim
from view.tables import frame, sizes

ARMS = {"large": "N(0, 1), L2", "scaled": "N(0, 1/n_in), L2", "bare": "N(0, 1), no L2", "plain": "N(0, 1/n_in), no L2"}
RESCUED = "N(0, 1), L2 until T"
OFF, ON, TARGET = "gradient off", "gradient on", "N(0, 1/n_in)"


def level(h, layer):
    """name, mean: the size of the scaled start."""
    return pd.DataFrame({"name": ["1/√n_in"], "mean": [claim.targets(h)[layer]]})


def decay_alone(h):
    """epoch, mean: what decay alone makes of the large start, as long as it is on."""
    epoch = np.linspace(0, h.epochs, 121)
    on = epoch if h.l2_until is None else np.minimum(epoch, h.l2_until)
    return pd.DataFrame({"epoch": epoch, "mean": theory.memory_size(*h.symbols, on)})


def accuracies(runs, names=ARMS):
    """epoch, part (the arm), mean, low, high: on unseen images."""
    frames = [frame(np.arange(run.epochs + 1), names[name], interval(run.validation_accuracy)) for name, run in runs.items()]
    return pd.concat(frames, ignore_index=True)


def by_size(runs):
    """size, part (the arm), mean, low, high, epoch: accuracy on unseen images against the rms of the hidden weights."""
    frames = []
    for name, run in runs.items():
        size = interval(run.weight_rms[:, :, 0]).mean
        frames.append(frame(np.arange(run.epochs + 1), ARMS[name], interval(run.validation_accuracy)).assign(size=size))
    return pd.concat(frames, ignore_index=True)


def histogram(h, at_clock, layer):
    """weight, kind, mean, low, high: density of a layer's weights at T*, by kind, and of N(0, 1/n_in); of readings.at_clock."""
    target, edges = claim.targets(h)[layer], weight_edges(h, layer)
    middle = (edges[1:] + edges[:-1]) / 2
    found = [(kind, one) for kind, one in zip((OFF, ON), at_clock[layer]) if one is not None]
    frames = [frame(middle, kind, interval(one["density"])) for kind, one in found]
    normal = np.exp(-((edges / target) ** 2) / 2) / (target * np.sqrt(2 * np.pi))
    frames.append(pd.DataFrame({"epoch": edges, "part": TARGET, "mean": normal}))
    return pd.concat(frames, ignore_index=True).rename(columns={"epoch": "weight", "part": "kind"})


def cosines(runs):
    """epoch, part, start, mean, low, high: cosine of a layer's weights with its own draw, from both starts with L2."""
    frames = []
    for name in ("large", "scaled"):
        run = runs[name]
        for k, part in enumerate(run.hyperparameters.layer_names):
            values = interval(run.cosine[:, :, k])
            frames.append(frame(np.arange(run.epochs + 1), part, values).assign(start=ARMS[name]))
    return pd.concat(frames, ignore_index=True)


def all_layers(runs):
    """Sizes, cosines and accuracies of every arm in one table, for those who take it away."""
    names = runs["large"].hyperparameters.layer_names
    frames = [sizes(runs, k, ARMS).assign(of="rms weight") for k in range(len(names))]
    frames.append(cosines(runs).assign(of="cosine with the draw"))
    frames.append(accuracies(runs).rename(columns={"part": "start"}).assign(of="accuracy, unseen images"))
    return pd.concat(frames, ignore_index=True)
