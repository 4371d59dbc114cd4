"""The stored specifications are those that the code builds."""

import json

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
