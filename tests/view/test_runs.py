"""What the pages want of the engine, and give up."""

import time
from threading import Event

import pytest

from view import runs, turns


def test_a_session_that_ends_wants_nothing_more(monkeypatch):
    released = []
    monkeypatch.setattr(runs, "cache", lambda: type("Cache", (), {"release": lambda self, owner: released.append(owner)})())
    runs._leave(("session", {"decay": "a page", "book": "another"}))
    assert sorted(released) == [("session", "book"), ("session", "decay")]


class Waiting:
    """A job that never comes."""

    def wait(self, timeout, until_begun):
        return Event().wait(timeout)


class MovedOn(Exception):
    """What Streamlit raises in a script whose reader has moved a control."""


def test_who_waits_can_be_stopped_long_before_he_is_told_anything(monkeypatch):
    def moved_on():
        raise MovedOn

    monkeypatch.setattr(runs, "_let_stop", moved_on)
    started = time.monotonic()
    with pytest.raises(MovedOn), turns.turn():
        runs._wait(Waiting(), 60, until_begun=True)
    assert time.monotonic() - started < 10
