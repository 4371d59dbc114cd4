"""Claim 4: how N(0, 1) with L2 relates to a start from N(0, 1/n_in) without it."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from engine import snapshots, theory
from engine.statistics import Interval, interval, ratio
from engine.verdicts import MUCH_LESS, SAME_SIZE, Outcome, Verdict, judge_between

OFF, ON = "weights at T∗, gradient off", "weights at T∗, gradient on"
SIZE, FORGOTTEN, ACCURACY, RESCUED = "size at the end", "draw forgotten", "accuracy, L2 kept on", "accuracy, L2 switched off"
FORGOTTEN_SCALED = "draw forgotten, scaled start"
"""Meanings of "the same as the scaled start"."""
NETWORK = "network"
SAME_ACCURACY = 0.005
"""Two accuracies are the same where they differ by at most half a percentage point: a tenth of the errors of a good run."""
NO_OVERLAP = float(np.sqrt(MUCH_LESS))
"""A draw is forgotten where at most a hundredth of a layer's squared length, the square of the cosine, lies along it."""


def arms(h):
    """Three runs with the same draw, scaled, and the same mini-batches: both starts with L2, and the scaled one without."""
    large, scaled = (replace(h, initialization=start, l2_until=None) for start in ("large", "scaled"))
    return {"large": large, "scaled": scaled, "plain": replace(scaled, l2=0.0)}


def rescue(h, until):
    """The large start, with L2 up to that epoch."""
    return replace(h, initialization="large", l2_until=until)


def shrinks(h):
    """Whether decay alone makes a weight smaller: what all meanings suppose."""
    return bool(theory.exact_decay_rate(*h.symbols) > 0)


def fades_steadily(h):
    """Whether decay alone makes a weight smaller at every update, and keeps its sign."""
    return bool(0 < theory.decay_step(h.learning_rate, h.l2, h.n_train) < 1)


def bare(h):
    """The large start without L2: what L2 is compared with where nothing is done about the start."""
    return replace(h, initialization="large", l2=0.0, l2_until=None)


def remainder(run, layer):
    """Each replicate's cosine with the draw at the end, had its layer learned only what is perpendicular to it."""
    h, size = run.hyperparameters, run.weight_rms[:, :, layer]
    with np.errstate(divide="ignore", invalid="ignore"):  # weights of 0 have no direction
        return theory.memory_size(*h.symbols, run.epochs) * size[:, 0] / size[:, -1]


def learned_along(run, layer):
    """Interval of the cosine with the draw less the `remainder`: what learning adds to it, or below 0 takes from it."""
    return interval(run.cosine[:, -1, layer] - remainder(run, layer))


def targets(h):
    """Standard deviation of the scaled start, for each layer."""
    return [1 / np.sqrt(fan_in) for fan_in in h.sizes[:-1]]


def clocks(h):
    """T* of each layer: epochs of pure decay from N(0, 1) to N(0, 1/n_in).

    Infinite where it never has that size: without decay, where decay does not shrink, and where one update leaves nothing.
    """
    passes = np.isfinite(theory.exact_decay_rate(*h.symbols))
    return [theory.decay_time(*h.symbols, target) if passes else np.inf for target in targets(h)]


def stops(h):
    """The whole epoch nearest to T*, for each layer; None where it lies beyond the run."""
    nearest = (round(clock) if np.isfinite(clock) else np.inf for clock in clocks(h))
    return [stop if stop <= h.epochs else None for stop in nearest]


def weights(network, layer):
    """Of one layer, (replicates, fan_out, fan_in)."""
    return network.weights[layer]


def faded(h, draw, layer):
    """One layer of the untrained network after exactly T* epochs of decay alone, |rho|^T* w_0; None where there is no T*."""
    clock = clocks(h)[layer]
    if not np.isfinite(clock):
        return None
    return theory.memory_size(*h.symbols, clock) * weights(draw, layer).astype(np.float64)


def distance(h, weights, layer):
    """Kolmogorov-Smirnov distance of weights (replicates, ...) of one layer from N(0, 1/n_in), for each replicate."""
    return snapshots.normal_distance(weights, targets(h)[layer])


def distances(h, network, layer):
    """Kolmogorov-Smirnov distance of the weights of one layer of a network from N(0, 1/n_in), for each replicate."""
    return distance(h, weights(network, layer), layer)


