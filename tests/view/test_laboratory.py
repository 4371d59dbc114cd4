"""The sentences of the laboratory: each is said where it is true."""

from dataclasses import replace
from functools import cache

import pytest

from engine import train
from engine.claims import laboratory as lab
from tests.view.telling import paragraph, told, unreached

SMALL = replace(lab.DEFAULT, n_train=200, hidden=(6,), epochs=4, replicates=4)
CASES = {
    "At the end they differ by more than chance": ({}, {"l2": 50.0}),
    "These seeds do not tell them apart at the end": ({}, {"l2": 5.0001}),
    "A and B are the same network": ({}, {}),
    "The two do not share their seeds": ({}, {"seed": 100}),
    "One seed has no interval": ({"replicates": 1}, {"replicates": 1, "l2": 50.0}),
    "There is nothing to compare": ({}, {"optimizer": "adam", "learning_rate": 0.01}),
    "B diverged": ({}, {"activation": "relu", "hidden": (20, 20, 20), "learning_rate": 1000.0, "batch_size": 1}),
}


@cache
def facts(case):
    mine, theirs = CASES[case]
    runs = lab.runs(replace(SMALL, **mine), replace(SMALL, **theirs))
    name = "unopposed share" if "nothing to compare" in case else "cost in training" if "5.0001" in str(theirs) else lab.FIRST
    return lab.facts(name, {side: train(h, cache=None) for side, h in runs.items()})


@pytest.mark.parametrize("case", [case for case in CASES if "not tell" not in case])
def test_the_verdict_says_what_was_found(case):
    assert paragraph(told("laboratory", **facts(case)), ":::verdict\n").startswith(f"**{case}")


def test_seeds_that_do_not_tell_the_two_apart_are_told_as_such():
    found = facts("At the end they differ by more than chance")
    last = found["last"]._replace(low=-abs(found["last"].mean), high=abs(found["last"].mean))
    text = told("laboratory", **found | {"last": last, "apart": False})
    assert paragraph(text, ":::verdict\n") == "**These seeds do not tell them apart at the end.**"


def test_every_branch_is_reached():
    found = facts("At the end they differ by more than chance")
    assert unreached("laboratory", [*map(facts, CASES), found | {"apart": False}]) == []
