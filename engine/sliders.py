"""The runs that a reader asks for who moves one slider of an untouched page, and what the page reads off their networks.

python -m engine.sliders trains them, and makes the files of both. What is finished is kept in a folder, so that an interrupted
command goes on where it was.
"""

import shutil
from dataclasses import replace

from engine.archive import RESULTS, find, packs, write
from engine.archive import readings as archive
from engine.cache import RunCache
from engine.claims import CLAIMS, decay_dominates, lengths, readings, scaled_start, tail_off
from engine.defaults import shipped
from engine.files import written_whole
from engine.progress import draw
from engine.training import Trajectory
from engine.values import ETAS, LAMBDAS
from engine.verdicts.decay_dominates import ruler

PAGES = (*CLAIMS, lengths)
"""Those of the claims, and the answer to why the layers part."""
UNFINISHED = RESULTS / "unfinished_sliders"
"""What an interrupted command leaves, and the next one goes on from."""
LARGEST = 1
"""Learning rate up to which runs ship: beyond it many diverge, and processors round differently."""


def settings(claim):
    """What one move of the slider of lambda or of eta makes of the page's default."""
    default = claim.DEFAULT
    return [replace(default, l2=lam) for lam in (0, *LAMBDAS)] + [
        replace(default, learning_rate=eta) for eta in ETAS if eta <= LARGEST
    ]


def asked(claim, h):
    """All that the page trains at these settings."""
    runs = list(claim.runs(h).values())
    if claim is decay_dominates:
        runs.append(ruler(h))
    if claim is tail_off and (grid := claim.settings_facts(h)["grid"]):
        runs.append(grid)
    if claim is scaled_start:
        runs += claim.rescue_runs(h, claim.UNTIL).values()
    return runs


def missing():
    """The runs of both sliders of all PAGES that do not ship already, each once and as long as any page asks for it."""
    there = {h.key: h.epochs for h in shipped()}
    longest = {}
    for h in (run for claim in PAGES for setting in settings(claim) for run in asked(claim, setting)):
        if h.epochs > max(there.get(h.key, -1), longest[h.key].epochs if h.key in longest else -1):
            longest[h.key] = h
    return list(longest.values())


def train(h, folder):
    """Go on with what the folder has of a run; what is left unfinished is kept there."""
    kept = find(h, folder)
    trajectory = Trajectory.of(kept.run, kept.networks) if kept else Trajectory(h)
    if trajectory.covers(h.epochs):
        return
    try:
        for _ in trajectory.train(h.epochs):
            pass
    finally:
        if trajectory.records:
            write(trajectory.run(h), {trajectory.done: trajectory.network}, folder)


def looks(claim, h, cache):
    """(function of engine.claims.readings, hyperparameters, ...) of all that the page reads off networks at these settings."""
    runs = {name: cache.train(run) for name, run in claim.runs(h).items()}
    if claim is decay_dominates:
        run = runs["run"]
        return [
            (readings.alone, h, claim.so_far(claim.EPOCHS, h.epochs)),
            (readings.alone, h, claim.first(run)),
            (readings.first_weights, h),
            (readings.densities, h, min(claim.LOOKED_AT, run.epochs)),
            (readings.portraits, h, claim.so_far(claim.SEEN, run.epochs)),
        ]
    if claim is scaled_start:
        return [(readings.at_clock, claim.runs(h)["large"], claim.stops_within(runs["large"]))]
    if claim is lengths:
        whole = [(readings.balances, run.hyperparameters) for run in runs.values() if run.diverged_at is None]
        return [*whole, (readings.units, runs["relu"].hyperparameters, (0, runs["relu"].epochs))]
    if claim is tail_off:
        return [(readings.linear_norms, h, readings.WIDTHS)]
    return []


def read(folder, cache):
    """name -> content of all readings; those that the folder does not have are found, and kept there."""
    folder.mkdir(exist_ok=True)
    settled = [(page, h) for page in PAGES for h in settings(page)]
    asked = [look for page, h in settled for look in looks(page, h, cache)]
    for done, (function, h, *more) in enumerate(asked):
        path = folder / archive.name(function, h, *more)
        if not path.exists():
            with written_whole(path) as file:
                file.write(archive.content(function(cache, h, *more), h))
        draw(done + 1, len(asked), "readings")
    return {path.name: path.read_bytes() for path in sorted(folder / archive.name(*look) for look in asked)}


def make(folder=RESULTS, unfinished=UNFINISHED):
    """Train the runs that `unfinished` does not have, pack them all, and read off their networks what pages do."""
    unfinished.mkdir(parents=True, exist_ok=True)
    runs = missing()
    for done, h in enumerate(runs):
        train(h, unfinished)
        draw(done + 1, len(runs), "runs")
    packs.write((find(h, unfinished) for h in runs), folder)
    archive.write(read(unfinished / "readings", RunCache(results=folder)), folder)
    shutil.rmtree(unfinished)


if __name__ == "__main__":
    make()
