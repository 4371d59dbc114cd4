"""The opening's answer: it says nothing that its verdicts do not bear, and follows its runs."""

import re
from dataclasses import replace

import pytest

from engine import train
from engine.claims import opening
from engine.defaults import DEFAULTS
from engine.studies import accuracies
from engine.verdicts import scaled_start, tail_off
from tests.view import telling
from tests.view.telling import paragraph
from view import summary, words


def test_the_answer_rests_on_the_verdicts():
    """A sentence that one of its verdicts no longer bears must be written anew."""
    found = summary.found()
    assert set(opening.RESTS_ON) == set(found.verdicts)
    for claim, verdicts in opening.RESTS_ON.items():
        for meaning, part, outcome in verdicts:
            assert found.verdict(claim, meaning, part).outcome is outcome, (claim, meaning, part)


def test_differences_of_accuracies_come_from_many_seeds():
    found, told = summary.found(), accuracies.results()
    for meaning, arm in ((scaled_start.ACCURACY, "large"), (opening.BARE, "bare"), (opening.BOTH, "scaled")):
        difference = told.accuracy[arm][:, -1] - told.accuracy["plain"][:, -1]
        assert found.measured("scaled_start", meaning, "network").mean == pytest.approx(difference.mean())
    said = paragraph(telling.told("question", **summary.facts()), "**On 4, that L2 may cut the weights down")
    assert f"{len(told.seeds)} seeds and the same {told.n_validation} unseen images" in said


def test_the_opening_follows_its_runs():
    """Other runs under the same words: the numbers in the answer are theirs."""
    found = summary.found()
    h = replace(DEFAULTS["tail_off"], l2=20.0, epochs=20, replicates=2)
    runs = found.runs | {"tail_off": {name: train(arm) for name, arm in tail_off.arms(h).items()}}
    verdicts = found.verdicts | {"tail_off": tail_off.judge(runs["tail_off"], 87.0)}
    numbers = []
    for one in (found, replace(found, runs=runs, verdicts=verdicts)):
        said = paragraph(telling.told("question", **opening.facts(one)), "3. The weights stop falling")
        ratio = one.verdict("tail_off", tail_off.CANDIDATES[0], "hidden weights").ratio.mean
        assert f"the hidden weights stop at {words.short(ratio)} times the post’s" in said
        numbers.append(ratio)
    assert numbers[0] != numbers[1]


def test_every_branch_is_reached():
    assert telling.unreached("question", [summary.facts()]) == []


def test_the_opening_is_short():
    """Words that a reader sees without unfolding anything; formulas count as one."""
    text = telling.told("question", **summary.facts())
    text = re.sub(r":::fold.*?\n:::", "", text, flags=re.DOTALL)
    text = re.sub(r"::(film|figure \w+)\n.*?\n\n", "", text, flags=re.DOTALL)  # for those who do not see them
    shown = re.sub(r"\$[^$]*\$", "x", re.sub(r"\]\([^)]*\)|^:::?\w*|[*_]", "", text, flags=re.MULTILINE))
    assert len(re.findall(r"\w[\w’.-]*", shown)) < 500
