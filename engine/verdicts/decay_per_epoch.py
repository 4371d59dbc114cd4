"""Claim 2: the weights decay by a factor exp(-eta*lambda/m) per epoch."""

import numpy as np

from engine import theory
from engine.statistics import interval
from engine.verdicts import CONTROL, MUCH_LESS, Outcome, Verdict, judge_equality

TOLERANCE = 0.05
"""Relative tolerance on a decay rate."""
ROUNDING = 1e-4
"""Largest relative error of the control group's size that single precision may cause: each of its weights is rounded, by 6e-8
at most, whenever the common scale is multiplied in, about once in 500 updates."""


def premise(h):
    """Claim 2 speaks of 0 < eta*lambda << n, with the decay on throughout."""
    return 0 < h.learning_rate * h.l2 <= MUCH_LESS * h.n_train and (h.l2_until is None or h.l2_until >= h.epochs)


def judge(run):
    """Verdicts on the decay rate per epoch.

    First the weights whose input is always 0, if there are any, over all epochs in which single precision resolves them: what
    is left of the draw. Then every layer, over the first epoch and over all. The rate over
    epochs 1 to T is ln(rms_0 / rms_T) / T.
    """
    h, resolved = run.hyperparameters, resolved_epochs(run)
    judged = []
    if np.isfinite(run.control_rms).any() and resolved > 0:
        measured = interval(measured_rate(run.control_rms, resolved))
        judged.append(_verdict(run, CONTROL, resolved, measured, _judge_draw(run)))
    for layer, name in enumerate(h.layer_names):
        for epochs in sorted({min(1, run.epochs), run.epochs}):
            measured = interval(measured_rate(run.weight_rms[:, :, layer], epochs))
            outcome = judge_equality(claimed_rate(h), measured, TOLERANCE)
            if run.diverged_at is not None and epochs != 1:
                outcome = Outcome.DIVERGED
            judged.append(_verdict(run, name, epochs, measured, outcome))
    return judged


def _judge_draw(run):
    """The draw fades by a theorem, so no seed decides it: EXACT where the claimed rate is near enough to the theorem's.

    It fails as well where the weights that should follow the theorem do not: then the simulation is wrong.
    """
    near = abs(theory.rate_ratio(*run.hyperparameters.symbols) - 1) <= TOLERANCE
    return Outcome.EXACT if near and memory_error(run) <= ROUNDING else Outcome.FAILS


def _verdict(run, part, epochs, measured, outcome):
    h = run.hyperparameters
    promised = premise(h) and h.epochs > 0
    return Verdict("rate", part, epochs, claimed_rate(h), measured, outcome if promised else Outcome.PROMISES_NOTHING)


def claimed_rate(h):
    """Per epoch."""
    return theory.decay_rate(h.learning_rate, h.l2, h.batch_size)


def measured_rate(rms, epochs):
    """ln(rms_0 / rms_T) / T of each replicate, (replicates,), for rms (replicates, epochs + 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(rms[:, 0] / rms[:, epochs]) / epochs


def deviation_from_claim(h, rms):
    """Size relative to the start over exp(-gamma T), less 1, for rms (replicates, epochs + 1)."""
    claimed = theory.claimed_size(h.learning_rate, h.l2, h.batch_size, np.arange(rms.shape[1]))
    with np.errstate(
        divide="ignore", over="ignore", invalid="ignore"
    ):  # where the claimed size underflows, any size is infinitely far off
        return rms / rms[:, :1] / claimed - 1


def size_left(run, layer):
    """The layer's rms at the end over that at the start, with its interval over seeds."""
    return interval(run.weight_rms[:, -1, layer] / run.weight_rms[:, 0, layer])


def resolved_epochs(run):
    """The last epoch at which single precision resolves what is left of the draw."""
    return int(np.flatnonzero(resolved_memory(run) > 0)[-1])


def resolved_memory(run):
    """|rho|^T for every epoch of a run, (epochs + 1,); 0 below 1e-30: float32 ends at 1e-38."""
    h = run.hyperparameters
    with_decay = np.minimum(np.arange(run.epochs + 1), h.epochs if h.l2_until is None else h.l2_until)
    left = theory.memory_size(*h.symbols, with_decay)
    return np.where(left > 1e-30, left, 0.0)


def memory_error(run):
    """Largest relative deviation of the control group's rms from |rho|^T rms_0, over epochs and replicates; NaN without one."""
    left = resolved_memory(run)
    seen = left > 0
    return np.abs(run.control_rms[:, seen] / run.control_rms[:, :1] / left[seen] - 1).max()


def last_epoch_within(run, layer, tolerance):
    """The last epoch up to which a layer's rms kept to exp(-gamma T), relative, with its whole interval inside +-tolerance."""
    h = run.hyperparameters
    deviation = interval(deviation_from_claim(h, run.weight_rms[:, :, layer]))
    inside = (deviation.low >= -tolerance) & (deviation.high <= tolerance)
    inside[0] = True  # no deviation at the start, whatever the number of replicates
    return int(np.argmin(inside)) - 1 if not inside.all() else run.epochs
