"""The examples that the book graphs, on MNIST, and their finished runs: python -m engine.studies.book trains and stores them.

Nielsen, Neural Networks and Deep Learning (2015), chapter 3, "Weight initialization".
"""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine import datasets, mnist, snapshots
from engine.archive import RESULTS, file_name, find, read, read_arrays, write, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.initialization import STARTS
from engine.training import Trajectory
from engine.verdicts import tail_off
from engine.verdicts.decay_dominates import FIRST

EPOCHS, LONG = 30, 300
"""Epochs of the book's graphs, and of our runs of the smaller network."""
NETWORKS = {(30,): LONG, (100,): EPOCHS}
"""Hidden units -> epochs trained."""
REPLICATES = 10
PORTRAITS = (0, 10, 30, 100, 300)
"""Epochs of which the hidden weights of the first seed of the smaller network are stored."""
ACCURACIES = Path(__file__).parents[1] / "data" / "book_accuracies.json"
ANOTHER = {"hidden weights": (1.01, 0.08), "output weights": (1.15, 3.62)}
"""Variance of the weights before and after training that a reader of the book measured: Cross Validated 535484, 784-30-10, a
Python 3 version of the book's program."""
FILE = "book.npz"
DARKER = "56f9b21c904947d51ed44304a002099889551309807ec178cb6a7bb89561cffb"
"""SHA-256 of the unpacked training images of a copy of MNIST that is one grey level in 255 darker wherever it is not black."""
UNFINISHED = RESULTS / "unfinished"
"""What an interrupted `make` leaves, and the next one goes on from."""
SAVE_EVERY = 60
"""Seconds of training between two savings of an unfinished run."""


def example(hidden, start):
    """The hyperparameters of one of our runs; the book's are the same with one seed and EPOCHS epochs."""
    return Hyperparameters(dataset="mnist", hidden=hidden, initialization=start, epochs=NETWORKS[hidden], replicates=REPLICATES)


def examples():
    return [example(hidden, start) for hidden in NETWORKS for start in STARTS]


def arms(hidden, epochs):
    """start -> hyperparameters of our run of one network, over its first so many epochs."""
    return tail_off.arms(replace(example(hidden, "large"), epochs=epochs))


def single(hidden, start, seed):
    """The book's example with a seed of one's own."""
    return replace(example(hidden, start), epochs=EPOCHS, replicates=1, seed=seed)


@cache
def published_accuracy(hidden, start):
    """The book's accuracy on the validation images after each of its epochs, (EPOCHS,); one seed. Source: in the file."""
    with shipped(ACCURACIES):
        curves = json.loads(ACCURACIES.read_text())["correct_of_10000"]
        curve = curves["-".join(map(str, example(hidden, start).sizes))]
        return np.array(next(counts for name, counts in curve.items() if name.startswith(start))) / 10_000


class Extra(NamedTuple):
    """What is told of one example beside its Run."""

    variance: np.ndarray  # (replicates, 2, layers): of the weights of a layer, before training and after EPOCHS
    cost_alone: np.ndarray  # (replicates, 2): training cost at the start, and after decay_dominates.FIRST of decay alone
    accuracy_alone: np.ndarray  # (replicates, 2): accuracy on the validation images, the same
    portraits: np.ndarray  # (len(PORTRAITS), units, 784) hidden weights of the first seed; empty for the larger network


class Finished(NamedTuple):
    """The finished runs, with all that is told about them."""

    runs: dict  # hyperparameters -> Run
    extra: dict  # hyperparameters -> Extra
    top_singular_value: float  # of the covariance of targets and inputs, the 50,000 training images
    unused_inputs: int  # pixels that are blank in all of them
    made: dict  # date, commit, numpy, images (SHA-256 of the unpacked training images), published (whether to the byte)

    def run(self, h):
        """The Run of one of the examples, or of its first epochs."""
        return next(run for example, run in self.runs.items() if example.key == h.key).until(h)


