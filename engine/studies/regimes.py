"""The map of regimes: what the claims' verdicts are over eta and lambda. python -m engine.studies.regimes makes the results.

The map is a sweep over the values that the pages offer when it is made. What ships are its axes, the verdicts and the
means that they judge, not the runs.
"""

import json
import sys
from dataclasses import replace
from functools import cache

import numpy as np

from engine import datasets, snapshots, sweep, values
from engine.archive import RESULTS
from engine.files import shipped, written_whole
from engine.hyperparameters import Hyperparameters
from engine.initialization import STARTS
from engine.studies.command import command
from engine.verdicts import CONTROL, Outcome, decay_dominates, decay_per_epoch, tail_off

FILE = "regimes.json"
MAP = Hyperparameters(epochs=60, replicates=8)
"""What all runs of the map share."""
KINDS = tuple(map(str, Outcome))
"""What a cell of the map can be."""
MEASURED = "measured"
"""What is stored beside the verdicts: the mean over seeds that each of them judges, see `value`."""
EQUAL = "equal"
"""What is stored besides: for every eta the lambda at which decay and the data are equal in length, or None."""


def cells():
    """(eta, lambda) -> {start: hyperparameters}, by rising eta, then lambda."""
    return {
        (eta, l2): {start: replace(MAP, learning_rate=eta, l2=l2, initialization=start) for start in STARTS}
        for eta in values.ETAS
        for l2 in values.LAMBDAS
    }


def judged(runs):
    """{claim: {"meaning, part": Verdict}} of one cell, from its runs by start; as the claims' pages judge it."""
    large = runs["large"]
    h, data = large.hyperparameters, datasets.load(large.hyperparameters)
    alone = snapshots.decay_alone(h, data, [0, decay_dominates.first_epochs(large)])
    first = [v for v in decay_per_epoch.judge(large) if v.epochs <= 1 and v.part != CONTROL]
    return {
        "decay_dominates": _named(decay_dominates.judge(large, *alone)),
        "decay_per_epoch": _named(first),
        "tail_off": _named(tail_off.judge(runs, tail_off.collapse(h, data.top_singular_value))),
    }


CLAIMS = ("decay_dominates", "decay_per_epoch", "tail_off")


def _named(verdicts):
    return {f"{v.meaning}, {v.part}": v for v in verdicts}


def value(claim, verdict):
    """What a Verdict measured, the mean over seeds: a share where the claim is that decay dominates, else over the claimed."""
    return (verdict.measured if claim == "decay_dominates" else verdict.ratio).mean


def equal(runs):
    """part -> lambda at which decay and the data are equal in length, or None; from the runs of one eta, by rising lambda."""
    found = decay_dominates.thresholds([run for run in runs if run.diverged_at is None])
    return {t.part: t.measured.mean if t.measured is not None else None for t in found if t.meaning == decay_dominates.NORM}


def settings():
    """All that a cell's verdicts depend on but its eta and lambda, which the map carries as its axes, as text."""
    return json.dumps([MAP.epochs, MAP.key])


def _stored(folder):
    """The file of the map. Raises ValueError where it is of other settings."""
    stored = json.loads((folder / FILE).read_text())
    if stored.get("settings") != settings():
        raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.regimes makes it")
    return stored


@cache
def axes(folder=RESULTS):
    """The etas and the lambdas of the map that ships, rising."""
    with shipped(folder / FILE):
        stored = _stored(folder)
        return tuple(stored["etas"]), tuple(stored["lambdas"])


@cache
def results(folder=RESULTS):
    """claim -> {"meaning, part": (etas, lambdas) of places in KINDS}, as they ship."""
    with shipped(folder / FILE):
        stored, shape = _stored(folder), [len(axis) for axis in axes(folder)]
        return {
            claim: {name: np.array(list(map(int, places))).reshape(shape) for name, places in stored[claim].items()}
            for claim in CLAIMS
        }


@cache
def measured(folder=RESULTS):
    """claim -> {"meaning, part": (etas, lambdas) of `value`}, to three digits; NaN where nothing could be measured."""
    with shipped(folder / FILE):
        stored, shape = _stored(folder)[MEASURED], [len(axis) for axis in axes(folder)]
        return {
            claim: {name: np.array(values.split(), dtype=float).reshape(shape) for name, values in stored[claim].items()}
            for claim in CLAIMS
        }


@cache
def equals(folder=RESULTS):
    """part -> for every eta the lambda at which decay and the data are equal in length, NaN where there is none."""
    with shipped(folder / FILE):
        stored = _stored(folder)[EQUAL]
        return {part: np.array(values, dtype=float) for part, values in stored.items()}


def make(store, open_executor, show, folder=RESULTS):
    """Train what the store does not have of the map, and write the verdicts, whole or not at all."""
    sweep.run([h for starts in cells().values() for h in starts.values()], store, open_executor, show)
    each = {place: {start: store.get(h) for start, h in starts.items()} for place, starts in cells().items()}
    verdicts = [judged(runs) for runs in each.values()]
    maps = {"settings": settings(), "etas": values.ETAS, "lambdas": values.LAMBDAS, MEASURED: {}}
    for claim in CLAIMS:
        found = {name: [cell[claim][name] for cell in verdicts] for name in verdicts[0][claim]}
        maps[claim] = {name: "".join(str(KINDS.index(v.outcome)) for v in cells) for name, cells in found.items()}
        maps[MEASURED][claim] = {name: " ".join(f"{value(claim, v):.3g}" for v in cells) for name, cells in found.items()}
    rows = [equal([each[eta, l2]["large"] for l2 in values.LAMBDAS]) for eta in values.ETAS]
    maps[EQUAL] = {part: [row[part] for row in rows] for part in rows[0]}
    with written_whole(folder / FILE, "w") as file:
        json.dump(maps, file, indent=1)


def main(arguments=None):
    return command("regimes", make, arguments)


if __name__ == "__main__":
    sys.exit(main())
