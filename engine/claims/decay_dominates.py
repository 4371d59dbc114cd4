"""Claim 1: the first epochs of training are dominated almost entirely by weight decay."""

from dataclasses import fields, replace

import numpy as np

from engine import snapshots, theory
from engine.datasets import SHAPES, load
from engine.statistics import Interval, interval, ratio
from engine.studies import looks
from engine.verdicts import EVEN, MOST, MUCH_LESS
from engine.verdicts.decay_dominates import (
    FIRST,
    MOVEMENT,
    NORM,
    data_way,
    estimates,
    first_epochs,
    inward_pull,
    judge,
    left,
    movement_share,
    norm_changes,
    preactivation_variance,
    premise,
    pulls_over_decay,
    ruled_in_length_alone,
    ruler,
    thresholds,
    with_start,
)

NAME, PREFIX, TITLE = "decay_dominates", "c1", "1 · First epochs"
STATEMENT = (
    r"Supposing $\lambda$ is not too small, the first epochs of training will be dominated almost entirely by weight decay."
)
DEFAULT = looks.BASE
BOOK, EXAMPLES = 5.0, SHAPES["mnist"].n_train
"""The book's lambda, and how many training examples it was used with."""


def runs(h):
    """What the page trains: name -> hyperparameters."""
    return {"run": h}


def judged(runs):
    """The verdicts on its runs."""
    run = runs["run"]
    return judge(run, *snapshots.decay_alone(run.hyperparameters, load(run.hyperparameters), first(run)))


def first(run):
    """Between which epochs the first ones are."""
    return 0, first_epochs(run)


def settings_facts(h):
    """What follows from the settings alone."""
    return {
        "h": h,
        "first": FIRST,
        "most": MOST,
        "even": EVEN,
        "much_less": MUCH_LESS,
        "promised": premise(h),
        "step": theory.decay_step(*h.symbols[:3]),
        "factor": theory.decay_factor(*h.symbols[:3]),
        "pace": h.learning_rate / h.batch_size,
        "left": left(h),
        "unseen": SHAPES[h.dataset].n_validation,
        "opening": DEFAULT,
        "between_looks": looks.BETWEEN,
        "looks": _looks(),
        "book": BOOK,
        "book_examples": EXAMPLES,
        "sample": snapshots.SAMPLE,
    }


EPOCHS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
"""After which a network is looked at, as far as it is trained."""


SEEN = (0, 5, 10, 20, 50)
"""After which the weights of a unit are drawn, as far as it is trained; and after the last."""
LOOKED_AT = 20
"""After which the pre-activations are drawn as the page opens."""


def so_far(epochs, last):
    """Those of the epochs that are before the last, and the last."""
    return *(epoch for epoch in epochs if epoch < last), last


def _looks():
    """(what, layer, decay's share of it by how often one looks) of the page as it opens, means over seeds."""
    found = looks.results()
    return [
        (meaning, part, shares[:, :, k].mean(axis=1).tolist())
        for meaning, shares in ((MOVEMENT, found.movement), (NORM, found.length))
        for k, part in enumerate(DEFAULT.layer_names)
    ]


def run_facts(runs, alone):
    """What was measured; `alone` is readings.alone over `first(run)`."""
    run = runs["run"]
    alone, counted = (alone["cost"], alone["accuracy"]), first_epochs(run)
    verdicts = judge(run, *alone)
    return {
        "run": run,
        "counted": counted,
        "bet_on": of_a_whole(interval(movement_share(run)[:, 0])),
        "judged": [replace(v, measured=_to_be_read(v)) for v in verdicts],
        "in_length_alone": ruled_in_length_alone(verdicts),
        "layers": [_course(run, k) for k in range(len(run.hyperparameters.layer_names))] if run.epochs else [],
        "way": interval(data_way(run)[:, 0]).mean,
        "cost": _effect(run.training_cost, alone[0], counted),
        "accuracy": _effect(run.validation_accuracy, alone[1], counted),
        "of_the_draw": theory.memory_size(*run.hyperparameters.symbols, run.epochs),
    }


def of_a_whole(share):
    """The Interval of a share of a whole, which ends at 0 and 1; that of a mean over few seeds may go on."""
    return Interval(share.mean, *np.clip((share.low, share.high), 0.0, 1.0))


def _to_be_read(v):
    """The share of a verdict without what rounding leaves of a 0."""
    return Interval(*np.round(of_a_whole(v.measured) if v.meaning in (NORM, MOVEMENT) else v.measured, 6))


def _course(run, layer):
    """What became of a layer in the first epochs: what changed |W|^2, how far the data moved it, and at first which way."""
    decay, data = (interval(change[:, layer]) for change in norm_changes(run))
    return {
        "name": run.hyperparameters.layer_names[layer],
        "decay": decay,
        "data": data,
        "way": interval(data_way(run)[:, layer]).mean,
        "angle": interval(run.alignment[:, 0, layer]).mean,
    }


def _effect(trained, alone, counted):
    """Means at the start, after one epoch, after the first epochs, and after as many with the gradient off."""
    at = interval(trained).mean
    return {"start": at[0], "next": at[min(1, counted)], "end": at[counted], "alone": interval(alone[:, 1]).mean}


def start_facts(h, found):
    """What readings.first_weights has of both starts and of the reader's own, before any training."""
    data = load(h)
    pulls = {name: _of(snapshots.Gradients, one) for name, one in found.items()}
    own, large, scaled = (pulls[name] for name in (h.initialization, "large", "scaled"))
    inward = interval(inward_pull(h, own))
    return {
        "slopes": {name: _slopes(_of(snapshots.Saturation, one), with_start(h, name), data) for name, one in found.items()},
        "gradients": {name: [interval(size[:, 0]) for size in (pull.mean, pull.relative)] for name, pull in pulls.items()},
        "absolute": ratio(large.mean[:, 0], scaled.mean[:, 0]),
        "relative": ratio(large.relative[:, 0], scaled.relative[:, 0]),
        "estimates": list(zip(estimates(h, data.mean_norm_squared, own.variance), (Interval(*b) for b in zip(*inward)))),
        "over_decay": [interval(pull).mean for pull in pulls_over_decay(h, own)] if h.l2 else [],
    }


def _of(kind, found):
    """Those of the arrays that a kind of snapshot has, as such a one."""
    return kind(**{f.name: found[f.name] for f in fields(kind)})


def _slopes(found, h, data):
    """Mean slope and mean squared slope of the hidden units, and what closed forms say of a sigmoid's."""
    variance = preactivation_variance(h, h.initialization, data.mean_norm_squared)
    closed = (theory.mean_slope(variance), theory.mean_squared_slope(variance)) if h.activation == "sigmoid" else (None, None)
    return [(interval(slope).mean, form) for slope, form in zip((found.slope, found.squared_slope), closed)]


def even_points(h, run):
    """The Thresholds of the runs of h's ruler as far as they are; none where one diverged in its first epoch."""
    return thresholds(ruler(h).split(run)) if run.epochs else []


def ruler_facts(h, run):
    """Where decay and the data are equal, and whether those points are one."""
    found = even_points(h, run)
    even = sorted((t for t in found if t.measured is not None), key=lambda t: t.measured.mean)
    return {
        "ruler": run,
        "thresholds": found,
        "even_points": even,
        "apart": len(even) > 1 and even[0].measured.high < even[-1].measured.low,
    }