def critical(h, layer):
    """The distance that a true draw of that many weights exceeds once in twenty."""
    return snapshots.critical_distance(h.sizes[layer] * h.sizes[layer + 1])


def spread_distance(deviation):
    """Kolmogorov-Smirnov distance of N(0, deviation^2) from N(0, 1): at the point where their densities cross."""
    wide = max(deviation, 1 / deviation)
    if wide == 1:
        return 0.0
    crossing = np.sqrt(2 * np.log(wide) / (1 - wide**-2.0))
    return ndtr(crossing) - ndtr(crossing / wide)


def rounding(h, layer):
    """How far decay alone is from N(0, 1/n_in) at the whole epoch nearest to T*, which lies within the run."""
    return spread_distance(theory.memory_size(*h.symbols, stops(h)[layer]) / targets(h)[layer])


def judge_weights(h, layer, off, on):
    """Whether the weights at T* are a draw from N(0, 1/n_in), from their distances; None where there is nothing to measure.

    `off` is that of the faded draw, which is such a draw by construction: EXACT. `on` is that of the trained weights at the
    nearest whole epoch; what the rounding to it may have done is allowed for on either side, so that it decides nothing. They
    hold where they cannot be told from such a draw, which is not to say that they are one.
    """
    verdicts, bound = [], critical(h, layer)
    for meaning, found in ((OFF, off), (ON, on)):
        measured = interval(np.full(h.replicates, np.nan) if found is None else found)
        outcome = Outcome.PROMISES_NOTHING
        if found is not None and meaning == OFF:
            outcome = Outcome.EXACT
        elif found is not None:
            slack = rounding(h, layer)
            outcome = judge_between(-np.inf, bound, Interval(measured.mean, measured.low - slack, measured.high + slack))
        verdicts.append(Verdict(meaning, h.layer_names[layer], stops(h)[layer] or 0, bound, measured, outcome))
    return verdicts


def judge(runs):
    """Sizes, and memory of the draw, at the end of both starts with L2."""
    large, scaled = runs["large"], runs["scaled"]
    end = min(large.epochs, scaled.epochs)
    judged = []
    for layer, part in enumerate(large.hyperparameters.layer_names):
        sizes = ratio(large.weight_rms[:, end, layer], scaled.weight_rms[:, end, layer])
        judged.append(_verdict((large, scaled), SIZE, part, 1.0, sizes, SAME_SIZE))
    return [*judged, *judge_memory(large, FORGOTTEN)]


def judge_accuracy(meaning, h, difference):
    """Whether the large start of `h` ends as accurate as the scaled start without L2, from the Interval of their difference.

    For that it takes more seeds than a page trains: see engine.studies.accuracies.
    """
    outcome = judge_between(-SAME_ACCURACY, SAME_ACCURACY, difference)
    return Verdict(meaning, NETWORK, h.epochs, 0.0, difference, outcome)


def judge_memory(run, meaning):
    """Whether every layer is perpendicular to its own draw at the end."""
    names = run.hyperparameters.layer_names
    cosines = [interval(run.cosine[:, -1, layer]) for layer in range(len(names))]
    return [_verdict((run,), meaning, part, 0.0, cosine, NO_OVERLAP) for part, cosine in zip(names, cosines)]


def gain(run, other, epoch=-1):
    """Interval of the accuracy on unseen examples of one run minus that of another, paired, at an epoch both have; the last."""
    return interval(run.validation_accuracy[:, epoch] - other.validation_accuracy[:, epoch])


def meeting(run, other):
    """The first epoch at which the first layer of `run` is, in the mean, no larger than that of `other`; None without one."""
    both = min(run.epochs, other.epochs) + 1
    smaller = run.weight_rms[:, :both, 0].mean(axis=0) <= other.weight_rms[:, :both, 0].mean(axis=0)
    return int(smaller.argmax()) if smaller.any() else None


def _verdict(runs, meaning, part, predicted, measured, tolerance):
    """At the end of some runs; where decay does not shrink, the claim promises nothing."""
    h, epochs = runs[0].hyperparameters, min(run.epochs for run in runs)
    outcome = judge_between(predicted - tolerance, predicted + tolerance, measured)
    if any(run.diverged_at for run in runs):
        measured, outcome = Interval(np.nan, np.nan, np.nan), Outcome.DIVERGED  # there is no end
    return Verdict(meaning, part, epochs, predicted, measured, outcome if shrinks(h) else Outcome.PROMISES_NOTHING)
