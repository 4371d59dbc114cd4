"""Claim 1: the first epochs of training are dominated almost entirely by weight decay.

"Dominated" is measured in four ways: who changes the norm of a layer, who moves its weights, and how much of the fall of the
cost, and of the gain in accuracy, decay alone would bring. Always accumulated over the first epochs.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from engine import theory
from engine.grid import LambdaGrid
from engine.initialization import INITIALIZATIONS
from engine.statistics import Interval, interval, ratio_of_means
from engine.verdicts import EVEN, MOST, MUCH_LESS, Outcome, Verdict, judge_comparison

FIRST = 5
"""The first epochs."""
NORM, MOVEMENT, COST, ACCURACY = "length", "movement", "cost", "accuracy"
"""Meanings of "dominated"."""
NETWORK = "network"
GRID = tuple(float(f"{share:.2g}") for share in np.geomspace(3e-5, 0.1, 13))
"""lambda / n of the runs between which a threshold is interpolated."""


def first_epochs(run):
    return min(FIRST, run.epochs)


def left(h):
    """What the first epochs leave of a weight that sees no data, relative to its start; above 1 where decay overshoots."""
    return theory.memory_size(*h.symbols, FIRST if h.l2_until is None else min(h.l2_until, FIRST))


def premise(h):
    """Supposing that lambda is not too small: in the first epochs a weight without gradient loses at least a hundredth."""
    return 1 - left(h) >= MUCH_LESS


def norm_changes(run):
    """What decay and the data do to |W|^2 over the first epochs, (replicates, layers) each; in units of the first |W|^2."""
    decay, data = run.first(first_epochs(run)).ledger
    return decay.sum(axis=1), data.sum(axis=1)


def norm_share(run):
    """Decay's part of the two changes of the norm, by size, (replicates, layers)."""
    return _share(*np.abs(norm_changes(run)))


def movement_share(run):
    """|D| / (|D| + |G|), each summed over the first epochs, (replicates, layers)."""
    epochs = first_epochs(run)
    return _share(run.displacement_decay[:, :epochs].sum(axis=1), run.displacement_data[:, :epochs].sum(axis=1))


def data_way(run):
    """How many times as far the data moved a layer as decay did, |G| / |D| over the first epochs, (replicates, layers)."""
    with np.errstate(divide="ignore"):
        return 1 / movement_share(run) - 1


def effect(values):
    """What changed, (replicates,), from values (replicates, 2) before and after."""
    return values[:, 1] - values[:, 0]


def with_start(h, initialization):
    return replace(h, initialization=initialization)


def pulls_over_decay(h, gradients):
    """The data's pull on the first layer over decay's, at rest: whole, and its part along the weights, (replicates,) each.

    Decay adds lambda/n times the weight to the gradient.
    """
    decay = h.l2 / h.n_train
    return gradients.relative[:, 0] / decay, abs(gradients.inward[:, 0]) / decay


def preactivation_variance(h, initialization, x_norm_squared):
    """Of the first hidden layer at the start, for inputs of that mean squared length."""
    return theory.preactivation_variance(INITIALIZATIONS[initialization](h.fan_in), x_norm_squared)


def ruled_in_length_alone(judged):
    """The layers whose length decay dominates and whose movement it does not."""
    outcomes = {(v.meaning, v.part): v.outcome for v in judged}
    missed = (Outcome.PARTLY, Outcome.FAILS)
    return [p for (m, p), o in outcomes.items() if m == NORM and o == Outcome.HOLDS and outcomes[MOVEMENT, p] in missed]


def judge(run, cost_alone, accuracy_alone):
    """A verdict for norm and movement of each layer, and for cost and accuracy of the network.

    `cost_alone` and `accuracy_alone` (replicates, 2) belong to the network at the start and after the first epochs of decay
    with the gradient off.
    """
    judged = []
    for meaning, share in ((NORM, norm_share(run)), (MOVEMENT, movement_share(run))):
        for k, name in enumerate(run.hyperparameters.layer_names):
            measured = interval(share[:, k])
            judged.append(_verdict(run, meaning, name, measured, judge_comparison(MOST, EVEN, measured)))
    ends = [0, first_epochs(run)]
    judged.append(_judge_effect(run, COST, run.training_cost[:, ends], cost_alone, -1))
    judged.append(_judge_effect(run, ACCURACY, run.validation_accuracy[:, ends], accuracy_alone, 1))
    return judged


def _judge_effect(run, meaning, trained, alone, sign):
    """Of what decay alone changed, over what training changed the way of `sign`.

    There is no share, and `measured` is NaN, of a change that the seeds do not tell from 0.
    """
    changed = interval(sign * effect(trained))
    outcome = Outcome.UNDECIDED
    measured = Interval(np.nan, np.nan, np.nan)
    if changed.low > 0:
        measured = ratio_of_means(effect(alone), effect(trained))
        outcome = judge_comparison(MOST, EVEN, measured)
    elif changed.high <= 0:
        outcome = Outcome.PROMISES_NOTHING
    return _verdict(run, meaning, NETWORK, measured, outcome)


