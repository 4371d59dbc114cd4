"""Why the layers part: the squared lengths of the layers, where they rest, and what follows for the claims.

Not one of the CLAIMS: the question of the opening, answered after them. Its page is `why`.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine import lengths, theory
from engine.claims import readings
from engine.datasets import load
from engine.initialization import STARTS
from engine.lengths.balance import LAST
from engine.statistics import interval
from engine.studies import book, contest
from engine.studies import difference as apart
from engine.values import LAMBDAS
from engine.verdicts import SAME_SIZE, Outcome
from engine.verdicts import lengths as verdicts
from engine.verdicts.tail_off import collapse

NAME, PREFIX, TITLE = "why", "why", "Why the layers part"
DEFAULT = apart.BASE
STORED = (50, 100, 200, DEFAULT.epochs - LAST + 1)
"""Epochs of which the network ships with the run, beside the last: the others are quickly trained again from them."""


def runs(h):
    """What the page trains: name -> hyperparameters; both starts, and the same network with ReLU units."""
    starts = {start: replace(h, initialization=start) for start in STARTS}
    return starts | {"relu": replace(h, initialization="large", activation="relu")}


def shipped():
    """hyperparameters -> epochs of which the network ships as well, of the untouched page."""
    return {h: STORED if name in STARTS else STORED[-1:] for name, h in runs(DEFAULT).items()}


class Ratios(NamedTuple):
    """K of one run between neighbouring layers, each (replicates, layers - 1)."""

    course: dict  # epoch -> K of that epoch's network, on the way
    end: np.ndarray  # of the last epochs together
    cold: np.ndarray  # the same without the heats


def ratios(h, cache):
    """The Ratios of the run of `h`; None where it diverges."""
    if cache.train(h).diverged_at is not None:
        return None
    found = cache.read(readings.balances, h)
    return Ratios(dict(zip(found["epochs"].tolist(), found["course"])), found["end"], found["cold"])


predicted = lengths.known_at_rest
"""|W|^2 of both layers of a wide network at rest; None where it is not known without solving for it."""


def settings_facts(h):
    """What follows from the settings alone."""
    eta, lam, _, m = h.symbols
    counts = [a * b for a, b in zip(h.sizes, h.sizes[1:])]
    return {
        "h": h,
        "counts": dict(zip(h.layer_names, counts)),
        "larger": counts[0] > counts[-1],
        "decays": verdicts.decays(h, h.epochs),
        "predicted": predicted(h),
        "fade": m / (2 * eta * lam) if lam else None,
        "law_within": verdicts.LAW,
        "equal_within": verdicts.EQUAL,
        "clock_within": verdicts.CLOCK,
        "size_within": verdicts.SIZE,
        "clock_epochs": verdicts.CLOCK_EPOCHS,
        "same_size": SAME_SIZE,
        "last": LAST,
    }


def run_facts(runs, found):
    """What was measured; `found` is name -> Ratios of the run of that name, or None."""
    large = runs["large"]
    law = {name: _law(runs[name], found[name]) for name in STARTS}
    relu = runs["relu"]
    equal, clock = verdicts.judge_relu(relu), verdicts.judge_clock(relu)
    sizes = _sizes(large)
    output = verdicts.lengths(large)
    outcomes = {v.outcome for judged in law.values() for v in judged}
    return {
        "judged": law,
        "equal": equal,
        "clock": clock,
        "sizes": sizes,
        "law": worst(outcomes),
        "relu": worst({v.outcome for v in equal}),
        "ticks": worst({v.outcome for v in clock}),
        "size": [v.outcome for v in sizes],
        "diverged": [name for name, run in runs.items() if run.diverged_at is not None],
        "layers": [_course(large, k) for k in range(len(large.hyperparameters.layer_names))],
        "scaled_rises": bool((runs["scaled"].norm_squared[:, -1] > runs["scaled"].norm_squared[:, 0]).all()),
        "relative": interval(over(output[:, -1], output[:, 0])),
        "ratio": found["large"] and float(found["large"].end[:, 0].mean()),
        "by_heat": worst({v.outcome for v in _law(relu, found["relu"])}) == Outcome.HOLDS,
        "warm": found["relu"] and float(found["relu"].end[:, 0].mean()),
        "relu_ratio": float(lengths.measured_ratio(relu)[:, 0].mean()),
    }


def worst(outcomes):
    """Of several verdicts on one law the one that says most against it."""
    order = (Outcome.DIVERGED, Outcome.PROMISES_NOTHING, Outcome.NOT_AT_REST, Outcome.FAILS, Outcome.UNDECIDED)
    return next((outcome for outcome in order if outcome in outcomes), Outcome.HOLDS)


def over(a, b):
    """a / b; not a number where both are gone."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return a / b


