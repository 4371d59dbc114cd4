"""Train from the command line: python -m engine --l2 5 --epochs 60 [--csv FILE]."""

import argparse
import csv
import sys
import time
from dataclasses import fields
from pathlib import Path

import numpy as np

from engine import datasets, mnist, progress
from engine.files import require_place, written_whole
from engine.hyperparameters import Hyperparameters
from engine.measurements import Record
from engine.statistics import interval
from engine.training import Trajectory

TABLE = ("weight_rms", "control_rms", "training_cost", "validation_accuracy")
"""What is printed; a CSV file has everything."""


def parser():
    p = argparse.ArgumentParser(
        prog="python -m engine", description="Train a stack of replicates; print or write one row an epoch."
    )
    for f in fields(Hyperparameters):
        option = "--" + f.name.replace("_", "-")
        choices = list(f.metadata.get("options", ())) or None
        meaning = f"{f.metadata['meaning']} (default: {f.default})"
        if f.name == "hidden":
            p.add_argument(option, type=int, nargs="*", default=list(f.default), help=meaning)
        else:
            kind = str if choices else int if f.metadata["whole"] else float
            p.add_argument(option, type=kind, choices=choices, default=f.default, help=meaning)
    p.add_argument(
        "--csv", type=Path, metavar="FILE", help="write every replicate's numbers to FILE instead of printing their means"
    )
    return p


def downloading(name, done, total):
    """One line on standard error, drawn over itself."""
    print(f"\rdownloading {name}: {done / 1e6:.1f} of {total / 1e6:.1f} MB ", end="", file=sys.stderr, flush=True)


def columns(records, names):
    """(records, replicates, columns) with their names, one column for each layer where a quantity has layers."""
    blocks, heads = [], []
    for name in names:
        block = np.stack([getattr(r, name) for r in records])
        heads += [f"{name}_{k + 1}" for k in range(block.shape[2])] if block.ndim == 3 else [name]
        blocks.append(block.reshape(*block.shape[:2], -1))
    return np.concatenate(blocks, axis=2), heads


def write_csv(records, seed, path):
    """One row an epoch and replicate, every quantity of a Record."""
    values, heads = columns(records, [f.name for f in fields(Record)[1:]])
    with written_whole(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["epoch", "seed", *heads])
        for record, epoch_values in zip(records, values):
            table.writerows([record.epoch, seed + r, *row] for r, row in enumerate(epoch_values.tolist()))


def print_table(records):
    """Means over the replicates, with the half-width of their 95 % interval where there are several."""
    values, heads = columns(records, TABLE)
    print("epoch", *(f"{head:>21}" for head in heads))
    for record, epoch_values in zip(records, values):
        mean, low, _ = interval(epoch_values)
        cells = [f"{m:.5g}" + (f" ± {m - lo:.1g}" if lo == lo else "") for m, lo in zip(mean, low)]
        print(f"{record.epoch:5}", *(f"{cell:>21}" for cell in cells))


def main(arguments=None):
    options = vars(parser().parse_args(arguments))
    path = options.pop("csv")
    try:
        h = Hyperparameters(**options)
        if path is not None:
            require_place("csv", path)
        datasets.fetch(h, downloading)
        datasets.load(h)
    except (ValueError, mnist.Unavailable) as error:
        return f"python -m engine: {error}"
    except KeyboardInterrupt:
        return 130  # as a shell reports an interrupt
    trajectory, started, code = Trajectory(h), time.monotonic(), 0
    try:
        for done in trajectory.train(h.epochs):
            left = (time.monotonic() - started) / done * (h.epochs - done) if done else None
            progress.draw(done, h.epochs, "epochs", left)
    except KeyboardInterrupt:
        print("\ninterrupted: what was trained so far follows", end="", file=sys.stderr)
        code = 130  # as a shell reports an interrupt
    print(file=sys.stderr)
    if not trajectory.records:
        return "nothing was trained"
    if trajectory.diverged_at is not None:
        print(f"diverged at epoch {trajectory.diverged_at}", file=sys.stderr)
    if path is not None:
        try:
            write_csv(trajectory.records, h.seed, path)
            return code
        except OSError as error:  # what was trained is not lost with the place for it
            print(f"{path} cannot be written: {error.strerror or error}", file=sys.stderr)
            code = 1
    print_table(trajectory.records)
    return code


if __name__ == "__main__":
    sys.exit(main())
