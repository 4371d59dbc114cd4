"""The map of regimes: what the claims' verdicts are over eta and lambda. python -m engine.regimes makes the results.

The map is a sweep over the values that the pages offer; what ships of it are the verdicts, not the runs.
"""

import json
import sys
from functools import cache

import numpy as np

from engine import datasets, snapshots, sweep
from engine.cache import RESULTS
from engine.files import written_whole
from engine.verdicts import CONTROL, Outcome, decay_dominates, decay_per_epoch, tail_off

FILE = "regimes.json"
DIVERGED = "diverged"
"""In place of an outcome, where a weight or the cost left the finite numbers."""
KINDS = (*map(str, Outcome), DIVERGED)


def cells():
    """(eta, lambda) -> {start: hyperparameters}."""
    found = {}
    for h in sweep.regimes():
        found.setdefault((h.learning_rate, h.l2), {})[h.initialization] = h
    return found


def judged(runs):
    """{claim: {"meaning, part": outcome}} of one cell, from its runs by start; as the claims' pages judge it."""
    large = runs["large"]
    h, diverged = large.hyperparameters, {start: run.diverged_at is not None for start, run in runs.items()}
    data = datasets.load(h)
    found = {"decay_dominates": [], "decay_per_epoch": [], "tail_off": []}
    if not diverged["large"]:
        alone = snapshots.decay_alone(h, data, [0, decay_dominates.first_epochs(large)])
        found["decay_dominates"] = decay_dominates.judge(large, *alone)
        found["decay_per_epoch"] = [v for v in decay_per_epoch.judge(large) if v.epochs == 1 and v.part != CONTROL]
    if not any(diverged.values()):
        found["tail_off"] = tail_off.judge(runs, tail_off.collapse(h, data.top_singular_value))
    return {claim: {f"{v.meaning}, {v.part}": str(v.outcome) for v in verdicts} for claim, verdicts in found.items()}


@cache
def results(folder=RESULTS):
    """claim -> {"meaning, part": (etas, lambdas) of places in KINDS}, as they ship."""
    stored = json.loads((folder / FILE).read_text())
    shape = len(sweep.ETAS), len(sweep.LAMBDAS)
    return {
        claim: {name: np.array(list(map(int, places))).reshape(shape) for name, places in verdicts.items()}
        for claim, verdicts in stored.items()
    }


def make(store, open_executor, show, folder=RESULTS):
    """Train what the store does not have of the map, and write the verdicts, whole or not at all."""
    sweep.run(sweep.regimes(), store, open_executor, show)
    maps = {}
    each = [judged({start: store.get(h) for start, h in starts.items()}) for starts in cells().values()]
    for claim in each[0]:
        names = {name: None for cell in each for name in cell[claim]}
        maps[claim] = {name: "".join(str(KINDS.index(cell[claim].get(name, DIVERGED))) for cell in each) for name in names}
    with written_whole(folder / FILE, "w") as file:
        json.dump(maps, file, indent=1)


def main(arguments=None):
    return sweep.command(make, sweep.parser("python -m engine.regimes").parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
