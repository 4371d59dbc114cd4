"""One page is drawn at a time, and who waits lets others draw."""

import threading
import time

import pytest

from view import turns
from view.made import Made

PATIENCE = 60
MANY = 10


class Counted:
    """How many are at something at once, at most."""

    def __init__(self):
        self.now, self.most, self._lock = 0, 0, threading.Lock()

    def __enter__(self):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *error):
        with self._lock:
            self.now -= 1


def together(count, does):
    threads = [threading.Thread(target=does, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_one_draws_at_a_time_and_all_come_to_their_turn():
    drawing, done = Counted(), []

    def draw():
        with turns.turn(), drawing:
            time.sleep(0.01)
            done.append(1)

    together(MANY, draw)
    assert (drawing.most, len(done)) == (1, MANY)


def test_any_number_may_wait_at_once_and_all_go_on_in_turns():
    all_wait, drawing = threading.Barrier(MANY), Counted()

    def draw():
        with turns.turn():
            with turns.aside():
                all_wait.wait(PATIENCE)
            with drawing:
                time.sleep(0.01)

    together(MANY, draw)
    assert drawing.most == 1


def test_who_has_no_turn_may_wait_as_well_and_gives_nobodys_away():
    drawing = Counted()

    def draw():
        with turns.turn(), drawing:
            pass

    other = threading.Thread(target=draw, daemon=True)

    def wait():
        with turns.aside():
            other.start()
            other.join(0.2)

    with turns.turn(), drawing:
        together(1, wait)
        assert turns.wanted()
    other.join(PATIENCE)
    assert (other.is_alive(), drawing.most, turns.wanted()) == (False, 1, False)


def test_a_script_that_is_ended_while_it_waits_leaves_its_turn():
    with pytest.raises(RuntimeError), turns.turn(), turns.aside():
        raise RuntimeError

    def draw():
        with turns.turn():
            pass

    together(2, draw)


def test_who_waits_for_what_another_makes_lets_him_go_on():
    """The maker waits himself in the middle: with the turn in the hand of the other he would not come back to it."""
    made, begun = Made(), threading.Event()

    def make():
        begun.set()
        with turns.aside():
            time.sleep(0.1)
        return 1

    def first():
        with turns.turn():
            made.call(make)

    def second():
        begun.wait(PATIENCE)
        with turns.turn():
            made.call(make)

    both = iter([first, second])
    together(2, lambda: next(both)())
