"""Few pages are drawn at a time: more would only take the processor from one another, and all of them would come late."""

from contextlib import contextmanager
from threading import BoundedSemaphore

AT_ONCE = 2
"""Threads of one Python process draw no faster in parallel; a second one draws while the first sends or reads."""
_drawing = BoundedSemaphore(AT_ONCE)


def turn():
    """A context in which a page is drawn, once there is room."""
    return _drawing


@contextmanager
def aside():
    """In a turn: a context in which one waits, and lets others draw."""
    _drawing.release()
    try:
        yield
    finally:
        _drawing.acquire()
