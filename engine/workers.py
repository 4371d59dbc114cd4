"""Who trains: processes of our own, a Dask cluster, or a thread of this process. They take turns of tasks: engine.worker."""

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from engine.worker import Bench, Task

ROOT = Path(__file__).parents[1]
WORKERS, SCHEDULER = "RUNS_WORKERS", "RUNS_SCHEDULER"
"""Environment variables: how many processes train, 1 if not set, 0 for a thread of this one; the address of a Dask cluster."""


class Died(Exception):
    """A worker ended in the middle of a turn; its next turn starts another."""


class Process:
    """A worker process with the face of a Bench. It ends with this process, however that ends."""

    def __init__(self):
        self._writing, self._held = threading.Lock(), set()
        self._process = self._started()

    def _started(self):
        """Raises OSError where processes cannot be had."""
        one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
        command = [sys.executable, "-c", "from engine.worker import main; main()"]  # not -m: its classes would be others
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | one_thread, **pipes)

    def turn(self, task, seconds):
        """As of a Bench, by the process; ends soon after the task was dropped. Raises Died, and what the training raised.

        Who leaves it before its end ends the process: what it would still say is the answer to nothing else.
        """
        if self._process.poll() is not None:
            self.close()
            self._process = self._started()
        light = task._replace(network=None) if task.name in self._held else task
        self._held.discard(task.name)
        try:
            self._send((light, seconds))
            while not isinstance(answer := pickle.load(self._process.stdout), bool):
                if isinstance(answer, Exception):
                    raise answer
                yield from answer
        except GeneratorExit:
            self.close()
            raise
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self.close()
            raise Died(f"worker {self._process.pid} ended with {self._process.returncode}") from error
        if answer:
            self._held.add(task.name)

    def drop(self, name):
        """The task is wanted no more: a turn of it ends. From any thread."""
        self._held.discard(name)
        with suppress(OSError, ValueError):  # it has ended, and the task with it
            self._send(name)

    def close(self):
        """End the process, if it has not ended."""
        self._held.clear()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # of what could not be written any more
                pipe.close()

    def _send(self, message):
        with self._writing:
            pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()


class Cluster:
    """One place on an existing Dask cluster, or another executor of concurrent.futures, with the face of a Bench.

    A turn is a task of its own there, and at least an epoch: a place on a cluster keeps nothing between two turns.
    """

    def __init__(self, executor):
        self._executor, self._futures = executor, {}

    def turn(self, task, seconds):
        self._futures[task.name] = self._executor.submit(whole_turn, task, seconds)
        try:
            yield from self._futures[task.name].result()
        finally:
            del self._futures[task.name]

    def drop(self, name):
        if future := self._futures.get(name):
            future.cancel()

    def close(self):
        """The cluster is somebody else's."""


def whole_turn(task, seconds):
    """What a turn gives that goes on to the end of its first epoch."""
    bench, found = Bench(), []
    while not found:
        found = [pair for pair in bench.turn(task, seconds) if pair is not None]
    return found


def cores():
    """Processors that this process may use: of its control group where that has a limit, else of the machine."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(usable, int(quota) // int(period)))
    except (OSError, ValueError):  # no such group, or "max"
        return usable


def from_environment(environment=os.environ):
    """The workers that a server trains with: a list of things with the face of a Bench.

    Raises ValueError naming the variable, the rule and the value.
    """
    if address := environment.get(SCHEDULER):
        from distributed import Client

        client = Client(address)
        executor = client.get_executor()
        return [Cluster(executor) for _ in client.scheduler_info()["workers"]] or [Cluster(executor)]
    given = environment.get(WORKERS, "1")
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        raise ValueError(f"{WORKERS} must be a whole number from 0 to 999, got {given!r}")
    try:
        return [Process() for _ in range(min(int(given), cores()))] or [Bench()]
    except OSError:
        return [Bench()]


__all__ = ["Bench", "Cluster", "Died", "Process", "Task", "cores", "from_environment"]
