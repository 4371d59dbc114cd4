"""The stored specifications are those that the code builds, and are all that the untouched pages need."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from view import figures
from view.figures.__main__ import ALL


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


def test_the_untouched_pages_build_no_specification():
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "from view import figures, frame\n"
        "def refuse(*a): raise AssertionError('built')\n"
        "figures.specification = refuse\n"
        "for name in frame.PAGES:\n"
        "    at = AppTest.from_file('app.py', default_timeout=60)\n"
        "    at.switch_page(f'pages/{name}.py')\n"
        "    at.run()\n"
        "    assert not at.exception, (name, at.exception)\n"
    )
    # before the pages are imported, so that what they take from view.figures is the refusal
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
