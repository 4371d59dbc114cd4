"""Claim 2: the weights decay by a factor exp(-eta*lambda/m) per epoch."""

from engine import theory
from engine.datasets import load
from engine.hyperparameters import Hyperparameters
from engine.statistics import interval
from engine.verdicts import CONTROL, MUCH_LESS, Outcome
from engine.verdicts.decay_per_epoch import (
    ROUNDING,
    TOLERANCE,
    claimed_rate,
    judge,
    last_epoch_within,
    memory_error,
    premise,
    resolved_epochs,
    size_left,
)

NAME, PREFIX, TITLE = "decay_per_epoch", "c2", "2 · The factor"
STATEMENT = r"Provided $\eta\lambda \ll n$, the weights will decay by a factor of $\exp(-\eta\lambda/m)$ per epoch."
DEFAULT = Hyperparameters(l2=5.0, epochs=60)


def runs(h):
    """What the page trains: name -> hyperparameters."""
    return {"decay": h}


def judged(runs):
    """The verdicts on its runs."""
    return judge(runs["decay"])


LARGEST = 3000
"""Examples in a mini-batch, more than the digits have."""
FEW, FEWEST = 50, 20
"""Training examples, of the text on the limit of many and of its buttons."""
FINEST = 1e-5
"""Least error of the exponential that is told: the rounding of the factor, 1e-16, grows to 2e-9 in the longest run offered."""
MU = 0.9
"""Momentum, in the example of what it does."""
TOLERANCES = (0.01, TOLERANCE, 0.2)
"""Of the size, in the table of how long a layer keeps to the claim."""


def settings_facts(h):
    """What follows from the settings alone."""
    eta, lam, n, m = h.symbols
    step = theory.decay_step(eta, lam, n)
    steady, momentum = 0 < step < 1, lam > 0 and theory.momentum_is_monotone(eta, lam, n, MU)
    errors = {count: theory.claim_error(eta, lam, count, m, h.epochs) for count in (n, FEW)}
    return {
        "h": h,
        "blank": int(load(h).unused_inputs.sum()),
        "step": step,
        "pace": eta / m,
        "steady": steady,
        "promised": premise(h),
        "exact": theory.decay_per_epoch(eta, lam, n, m),
        "claimed": theory.claimed_size(eta, lam, m, 1),
        "rate": claimed_rate(h),
        "ratio": theory.rate_ratio(eta, lam, n, m),
        "alone": theory.memory_size(eta, lam, n, m, h.epochs),
        "tolerance": TOLERANCE,
        "much_less": MUCH_LESS,
        "ratios": {size: theory.rate_ratio(eta, lam, n, size) for size in (m, 10, 1000, LARGEST)} if steady else {},
        "errors": {k: e for k, e in errors.items() if 0 < theory.decay_step(eta, lam, k) < 1 and e < 1},
        "finest": FINEST,
        "clock": theory.memory_updates(eta, lam, n) if premise(h) else None,
        "bracket": theory.decay_bracket(eta, lam, n, m) if steady and not n % m else None,
        "momentum": theory.momentum_decay_factor(eta, lam, n, MU) if momentum else None,
        "mu": MU,
        "factor": theory.decay_factor(eta, lam, n),
        "conventions": theory.conventions(eta, lam, n, m),
        "largest": LARGEST,
        "few": FEW,
        "fewest": FEWEST,
        "too_few": theory.decay_step(eta, lam, FEWEST) > MUCH_LESS,
    }


def run_facts(runs):
    """What was measured."""
    run = runs["decay"]
    h, verdicts = run.hyperparameters, judge(run)
    layers = [v for v in verdicts if v.part != CONTROL]
    outcomes = {v.part: v.outcome for v in layers if v.epochs == run.epochs}
    of = {outcome: [part for part, found in outcomes.items() if found == outcome] for outcome in Outcome}
    told = h.replicates > 1 and run.diverged_at is None and premise(h)
    within = {name: [last_epoch_within(run, k, t) for t in TOLERANCES] for k, name in enumerate(h.layer_names)}
    return {
        "run": run,
        "kept": size_left(run, 0),
        "judged": verdicts,
        "draw": next((v.outcome for v in verdicts if v.part == CONTROL), None),
        "holds": of[Outcome.HOLDS],
        "fails": of[Outcome.FAILS],
        "undecided": of[Outcome.UNDECIDED],
        "resolved": resolved_epochs(run),
        "control_error": memory_error(run),
        "rounding": ROUNDING,
        "layers": [_course(run, layers, k) for k in range(len(h.layer_names))] if run.diverged_at is None else [],
        "exact_rate": theory.exact_decay_rate(*h.symbols),
        "alone_measured": theory.memory_size(*h.symbols, run.epochs),
        "tolerances": TOLERANCES,
        "within": within,
        "until": {name: epochs[TOLERANCES.index(TOLERANCE)] for name, epochs in within.items()} if told else {},
    }


def _course(run, layers, k):
    """What became of one layer: rates of the first epoch and of all, what the data do to its size, the ledger of |W|^2."""
    rms, name = run.weight_rms[:, :, k], run.hyperparameters.layer_names[k]
    first, whole = (next(v.measured.mean for v in layers if (v.part, v.epochs) == (name, e)) for e in (1, run.epochs))
    pull = interval(run.norm_change_data[:, 0, k])
    decay, data = (interval(changes[:, :, k].sum(axis=1)).mean for changes in run.ledger)
    return {
        "name": name,
        "first": first,
        "whole": whole,
        "gone_at_first": (rms[:, 1] == 0).all(),
        "gone": (rms[:, -1] == 0).all(),
        "pull": "inward" if pull.high < 0 else "outward" if pull.low > 0 else "unknown",
        "left": size_left(run, k).mean,
        "decay": decay,
        "data": data,
    }
