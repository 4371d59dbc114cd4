"""One page is drawn at a time: threads of one Python process only take the processor from one another, and all come late."""

import threading
from collections import deque
from contextlib import contextmanager

_drawing, _mine = threading.Lock(), threading.local()
_waiting = deque()
"""As long as the line of those who want to draw."""


@contextmanager
def turn():
    """In which a page is drawn, once no other is."""
    _take()
    try:
        yield
    finally:
        _leave()


@contextmanager
def aside():
    """In which one who has a turn waits for something, and lets others draw.

    Not within what st.cache_resource makes: others wait for that with the turn in their hands.
    """
    if not getattr(_mine, "held", False):
        yield
        return
    _leave()
    try:
        yield
    finally:
        _take()


def wanted():
    """Whether others wait for a turn, so that what can wait should."""
    return bool(_waiting)


def _take():
    _waiting.append(None)
    _drawing.acquire()
    _waiting.pop()
    _mine.held = True


def _leave():
    _mine.held = False
    _drawing.release()
