"""Claim 4: decay is a slow way to the scaled start."""

import numpy as np

from engine import theory
from engine.claims import readings
from engine.datasets import SHAPES
from engine.statistics import interval
from engine.studies import accuracies
from engine.verdicts import SAME_SIZE, Outcome
from engine.verdicts.scaled_start import (
    ACCURACY,
    FORGOTTEN,
    FORGOTTEN_SCALED,
    NO_OVERLAP,
    OFF,
    ON,
    RESCUED,
    SAME_ACCURACY,
    SIZE,
    arms,
    bare,
    clocks,
    fades_steadily,
    judge,
    judge_accuracy,
    judge_memory,
    judge_weights,
    learned_along,
    meeting,
    remainder,
    rescue,
    shrinks,
    stops,
    targets,
)

NAME, PREFIX, TITLE = "scaled_start", "c4", "4 · Scaled start"
STATEMENT = r"How does all this relate to starting from N(0, 1/$n_\text{in}$), without regularisation?"
DEFAULT = accuracies.BASE
UNTIL = accuracies.UNTIL
"""The epoch after which the rescue of the untouched page switches L2 off."""
KINDS = {OFF: "distance", ON: "distance", SIZE: "size", FORGOTTEN: "cosine", FORGOTTEN_SCALED: "cosine", ACCURACY: "accuracy"}
"""What is measured for each meaning."""


def runs(h):
    """What the page trains: name -> hyperparameters; both starts, with L2 and without."""
    found = arms(h)
    return {"large": found["large"], "scaled": found["scaled"], "bare": bare(h), "plain": found["plain"]}


def judged(runs):
    """The verdicts on its runs."""
    return judge(runs)


def rescue_runs(h, until):
    """What the page trains for the rescue: name -> hyperparameters."""
    return {"rescue": rescue(h, until)}


def at_clock(runs, look):
    """What readings.at_clock has of the run from N(0, 1)."""
    run = runs["large"]
    return look.read(readings.at_clock, run.hyperparameters, stops_within(run))


def stops_within(run):
    """The whole epoch nearest to T*, for each layer; None where the run has no such epoch."""
    return tuple(stop if stop is not None and stop <= run.epochs else None for stop in stops(run.hyperparameters))


def settings_facts(h):
    """What follows from the settings alone."""
    each = zip(h.layer_names, h.sizes, targets(h), clocks(h))
    return {
        "h": h,
        "decays": bool(h.l2 and h.learning_rate),
        "shrinks": shrinks(h),
        "clocked": bool(np.isfinite(clocks(h)).any()),
        "factor": theory.decay_factor(h.learning_rate, h.l2, h.n_train),
        "layers": [
            {"name": name, "fan_in": fan_in, "target": target, "clock": clock if np.isfinite(clock) else None}
            for name, fan_in, target, clock in each
        ],
        "prior": theory.prior_deviation(h.l2) if h.l2 else None,
        "images": SHAPES[h.dataset].n_validation,
        "seeds": len(accuracies.SEEDS) if h.dataset == DEFAULT.dataset else h.replicates,
        "many": len(accuracies.SEEDS),
        "measured_until": UNTIL,
        "same_size": SAME_SIZE,
        "same_accuracy": SAME_ACCURACY,
        "no_overlap": NO_OVERLAP,
    }


def run_facts(runs, at_clock):
    """What was measured; `at_clock` as the function of that name gives it."""
    large, scaled, plain = runs["large"], runs["scaled"], runs["plain"]
    h, kept = large.hyperparameters, accuracies.difference(large, plain)
    layers = [_course(large, layer, *found) for layer, found in enumerate(at_clock)]
    at_the_end = judge(runs)
    verdicts = [v for layer in layers for v in (layer["off"], layer["on"])] + at_the_end
    verdicts += judge_memory(scaled, FORGOTTEN_SCALED)
    verdicts += [judge_accuracy(ACCURACY, h, kept)] if kept else []
    sizes = [v for v in at_the_end if v.meaning == SIZE]
    return {
        "judged": [(KINDS[v.meaning], v) for v in verdicts],
        "diverged": next((run.diverged_at for run in runs.values() if run.diverged_at), None),
        "size": _least(sizes),
        "unequal": [v.part for v in sizes if v.outcome == Outcome.FAILS],
        "draw": _least(v for v in at_the_end if v.meaning == FORGOTTEN),
        "kept": kept,
        "courses": layers,
        "no_draw": [layer["name"] for layer in layers if layer["on"].outcome == Outcome.FAILS],
        "like_a_draw": [layer["name"] for layer in layers if layer["on"].outcome == Outcome.HOLDS],
        "met": _met(large, plain),
        "cosines": _cosines(large, scaled),
        "direction": interval(large.cosine[:, -1, -1]),
    }


