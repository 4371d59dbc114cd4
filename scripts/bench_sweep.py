"""How many runs a sweep trains in a second, with one process and with two: python -m scripts.bench_sweep.

Rates are taken from the first finished run to the last, so that the start of the processes, once a sweep, does not count. The
overhead is what a run takes beyond its training in one process: packing it, sending it, storing it. Rounds take turns, and a
figure is the median over them; a machine that is shared answers when it can.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from engine import Hyperparameters, sweep, train
from engine.archive import Store

RUNS, ROUNDS = 16, 3


def asked(round_):
    return [Hyperparameters(seed=1000 * round_ + 10 * k, epochs=60) for k in range(RUNS)]


def rate(count, hyperparameters):
    """Runs a second of a sweep over so many processes."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "runs.sqlite")
        sweep.run(hyperparameters, store, partial(sweep.processes, count), lambda *what: times.append(time.perf_counter()))
    return (RUNS - count) / (times[-1] - times[count])  # the first of every process has the start in it


def training(hyperparameters):
    """Runs a second, trained here."""
    started = time.perf_counter()
    for h in hyperparameters:
        train(h, cache=None)
    return RUNS / (time.perf_counter() - started)


def main():
    rows = np.array([[training(asked(k)), rate(1, asked(k)), rate(2, asked(k))] for k in range(ROUNDS)])
    alone, one, two = np.median(rows, axis=0)
    print(f"runs a second: trained here {alone:.2f}, one process {one:.2f}, two processes {two:.2f}")
    for target, value, bound in (
        ("two processes, times one: at least 1.7", np.median(rows[:, 2] / rows[:, 1]), 1.7),
        ("overhead of a run beyond its training, share: under 0.05", np.median(rows[:, 0] / rows[:, 1]) - 1, -0.05),
    ):
        reached = value >= bound if bound > 0 else value <= -bound
        print(f"{target:60}{value:8.3f}  {'reached' if reached else 'not reached'}")


if __name__ == "__main__":
    main()
