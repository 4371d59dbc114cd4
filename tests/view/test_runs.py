"""What the pages want of the engine, and give up."""

from view import runs


def test_a_session_that_ends_wants_nothing_more(monkeypatch):
    released = []
    monkeypatch.setattr(runs, "cache", lambda: type("Cache", (), {"release": lambda self, owner: released.append(owner)})())
    runs._leave(("session", {"decay": "a page", "book": "another"}))
    assert sorted(released) == [("session", "book"), ("session", "decay")]
