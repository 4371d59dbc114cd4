"""What pages make is made once for the same arguments, anew for others, and no more of it is kept than stated."""

import threading
import time
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine import Hyperparameters, train
from view.made import LEAST, Made, Same, known_by, nbytes

H = Hyperparameters(n_train=20, epochs=2, replicates=2)


@pytest.fixture(scope="module")
def run():
    return train(H)


class Counting:
    """A function that notes with what it was called."""

    def __init__(self):
        self.calls = []

    def __call__(self, *arguments):
        self.calls.append(arguments)
        return len(self.calls)


def test_the_same_run_is_known_again_and_a_longer_or_other_one_is_not(run):
    made, make = Made(), Counting()
    assert made.call(make, {"run": run}, 0) == made.call(make, {"run": replace(run)}, 0) == 1
    others = [({"run": run.first(1)}, 0), ({"other": run}, 0), ({"run": run}, 1), ({"run": train(replace(H, seed=100))}, 0)]
    assert [made.call(make, *other) for other in others] == [2, 3, 4, 5]
    assert made.call(Counting(), {"run": run}, 0) == 1


def test_a_table_is_known_by_being_the_same_one():
    made, make, table = Made(), Counting(), pd.DataFrame({"a": [1]})
    assert made.call(make, table) == made.call(make, table) == 1
    assert made.call(make, table.copy()) == 2
    assert Same(table) != table
    assert known_by([table]) == known_by([table])


def test_values_that_are_written_differently_are_told_apart():
    made, make = Made(), Counting()
    assert [made.call(make, value) for value in (1, 1.0, True, "1", None)] == [1, 2, 3, 4, 5]


def test_the_least_recently_used_is_dropped():
    made, make = Made(most=2 * LEAST), Counting()
    for value in ("a", "b", "a", "c", "a", "b"):
        made.call(make, value)
    assert make.calls == [("a",), ("b",), ("c",), ("b",)]
    assert len(made) == 2


def test_tables_count_with_their_bytes():
    table = pd.DataFrame({"a": np.arange(1000.0), "name": ["hidden weights"] * 1000})
    bytes_ = nbytes(({"spec": 1}, [table]))
    assert 8000 + 14_000 < bytes_ < 200_000
    made = Made(most=3 * bytes_)
    for k in range(20):
        made.call(lambda k: table.copy(), k)
    assert len(made) == 2
    assert made.nbytes == 2 * (bytes_ + LEAST)
    made.call(lambda: pd.DataFrame({"a": np.zeros(10**6)}))
    assert (len(made), made.nbytes) == (0, 0)  # more than all that is kept is not kept


def test_what_fails_is_not_kept():
    made, tries = Made(), []

    def make():
        tries.append(None)
        if len(tries) == 1:
            raise ValueError("the first time")
        return "made"

    with pytest.raises(ValueError, match="first"):
        made.call(make)
    assert made.call(make) == "made"


def test_nobody_waits_for_what_another_makes():
    made, begun, go = Made(), threading.Event(), threading.Event()

    def slow():
        begun.set()
        return go.wait(60)

    other = threading.Thread(target=made.call, args=(slow,))
    other.start()
    assert begun.wait(60)
    assert made.call(Counting()) == 1
    go.set()
    other.join(60)
    assert not other.is_alive()


def together(count, call):
    """What `count` threads that call at once are given; None where it raised."""
    given = [None] * count

    def one(k):
        with suppress(ValueError):
            given[k] = call()

    threads = [threading.Thread(target=one, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return given


def test_who_ask_at_once_have_one_thing_and_so_all_that_is_made_of_it():
    made, tables, figures = Made(), [], []

    def table():
        time.sleep(0.05)
        tables.append(pd.DataFrame({"a": [len(tables)]}))
        return tables[-1]

    def figure(rows):
        figures.append(rows)
        return len(rows)

    assert together(8, lambda: made.call(figure, made.call(table))) == [1] * 8
    assert len(tables) == len(figures) == 1


def test_where_one_fails_who_waited_makes_it():
    made, tries = Made(), []

    def make():
        tries.append(None)
        time.sleep(0.05)
        if len(tries) == 1:
            raise ValueError("the first")
        return "made"

    assert sorted(together(4, lambda: made.call(make)), key=str) == [None, "made", "made", "made"]
    assert len(tries) == 2


def test_what_somebody_else_makes_is_the_same_thing_for_all_too():
    made, both = Made(), threading.Barrier(2)

    def by(make):
        both.wait(60)
        return make()

    one, other = together(2, lambda: made.call(object, by=by))
    assert one is other
