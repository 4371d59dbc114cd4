"""The opening's answer: it says nothing that its verdicts do not bear, and follows its runs."""

from dataclasses import replace

import pytest

from engine import train
from engine.defaults import DEFAULTS
from engine.studies import accuracies
from engine.verdicts import scaled_start, tail_off
from view import summary


def test_the_answer_rests_on_the_verdicts():
    """A statement that one of its verdicts no longer bears must be written anew."""
    found = summary.found()
    answer, lines = summary.answer(found), summary.lines(found)
    assert len(answer) == 5
    for statement in (*answer, *lines.values()):
        assert statement.text.endswith(".")
        for page_name, meaning, part, outcome in statement.rests_on:
            assert found.verdict(page_name, meaning, part).outcome is outcome, (page_name, meaning, part)
    assert {rest[0] for statement in answer for rest in statement.rests_on} == set(lines) == set(found.verdicts)


def test_differences_of_accuracies_come_from_many_seeds():
    found, told = summary.found(), accuracies.results()
    for meaning, arm in ((scaled_start.ACCURACY, "large"), (summary.BARE, "bare"), (summary.BOTH, "scaled")):
        difference = told.accuracy[arm][:, -1] - told.accuracy["plain"][:, -1]
        assert found.measured("scaled_start", meaning, "network").mean == pytest.approx(difference.mean())
    assert f"{len(told.seeds)} seeds" in summary.answer(found)[4].text
    assert f"the same {told.n_validation} unseen images" in summary.answer(found)[4].text


def test_the_opening_follows_its_runs():
    """Other runs under the same words: the numbers in the answer are theirs."""
    found = summary.found()
    h = replace(DEFAULTS["tail_off"], l2=20.0, epochs=20, replicates=2)
    runs = found.runs | {"tail_off": {name: train(arm) for name, arm in tail_off.arms(h).items()}}
    verdicts = found.verdicts | {"tail_off": tail_off.judge(runs["tail_off"], 87.0)}
    changed = summary.answer(replace(found, runs=runs, verdicts=verdicts))[2].text
    assert changed != summary.answer(found)[2].text
    assert "$\\lambda=20$" in changed
