"""A study that is a sweep, as a command: with progress, to be interrupted and gone on with."""

import argparse
import os
import sqlite3
import sys
from concurrent.futures import BrokenExecutor
from functools import partial
from pathlib import Path

from engine import mnist, sweep
from engine.archive import Store
from engine.files import require_place
from engine.progress import draw

STORE = Path("runs.sqlite")
"""Where runs are stored, unless told otherwise."""


def parser(prog):
    p = argparse.ArgumentParser(prog=prog)
    p.add_argument("--store", type=Path, default=STORE, metavar="FILE", help=f"SQLite file of finished runs (default: {STORE})")
    p.add_argument("--processes", type=int, default=os.cpu_count(), help="of this machine (default: one for each core)")
    p.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a Dask cluster to use instead of this machine's processes")
    return p


def command(study, make, arguments=None):
    """Do `make(store, open_executor, show)` of the study of that name; returns what the process ends with."""
    options = parser(f"python -m engine.studies.{study}").parse_args(arguments)
    if options.processes < 1:
        return f"processes must be at least 1, got {options.processes}"
    try:
        require_place("store", options.store)
        store = Store(options.store)
    except ValueError as error:
        return str(error)
    except (OSError, sqlite3.Error) as error:
        return f"{options.store} cannot be opened: {error}"
    open_executor = (
        partial(sweep.cluster, options.scheduler) if options.scheduler else partial(sweep.processes, options.processes)
    )
    try:
        make(store, open_executor, progress())
    except (mnist.Unavailable, sqlite3.Error, OSError, BrokenExecutor) as error:
        return f"\n{error or type(error).__name__}"
    except KeyboardInterrupt:
        print("\ninterrupted: the same command goes on from here", file=sys.stderr)
        return 130  # as a shell reports an interrupt
    print(file=sys.stderr)
    return 0


def progress():
    """show(done, total, seconds) of one sweep; the time left is told by the runs that it has trained itself."""
    before = []

    def show(done, total, seconds):
        before.append(done)
        new = done - before[0]
        draw(done, total, "runs", seconds / new * (total - done) if new else None)

    return show
