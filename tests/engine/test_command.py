"""A study as a command: what it accepts and says, and what it leaves."""

from functools import partial

import pytest

from engine import sweep
from engine.archive import Store
from engine.studies.command import command
from tests.engine.executing import ASKED, assert_whole

TWO = partial(sweep.run, ASKED[:2])


def test_a_study_is_trained_with_progress_and_once(tmp_path, capsys):
    path = tmp_path / "runs.sqlite"
    assert command("tiny", TWO, ["--store", str(path), "--processes", "1"]) == 0
    assert "2/2 runs" in capsys.readouterr().err
    assert_whole(Store(path), ASKED[:2])
    assert command("tiny", partial(sweep.run, ASKED[:2]), ["--store", str(path)]) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--processes", "0"], "processes must be at least 1, got 0"),
        (["--store", "no/where/runs.sqlite"], "must be a file in an existing folder"),
        (["--store", "{}/essay.txt"], "essay.txt is not a store of runs"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path, options, says):
    essay = tmp_path / "essay.txt"
    essay.write_text("of which there is one copy")
    assert says in command("tiny", TWO, [option.format(tmp_path) for option in options])
    assert essay.read_text() == "of which there is one copy"
    assert list(tmp_path.iterdir()) == [essay]


def test_an_interrupted_study_says_how_to_go_on(tmp_path, capsys):
    def interrupted(store, open_executor, show):
        raise KeyboardInterrupt

    assert command("tiny", interrupted, ["--store", str(tmp_path / "runs.sqlite")]) == 130
    assert "the same command goes on from here" in capsys.readouterr().err