def _law(run, ratios):
    h = run.hyperparameters
    end = np.full((h.replicates, len(h.hidden)), np.nan) if ratios is None else ratios.end
    return verdicts.judge_law(run, end)


def _sizes(run):
    """Verdicts on the prediction; none where there is no prediction."""
    size = predicted(run.hyperparameters)
    return [] if size is None else verdicts.judge_size(run, size)


def _course(run, layer):
    """Where the squared length of a layer begins, turns and ends: means over seeds."""
    course = run.norm_squared[:, :, layer].mean(axis=0)
    end = verdicts.lengths(run)[:, layer].mean()
    return {
        "name": run.hyperparameters.layer_names[layer],
        "start": course[0],
        "end": end,
        "top": course.max(),
        "summit": int(course.argmax()),
        "rises": bool(end > course[0]),
    }


def opening_facts(run):
    """Of a run from N(0, 1) the layer that does not fall: how long it becomes, and at rest is. And the book's run."""
    h, (tested, measured, _) = run.hyperparameters, over_lambda()
    at_rest = measured[[example.l2 for example in tested.examples].index(h.l2), :, -1].mean()
    found = _course(run, -1)
    overshoots = bool(found["top"] > at_rest > found["start"])
    return {"opening": h, "summit": found, "rests": at_rest, "overshoots": overshoots, "filmed": _filmed()}


def _filmed():
    """What became of the layers of the book's network, which the opening shows, by the end of its shipped runs."""
    h = book.arms((30,), 300)["large"]
    run = book.results().run(h)
    return {"h": h, "epochs": run.epochs, "layers": [_course(run, layer) for layer in range(len(h.layer_names))]}


def over_lambda():
    """The contest over lambda: (Contest, measured |W|^2 (points, replicates, layers), predicted (points,))."""
    tested = contest.results()["lambdas"]
    h = tested.examples[0]
    counts = np.array([a * b for a, b in zip(h.sizes, h.sizes[1:])])
    return tested, counts * tested.rms**2, np.array([predicted(example) for example in tested.examples])


def prediction():
    """lambda -> predicted |W|^2 of the networks of that contest, for every lambda that ships; 0 from the collapse on."""
    h = contest.results()["lambdas"].examples[0]
    return {lam: predicted(replace(h, l2=lam)) for lam in LAMBDAS}


def prediction_facts():
    """Where the prediction meets what was trained."""
    tested, measured, expected = over_lambda()
    h = tested.examples[0]
    rows = [
        {
            "l2": h.l2,
            "predicted": size,
            "layers": [float(value) for value in one.mean(axis=0)],
            "off": float(one.mean() / size - 1),
            "at_rest": bool(reached.all()),
        }
        for h, one, size, reached in zip(tested.examples, measured, expected, tested.reached)
    ]
    resting = [row for row in rows if row["at_rest"]]
    off = max(resting, key=lambda row: abs(row["off"]))
    return {
        "example": h,
        "over_lambda": rows,
        "part_names": h.layer_names,
        "furthest_off": off,
        "collapse": collapse(h, load(h).top_singular_value),
        "shorter": resting[-1]["off"] < 0,
        "near_sizes": sum(abs(row["off"]) <= verdicts.SIZE for row in resting),
        "resting_sizes": len(resting),
        "seeds": h.replicates,
    }


def difference(run):
    """|W_1|^2 - |W_2|^2 over its start, (replicates, epochs + 1)."""
    apart = run.norm_squared[:, :, 0] - run.norm_squared[:, :, 1]
    return over(apart, apart[:, :1])


def clock(h, epochs):
    """What the clock leaves of that difference at these epochs."""
    return theory.difference_left(*h.symbols, epochs)


def left_over():
    """What the clock leaves unexplained of the untouched page's ReLU network: name -> (replicates, epochs + 1), over the start.

    Measured, and its two parts from every update, which add up to it.
    """
    found = apart.results()
    start = found.measured[:, :1, 0]
    parts = {"measured": found.measured - found.decay, "biases": found.biases, "heat": found.heat}
    return {name: part[:, :, 0] / start for name, part in parts.items()}


def left_over_facts():
    """How much that is at the end, and how nearly the parts add up."""
    found, exact = left_over(), apart.results()
    gap = np.abs(exact.measured - exact.predicted) / np.abs(exact.measured[:, :1])
    return {
        "apart": apart.RELU,
        "rest": {name: interval(part[:, -1]).mean for name, part in found.items()},
        "gap": float(gap.max()),
    }
