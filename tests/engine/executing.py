"""What sweeps are tested with: an executor that counts, the runs that are asked for, and patience."""

import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import cache

from engine import Hyperparameters, train
from tests.engine.rounding import assert_same_to_rounding

BASE = Hyperparameters(n_train=300, hidden=(10,), epochs=30, replicates=2)
ASKED = [replace(BASE, l2=float(l2), seed=seed) for l2 in (1, 2, 5) for seed in (0, 50)]
LONGER = [replace(BASE, l2=float(l2), seed=seed, epochs=150) for l2 in (2, 5) for seed in (0, 50, 100, 150, 200)]
"""Ten runs in five stacks, each of which takes long enough to be killed in the middle."""
PATIENCE = 300.0
"""Seconds after which a test that waits for another process has failed, on however busy a machine."""


@cache
def alone(h):
    return train(h, cache=None)


def assert_whole(store, asked=ASKED):
    """Every run is there exactly once, and is what this process trains alone; a sweep trains it in a stack of another shape."""
    assert len(store) == len(set(asked))
    for h in asked:
        assert_same_to_rounding(store.get(h), alone(h))


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Here(Executor):
    """Runs what is submitted at once; counts it."""

    def __init__(self):
        self.trained = []

    def submit(self, function, group):
        self.trained += group
        future = Future()
        future.set_result(function(group))
        return future
