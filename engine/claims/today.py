"""What became of the exercise: its clock in the training recipes of today, published ones and a reader's own.

Not one of the CLAIMS. Its page is `today`.
"""

import math
from dataclasses import replace

from engine.recipes import published
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


def table():
    """[(Published, Answer)] of every published run."""
    return [(one, theory.answer(one.recipe)) for one in published().values()]


def facts(name, recipe):
    """What the page says of a recipe that was asked for from the preset `name`."""
    preset, every = published()[name], table()
    return {
        "preset": preset,
        "recipe": recipe,
        "own": recipe != preset.recipe,
        "answer": theory.answer(recipe) if recipe.has_clock else None,
        "published": every,
        "kept_most": sorted(((a.left, p) for p, a in every), key=lambda one: -one[0])[0][1],
        "halves": sum(a.left > 0.5 for _, a in every),
        "early": sum(a.gone is not None and a.gone < p.recipe.updates / 2 for p, a in every),
        "nearly_gone": theory.NEARLY_GONE,
        "rests_within": theory.RESTS,
    }
