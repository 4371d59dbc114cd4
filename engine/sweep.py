"""Many runs, on the processes of this machine or on a Dask cluster.

What is finished is stored at once: a run, or the few runs that share a stack. So a sweep that was interrupted or killed goes on
where it was, and a finished one costs nothing.
"""

import math
import os
import threading
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import connection, get_context, parent_process

from engine import datasets
from engine.archive import pack
from engine.grid import LambdaGrid
from engine.training import Trajectory

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
    """An executor of an existing Dask cluster; needs requirements-cluster.txt here and on its workers.

    Raises ConnectionError where no scheduler answers at the address.
    """
    from distributed import Client, KilledWorker

    try:
        client = Client(address)
    except (OSError, ValueError) as error:  # nobody answers; or it is no address
        raise ConnectionError(f"no scheduler at {address!r}: {error}") from error
    with client, client.get_executor() as executor:
        try:
            yield executor
        except KilledWorker as error:  # Dask has tried again, several times
            raise BrokenExecutor(str(error)) from error
