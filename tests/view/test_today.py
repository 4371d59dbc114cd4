"""The sentences of the page on the recipes of today: each is said where it is true."""

import math

import numpy as np
import pytest

from engine.claims import today as claim
from engine.recipes import published
from engine.theory.recipe import answer
from tests.view.telling import paragraph, told, unreached
from view import words
from view.claims.today import figures, tables


def facts(name="nanogpt", problem=None, **changed):
    recipe = claim.asked(name, **claim.opened(name) | changed)
    return claim.facts(name, recipe) | {"problem": problem}


CASES = {
    "gone": ({}, "**Your first draw is gone.** At the end its coefficient is 2.53 × 10⁻⁹."),
    "kept": ({"name": "bert-base"}, "**Most of your first draw is still there,** as far as decay is concerned."),
    "part": ({"name": "pythia-12b"}, "**Part of your first draw is still there,** as far as decay is concerned."),
    "adam": ({"optimizer": "adam"}, "**S is no clock here.** With L2 in Adam’s gradient"),
    "momentum": ({"name": "resnet18-cifar10"}, "| $S=\\sum_t\\eta_t k/(1-\\mu)$ |"),
    "at rest": ({"schedule": "constant"}, "ends within 5 % of its place at rest"),
    "above": ({"start": 10.0, "updates": 2000}, "it ends above it."),
    "below": ({}, "it ends below it."),
    "epochs": ({"examples": 1000, "batch": 10}, "| divided by 100 updates an epoch |"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_follows_from_the_recipe(name):
    changed, says = CASES[name]
    assert says in words_of(paragraph_of(told("today", **facts(**changed))))


def paragraph_of(text):
    """The box of the verdict."""
    return text.split(":::verdict\n")[1].split("\n:::\n")[0]


def words_of(text):
    return " ".join(text.replace(words.NO_BREAK, " ").split())


def test_every_branch_is_reached():
    cases = [facts(**changed) for changed, _ in CASES.values()]
    assert unreached("today", [*cases, facts(problem="A sentence.")]) == []


def test_what_was_not_accepted_is_said():
    said = told("today", **facts(problem="A batch cannot."))
    assert paragraph(said, "::warning\n") == "A batch cannot. So the preset is shown."
    assert "::warning" not in told("today", **facts())


def test_the_readers_own_values_are_called_so():
    assert "Thick: nanoGPT, GPT-2 124M." in told("today", **facts())
    own = told("today", **facts(learning_rate=1e-3))
    assert "Thick: your values." in own
    assert "The fields opened with nanoGPT, GPT-2 124M." in own


def test_the_table_has_a_row_for_every_published_run():
    text = told("today", **facts())
    for one in published().values():
        found = answer(one.recipe)
        row = f"| {one.label} | {words.number(found.total)} | {words.number(found.left)} |"
        assert text.count(row) == 1
    left = sorted((answer(one.recipe).left, one.label) for one in published().values())
    assert f"{sum(value > 0.5 for value, _ in left)} end with more than half" in text
    assert f"The most is left in {left[-1][1]}." in text
    early = sum(answer(one.recipe).left < 1 for one in published().values() if half_way(one.recipe) < 0.01)
    assert f"In {early} recipes less than" in text


def half_way(recipe):
    levels = recipe.levels()[: recipe.updates // 2]
    return math.exp(-recipe.pace * levels.sum())


def test_figures_draw_each_run_once_and_name_it_inside():
    found = facts()
    courses = tables.courses(found["published"], found["answer"])
    assert courses.groupby("name")["share"].agg(["min", "max"]).to_numpy().tolist() == [[0, 1]] * courses["name"].nunique()
    spec, rows = figures.left(courses)
    names = rows[rows["kind"] == "label"]
    assert sorted(names["name"]) == sorted(courses.loc[courses["kind"] == "published", "name"].unique())
    assert names["left"].between(figures.LEAST, 1).all()
    ends = names[names["share"] == 1]["left"].sort_values()
    pixels = np.diff(np.log(ends)) * figures.HEIGHT / -math.log(figures.LEAST)
    assert (pixels >= figures.APART - 1e-9).all()
    assert spec["layer"]
    _, rows = figures.schedule(courses)
    assert set(rows["name"]) == {tables.MINE}


def test_without_a_clock_only_published_runs_are_drawn():
    found = facts(optimizer="adam")
    _, rows = figures.left(tables.courses(found["published"], found["answer"]))
    assert set(rows["kind"]) == {"published", "label"}
    assert len(tables.everything(found["published"], found["recipe"], None)) == len(published())


def test_the_file_has_all_that_goes_in_and_comes_out():
    found = facts()
    rows = tables.everything(found["published"], found["recipe"], found["answer"]).set_index("run")
    assert rows.loc["your run", "S"] == rows.loc["nanoGPT, GPT-2 124M", "S"]
    assert rows.loc["BERT-base", ["learning_rate", "weight_decay", "updates"]].tolist() == [1e-4, 0.01, 1_000_000]
    assert rows["source"].iloc[:-1].str.len().min() > 5
