"""What pages make of finished runs, kept beside one another for all readers: tables, figures, facts, rows as Arrow."""

import threading
from collections import OrderedDict
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from engine.datasets import Dataset
from engine.measurements import Run
from view import turns

MOST_BYTES = 64 << 20
"""What is kept at most, the least recently used dropped first: an untouched page makes some 25 things, of 2 MB in all."""
LEAST = 2000
"""Bytes that anything counts for, with its arguments."""


class Same:
    """An argument that is equal to itself alone. It lives as long as what was made of it, so no other takes its place."""

    def __init__(self, one):
        self._one = one

    def __eq__(self, other):
        return isinstance(other, Same) and self._one is other._one

    def __hash__(self):
        return id(self._one)


class Made:
    """The results of calls by what was called and with what."""

    def __init__(self, most=MOST_BYTES):
        self._most, self._results, self._lock = most, OrderedDict(), threading.Lock()
        self._making = {}  # key -> set once its maker has made it, or has failed
        self.nbytes, self._sizes = 0, {}

    def __len__(self):
        return len(self._results)

    def call(self, make, *arguments, by=None):
        """make(*arguments), which is not to be written to; made again only where it was dropped. by(make, *arguments) makes it.

        Who asks for what another is making waits for it: both have the same thing then, and so all that is made of it. Only
        what is made `by` somebody, who may give up, is waited for by nobody.
        """
        key = make, *map(known_by, arguments)
        if by is None:
            return self._together(key, partial(make, *arguments))
        with self._lock:
            if key in self._results:
                return self._found(key)
        return self._keep(key, by(make, *arguments))

    def _together(self, key, make):
        while True:
            with self._lock:
                if key in self._results:
                    return self._found(key)
                making = self._making.get(key)
                if making is None:
                    self._making[key] = threading.Event()
                    break
            with turns.aside():
                making.wait()
        try:
            return self._keep(key, make())
        finally:
            with self._lock:
                self._making.pop(key).set()

    def _found(self, key):
        self._results.move_to_end(key)
        return self._results[key]

    def _keep(self, key, result):
        """The result, or what was kept meanwhile."""
        size = LEAST + nbytes(result)
        with self._lock:
            if key in self._results:
                return self._found(key)
            self._results[key], self._sizes[key] = result, size
            self.nbytes += size
            while self.nbytes > self._most and self._results:
                dropped, _ = self._results.popitem(last=False)
                self.nbytes -= self._sizes.pop(dropped)
        return result


def nbytes(result, depth=3):
    """Bytes of the tables and arrays in a result, so deep within what holds them at most; what else is in it is small."""
    if isinstance(result, pd.DataFrame):
        return sum(column.nbytes for _, column in result.items())  # memory_usage says the same and takes four times as long
    if isinstance(result, np.ndarray):
        return result.nbytes
    if isinstance(result, bytes | str):
        return len(result)
    if isinstance(result, dict | list | tuple) and depth:
        return sum(nbytes(one, depth - 1) for one in (result.values() if isinstance(result, dict) else result))
    return 0


def known_by(argument):
    """What tells an argument from others: a Run its settings and epochs, which decide it; a table that it is the same one."""
    if isinstance(argument, Run):
        return Run, argument.hyperparameters, argument.epochs
    if isinstance(argument, Dataset):  # not to be kept alive
        return Dataset, argument.digest
    if isinstance(argument, dict):
        return dict, *((name, known_by(value)) for name, value in argument.items())
    if isinstance(argument, list | tuple):
        return type(argument), *map(known_by, argument)
    try:
        hash(argument)
    except TypeError:
        return Same(argument)
    return type(argument), argument  # 1 and True may be written differently


@st.cache_resource(show_spinner=False)
def store():
    """One for all readers."""
    return Made()


def once(make, *arguments, by=None):
    """make(*arguments), kept for all readers; `make` is a function of its arguments alone. Made by(make, *arguments)."""
    return store().call(make, *arguments, by=by)


class Once:
    """A module whose functions are called through `once`; what is no function of it is as it was."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        found = getattr(self._module, name)
        return partial(once, found) if callable(found) else found
