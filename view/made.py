"""What pages make of finished runs, kept beside one another for all readers: tables, figures, facts, rows as Arrow."""

import threading
from collections import OrderedDict
from functools import partial

import streamlit as st

from engine.datasets import Dataset
from engine.measurements import Run

MOST = 400
"""What is kept at most, the least recently used dropped first: an untouched page makes some 25."""


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

    def __init__(self, most=MOST):
        self._most, self._results, self._lock = most, OrderedDict(), threading.Lock()

    def __len__(self):
        return len(self._results)

    def call(self, make, *arguments, by=None):
        """make(*arguments), which is not to be written to; made again only where it was dropped. by(make, *arguments) makes it.

        Two who ask at once may both make it: nobody waits for another.
        """
        key = make, *map(known_by, arguments)
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = make(*arguments) if by is None else by(make, *arguments)
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return result


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

    def __init__(self, module, by=None):
        self._module, self._by = module, by

    def __getattr__(self, name):
        found = getattr(self._module, name)
        return partial(once, found, by=self._by) if callable(found) else found
