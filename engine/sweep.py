"""Many runs, on the processes of this machine or on a Dask cluster: python -m engine.sweep NAME [--scheduler tcp://host:port].

What is finished is stored at once: a run, or the few runs that share a stack. So a sweep that was interrupted or killed goes on
where it was, and a finished one costs nothing.
"""

import argparse
import math
import os
import sqlite3
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

from engine import datasets, mnist
from engine.archive import Store, pack
from engine.grid import LambdaGrid
from engine.hyperparameters import Hyperparameters
from engine.initialization import INITIALIZATIONS
from engine.training import Trajectory
from engine.verdicts import tail_off

STORE = Path("runs.sqlite")
"""Where the command line stores, unless told otherwise."""
STACK = 64
"""Replicates in a stack, at most: twice as fast as runs of four seeds each, and no faster if larger."""
TRIES = 3
"""Executors that may break in a row without one more finished run."""


def train_packed(group):
    """What an executor does for runs that share a stack: the bytes of each, which is all that travels."""
    if len(group) > 1:
        grid = LambdaGrid(replace(group[0], l2=0.0), tuple(h.l2 for h in group))
        trajectory = _trained(grid)
        if trajectory.diverged_at is None:
            return [pack(run) for run in grid.split(trajectory.run(grid))]
    return [pack(_trained(h).run(h)) for h in group]  # a stack diverges as a whole


def _trained(h):
    trajectory = Trajectory(h)
    for _ in trajectory.train(h.epochs):
        pass
    return trajectory


def stacks(runs):
    """Groups of runs that differ in lambda alone, up to STACK replicates: they train faster as one stack."""
    alike = {}
    for h in runs:
        alike.setdefault(replace(h, l2=0.0), []).append(h)
    for base, group in alike.items():
        count = math.ceil(len(group) * base.replicates / STACK)
        size = math.ceil(len(group) / count)
        yield from (tuple(group[k : k + size]) for k in range(0, len(group), size))


def run(asked, store, open_executor, show=lambda done, total, seconds: None):
    """Train what the store does not have of `asked`, an iterable of Hyperparameters.

    `open_executor` makes an executor of concurrent.futures, which is closed again; another one where a process of it died.
    `show(done, total, seconds)` is called after every run, with the seconds since the first began. Raises what a run raises,
    once what was finished or under way beside it is stored.
    """
    asked = list(dict.fromkeys(asked))
    for h in asked:
        datasets.fetch(h)  # once here, not by every process
    started, tries = time.monotonic(), 0
    todo = store.missing(asked)
    done = len(asked) - len(todo)
    show(done, len(asked), 0.0)

    def keep(future):
        nonlocal done
        for content in future.result():
            store.add(content)
            done += 1
            show(min(done, len(asked)), len(asked), time.monotonic() - started)

    while todo:
        try:
            with open_executor() as executor:
                _all(executor, stacks(todo), keep)
        except BrokenExecutor:
            if tries == TRIES - 1:
                raise
        left = store.missing(asked)  # what is there, not what was sent
        tries = tries + 1 if len(left) == len(todo) else 0
        if tries == TRIES:
            raise RuntimeError(f"{len(left)} runs were trained and are not in {store.path}: are the workers of the same code?")
        todo, done = left, len(asked) - len(left)


def _all(executor, groups, keep):
    """Submit all groups and keep each result once; after an exception what is under way is awaited and kept as well."""
    waiting = {executor.submit(train_packed, group) for group in groups}
    try:
        for future in as_completed(waiting):
            waiting.discard(future)
            keep(future)
    except BaseException:
        for future in waiting:
            future.cancel()
        for future in wait(waiting).done:
            if not future.cancelled() and future.exception() is None:
                keep(future)
        raise


def processes(count):
    """An executor of this machine's processes, which end when this one does. BLAS has one thread in each."""
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[variable] = "1"  # before the processes import NumPy
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent():
    """A parent that was killed tells nobody; without this its processes would wait for work for ever."""

    def watch():
        connection.wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address):
    """An executor of an existing Dask cluster; needs requirements-cluster.txt here and on its workers."""
    from distributed import Client, KilledWorker

    with Client(address) as client, client.get_executor() as executor:
        try:
            yield executor
        except KilledWorker as error:  # Dask has tried again, several times
            raise BrokenExecutor(str(error)) from error


# ---------------------------------------------------------------------------------------------- what is swept

