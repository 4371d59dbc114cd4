"""Claim 4: how N(0, 1) with L2 relates to a start from N(0, 1/n_in) without it."""

from dataclasses import replace

import numpy as np

from engine import snapshots, theory
from engine.statistics import interval, ratio
from engine.verdicts import Outcome, Verdict, judge_between

OFF, ON = "weights at T∗, gradient off", "weights at T∗, gradient on"
SIZE, FORGOTTEN, ACCURACY, RESCUED = "size at the end", "draw forgotten", "accuracy, L2 kept on", "accuracy, L2 switched off"
"""Meanings of "the same as the scaled start"."""
NETWORK = "network"
SAME_SIZE, SAME_ACCURACY, NO_OVERLAP = 0.05, 0.01, 0.05
"""Tolerances: of the ratio of two sizes, of the difference of two accuracies, of a cosine."""


def arms(h):
    """Three runs with the same draw, scaled, and the same mini-batches: both starts with L2, and the scaled one without."""
    large, scaled = (replace(h, initialization=start, l2_until=None) for start in ("large", "scaled"))
    return {"large": large, "scaled": scaled, "plain": replace(scaled, l2=0.0)}


def rescue(h, until):
    """The large start, with L2 up to that epoch."""
    return replace(h, initialization="large", l2_until=until)


def bare(h):
    """The large start without L2: what L2 is compared with where nothing is done about the start."""
    return replace(h, initialization="large", l2=0.0, l2_until=None)


def remainder(run, layer):
    """The cosine with the draw that a layer would have at the end if all it had learned were perpendicular to the draw."""
    h, size = run.hyperparameters, run.weight_rms[:, :, layer]
    return interval(theory.memory_size(*h.symbols, run.epochs) * size[:, 0] / size[:, -1])


def targets(h):
    """Standard deviation of the scaled start, for each layer."""
    return [1 / np.sqrt(fan_in) for fan_in in h.sizes[:-1]]


def clocks(h):
    """T* of each layer: epochs of pure decay from N(0, 1) to N(0, 1/n_in); infinite where it does not get there."""
    return [theory.decay_time(*h.symbols, target) for target in targets(h)]


def stops(h):
    """The whole epoch nearest to T*, for each layer; None where it lies beyond the run."""
    return [round(clock) if clock <= h.epochs else None for clock in clocks(h)]


def distances(h, network, layer):
    """Kolmogorov-Smirnov distance of one layer's weights from N(0, 1/n_in), for each replicate."""
    return snapshots.normal_distance(network.scale * network.weights[layer], targets(h)[layer])


def critical(h, layer):
    """The distance that a true draw of that many weights exceeds once in twenty."""
    return snapshots.critical_distance(h.sizes[layer] * h.sizes[layer + 1])


def judge_weights(h, layer, off, on):
    """Whether the weights at T* are a draw from N(0, 1/n_in), from their distances; None where T* is beyond the run."""
    verdicts, bound = [], critical(h, layer)
    for meaning, distance in ((OFF, off), (ON, on)):
        measured = interval(np.full(h.replicates, np.nan) if distance is None else distance)
        outcome = Outcome.PREMISE_NOT_MET if distance is None else judge_between(0, bound, measured)
        verdicts.append(Verdict(meaning, h.layer_names[layer], stops(h)[layer] or 0, bound, measured, outcome))
    return verdicts


def judge(runs):
    """Sizes, memory of the draw, and accuracy at the end of the three arms."""
    large, scaled, plain = runs["large"], runs["scaled"], runs["plain"]
    h = large.hyperparameters
    end = min(run.epochs for run in runs.values())
    judged = []
    for layer, part in enumerate(h.layer_names):
        sizes = ratio(large.weight_rms[:, end, layer], scaled.weight_rms[:, end, layer])
        judged.append((SIZE, part, 1.0, sizes, (1 - SAME_SIZE, 1 + SAME_SIZE)))
    for layer, part in enumerate(h.layer_names):
        judged.append((FORGOTTEN, part, 0.0, interval(large.cosine[:, end, layer]), (-NO_OVERLAP, NO_OVERLAP)))
    judged.append((ACCURACY, NETWORK, 0.0, gain(large, plain), (-SAME_ACCURACY, SAME_ACCURACY)))
    return [_verdict(h, end, *each) for each in judged]


def judge_rescue(rescued, plain):
    """Whether the large start, with L2 up to some epoch, ends as accurate as the scaled start without L2."""
    end = min(rescued.epochs, plain.epochs)
    return _verdict(rescued.hyperparameters, end, RESCUED, NETWORK, 0.0, gain(rescued, plain), (-SAME_ACCURACY, SAME_ACCURACY))


def gain(run, other):
    """Difference of the accuracies on unseen examples at the end, paired; positive where the first is better."""
    end = min(run.epochs, other.epochs)
    return interval(run.validation_accuracy[:, end] - other.validation_accuracy[:, end])


def _verdict(h, epochs, meaning, part, predicted, measured, bounds):
    met = h.l2 > 0 and h.learning_rate > 0
    return Verdict(
        meaning, part, epochs, predicted, measured, judge_between(*bounds, measured) if met else Outcome.PREMISE_NOT_MET
    )
