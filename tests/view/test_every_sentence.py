"""A hundred settings drawn with a fixed seed, through the Markdown of every page that is generated: no sentence is broken.

What no sentence may say is in tests/pages/checks.py; here are runs of seconds in place of those of a visit.
"""

import random
import re
from dataclasses import replace

import pytest

from engine import train
from engine.claims import laboratory, tail_off
from engine.claims.today import SCHEDULES
from engine.recipes import published
from engine.theory.recipe import OPTIMIZERS
from engine.verdicts import tail_off as floors
from tests.pages import checks
from tests.pages.reading import plain
from tests.view import (
    telling,
    test_decay_dominates,
    test_decay_per_epoch,
    test_scaled_start,
    test_tail_off,
    test_today,
    test_why,
)
from view import regimes
from view.bets import answer
from view.controls import CONTROLS
from view.layout import blocks

EACH = 18
"""Settings that are drawn for a page."""
MOST = 1500
"""Updates of one run."""
SMALL = {"n_train": (20, 50, 100, 200), "epochs": (10, 20), "replicates": (1, 2, 4), "hidden": ((10,), (30,), (30, 30))}
DRAWN = ("l2", "learning_rate", "batch_size", "activation", "cost", "n_train", "epochs", "replicates", "hidden")
GUESSES = (0.02, 0.5, 0.9)
SAID = ("text", "judged", "bet", "warning")
"""Blocks of which every word is read."""
BARE = r"\||#|\*\*[^*]+\*\*(, T.*)?$"
"""Begins of what is no sentence: rows, headings, and the titles of figures beside one another."""


def drawn(name):
    """The changes of EACH settings of a page: values that its controls offer, of runs that take no time."""
    draw, found = random.Random(name), []
    while len(found) < EACH:
        change = {of: draw.choice(SMALL.get(of, CONTROLS[of].options)) for of in DRAWN}
        if change["epochs"] * change["n_train"] <= MOST * min(change["batch_size"], change["n_train"]):
            found.append(change)
    return found


def of_tail_off(change):
    h = replace(test_tail_off.H, **change)
    found = test_tail_off.facts(test_tail_off.trained(**change), tail_off.threshold_of(h))
    threshold, grid = found["threshold"], found["grid"]
    short = grid and replace(grid, base=replace(grid.base, epochs=12, replicates=2))
    return (
        test_tail_off.of_the_contests()
        | found
        | tail_off.grid_facts(short and short.split(train(short, cache=None)), threshold)
        | {"map": regimes.facts("tail_off", floors.CANDIDATES[1], h.layer_names[-1:], h), "unit_seeds": 8}
    )


def of_decay_dominates(change):
    found = test_decay_dominates.whole(**change)
    h = found["h"]
    return found | {"map": regimes.facts("decay_dominates", "length", ("hidden weights", "output weights"), h)}


def of_decay_per_epoch(change):
    found = test_decay_per_epoch.facts(test_decay_per_epoch.run_of(**change))
    return found | {"map": regimes.facts("decay_per_epoch", "rate", ("hidden weights", "output weights"), found["h"])}


def of_laboratory(change):
    runs = laboratory.runs(replace(laboratory.DEFAULT, **change), replace(laboratory.DEFAULT, **change | {"l2": 7.0}))
    return laboratory.facts(laboratory.FIRST, {side: train(h, cache=None) for side, h in runs.items()})


FACTS = {
    "decay_dominates": of_decay_dominates,
    "decay_per_epoch": of_decay_per_epoch,
    "tail_off": of_tail_off,
    "scaled_start": lambda change: test_scaled_start.facts(test_scaled_start.runs_of(**change)),
    "why": lambda change: test_why.facts(test_why.runs_of(**change)),
    "laboratory": of_laboratory,
}


def read(found):
    """What is read of some blocks, a paragraph, an item or a row each; None where a displayed formula stands."""
    for block in found:
        if block.name == "equation":
            yield None
        elif block.name in SAID:
            for paragraph in re.split(r"\n\s*\n", plain(block.words)):
                lines = re.split(r"\n(?=\s*(?:\||[-*]\s|\d+\.\s))", paragraph)
                yield from [None] if paragraph.startswith("$$") else (" ".join(line.split()) for line in lines)
        else:
            yield from read(block.inside)


def whole(passages):
    """Complaints of sentences that do not begin or do not end; those that a formula goes on with may do either."""
    for before, passage, after in zip([None, *passages], passages, [*passages[1:], ""]):
        if passage and not re.match(BARE, passage):
            if before is not None and re.match(r"[a-z]|:small\[[a-z]", passage):
                yield "not_begun", passage
            if after is not None and not re.search(r"[.?!:][”)\]*]*$", passage):
                yield "not_ended", passage


def broken(text):
    passages = [*read(blocks(text))]
    return [*whole(passages), *checks.complaints([passage for passage in passages if passage])]


@pytest.mark.sweeps
@pytest.mark.parametrize("name", FACTS)
def test_no_sentence_is_broken_at_any_setting(name):
    wrong = {}
    for change in drawn(name):
        found = FACTS[name](change)
        for guess in (None, random.Random(str(change)).choice(GUESSES)):
            bet = {"bet": answer(guess, GUESSES, found["bet"]["measured"])} if "bet" in found else {}
            wrong |= dict.fromkeys(broken(telling.told(name, **found | bet)), change)
    assert wrong == {}


@pytest.mark.sweeps
def test_no_sentence_is_broken_for_any_recipe():
    draw, wrong = random.Random(0), {}
    for preset in published():
        for optimizer in OPTIMIZERS:
            change = {
                "optimizer": optimizer,
                "learning_rate": draw.choice((1e-5, 1e-3, 0.1)),
                "weight_decay": draw.choice((1e-12, 1e-4, 0.1)),
                "updates": draw.choice((2, 100, 100_000)),
                "schedule": draw.choice(SCHEDULES),
                "momentum": draw.choice((0.5, 0.9)),
            }
            wrong |= dict.fromkeys(broken(telling.told("today", **test_today.facts(preset, **change))), (preset, change))
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("The weights rest", "not_ended"),
        ("They rest.\n\nand stay.", "not_begun"),
        (":::verdict\n**False.** They rest at\n:::", "not_ended"),
        ("::judged\nWith 1 seeds.", "grammar_of_numbers"),
        (":::fold More\nIt is 120 % of the gain.\n:::", "impossible_share"),
    ],
)
def test_a_broken_sentence_is_found_wherever_it_stands(text, check):
    assert [name for name, _ in broken(text)] == [check]


def test_what_a_formula_goes_on_with_is_no_broken_sentence():
    assert broken("It is left after\n\n::equation DECAY_TIME 1\n\nepochs.\n\n**Hidden weights**, T = 3\n\n| a | b |") == []
