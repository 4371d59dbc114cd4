"""Why the layers part: the law of lengths, its case of ReLU, its clock, and the size that a wide network comes to.

The functions take what engine.lengths measures; squared lengths |W|^2 are means over the last epochs of a run.
"""

from dataclasses import replace

import numpy as np

from engine import theory
from engine.statistics import Interval, interval
from engine.verdicts import SAME_SIZE, Outcome, Verdict, judge_between, judge_equality
from engine.verdicts.tail_off import LAST, drift

LAW = 0.03
"""Relative tolerance on the ratio of two squared lengths, against K."""
EQUAL = 0.05
"""On that of a ReLU network, against 1: the heat, which the equality leaves out, is as large as a few hundredths."""
CLOCK = 0.03
"""On the difference of two squared lengths, against its clock."""
CLOCK_EPOCHS = 20
"""Epochs over which the clock is judged, the first of a run."""
SIZE = 0.1
"""On the squared length of a layer, against the prediction."""


def lengths(run):
    """|W_l|^2, means over the last epochs, (replicates, layers)."""
    return run.norm_squared[:, -LAST:].mean(axis=1)


def rest(run, layers):
    """HOLDS where none of these layers moves, NOT_AT_REST where one does, UNDECIDED, or DIVERGED."""
    if run.diverged_at is not None:
        return Outcome.DIVERGED
    if run.epochs < LAST:
        return Outcome.NOT_AT_REST
    asked = [judge_between(-SAME_SIZE, SAME_SIZE, interval(drift(run, layer))) for layer in layers]
    if Outcome.FAILS in asked:
        return Outcome.NOT_AT_REST
    return Outcome.UNDECIDED if Outcome.UNDECIDED in asked else Outcome.HOLDS


def judge_law(run, predicted):
    """For every two neighbouring layers whether |W_l|^2 / |W_(l+1)|^2 is K, engine.lengths.ratio (replicates, layers - 1)."""
    return [_of_pair(run, "K", pair, predicted[:, pair], LAW) for pair in range(predicted.shape[1])]


def judge_relu(run):
    """For every two neighbouring layers whether their squared lengths are equal; promised for ReLU units alone."""
    h = run.hyperparameters
    found = [_of_pair(run, "equal", pair, np.ones(h.replicates), EQUAL) for pair in range(len(h.hidden))]
    return found if h.activation == "relu" else [_unpromised(verdict) for verdict in found]


def _of_pair(run, meaning, pair, predicted, tolerance):
    """Of seeds paired with their predictions, (replicates,): judged is the measured ratio over the predicted one."""
    measured = lengths(run)
    measured = _over(measured[:, pair], measured[:, pair + 1])
    outcome = judge_equality(1.0, interval(_over(measured, predicted)), tolerance)
    outcome = _at_rest(run, (pair, pair + 1), outcome)
    verdict = Verdict(meaning, _pair(run, pair), run.epochs, float(predicted.mean()), interval(measured), outcome)
    return verdict if decays(run.hyperparameters, run.epochs) else _unpromised(verdict)


def judge_clock(run):
    """For every two neighbouring layers whether the difference of their squared lengths keeps to rho^2 per epoch.

    Measured is that difference over its clock, in the epoch of the first CLOCK_EPOCHS in which its mean is farthest off.
    """
    h, epochs = run.hyperparameters, min(run.epochs, CLOCK_EPOCHS)
    squared = run.norm_squared[:, : epochs + 1]
    left = theory.difference_left(*h.symbols, np.arange(epochs + 1))
    judged = []
    for pair in range(len(h.hidden)):
        difference = squared[:, :, pair] - squared[:, :, pair + 1]
        over_clock = interval(_over(difference, difference[:, :1] * left))
        worst = int(np.argmax(np.abs(over_clock.mean - 1)))
        measured = Interval(*(bound[worst] for bound in over_clock))
        outcome = judge_equality(1.0, measured, CLOCK)
        outcome = Outcome.DIVERGED if run.diverged_at is not None and epochs < CLOCK_EPOCHS else outcome
        verdict = Verdict("clock", _pair(run, pair), worst, 1.0, measured, outcome)
        judged.append(verdict if h.epochs > 0 and decays(h, epochs) else _unpromised(verdict))
    return judged


def judge_size(run, predicted):
    """For both layers whether |W_l|^2 is what engine.lengths.at_rest predicts; of a collapsed network, 0, nothing is asked."""
    measured, judged = lengths(run), []
    for layer, part in enumerate(run.hyperparameters.layer_names):
        found = interval(measured[:, layer])
        outcome = _at_rest(run, (layer,), judge_equality(predicted, found, SIZE))
        judged.append(Verdict("size", part, run.epochs, predicted, found, outcome))
    return judged if predicted > 0 and decays(run.hyperparameters, run.epochs) else [_unpromised(verdict) for verdict in judged]


def decays(h, epochs):
    """The law speaks of weights that decay, until the last of these epochs."""
    return h.learning_rate * h.l2 > 0 and (h.l2_until is None or h.l2_until >= epochs)


def _at_rest(run, layers, outcome):
    """What was judged, unless the layers are known not to rest."""
    found = rest(run, layers)
    return found if found in (Outcome.NOT_AT_REST, Outcome.DIVERGED) else outcome


def _unpromised(verdict):
    return replace(verdict, outcome=Outcome.PROMISES_NOTHING)


def _pair(run, pair):
    return " and ".join(run.hyperparameters.layer_names[pair : pair + 2])


def _over(a, b):
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # two lengths may be equal, or gone, or diverge
        return a / b