STARTS = tuple(INITIALIZATIONS)
ETAS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)
LAMBDAS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 30, 40, 50, 75, 90, 100, 200, 500)
"""What the controls of the pages offer, so that every place on the map can be gone to."""
SEEDS = 8
BASE = Hyperparameters(l2=10.0, replicates=SEEDS)
FORGOTTEN = 12.0
"""A run of the contest ends when decay alone has shrunk the first weights by exp(-FORGOTTEN)."""


def forgotten():
    """What decay alone leaves of the first weights at the end of a run of the contest, at most."""
    return math.exp(-FORGOTTEN)


def to_rest(h):
    """As many epochs as `h` needs to forget its first weights, and both starts."""
    epochs = max(50, math.ceil(FORGOTTEN * h.batch_size / (h.learning_rate * h.l2)))
    return list(tail_off.arms(replace(h, epochs=epochs)).values())


def widths():
    """Hidden units, all else equal: n_w grows with the width, the fan-in stays."""
    return [h for units in (5, 10, 20, 40, 80, 160) for h in to_rest(replace(BASE, hidden=(units,)))]


def lambdas():
    """lambda below the collapse, for the digits."""
    return [h for l2 in (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 40.0) for h in to_rest(replace(BASE, l2=l2))]


def teacher_fan_ins():
    """Inputs of the teacher, all else equal."""
    teacher = Hyperparameters(dataset="teacher", l2=10.0, replicates=SEEDS)
    return [h for fan_in in (25, 50, 100, 200, 400) for h in to_rest(replace(teacher, fan_in=fan_in))]


def mnist_fan_ins():
    """Pixels of the same images, 28x28 and fewer, all else equal."""
    images = Hyperparameters(dataset="mnist", n_train=2000, l2=10.0, replicates=SEEDS)
    return [h for fan_in in (784, 196, 49, 16) for h in to_rest(replace(images, fan_in=fan_in))]


MAP = Hyperparameters(epochs=60, replicates=8)
"""What all runs of the map of regimes share."""


def regimes():
    """eta and lambda, over all that the pages offer, from both starts."""
    return [replace(MAP, learning_rate=eta, l2=l2, initialization=start) for eta in ETAS for l2 in LAMBDAS for start in STARTS]


SWEEPS = {
    "regimes": regimes,
    "widths": widths,
    "lambdas": lambdas,
    "teacher-fan-ins": teacher_fan_ins,
    "mnist-fan-ins": mnist_fan_ins,
}
"""Name -> function that makes its list of hyperparameters."""


# ---------------------------------------------------------------------------------------------- command line


def progress(done, total, seconds, done_before):
    """One line on standard error, drawn over itself, with the time left."""
    new = done - done_before
    left = f", {seconds / new * (total - done):.0f} s left" if new else ""
    print(f"\r[{'#' * round(30 * done / total):<30}] {done}/{total} runs{left}   ", end="", file=sys.stderr, flush=True)


def parser(prog):
    p = argparse.ArgumentParser(prog=prog)
    p.add_argument("--store", type=Path, default=STORE, metavar="FILE", help=f"SQLite file of finished runs (default: {STORE})")
    p.add_argument("--processes", type=int, default=os.cpu_count(), help="of this machine (default: one for each core)")
    p.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a Dask cluster to use instead of this machine's processes")
    return p


def command(work, options):
    """Do `work(store, open_executor, show)` as a command: with progress, to be interrupted and gone on with."""
    if options.processes < 1:
        return f"processes must be at least 1, got {options.processes}"
    if not options.store.parent.is_dir():
        return f"store must be a file in an existing folder, got {str(options.store)!r}"
    open_executor = partial(cluster, options.scheduler) if options.scheduler else partial(processes, options.processes)
    before = []

    def show(done, total, seconds):
        before.append(done)
        progress(done, total, seconds, before[0])

    try:
        work(Store(options.store), open_executor, show)
    except (mnist.Unavailable, sqlite3.Error, BrokenExecutor) as error:
        return f"\n{error or type(error).__name__}"
    except KeyboardInterrupt:
        print("\ninterrupted: the same command goes on from here", file=sys.stderr)
        return 130  # as a shell reports an interrupt
    print(file=sys.stderr)
    return 0


def main(arguments=None):
    p = parser("python -m engine.sweep")
    p.add_argument("name", choices=SWEEPS, help="which sweep")
    options = p.parse_args(arguments)
    return command(partial(run, SWEEPS[options.name]()), options)


if __name__ == "__main__":
    sys.exit(main())
