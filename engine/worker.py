"""Trains runs and looks into networks for another process, which runs `main`: tasks in, epochs and results out.

A task comes as a pickle on standard input and is answered on standard output: lists of (Record, Network), then whether the task
is still under way where the turn is over, or the exception that ended it. The name of a task alone says that it is wanted no
more, and ends its turn within one call of NumPy. The process ends with its standard input.
"""

import _thread
import os
import pickle
import queue
import signal
import sys
import threading
import time
from typing import NamedTuple

from engine.training import epochs, milestone

AT_ONCE = 0.05
"""Seconds of epochs that are sent together: small networks train a thousand a second."""
NICENESS = 10
"""Who reads comes before what trains."""


class Task(NamedTuple):
    """What is missing of a run."""

    name: int  # of this task alone: by it a turn goes on where the one before it ended
    h: object  # Hyperparameters or LambdaGrid
    done: int  # epochs that need not be measured again; -1: none, and the untrained network is measured first
    until: int  # epochs after which it ends
    start: int = 0  # epochs after which the network is known,
    network: object = None  # and this network; None: start is 0

    def ends_with(self, record):
        return record.epoch >= self.until or (record.epoch > 0 and not record.finite)


class Call(NamedTuple):
    """A function that is to be called, which takes less than many turns."""

    name: int
    function: object
    arguments: tuple


class Bench:
    """Runs under way in this process, each where its last turn ended: perhaps within an epoch."""

    def __init__(self):
        self._under_way = {}  # name of a task -> its training
        self._unwanted = set()

    def turn(self, task, seconds):
        """Train for so long, or to the end of the task; yields None now and then and (Record, Network) after each epoch.

        A Call has one turn, and yields (result,).
        """
        if isinstance(task, Call):
            yield (task.function(*task.arguments),)
            return
        until = time.monotonic() + seconds
        self._unwanted &= {task.name}  # the other names do not come again
        training = self._under_way.pop(task.name, None) or epochs(task.h, task.done, task.start, task.network)
        for found in training:
            yield found
            if task.name in self._unwanted or (found is not None and task.ends_with(found[0])):
                return
            if time.monotonic() >= until:
                self._under_way[task.name] = training
                return

    def holds(self, name):
        """Whether the next turn of the task goes on where the last one ended."""
        return name in self._under_way

    def drop(self, name):
        """The task is wanted no more: a turn of it ends. From any thread."""
        self._unwanted.add(name)
        self._under_way.pop(name, None)

    def close(self):
        """Nothing is held outside this process."""


class _Unwanted(Exception):
    """The task whose turn it is was dropped."""


class _Server:
    """Reads tasks in one thread and trains in the other, the main one, which a signal interrupts when a task is dropped."""

    def __init__(self, inbox, outbox):
        self._inbox, self._outbox = inbox, outbox
        self._bench, self._messages, self._dropped = Bench(), queue.SimpleQueue(), set()
        self._training = None  # the name of the task, while it may be interrupted

    def serve(self):
        signal.signal(signal.SIGINT, self._interrupt)
        threading.Thread(target=self._read, daemon=True).start()
        while True:
            message = self._messages.get()
            if isinstance(message, int):
                self._bench.drop(message)
                self._dropped.discard(message)
            else:
                self._send(self._turn(*message))

    def _read(self):
        try:
            while True:
                message = pickle.load(self._inbox)
                if isinstance(message, int):
                    self._dropped.add(message)
                    _thread.interrupt_main()
                self._messages.put(message)
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)  # whoever asked is gone, and the main thread may be in the middle of an epoch

    def _interrupt(self, *_):
        """Runs in the main thread, so that nothing else is ever interrupted than the training of a dropped task."""
        if self._training in self._dropped:
            self._training = None  # once
            raise _Unwanted

    def _turn(self, task, seconds):
        """What ends the turn: whether the task is under way, or an exception."""
        turn, batch, sent = self._bench.turn(task, seconds), [], 0.0
        try:
            while (found := self._next(task, turn, END)) is not END:
                if found is not None:
                    batch.append(found)
                if batch and time.monotonic() - sent > AT_ONCE:
                    self._send(_light(batch))
                    batch, sent = [], time.monotonic()
        except _Unwanted:
            return False
        except Exception as error:
            return _portable(error)
        if batch:
            self._send(_light(batch))
        return self._bench.holds(task.name)

    def _next(self, task, turn, end):
        self._training = task.name
        try:
            return next(turn, end)
        finally:
            self._training = None

    def _send(self, message):
        pickle.dump(message, self._outbox, pickle.HIGHEST_PROTOCOL)
        self._outbox.flush()


END = object()


def _light(batch):
    """Without the networks that nobody keeps."""
    if len(batch[-1]) == 1:  # of a Call
        return batch
    last = batch[-1][0].epoch
    return [(r, network if r.epoch == last or milestone(r.epoch) else None) for r, network in batch]


def _portable(error):
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")


def main():
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed by mistake is no answer
    try:
        _Server(sys.stdin.buffer, outbox).serve()
    except BrokenPipeError:
        os._exit(0)
