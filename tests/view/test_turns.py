"""Few pages are drawn at a time, and who waits lets others draw."""

import threading
import time

import pytest

from view import turns

PATIENCE = 60


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
    threads = [threading.Thread(target=does) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_no_more_than_stated_draw_at_once_and_all_come_to_their_turn():
    drawing, done = Counted(), []

    def draw():
        with turns.turn(), drawing:
            time.sleep(0.01)
            done.append(1)

    together(5 * turns.AT_ONCE, draw)
    assert drawing.most == turns.AT_ONCE
    assert len(done) == 5 * turns.AT_ONCE


def test_any_number_may_wait_at_once_and_all_go_on_in_turns():
    all_wait, drawing = threading.Barrier(5 * turns.AT_ONCE), Counted()

    def draw():
        with turns.turn():
            with turns.aside():
                all_wait.wait(PATIENCE)
            with drawing:
                time.sleep(0.01)

    together(5 * turns.AT_ONCE, draw)
    assert drawing.most == turns.AT_ONCE


def test_a_script_that_is_ended_while_it_waits_leaves_its_turn():
    for _ in range(2 * turns.AT_ONCE):
        with pytest.raises(RuntimeError), turns.turn(), turns.aside():
            raise RuntimeError
    together(turns.AT_ONCE, turns.turn().__enter__)
    for _ in range(turns.AT_ONCE):
        turns.turn().__exit__(None, None, None)
