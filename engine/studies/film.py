"""The film of the opening: hidden weights of the book's network after every epoch: python -m engine.studies.film makes it.

Two trainings from the same draw, one with the book's L2 and one without, of one seed. What ships are the weights of a few
hidden units as whole steps of a fixed scale, and the size of all weights of both layers. No unit and no epoch is picked for its
looks: the units are the first ones, and every epoch is kept.
"""

import json
import sys
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from engine import mnist
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.progress import draw
from engine.studies import book
from engine.training import Trajectory

BASE = replace(book.example((30,), "large"), epochs=80, replicates=1)
LAMBDAS = (BASE.l2, 0.0)
"""Of the films, the book's first."""
UNITS = 6
"""The first so many hidden units are shown."""
LEVELS, FULL = 32, 2.0
"""Steps from 0 to the end of the scale on either side, and the weight at that end: twice the standard deviation of the draw."""
FILE = "film.npz"


class Film(NamedTuple):
    """One training as it is shown; epochs from 0, which is the draw."""

    h: Hyperparameters
    frames: np.ndarray  # (epochs + 1, UNITS, inputs) int8 in -LEVELS..LEVELS: weights as steps, as `steps` has them
    rms: np.ndarray  # (epochs + 1, layers): of all weights of a layer, those that are not shown among them
    blank: np.ndarray  # (epochs + 1,): rms of the hidden weights on pixels that are blank in every training image


def films():
    """The hyperparameters of the films."""
    return [replace(BASE, l2=l2) for l2 in LAMBDAS]


def steps(weights):
    """The nearest whole steps of FULL / LEVELS; weights beyond the scale are at its end."""
    return np.rint(np.clip(weights / FULL, -1, 1) * LEVELS).astype(np.int8)


def filmed(h, show=lambda epoch: None):
    """The Film of one training. Raises mnist.Unavailable."""
    trajectory, frames = Trajectory(h), []
    for epoch in trajectory.train(h.epochs):
        if epoch == len(frames):  # long epochs report more than once
            frames.append(steps(trajectory.network.weights[0][0, :UNITS]))
            show(epoch)
    run = trajectory.run(h)
    return Film(h, np.stack(frames), run.weight_rms[0], run.control_rms[0])


def changes(frames):
    """Of each pixel from epoch to epoch, the first from 0, (UNITS, inputs, epochs + 1): long rows of small numbers pack well.

    The running sum along its last axis gives the frames.
    """
    rows = np.moveaxis(frames, 0, -1)
    return np.diff(rows, axis=-1, prepend=np.zeros_like(rows[..., :1]))


def from_changes(rows):
    """The frames that `changes` was made of."""
    return np.moveaxis(rows.cumsum(axis=-1, dtype=np.int8), -1, 0)


def settings():
    """All that the films depend on, as text."""
    return json.dumps([[h.key for h in films()], BASE.epochs, UNITS, LEVELS, FULL])


@cache
def results(folder=RESULTS):
    """The Films, as they ship. Raises Damaged where they cannot be read, or are of other settings."""
    with shipped(folder / FILE):
        about, arrays = read_arrays(folder / FILE)
        if about["settings"] != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.film makes it")
        return tuple(
            Film(h, from_changes(arrays[f"changes_{k}"]), arrays[f"rms_{k}"], arrays[f"blank_{k}"])
            for k, h in enumerate(films())
        )


def make(folder=RESULTS, show=draw):
    """Train, and write the Films, whole or not at all. Raises mnist.Unavailable."""
    columns, total = {}, len(LAMBDAS) * (BASE.epochs + 1)
    for k, h in enumerate(films()):
        film = filmed(h, lambda epoch, k=k: show(k * (BASE.epochs + 1) + epoch + 1, total, "epochs"))
        columns |= {f"changes_{k}": changes(film.frames)}
        columns |= {f"{name}_{k}": getattr(film, name).astype(np.float32) for name in ("rms", "blank")}
    write_arrays(folder / FILE, {"settings": settings()}, **columns)


def main():
    try:
        make()
    except mnist.Unavailable as error:
        return f"\n{error}"
    print(file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