@cache
def results(folder=RESULTS):
    """What `make` stored. Raises Damaged where it cannot be read or is not of one make."""
    with shipped(folder / FILE):
        runs, extra, (about, arrays) = {}, {}, read_arrays(folder / FILE)
        for k, h in enumerate(examples()):
            path = folder / file_name(h)
            if _digest(path) != about["files"][k]:
                raise ValueError(f"{path} is not the file that {FILE} was made with")
            runs[h] = read(path).run
            extra[h] = Extra(*(arrays[f"{name}_{k}"] for name in Extra._fields))
        return Finished(runs, extra, about["top_singular_value"], about["unused_inputs"], about["made"])


def make(show=print, folder=RESULTS, unfinished=UNFINISHED):
    """Train all examples, or what an interrupted make left of them, and store them once all are there.

    `show` gets a line of text now and then. What was left under another REVISION or from other images is not used. Raises
    mnist.Unavailable.
    """
    made, runs = provenance(), examples()
    unfinished.mkdir(parents=True, exist_ok=True)
    trained = [_trained(h, unfinished, f"{k + 1} of {len(runs)}", show) for k, h in enumerate(runs)]
    columns = {f"{name}_{k}": array for k, t in enumerate(trained) for name, array in _extra(t)._asdict().items()}
    finished = unfinished / "finished"
    finished.mkdir(exist_ok=True)
    paths = [write(trajectory.run(h), {}, finished) for h, trajectory in zip(runs, trained)]
    data = datasets.load(runs[0])
    about = {
        "files": [_digest(path) for path in paths],
        "top_singular_value": data.top_singular_value,
        "unused_inputs": int(data.unused_inputs.sum()),
        "made": made | {"date": datetime.now(UTC).date().isoformat()},
    }
    write_arrays(finished / FILE, about, **columns)
    for path in (*paths, finished / FILE):  # what belongs together is written; the last one tells whether all have arrived
        path.replace(folder / path.name)
    shutil.rmtree(unfinished)


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _trained(h, unfinished, which, show):
    """The whole trajectory; it is kept while it grows, and when it is left."""
    kept = find(h, unfinished)
    trajectory = Trajectory.of(kept.run, kept.networks) if kept else Trajectory(h)
    begun = time.monotonic(), len(trajectory.records)
    saved = begun[0]
    try:
        for done in trajectory.train(h.epochs):
            now = time.monotonic()
            new = len(trajectory.records) - begun[1]
            left = f"{(now - begun[0]) / new * (h.epochs - done) / 60:.0f} min left" if new > 0 else ""
            show(f"run {which}: {done}/{h.epochs} epochs {left}")
            if now - saved > SAVE_EVERY:
                write(trajectory.run(h), trajectory.networks, unfinished)
                saved = now
    finally:
        if trajectory.records:
            write(trajectory.run(h), trajectory.networks, unfinished)
    return trajectory


def _extra(trajectory):
    h = trajectory.hyperparameters
    cost, accuracy = snapshots.decay_alone(h, datasets.load(h), (0, FIRST))
    ends = (trajectory.network_at(epoch) for epoch in (0, min(EPOCHS, h.epochs)))
    variance = np.stack([snapshots.variance(network) for network in ends], axis=1)
    kept = [epoch for epoch in PORTRAITS if epoch <= h.epochs and h.epochs > EPOCHS]
    portraits = [trajectory.network_at(epoch).weights[0][0].astype(np.float16) for epoch in kept]
    return Extra(variance, cost, accuracy, np.array(portraits))


def provenance():
    """From which state of the project and with which images results are made."""
    try:
        git = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
        )
        commit = git.stdout.strip()
    except OSError:
        commit = ""  # there is no git
    images, _ = mnist.read()
    return {
        "commit": commit or "unknown",
        "numpy": np.__version__,
        "images": hashlib.sha256(images.tobytes()).hexdigest(),
        "published": mnist.is_published(),
    }


def main():
    try:
        make(lambda line: print(f"\r{line:<60}", end="", file=sys.stderr, flush=True))
    except KeyboardInterrupt:
        return "\ninterrupted: the same command goes on from here"
    except mnist.Unavailable as error:
        return f"\n{error}"
    print(file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