def _verdict(run, meaning, part, measured, outcome):
    """Over the first epochs. A run that diverged within them has nothing to say of them."""
    if run.diverged_at is not None and run.diverged_at <= FIRST:
        outcome = Outcome.DIVERGED
    if not premise(run.hyperparameters):
        outcome = Outcome.PROMISES_NOTHING
    return Verdict(meaning, part, first_epochs(run), MOST, measured, outcome)


def _share(a, b):
    with np.errstate(invalid="ignore"):
        return a / (a + b)


# ---------------------------------------------------------------------------------------------- the ruler of lambda


@lru_cache(maxsize=256)  # its settings are checked one by one
def ruler(h):
    """The first epochs of `h` for the lambdas of GRID; the same whatever h's own lambda."""
    base = replace(h, l2=0.0, l2_until=None, epochs=FIRST)
    return LambdaGrid(base, tuple(share * h.n_train for share in GRID))


@dataclass(frozen=True)
class Threshold:
    """The lambda from which on decay outdoes the data, for one meaning and layer."""

    meaning: str
    part: str
    measured: Interval | None  # of the geometric mean over seeds; None where not every seed has a crossing
    crossings: int  # seeds that have one
    ahead: str  # who is ahead on the whole grid in every seed, "decay" or "the data"; "neither" where that changes; else ""


def thresholds(runs):
    """The Thresholds of the runs of a ruler: norm, then movement, for each layer."""
    lams = np.array([run.hyperparameters.l2 for run in runs])
    decay, data = (np.stack(change) for change in zip(*map(norm_changes, runs)))  # (lambdas, replicates, layers)
    moves = np.stack([movement_share(run) for run in runs])
    found = []
    for meaning, ratio in ((NORM, -data / decay), (MOVEMENT, 1 / moves - 1)):
        for layer, part in enumerate(runs[0].hyperparameters.layer_names):
            found.append(_threshold(meaning, part, lams, ratio[:, :, layer]))
    return found


def _threshold(meaning, part, lams, ratio):
    samples = np.array([crossing(lams, r) for r in ratio.T])
    crossings = int(np.isfinite(samples).sum())
    measured = Interval(*np.exp(interval(np.log(samples)))) if crossings == len(samples) else None
    ahead = "the data" if (ratio > 1).all() else "decay" if (np.abs(ratio) < 1).all() else "neither"
    return Threshold(meaning, part, measured, crossings, "" if crossings else ahead)


def crossing(lams, ratio):
    """Where the data's part over decay's falls through 1 for the last time, on logarithmic axes; NaN where it does not.

    A ratio that is negative on the far side of 1, where the data shrink the weights as well, is joined by a straight line.
    """
    above = np.flatnonzero((ratio[:-1] > 1) & (ratio[1:] <= 1))
    if not len(above) or ratio[-1] > 1:
        return np.nan
    k = above[-1]
    (a, b), (x, y) = np.log(lams[k : k + 2]), ratio[k : k + 2]
    share = np.log(x) / (np.log(x) - np.log(y)) if y > 0 else (x - 1) / (x - y)
    return np.exp(a + share * (b - a))


SATURATED = 1 / 8
"""A layer is saturated where the mean slope of its units is at most half of a sigmoid's steepest, 1/4."""


@dataclass(frozen=True)
class Estimate:
    """Lambdas at which decay is as large as something else that acts on a layer at initialisation, by closed forms."""

    part: str
    pull: float  # of the data, inward
    noise: float  # of the mini-batches, outward, at most


def estimates(h, data_norm_squared, example_variance):
    """An Estimate for each layer; none where the closed forms do not apply.

    `example_variance` (replicates, layers) is that of one example's gradient by one weight at the start.
    """
    deviation = INITIALIZATIONS[h.initialization]
    inner, outer = deviation(h.fan_in), deviation(h.hidden[0])
    variance = theory.preactivation_variance(inner, data_norm_squared)
    applies = len(h.hidden) == 1 and h.activation == "sigmoid" and h.cost == "cross-entropy"
    if not applies or theory.mean_slope(variance) > SATURATED:
        return []
    variance_out = theory.output_variance(h.hidden[0], outer, variance)
    pulls = (
        theory.hidden_pull(h.n_train, data_norm_squared / h.fan_in, h.sizes[-1], outer, variance, variance_out),
        theory.output_pull(h.n_train, variance, variance_out),
    )
    noise = (
        theory.noise_heating(h.learning_rate, h.n_train, h.batch_size, v, size)
        for v, size in zip(example_variance.mean(axis=0), (inner, outer))
    )
    return [Estimate(*layer) for layer in zip(h.layer_names, pulls, noise)]


def inward_pull(h, gradients):
    """What the Estimates' pull is in these draws, (replicates, layers); below 0 where the data pull outward."""
    return h.n_train * gradients.inward
