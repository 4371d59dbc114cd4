"""The opening's answer: it says nothing that its verdicts do not bear, and follows its runs."""

from dataclasses import replace

from engine import train
from engine.defaults import DEFAULTS
from engine.verdicts import tail_off
from view import summary


def test_the_answer_rests_on_the_verdicts():
    """A sentence that one of its verdicts no longer bears must be written anew."""
    found = summary.found()
    sentences = summary.answer(found)
    assert len(sentences) == 5
    for sentence in sentences:
        assert sentence.text.count(". ") == 0
        assert sentence.text.endswith(".")
        for page_name, meaning, part, outcome in sentence.rests_on:
            assert found.verdict(page_name, meaning, part).outcome is outcome, (page_name, meaning, part)
    assert {rest[0] for sentence in sentences for rest in sentence.rests_on} == set(DEFAULTS)


def test_the_opening_follows_its_runs():
    """Other runs under the same words: the numbers in the answer are theirs."""
    found = summary.found()
    h = replace(DEFAULTS["tail_off"], l2=20.0)
    runs = found.runs | {"tail_off": {name: train(arm) for name, arm in tail_off.arms(h).items()}}
    verdicts = found.verdicts | {"tail_off": tail_off.judge(runs["tail_off"], 87.0)}
    changed = summary.answer(replace(found, runs=runs, verdicts=verdicts))[2].text
    assert changed != summary.answer(found)[2].text
    assert "$\\lambda=20$" in changed
