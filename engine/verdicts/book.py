"""The book's graphed examples: whether its accuracies are ours, and how each of the three claims comes out in them."""

from typing import NamedTuple

import numpy as np

from engine import theory
from engine.statistics import LEVEL, Interval, interval, prediction
from engine.verdicts import Outcome, decay_dominates, decay_per_epoch, judge_between, scaled_start, tail_off

CLAIMED = tail_off.CANDIDATES[1]
"""The size at which the book says that the decay tails off."""
LATE = 100
"""Epochs over which it is told what a layer at rest still does."""


class Agreement(NamedTuple):
    """Of one seed's accuracies by epoch with ours."""

    outside: np.ndarray  # (epochs,) whether an epoch lies outside what ours predict for one more seed
    below: int  # of those, the epochs that lie below
    ours: np.ndarray  # (replicates,) epochs of each of our seeds outside what the others predict


def agreement(accuracy, ours):
    """Of `accuracy` (epochs,) after epoch 1, 2, ... with `ours` (replicates, epochs + 1), from the untrained network on."""
    ours = ours[:, 1 : len(accuracy) + 1]
    others = (np.delete(ours, k, axis=0) for k in range(len(ours)))
    own = np.array([_outside(one, prediction(rest)).sum() for one, rest in zip(ours, others)])
    expected = prediction(ours)
    return Agreement(_outside(accuracy, expected), int((accuracy < expected.low).sum()), own)


def chance():
    """The share of epochs that lies outside by chance."""
    return 1 - LEVEL


def together(agreements):
    """Of several curves: epochs in all, those outside, and how many chance alone would put there."""
    epochs = sum(len(a.outside) for a in agreements)
    return epochs, int(sum(a.outside.sum() for a in agreements)), chance() * epochs


def _outside(accuracy, expected):
    return (accuracy < expected.low) | (accuracy > expected.high)


def judge(runs, cost_alone, accuracy_alone, threshold):
    """Number of the claim -> its verdicts for the large start, as its own page judges it.

    `runs` of both starts; the network under decay alone as in decay_dominates.judge, the threshold as in tail_off.judge.
    """
    large = runs["large"]
    return {
        1: decay_dominates.judge(large, cost_alone, accuracy_alone),
        2: decay_per_epoch.judge(large),
        3: tail_off.judge(runs, threshold),
    }


def premises(h, threshold):
    """Number of the claim -> whether its premise is met."""
    return {1: decay_dominates.premise(h), 2: decay_per_epoch.premise(h), 3: tail_off.premise(h, threshold)}


def is_true(verdict):
    """Whether a claim is borne out in one meaning: by its seeds, or by construction."""
    return verdict.outcome in (Outcome.HOLDS, Outcome.EXACT)


def at_the_books_size(verdicts):
    """Of tail_off.judge, what is said of the book's own candidate, a Verdict for each layer."""
    return [v for v in verdicts if v.meaning == CLAIMED]


def late_epochs(epochs):
    """((first, last), (first, last)): the last tail_off.LAST epochs, and before them those that end LATE epochs earlier."""
    return tuple((end - tail_off.LAST + 1, end) for end in (epochs - LATE, epochs))


def late_change(run, layer):
    """Interval of the relative change of a layer's mean size between the two of `late_epochs`."""
    before, after = (run.weight_rms[:, first : last + 1, layer].mean(axis=1) for first, last in late_epochs(run.epochs))
    return interval(after / before - 1)


def times(floor, h, layer):
    """How many times as large as each of tail_off.CANDIDATES a layer's tail_off.Floor is."""
    return tuple(floor.rms.mean / size for size in tail_off.predicted(h, layer))


def nearest(runs):
    """How near a layer of any of the runs comes to each of tail_off.CANDIDATES, at any epoch: the least multiple of it."""
    sizes = [
        (run.weight_rms[:, :, layer].mean(axis=0).min(), tail_off.predicted(run.hyperparameters, layer))
        for run in runs
        for layer in range(run.weight_rms.shape[2])
    ]
    return tuple(min(least / predicted[k] for least, predicted in sizes) for k in range(len(tail_off.CANDIDATES)))


def decay_times(h, layer, above=1.0):
    """Epochs in which decay alone takes a layer of the large start down to `above` times each of tail_off.CANDIDATES."""
    return tuple(theory.decay_time(*h.symbols, above * size) for size in tail_off.predicted(h, layer))


def soonest(examples, candidate):
    """Epochs until decay alone has any layer of these within tail_off.AROUND of one candidate (its place among them)."""
    return min(decay_times(h, layer, tail_off.AROUND)[candidate] for h in examples for layer in range(len(h.sizes) - 1))


def lead(runs, epoch):
    """Interval of what the scaled start is ahead in accuracy after an epoch, in percentage points."""
    return Interval(*(100 * bound for bound in scaled_start.gain(runs["scaled"], runs["large"], epoch)))


def as_accurate(runs, epoch):
    """Whether both starts have the same accuracy after an epoch, as claim 4 has it."""
    difference = scaled_start.gain(runs["large"], runs["scaled"], epoch)
    return judge_between(-scaled_start.SAME_ACCURACY, scaled_start.SAME_ACCURACY, difference) == Outcome.HOLDS


def growth(variance):
    """Mean change of a layer's variance (replicates, 2) from before to after."""
    return float((variance[:, 1] - variance[:, 0]).mean())


def put_back(floor):
    """What the data put back of what decay takes, from the large start, near the end."""
    return 1 - floor.unopposed["large"].mean


def middle(counts):
    return float(np.median(counts))


def likeness(units, others):
    """Median over units of the correlation between the weights of a unit and of its other self, (units, inputs) each."""
    return float(np.median([np.corrcoef(one, other)[0, 1] for one, other in zip(units, others)]))


def expected_sizes(run):
    """Of each layer at the end, where that of one more seed is expected."""
    return [prediction(run.weight_rms[:, -1, layer]) for layer in range(run.weight_rms.shape[2])]


def size_left(h, epochs):
    """What decay alone leaves of a weight after so many epochs."""
    return theory.memory_size(*h.symbols, epochs)
