"""Tables of claim 2."""

import numpy as np
import pandas as pd

from engine import theory
from engine.statistics import interval
from engine.verdicts import CONTROL
from engine.verdicts.decay_per_epoch import deviation_from_claim
from view.tables import frame

CLAIMED, EXACT = "claimed: exp(−γT)", "exact decay: ρ to the power T"


def parts(run):
    """Name -> rms, (replicates, epochs + 1), of what the figures follow: the layers, and the control group if there is one."""
    layers = {name: run.weight_rms[:, :, k] for k, name in enumerate(run.hyperparameters.layer_names)}
    return layers | ({CONTROL: run.control_rms} if np.isfinite(run.control_rms).all() else {})


def relative_size(run):
    """epoch, part, mean, low, high: rms relative to the start, with its 95 % interval, and the two lines of theory."""
    h = run.hyperparameters
    epoch = np.arange(run.epochs + 1)
    frames = [frame(epoch, name, interval(rms / rms[:, :1])) for name, rms in parts(run).items()]
    asked = np.arange(h.epochs + 1)  # a run that is still training has its theory already
    eta, lam, n, m = h.symbols
    theories = {CLAIMED: theory.claimed_size(eta, lam, m, asked), EXACT: theory.memory_size(eta, lam, n, m, asked)}
    frames += [pd.DataFrame({"epoch": asked, "part": name, "mean": line}) for name, line in theories.items()]
    return pd.concat(frames, ignore_index=True)


def residual(run):
    """epoch, part, mean, low, high: relative size over exp(-gamma T), less 1."""
    epoch = np.arange(run.epochs + 1)
    deviations = {name: deviation_from_claim(run.hyperparameters, rms) for name, rms in parts(run).items()}
    frames = [frame(epoch, name, interval(deviation)) for name, deviation in deviations.items()]
    return pd.concat(frames, ignore_index=True)


def composition(run, layer):
    """epoch, part, mean, low, high: |W|^2 of a layer over its start, with its 95 % interval; `draw` is what its draw leaves."""
    h = run.hyperparameters
    rms, epoch = run.weight_rms[:, :, layer], np.arange(run.epochs + 1)
    draw = theory.memory_size(*h.symbols, epoch) ** 2
    return frame(epoch, h.layer_names[layer], interval((rms / rms[:, :1]) ** 2)).assign(draw=draw)
