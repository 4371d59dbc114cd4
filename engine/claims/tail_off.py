"""Claim 3: the decay tails off when the weights are down to a size of about 1/n_w."""

import math

import numpy as np

from engine import theory
from engine.datasets import load
from engine.hyperparameters import Hyperparameters
from engine.lengths import known_at_rest
from engine.statistics import Interval
from engine.verdicts import MUCH_LESS, SAME_SIZE, Outcome, contest
from engine.verdicts.tail_off import (
    AROUND,
    CANDIDATES,
    GUESSING,
    LAST,
    STEADY,
    agrees,
    arms,
    balance,
    beside_threshold,
    broken,
    collapse,
    collapse_grid,
    dead,
    floors,
    horizon,
    judge,
    knee,
    passed,
    premise,
    promised,
    steady,
)

NAME, PREFIX, TITLE = "tail_off", "c3", "3 · The floor"
STATEMENT = (
    r"Supposing $\lambda$ is not too large, the weight decay will tail off when the weights are down to a size around $1/n_w$, "
    r"where $n_w$ is the total number of weights."
)
DEFAULT = Hyperparameters(l2=10.0, epochs=50)
FAN_IN = CANDIDATES[2]
TWICE = math.log(2)
"""A change that is told as `more than twice` or `less than half`: of a logarithm of a size."""

runs = arms
"""What the page trains: name -> hyperparameters."""


def threshold_of(h):
    """The lambda of collapse; None where the formula does not apply."""
    return collapse(h, load(h).top_singular_value)


def judged(runs):
    """The verdicts on its runs."""
    return judge(runs, threshold_of(runs["large"].hyperparameters))


def settings_facts(h):
    """What follows from the settings alone."""
    threshold = threshold_of(h)
    grid = collapse_grid(h, threshold) if threshold else None
    return {
        "h": h,
        "step": theory.decay_step(*h.symbols[:3]),
        "threshold": threshold,
        "premise": premise(h, threshold),
        "foretold_size": known_at_rest(h),
        "horizon": horizon(h),
        "same_size": SAME_SIZE,
        "last": LAST,
        "around": AROUND,
        "guessing": GUESSING,
        "steady": STEADY,
        "grid": grid if grid and steady(grid) else None,
        "steep": bool(grid and not steady(grid)),
        "independent": theory.coherent_size(h.fan_in, 0.0),
        "alike": theory.coherent_size(h.fan_in, 1.0),
    }


def run_facts(runs, tested):
    """What was measured; `tested` are the contests, which may have trained the same network for longer."""
    h = runs["large"].hyperparameters
    threshold, found = threshold_of(h), floors(runs)
    verdicts, starts = judge(runs, threshold), list(runs)
    deaths = dead(runs)
    by = {rest: [floor for floor in found if floor.rest == rest] for rest in Outcome}
    counted = [v for v in verdicts if v.meaning != FAN_IN]
    resting = [floor for floor in found if floor.reached] if promised(runs, threshold) else []
    return {
        "floors": found,
        "judged": verdicts,
        "reached": {floor.part: floor.reached for floor in found},
        "starts": starts,
        "diverged": [name for name, run in runs.items() if run.diverged_at is not None],
        "dead": deaths,
        "right": _accuracy(runs, deaths or starts),
        "guess": 1 / h.sizes[-1],
        "moving": by[Outcome.NOT_AT_REST],
        "unsure": by[Outcome.UNDECIDED],
        "at_rest": by[Outcome.HOLDS],
        "furthest": _furthest(by[Outcome.NOT_AT_REST]),
        "apart": max(by[Outcome.NOT_AT_REST], key=lambda floor: abs(math.log(floor.gap.mean)), default=None),
        "holds": [v for v in counted if v.outcome == Outcome.HOLDS],
        "undecided": [v for v in counted if v.outcome == Outcome.UNDECIDED],
        "largest_change": _largest_change(found),
        "accident": [v.part for v in verdicts if v.meaning == FAN_IN and v.outcome == Outcome.HOLDS],
        "changes": {floor.part: [told_change(moved) for moved in floor.drift.values()] for floor in found},
        "ledger": _ledger(runs["large"]),
        "resting": resting,
        "knees": {f.part: knee(runs["large"], k, f) for k, f in enumerate(found) if f in resting},
        "longer": next(filter(None, (contest.trained_on(one, h) for one in tested.values())), None),
    }


def _accuracy(runs, names):
    """Mean accuracy on unseen examples at the end, from some of the starts."""
    return np.mean([runs[name].validation_accuracy[:, -1].mean() for name in names])


def _furthest(moving):
    """The (part, start, drift, share) that moves most of those that do; None where only the two starts have not met."""
    moves = [(floor.part, name, moved.mean) for floor in moving for name, moved in floor.drift.items() if _outside(moved)]
    if not moves:
        return None
    part, start, drift = max(moves, key=lambda move: abs(move[2]))
    return {"part": part, "start": start, "drift": drift, "share": abs(np.expm1(drift)), "twice": abs(drift) > TWICE}


def _outside(moved):
    return moved.low > SAME_SIZE or moved.high < -SAME_SIZE


def _largest_change(found):
    """The furthest bound of what the sizes change in the next epochs, as a share."""
    drifts = [moved for floor in found for moved in floor.drift.values()]
    return max(abs(np.expm1(bound)) for moved in drifts for bound in (moved.low, moved.high))


def told_change(moved):
    """What a size changes at its present pace, an Interval of shares, or `unknown`, `unsure`, `doubles`, `halves`.

    So many epochs ahead more than a factor of 2 is no forecast.
    """
    if math.isnan(moved.mean):
        return "unknown"
    low, high = (moved.mean, moved.mean) if math.isnan(moved.low) else (moved.low, moved.high)
    if low > TWICE or high < -TWICE:
        return "doubles" if low > 0 else "halves"
    return "unsure" if high - low > TWICE else Interval(*np.expm1(moved))


def _ledger(run):
    """What decay takes of |W|^2 of the first layer near the end, and what share of it the data put back; or None."""
    if run.epochs < LAST:
        return None
    taken, given = balance(run, 0)
    if not (taken > 0 and math.isfinite(given)):
        return None
    return {
        "taken": taken,
        "back": given / taken,
        "as_much": abs(given / taken - 1) <= SAME_SIZE,
        "nothing": abs(given) < MUCH_LESS * taken,
        "takes": given <= -MUCH_LESS * taken,
        "adds": given > (1 + SAME_SIZE) * taken,
    }


def grid_facts(runs, threshold):
    """What the runs over lambda show: which candidates a layer passes, and both sides of the threshold; None without runs."""
    if runs is None:
        return dict.fromkeys(("passes", "dear", "never", "below", "above", "agrees"))
    names = runs[0].hyperparameters.layer_names
    found = {part: passed(runs, layer) for layer, part in enumerate(names)}
    dear = {c: [part for part, those in found.items() if c in those and broken(runs, those[c])] for c in CANDIDATES}
    below, above = beside_threshold(runs, threshold)
    return {
        "passes": [(part, c, *ends) for part, those in found.items() for c, ends in those.items()],
        "dear": [(c, parts[0] if len(parts) < len(names) else None) for c, parts in dear.items() if parts],
        "never": [c for c in CANDIDATES if not any(c in those for those in found.values())],
        "below": below,
        "above": above,
        "agrees": agrees(below, above),
    }