def _least(verdicts):
    """The outcome of all together: fails where one does, and else is undecided where one is."""
    outcomes = {v.outcome for v in verdicts}
    return next((outcome for outcome in (Outcome.FAILS, Outcome.UNDECIDED) if outcome in outcomes), Outcome.HOLDS)


def _course(run, layer, off, on):
    """What became of one layer from N(0, 1): at its T* as readings.at_clock has it, and of its draw."""
    h, stop = run.hyperparameters, stops_within(run)[layer]
    distances = (None if found is None else found["distance"] for found in (off, on))
    verdict_off, verdict_on = judge_weights(h, layer, *distances)
    learned, whole = learned_along(run, layer), interval(run.cosine[:, -1, layer]).mean
    return {
        "name": h.layer_names[layer],
        "clock": off is not None,
        "stop": stop,
        "alone": None if stop is None else theory.memory_size(*h.symbols, stop),
        "size": None if stop is None else interval(run.weight_rms[:, stop, layer]),
        "accuracy": None if stop is None else interval(run.validation_accuracy[:, stop]).mean,
        "off": verdict_off,
        "on": verdict_on,
        "remembers": fades_steadily(h) and bool(np.isfinite(whole)),
        "left": interval(remainder(run, layer)).mean,
        "whole": whole,
        "learned": "along" if learned.low > 0 else "against" if learned.high < 0 else "unknown",
    }


def _met(large, plain):
    """When the shrinking hidden weights are as large as the growing ones, and by how much they are then more accurate."""
    epoch = meeting(large, plain)
    if epoch is None:
        return None
    size = interval(large.weight_rms[:, epoch, 0]).mean
    return {"epoch": epoch, "size": size, "difference": accuracies.difference(large, plain, epoch)}


def _cosines(large, scaled):
    """(layer, start, cosine with the draw at the end), where there is one."""
    found = [
        (name, start, interval(run.cosine[:, -1, layer]).mean)
        for layer, name in enumerate(large.hyperparameters.layer_names)
        for start, run in (("large", large), ("scaled", scaled))
    ]
    return [row for row in found if np.isfinite(row[-1])]


def _as_opened(arm):
    """Whether an arm ends as accurate as the scaled start without L2, at the values with which the page opens."""
    return judge_accuracy(RESCUED, DEFAULT, accuracies.results().difference(arm, "plain"))


def rescue_facts(runs, rescued):
    """How accurate all ended, beside the scaled start without L2, and as the page opens; `rescued` are runs of rescue_runs."""
    compared = {"bare": runs["bare"], "large": runs["large"], "scaled": runs["scaled"], "rescued": rescued["rescue"]}
    differences = {name: accuracies.difference(run, runs["plain"]) for name, run in compared.items()}
    h = runs["large"].hyperparameters
    gains = {name: judge_accuracy(RESCUED, h, found) for name, found in differences.items() if found}
    with_l2 = [gains[name] for name in ("large", "scaled") if name in gains]
    return {
        "gains": gains,
        "opens": {"gains": {arm: _as_opened(arm) for arm in compared}, "images": SHAPES[DEFAULT.dataset].n_validation},
        "compared": {"bare", "large", "scaled"} <= gains.keys(),
        "costs": all(v.outcome == Outcome.FAILS and v.measured.high < 0 for v in with_l2),
        "ended": not any(run.diverged_at for run in compared.values()),
    }
