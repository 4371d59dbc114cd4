"""The settings of the untouched pages, whose finished runs ship with the project: python -m engine.defaults trains them."""

import sys

from engine.cache import RESULTS, file_name, save
from engine.hyperparameters import Hyperparameters
from engine.training import Trajectory

DEFAULTS = {
    "decay_dominates": Hyperparameters(l2=2.0, epochs=60),
    "decay_per_epoch": Hyperparameters(l2=5.0, epochs=60),
    "tail_off": Hyperparameters(l2=10.0, epochs=50),
    "scaled_start": Hyperparameters(l2=5.0, epochs=60),
}
"""Page -> hyperparameters. All have the book's eta and m."""


def main():
    RESULTS.mkdir(exist_ok=True)
    for page, h in DEFAULTS.items():
        trajectory = Trajectory(h)
        for done in trajectory.train(h.epochs):
            print(f"\r{page}: {done}/{h.epochs} epochs", end="", file=sys.stderr, flush=True)
        save(trajectory, RESULTS)
        print(f", {file_name(h)}", file=sys.stderr)


if __name__ == "__main__":
    main()
