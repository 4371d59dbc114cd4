"""The settings of the untouched pages, whose finished runs ship with the project: python -m engine.defaults trains them."""

import sys

from engine.archive import RESULTS, file_name, write
from engine.claims import CLAIMS, lengths
from engine.datasets import load
from engine.hyperparameters import Hyperparameters
from engine.progress import draw
from engine.studies.accuracies import UNTIL
from engine.training import Trajectory
from engine.verdicts import decay_dominates, scaled_start, tail_off

DEFAULTS = {"question": Hyperparameters(l2=2.0, epochs=60)} | {claim.NAME: claim.DEFAULT for claim in (*CLAIMS, lengths)}
"""Page -> hyperparameters. All have the book's eta and m."""


def shipped():
    """What the untouched pages ask for, each once: (run, epochs of which the network is stored as well)."""
    first, third, fourth = (DEFAULTS[page] for page in ("decay_dominates", "tail_off", "scaled_start"))
    threshold = tail_off.collapse(third, load(third).top_singular_value)
    asked = [*DEFAULTS.values(), decay_dominates.ruler(first), *tail_off.arms(third).values()]
    asked += [tail_off.collapse_grid(third, threshold), *scaled_start.arms(fourth).values()]
    asked += [scaled_start.rescue(fourth, UNTIL), scaled_start.bare(fourth)]
    runs = dict.fromkeys([*asked, *lengths.shipped()], ())
    kept = ((first, (5, 10, 20, 50)), (scaled_start.arms(fourth)["large"], scaled_start.stops(fourth)))
    for h, epochs in (*kept, *lengths.shipped().items()):
        runs[h] = (*runs[h], *epochs)  # on two pages it may be the same run
    longest = {h.key: h for h in sorted(runs, key=lambda h: h.epochs)}
    return {h: epochs for h, epochs in runs.items() if longest[h.key] == h}  # a longer run holds its beginning


def main():
    RESULTS.mkdir(exist_ok=True)
    runs = shipped()
    for h, epochs in runs.items():
        trajectory = Trajectory(h)
        for done in trajectory.train(h.epochs):
            draw(done, h.epochs, f"epochs of {file_name(h)}")
        write(trajectory.run(h), {epoch: trajectory.network_at(epoch) for epoch in (*epochs, h.epochs)}, RESULTS)
        print(file=sys.stderr)
    for old in {*RESULTS.glob("digits-*.npz")} - {RESULTS / file_name(h) for h in runs}:
        old.unlink()  # once all others are there


if __name__ == "__main__":
    main()
