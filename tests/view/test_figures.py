"""The stored specifications are those that the code builds."""

import json
import re

import pytest

from view import figures
from view.specifications import ALL


@pytest.mark.remakes
@pytest.mark.parametrize(("function", "arguments"), ALL, ids=lambda a: getattr(getattr(a, "build", None), "__name__", None))
def test_stored_specification_is_the_one_that_is_built(function, arguments, monkeypatch):
    monkeypatch.setattr(figures, "VALIDATE", True)  # against the schema of Vega-Lite
    built = json.loads(json.dumps(function.build(*arguments)))
    assert figures.stored()[figures.key(function.build, arguments)] == built


def test_nothing_else_is_stored():
    assert set(figures.stored()) == {figures.key(f.build, arguments) for f, arguments in ALL}


def test_a_store_of_other_sources_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setattr(figures, "sources", lambda: "others")
    assert figures.stored.__wrapped__() == {}
    monkeypatch.setattr(figures, "STORE", tmp_path / "none.json")
    assert figures.stored.__wrapped__() == {}


UNMEASURED = {"_schedule", "_left", "_sketch"}
"""Figures in which all is theory: nothing in them tells a value on hover."""


def layers(spec):
    yield spec
    for layer in spec.get("layer", ()):
        yield from layers(layer)


@pytest.mark.parametrize(("function", "arguments"), ALL, ids=lambda a: getattr(getattr(a, "build", None), "__name__", None))
def test_marks_tell_nothing_on_hover_but_titled_words(function, arguments):
    """Left alone a mark tells its raw fields; each that tells something has a title in words for every line of it."""
    spec = figures.stored()[figures.key(function.build, arguments)]
    assert spec["config"]["mark"] == {"tooltip": None, "aria": False}
    marks = [layer for layer in layers(spec) if "mark" in layer]
    assert not [mark for mark in marks if isinstance(mark["mark"], dict) and "tooltip" in mark["mark"]]
    told = [mark for mark in marks if "tooltip" in mark["encoding"]]
    assert bool(told) != (function.build.__name__ in UNMEASURED)
    for mark in told:
        computed = {step["as"] for step in mark["transform"] if "calculate" in step}
        for line in mark["encoding"]["tooltip"]:
            assert line["field"] in computed  # written for the reader, not a column as it stands
            assert re.fullmatch(r"[^_=]+", line["title"])
