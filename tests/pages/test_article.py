"""All pages as scripts: they say what the engine measures."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

from engine import datasets, theory, train, verdicts
from engine.defaults import DEFAULTS
from engine.statistics import interval
from engine.studies import accuracies, book, regimes
from engine.verdicts import Outcome, decay_dominates, decay_per_epoch, scaled_start, tail_off
from tests.pages.reading import NOT_A_NUMBER, PREFIX, UNFOLDED, charts, everything, opened, page, presets, prose, wrong
from view import equations, summary, words
from view.frame import PAGES

GUESS = {"decay_dominates": 0.1, "decay_per_epoch": 0.1, "tail_off": 0.1, "scaled_start": 0.2}
"""What a reader bets on a page of a claim."""
ASIDE = "Link, data and code of this figure"
"""A fold of which nothing is sent before it is open."""


@pytest.mark.parametrize("name", PAGES)
def test_every_page_untouched(name):
    at = opened(name)
    assert wrong(at) == []
    for specification, alt, rows in charts(at):
        assert len(alt) > 60
        assert len(rows)
        assert "title" in json.dumps(specification)
    assert (len(charts(at)) > 0) == (name != "method")


@pytest.mark.parametrize("name", PAGES)
def test_what_is_folded_is_drawn_once_it_is_open_and_its_words_are_there_before(name):
    """Links lead to them."""
    at, folded = opened(name), page(name, dict.fromkeys(UNFOLDED, False))
    within = [len(fold.get("vega_lite_chart")) for fold in at.expander]
    assert len(charts(folded)) == len(charts(at)) - sum(within)
    assert not any(fold.get("vega_lite_chart") or fold.get("code") for fold in folded.expander)
    assert words_in_folds(at) == words_in_folds(folded)
    assert (sum(within) > 0) == (name in ("decay_dominates", "tail_off", "why", "book"))


def words_in_folds(at):
    """But for those over the two parts of a map."""
    folds = [fold for fold in at.expander if fold.label != ASIDE]
    return [m.value for fold in folds for m in fold.markdown if m.value not in ("**Hidden weights**", "**Output weights**")]


@pytest.mark.parametrize("name", PREFIX)
@pytest.mark.parametrize(
    "values",
    [
        {"lambda": "0", "epochs": "10"},
        {"lambda": "500", "eta": "5", "n": "20", "m": "1", "epochs": "10"},  # diverges in the first epoch
        {"eta": "0.01", "m": "3000", "seeds": "1", "epochs": "10"},
        {"lambda": "500", "eta": "2", "n": "1000", "epochs": "10"},  # forgets everything at every update
        {"units": "relu", "cost": "log-likelihood", "hidden": "30-30", "epochs": "10", "seeds": "2"},
        {"units": "tanh", "hidden": "10", "epochs": "10", "n": "200", "lambda": "100"},
        {"cost": "quadratic", "n": "100", "epochs": "20", "lambda": "0.1"},
        {"n": "20", "epochs": "10", "seeds": "16"},
        {"lambda": "500", "eta": "0.2", "n": "100", "m": "1", "epochs": "30", "cost": "quadratic", "hidden": "10"},  # e = 1
        {"lambda": "200", "n": "200", "m": "5", "epochs": "20"},
    ],
    ids=str,
)
def test_the_ends_of_the_controls(name, values):
    """With a bet, which is answered in any setting."""
    url = {f"{PREFIX[name]}_{control}": value for control, value in values.items()}
    at = page(name, {f"{PREFIX[name]}_bet": GUESS[name]}, **url)
    assert not any("Not accepted" in c.value for c in at.caption)
    assert any("another processor may give" in c.value for c in at.caption) == (float(values.get("eta", 0.1)) >= 3)
    assert wrong(at) == []
    assert_answered(name, at)


def assert_answered(name, at):
    """Once, and by a factor where there is one; where there is nothing to measure it may be said otherwise."""
    answer = re.findall(r"You said .*", prose(at))
    assert len(answer) <= 1
    assert not re.search(NOT_A_NUMBER + "|factor of −", " ".join(answer))
    assert answer or name == "tail_off" or "There is no end to measure" in prose(at)


@pytest.mark.parametrize("name", PREFIX)
def test_every_number_follows_a_hyperparameter(name):
    """Another lambda, another verdict box, another argument, other figures."""
    before, after = opened(name), page(name, **{f"{PREFIX[name]}_lambda": "20", f"{PREFIX[name]}_epochs": "20"})
    for text in ("prose", "numbers"):
        first, second = (prose(at) if text == "prose" else re.findall(r"\d+\.\d+", prose(at)) for at in (before, after))
        assert first != second
    rows = [
        np.concatenate([r.select_dtypes("number").to_numpy().ravel() for *_, r in charts(at)[:2]]) for at in (before, after)
    ]
    assert rows[0].shape != rows[1].shape or not np.allclose(*rows, equal_nan=True)


@pytest.mark.parametrize("name", PREFIX)
def test_a_bad_address_shows_the_page_and_says_what_was_not_accepted(name):
    key = f"{PREFIX[name]}_lambda"
    at = page(name, **{key: "<script>"})
    used = f"{DEFAULTS[name].l2:g}"
    assert any(f"Not accepted, so {used} is used: `{key}=<script>` (accepted:" in c.value for c in at.caption)
    assert at.select_slider(key=key).value == used


@pytest.mark.parametrize("name", PREFIX)
def test_a_reader_bets_and_tries_every_preset(name):
    """Each is accepted and changes the address; the first may be what the page opens with."""
    at = page(name)
    at.button_group(key=f"{PREFIX[name]}_bet").set_value(GUESS[name]).run()
    assert not at.exception
    assert_answered(name, at)
    addresses = [str(at.query_params)]
    for label in presets(at):
        at.button(key=f"{PREFIX[name]}_preset_{label}").click().run()
        assert not at.exception
        assert not any("Not accepted" in c.value for c in at.caption)
        assert wrong(at) == []
        assert presets(at)[label]
        addresses.append(str(at.query_params))
    changes = [before != after for before, after in pairwise(addresses)]
    assert changes
    assert all(changes[1:])


@pytest.mark.parametrize("name", PREFIX)
def test_the_code_of_a_page_makes_its_runs(name):
    at = page(name, **{f"{PREFIX[name]}_lambda": "5", f"{PREFIX[name]}_epochs": "10", f"{PREFIX[name]}_seeds": "2"})
    link, code = (c.value for c in at.code)
    assert f"{PREFIX[name]}_lambda=5" in link.split("?")[1].split("&")
    scope = {}
    exec(code, scope)
    runs = [value for value in scope.values() if hasattr(value, "weight_rms")]
    assert runs
    drawn = " ".join(r.to_csv() for *_, r in charts(at)[:2])
    first = runs[0].weight_rms[:, -1, 0].mean() if name != "decay_dominates" else runs[0].ledger[0][:, 0, 0].mean()
    relative = (runs[0].weight_rms[:, -1, 0] / runs[0].weight_rms[:, 0, 0]).mean()
    assert any(f"{value:.10g}"[:9] in drawn for value in (first, relative))


def test_claim_3_says_what_was_measured():
    text = everything(opened("tail_off"))
    h = DEFAULTS["tail_off"]
    floors = tail_off.floors({name: train(arm) for name, arm in tail_off.arms(h).items()})
    for floor in floors:
        assert text.count(f"| {floor.part}, {words.number(floor.rms.mean)} |") == 3  # beside each candidate
    assert f"which is {words.number(1440 * datasets.load(h).top_singular_value / 4)} for these data" in text


def test_claim_3_not_reached_is_said_and_not_a_number():
    text = everything(page("tail_off", c3_lambda="2", c3_epochs="20"))
    assert "**Not yet: the hidden weights and the output weights have not come to rest.**" in text
    assert text.count("| – | :gray-badge[~ not at rest] |") == 6
    assert "| hidden weights |" in text  # without a size
    assert "without λ there is none" in everything(page("tail_off", c3_lambda="0", c3_epochs="10"))
    assert "λ = 100 is above" in everything(page("tail_off", c3_lambda="100", c3_epochs="10"))


def test_claim_4_says_what_was_measured():
    text = everything(opened("scaled_start"))
    h = DEFAULTS["scaled_start"]
    runs = {name: train(arm) for name, arm in scaled_start.arms(h).items()}
    for fan_in, name in zip((64, 30), h.layer_names):
        clock = np.log(fan_in**-0.5) / np.log(theory.decay_per_epoch(*h.symbols))
        assert f"| {name} | {fan_in} | {words.number(fan_in**-0.5)} | {words.number(clock)} epochs |" in text
    for layer in (0, 1):
        assert words.number(runs["large"].cosine[:, -1, layer].mean(), 2) in text


def test_claim_4_the_rescue_follows_its_slider():
    """It is drawn for every epoch, and told for the one that was measured with many seeds."""
    until = {
        "42": "| N(0, 1), L2 until epoch 42 | ",
        "10": "For L2 until epoch 10 it was not measured with so many seeds; for epoch 42 it was.",
    }
    for epoch, says in until.items():
        assert says in everything(page("scaled_start", c4_until=epoch))


def test_the_verdicts_that_the_opening_rests_on_are_those_of_the_untouched_pages():
    for name in PREFIX:
        box = everything(opened(name))
        for v in summary.found().verdicts[name]:
            assert str(v.outcome) in box


def test_the_formula_sheet_is_complete():
    """Every function of the theory has its formula on the sheet, and the method page shows them all."""
    text = prose(opened("method"))
    listed = [formula for formulas in theory.SHEET.values() for formula in formulas]
    named = {name for formula in listed for name in formula.name.split(", ")}
    for formula in listed:
        assert equations.coloured(formula.latex) in text
        assert formula.says
        assert formula.source
    functions = {
        name: f
        for name, f in vars(theory).items()
        if callable(f) and getattr(f, "__module__", "").startswith("engine.theory.") and name[0] != "_"
    }
    # what only rewrites another formula of the sheet
    derived = {"Formula", "memory_size", "memory_updates", "momentum_is_monotone", "rate_ratio", "conventions"}
    assert named == set(functions) - derived
    assert all(f.__doc__ for name, f in functions.items() if name in named)


def test_the_method_states_the_tolerances_that_are_used():
    """All outcomes, all thresholds, how many seeds and images an accuracy takes; and what the map and the contest are of."""
    text = " ".join(prose(opened("method")).split())
    for outcome in Outcome:
        assert re.search(rf"{outcome}\] \| [^|]{{20,}} \|", text)
    for says in (
        f"Claim 2: the rate within {100 * decay_per_epoch.TOLERANCE:g} %",
        f"is within a factor of {tail_off.AROUND:g} of it",
        f"at {100 * verdicts.MOST:g} % or above, fails when it is below {100 * verdicts.EVEN:g} %, is partly true",
        f"**The same size**, on every page, is within {100 * verdicts.SAME_SIZE:g} %.",
        f"At the pace of the last {tail_off.LAST} epochs it changes by at most {100 * verdicts.SAME_SIZE:g} %",
        f"**The same accuracy** is within {100 * scaled_start.SAME_ACCURACY:g} percentage points",
        f"is at most {scaled_start.NO_OVERLAP:g} in size. Then no more than {100 * scaled_start.NO_OVERLAP**2:g} % of the",
        "It does not say that they are one.",
        "Where only the interval does, the line is bent",
        f"**saturated** when the mean slope of its units is at most {decay_dominates.SATURATED:g}.",
        "Where the seeds cannot tell from 0 how training moves them, no share is told",
        "That is a test of equivalence",
        f"of a weight that sees no data in {decay_dominates.FIRST} epochs",
        f"more than {tail_off.GUESSING:g} times as many images as a guess",
        "not corrected for the number of verdicts",
        f"rests on {len(accuracies.results().accuracy['plain'])} seeds",
        f"With fewer than {accuracies.ENOUGH['digits']} seeds",
        f"with its 10,000 unseen images, {accuracies.ENOUGH['mnist']} seeds are enough",
        f"one network and {regimes.MAP.replicates} seeds",
    ):
        assert says in text
    assert accuracies.results().n_validation == 357
    assert "read off 357 images" in text
    # "a small part of what a good run still reads wrongly": less than a sixth
    wrong = 1 - accuracies.results().accuracy["plain"][:, -1].mean()
    assert wrong / 6 > scaled_start.SAME_ACCURACY
    # "ten seeds are enough": on the page on the book intervals are narrower than half a point to either side
    assert accuracies.ENOUGH["mnist"] <= book.REPLICATES
    for hidden in book.NETWORKS:
        runs = [book.results().run(h) for h in book.arms(hidden, book.EPOCHS).values()]
        difference = interval(runs[0].validation_accuracy[:, -1] - runs[1].validation_accuracy[:, -1])
        assert difference.high - difference.mean < scaled_start.SAME_ACCURACY


@pytest.mark.parametrize("name", PREFIX)
def test_every_page_says_what_it_opens_with_and_why(name):
    said = [c.value for c in opened(name).caption if c.value.startswith("The page opens with")]
    h = DEFAULTS[name]
    assert len(said) == 1
    assert said[0].startswith(f"The page opens with λ = {h.l2:g} and {h.epochs} epochs, ")
