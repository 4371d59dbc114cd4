"""The runs that a reader asks for who moves one slider of an untouched page: python -m engine.sliders trains and packs them.

What is finished is kept in a folder, so that an interrupted command goes on where it was.
"""

import shutil
from dataclasses import replace

from engine.archive import RESULTS, find, packs, write
from engine.claims import CLAIMS, decay_dominates, scaled_start, tail_off
from engine.defaults import shipped
from engine.progress import draw
from engine.studies.book import UNFINISHED
from engine.training import Trajectory
from engine.values import ETAS, LAMBDAS
from engine.verdicts.decay_dominates import ruler

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
    """The runs of both sliders of all claims that do not ship already, each once and as long as any page asks for it."""
    there = {h.key: h.epochs for h in shipped()}
    longest = {}
    for h in (run for claim in CLAIMS for setting in settings(claim) for run in asked(claim, setting)):
        if h.epochs > max(there.get(h.key, -1), longest[h.key].epochs if h.key in longest else -1):
            longest[h.key] = h
    return list(longest.values())


def train(h, folder):
    """Go on with what the folder has of a run."""
    kept = find(h, folder)
    trajectory = Trajectory.of(kept.run, kept.networks) if kept else Trajectory(h)
    if not trajectory.covers(h.epochs):
        for _ in trajectory.train(h.epochs):
            pass
        write(trajectory.run(h), {trajectory.done: trajectory.network}, folder)


def make(folder=RESULTS, unfinished=UNFINISHED / "sliders"):
    """Train the runs that `unfinished` does not have, and pack them all."""
    unfinished.mkdir(parents=True, exist_ok=True)
    runs = missing()
    for done, h in enumerate(runs):
        train(h, unfinished)
        draw(done + 1, len(runs), "runs")
    packs.write((find(h, unfinished) for h in runs), folder)
    shutil.rmtree(unfinished)


if __name__ == "__main__":
    make()
