"""What became of the exercise: its clock in the training recipes of today, published ones and a reader's own.

Not one of the CLAIMS. Its page is `today`.
"""

import math
from dataclasses import replace

import numpy as np

from engine.recipes import published
from engine.statistics import interval, power_law
from engine.studies import today as study
from engine.theory import recipe as theory

NAME, PREFIX, TITLE = "today", "today", "Today"
DEFAULT = "nanogpt"
PUBLISHED = "published"
"""The schedule of the preset, stretched over the run."""
SCHEDULES = (PUBLISHED, *theory.SCHEDULES)
MOMENTUM = 0.9
"""Offered where a preset has none."""


def opened(name):
    """Name -> what the page asks of its reader, as the preset `name` has it; 0 stands for what it does not use."""
    recipe = published()[name].recipe
    return {
        "learning_rate": recipe.learning_rate,
        "weight_decay": recipe.weight_decay,
        "optimizer": recipe.optimizer,
        "momentum": recipe.momentum or MOMENTUM,
        "schedule": PUBLISHED,
        "warmup": 0,
        "final": 0.1,
        "updates": recipe.updates,
        "examples": 0,
        "batch": 0,
        "epochs": 0,
        "start": recipe.start,
    }


def asked(
    name, learning_rate, weight_decay, optimizer, momentum, schedule, warmup, final, updates, examples, batch, epochs, start
):
    """The Recipe of these values. Raises ValueError, with a sentence, where they make none."""
    base = published()[name].recipe
    if batch > examples:
        raise ValueError("A batch cannot hold more examples than there are.")
    per_epoch = math.ceil(examples / batch) if batch else base.per_epoch
    if epochs and not per_epoch:
        raise ValueError("Epochs need a number of examples and a batch size.")
    updates = epochs * per_epoch if epochs else updates
    if schedule == PUBLISHED:
        phases = theory.stretched(base.phases, updates)
    else:
        phases = theory.scheduled(schedule, updates, warmup, final)
    as_published = phases == base.phases
    return replace(
        base,
        optimizer=optimizer,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        phases=phases,
        momentum=momentum if optimizer in ("momentum", "sgdw") else 0.0,
        per_epoch=per_epoch,
        hold=base.hold if as_published else 1,
        start=start,
    )


LEAST = 1e-3
"""Of the start: smaller control groups are neither drawn nor compared; their weights come near Adam's epsilon."""
ONE = 0.01
"""Within this share of each other, lines are one in a figure."""
NEAR = 0.05
"""Within this share of a size a law holds."""
FAR = 2.0
"""Above so many times of a size it does not."""
EXPONENTS = {("sgd", 0): 1 / 4, ("sgd", 1): -1 / 4, ("adamw", 0): 1 / 2, ("adamw", 1): -1 / 2}
"""Of rms at rest in eta and in lambda, by (optimiser, which is varied), if the gradients stay as large as they are."""
EXPONENTS |= {("plain", which): EXPONENTS["adamw", which] for which in range(2)}


def table():
    """[(Published, Answer)] of every published run."""
    return [(one, theory.answer(one.recipe)) for one in published().values()]


def exponents(found):
    """One dict a row of the table: whose rms at rest over what, its exponent, the law's, and the law's with measured heat."""
    rows = []
    for k, name in enumerate(study.VARIED):
        for which, of in enumerate(("eta", "lambda")):
            rest, whole, law = (
                interval(power_law(np.array(study.FACTORS), sizes[k, which])[0])
                for sizes in (found.rest, found.whole, found.law)
            )
            simple = EXPONENTS[name, which]
            rows.append({"name": name, "of": of, "rest": rest, "whole": whole, "law": law.mean, "simple": simple})
    return rows


def _apart(lines, others):
    """Largest relative distance of lines (lines, epochs), where they are large enough to be compared."""
    large = np.minimum(lines, others) > LEAST
    return float(np.abs(lines / others - 1)[large].max())


def measured(found):
    """What the page says of the study's Today."""
    under_adam = found.control[-len(study.LAMBDAS) :]
    ratios = dict(zip(study.VARIED, found.rest.mean(axis=-1) / found.law.mean(axis=-1)))
    middle, rows = study.TIMES.index(1.0), exponents(found)
    sgd_end, adamw_end = (float(end) for end in found.size[:, middle, -1] / found.foreseen[:, middle, -1])
    return {
        "control": study.CONTROL,
        "off": _apart(found.control, found.alone),
        "adam_apart": _apart(under_adam, under_adam[:1]),
        "one": ONE,
        "spread": max(study.LAMBDAS) / min(study.LAMBDAS),
        "spared": study.LAMBDAS,
        "spares": bool((found.learning[:, -1] > under_adam[:, -1]).all()),
        "unit": study.UNIT,
        "times": study.TIMES,
        "sgd_end": sgd_end,
        "sgd_near": abs(sgd_end - 1) <= NEAR,
        "adamw_end": adamw_end,
        "adamw_near": abs(adamw_end - 1) <= NEAR,
        "near": NEAR,
        "dead": {name: float(1 - live[middle]) for name, live in zip(study.SIZED, found.live)},
        "exponents": rows,
        "points": len(study.FACTORS),
        "range": max(study.FACTORS) / min(study.FACTORS),
        "sgd_follows": bool((abs(ratios["sgd"] - 1) <= NEAR).all()),
        "sgd_heats": rows[0]["rest"].low > rows[0]["simple"] and rows[0]["law"] > rows[0]["simple"],
        "adamw_below": bool((ratios["adamw"] < 1).all()),
        "plain_least": float(ratios["plain"].min()),
        "plain_far": bool((ratios["plain"] > FAR).all()),
        "timed": [
            (name, taken[-1], math.exp(-taken[-1]), left[-1])
            for name, taken, left in zip(study.TIMED, found.taken, found.timed)
        ],
        "timed_apart": _apart(found.timed, np.exp(-found.taken)),
        "timed_h": study.TIMED["constant"],
    }


def facts(name, recipe):
    """What the page says of a recipe that was asked for from the preset `name`."""
    preset, every = published()[name], table()
    return measured(study.results()) | {
        "preset": preset,
        "recipe": recipe,
        "own": recipe != preset.recipe,
        "answer": theory.answer(recipe) if recipe.has_clock else None,
        "published": every,
        "halves": sum(a.left > 0.5 for _, a in every),
        "early": sum(a.gone is not None and a.gone < p.recipe.updates / 2 for p, a in every),
        "nearly_gone": theory.NEARLY_GONE,
        "rests_within": theory.RESTS,
    }
