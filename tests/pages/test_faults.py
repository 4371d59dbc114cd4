"""What ships is damaged, or the disk is full: a page trains its run again, or breaks off with a sentence."""

import json
import shutil
import subprocess
import sys

import pytest

from engine import recipes
from engine.studies import book
from tests.conftest import ROOT
from tests.nonsense import Nonsense
from tests.pages.reading import everything, opened, page
from view import runs
from view.frame import PAGES

VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest
told = {}
for name in sys.argv[1:]:
    at = AppTest.from_file("app.py", default_timeout=600)
    at.switch_page(f"pages/{name}.py")
    at.run()
    told[name] = [[e.value for e in at.exception], [e.value for e in at.error], [e.value for e in at.markdown]]
print(json.dumps(told))
"""


@pytest.fixture
def copy(tmp_path):
    """The project but for its tests: files may be damaged."""
    for folder in ("engine", "view", "pages"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    return tmp_path


def visit(copy, *names):
    """Page -> (tracebacks, sentences about what cannot be shown, Markdown)."""
    done = subprocess.run([sys.executable, "-c", VISIT, *names], cwd=copy, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def damage(paths):
    """Some are cut off, some are of random bytes, some are empty."""
    nonsense = Nonsense(21)
    for k, path in enumerate(sorted(paths)):
        whole = path.read_bytes()
        path.write_bytes((whole[: len(whole) // 2], nonsense.stream.randbytes(len(whole)), b"")[k % 3])


def test_a_run_that_is_damaged_is_trained_again(copy):
    damage((copy / "engine/results").glob("digits-*.npz"))
    ((exceptions, errors, markdown),) = visit(copy, "decay_per_epoch").values()
    assert exceptions == errors == []
    badges = [text for text in markdown if "-badge[" in text]
    assert badges == [m.value for m in opened("decay_per_epoch").markdown if "-badge[" in m.value]


def test_studies_that_are_damaged_are_named_where_they_are_told(copy):
    damage(path for path in (copy / "engine/results").iterdir() if not path.name.startswith("digits-"))
    damage([copy / "view/specifications.json", copy / "view/following.zip"])  # figures are then made anew
    told = visit(copy, *PAGES)
    for name, (exceptions, errors, _) in told.items():
        assert exceptions == [], name
        for sentence in errors:
            assert "cannot be shown. `" in sentence
            assert "which ships with the article, cannot be read." in sentence
            assert str(copy) not in sentence  # readers need not know where
    assert sum(len(errors) for _, errors, _ in told.values()) >= 4


def test_data_that_are_damaged_are_named(copy):
    data = (book.ACCURACIES, recipes.PATH)
    damage([copy / "engine/data/digits.npz", *(copy / path.relative_to(ROOT) for path in data)])
    for name, (exceptions, errors, _) in visit(copy, *PAGES).items():
        assert exceptions == [], name
        assert errors or name == "method", name
        assert all(any(file in one for file in ("digits.npz", *(path.name for path in data))) for one in errors)


def test_a_download_on_a_full_disk_is_said_and_the_page_is_there(monkeypatch, tmp_path):
    from engine import mnist

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(mnist, "_download", lambda *asked: b"")
    monkeypatch.setattr(mnist, "written_whole", full)
    monkeypatch.setattr(runs, "failures", lambda: {})
    at = page(c2_data="mnist", c2_epochs="10", c2_seeds="2")
    assert f"Not accepted, so the default is shown: MNIST cannot be kept in {tmp_path}: No space left on device." in everything(
        at
    )
    assert list(tmp_path.iterdir()) == []
