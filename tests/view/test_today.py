"""The sentences of the page on the recipes of today: each is said where it is true."""

import math

import numpy as np
import pytest

from engine.claims import today as claim
from engine.recipes import published
from engine.studies import today as study
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
    assert says in words_of(told("today", **facts(**changed)))


def words_of(text):
    return " ".join(text.replace(words.NO_BREAK, " ").split())


SEEN = study.results()
FORESEEN, LAW = SEEN.foreseen, SEEN.law


def grown(array, share, *where):
    """A copy, of which a part is so many times as large."""
    copy = array.copy()
    copy[where] *= share
    return copy


def at_law(name, times=1.0):
    """Today with the layers of `name` so many times as large as their law says."""
    which = list(study.VARIED).index(name)
    rest = SEEN.rest.copy()
    rest[which] = times * LAW[which]
    return {"rest": rest}


MEASURED = {
    "on the lines": ({}, "Every dot lies on its line, to 0.0057 %."),
    "off the lines": ({"control": grown(SEEN.control, 1.5, 1, 1)}, "Some dots leave their lines, by up to 50 %."),
    "adam alike": ({}, "**With Adam + L2 the decay of unused weights does not depend on λ at all.** λ differs 100-fold."),
    "adam apart": (
        {"control": grown(SEEN.control, 1.3, -1, 1)},
        "**With Adam + L2 the decay of unused weights depends on λ here.** The control groups differ by up to 30 %.",
    ),
    "spared": ({}, "Adam with L2 decays what is never used, and spares what is."),
    "not spared": ({"learning": 0 * SEEN.learning}, "The weights that learn do not keep more of their size"),
    "sgd at rest": (
        {"size": 1.01 * FORESEEN},
        "**Under SGD the layer rests where the law says.** The middle line ends at 101 % of",
    ),
    "sgd elsewhere": ({"size": 1.2 * FORESEEN}, "**Under SGD the layer does not rest where the law says.**"),
    "adamw at rest": (
        {"size": 0.99 * FORESEEN},
        "**Under AdamW it ends near $\\sqrt{\\eta/2k}$.** The middle line ends at 99 % of",
    ),
    "adamw below": (
        {"size": 0.8 * FORESEEN},
        "**Under AdamW it ends below $\\sqrt{\\eta/2k}$.** The middle line ends at 80 % of",
    ),
    "adamw above": (
        {"size": 1.2 * FORESEEN},
        "**Under AdamW it ends above $\\sqrt{\\eta/2k}$.** The middle line ends at 120",
    ),
    "sgd follows": (at_law("sgd"), "stays within 5 % of the law at every point, once the law is given the heat"),
    "sgd does not": (at_law("sgd", 1.1), "leaves the law by more than 5 % at some point"),
    "sgd heats": ({}, "above a quarter because the gradients themselves grow with η."),
    "adamw all below": (at_law("adamw", 0.9), "Under AdamW every point lies below the law"),
    "adamw some above": (at_law("adamw", 1.1), "Under AdamW some points lie above the law"),
    "plain far": (at_law("plain", 3.0), "their least size at rest is 3 times what the law"),
    "plain near": (at_law("plain", 1.5), "Plain ReLU units come within a factor of two of it here"),
    "on the clock": ({}, "differ by at most 0.052 %: the sum is all that a weight"),
    "off the clock": ({"timed": grown(SEEN.timed, 1.2, 0, 5)}, "differ by up to 20 %: the steps are too large"),
}


def measured(**changed):
    return facts() | claim.measured(SEEN._replace(**changed))


@pytest.mark.parametrize("name", MEASURED)
def test_what_is_said_follows_from_what_was_measured(name):
    changed, says = MEASURED[name]
    assert says in words_of(told("today", **measured(**changed)))


def test_that_gradients_grow_is_said_only_where_they_do():
    alike = at_law("sgd")["rest"]
    alike[0, 0] = np.array(study.FACTORS)[:, None] ** 0.25 * np.ones(alike.shape[-1])
    assert "grow with η" not in told("today", **measured(rest=alike))


def test_the_table_of_exponents_has_a_row_for_each_sweep():
    text = words_of(told("today", **facts()))
    for row in claim.exponents(SEEN):
        low, high = (words.short(bound) for bound in row["rest"][1:])
        assert f"| {words.short(row['rest'].mean)} ({low} to {high}) | {words.short(row['whole'].mean)} |" in text
    for name, taken, left in zip(study.TIMED, SEEN.taken, SEEN.timed):
        assert (
            f"| {name} | {words.number(taken[-1])} | {words.number(math.exp(-taken[-1]), 4)} | {words.number(left[-1], 4)}"
            in text
        )


def test_every_branch_is_reached():
    cases = [facts(**changed) for changed, _ in CASES.values()]
    cases += [measured(**changed) for changed, _ in MEASURED.values()]
    assert unreached("today", [*cases, facts(problem="A sentence.")]) == []


def test_measured_figures_draw_every_line_and_name_it_once():
    for table, draw in (
        (tables.controls(SEEN), figures.controls),
        (tables.under_adam(SEEN), figures.under_adam),
        *((tables.unit_sizes(SEEN, optimizer), figures.unit_sizes) for optimizer in study.SIZED),
        (tables.timed(SEEN), figures.timed),
    ):
        spec, rows = draw(table)
        values = {parameter["name"]: parameter["value"] for parameter in spec["params"]}
        drawn = rows[rows["kind"].isin(["measured", "dots"])]
        assert set(drawn["name"]) == set(table["name"])
        assert rows["value"].between(values["low"], values["high"]).all()
        labels = rows[rows["kind"].isin(["label", "label below"])]
        assert labels["label"].is_unique
        assert len(labels) >= 3
        assert values["last"] == table["epoch"].max()
        assert len(values["ticks"]) >= 3


def test_where_lines_are_one_their_dots_take_turns():
    _, rows = figures.under_adam(tables.under_adam(SEEN))
    dots = rows[(rows["kind"] == "dots") & (rows["epoch"] < 15)]
    assert dots["epoch"].is_unique
    assert set(dots["name"]) == {f"control at λ = {lam:g}" for lam in study.LAMBDAS}


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
    left = [answer(one.recipe).left for one in published().values()]
    assert f"of Figure 1 {words.in_words(sum(value > 0.5 for value in left))} end with more than half" in text
    early = sum(half_way(one.recipe) < 0.01 for one in published().values())
    assert f"In {words.in_words(early)} less than" in text


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
