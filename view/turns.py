"""One page is drawn at a time: threads of one Python process only take the processor from one another, and all come late."""

import threading
from contextlib import contextmanager

_drawing, _mine = threading.Lock(), threading.local()


@contextmanager
def turn():
    """In which a page is drawn, once no other is."""
    with _drawing:
        _mine.held = True
        try:
            yield
        finally:
            _mine.held = False


@contextmanager
def aside():
    """In which one who has a turn waits for something, and lets others draw."""
    if not getattr(_mine, "held", False):
        yield
        return
    _mine.held = False
    _drawing.release()
    try:
        yield
    finally:
        _drawing.acquire()
        _mine.held = True
