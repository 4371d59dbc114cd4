"""The sentences of claim 1's page, for outcomes that hardly a run has: each is said where it is true."""

import math
from dataclasses import replace
from functools import cache

import pytest

from engine import CACHE, Hyperparameters, train
from engine.claims import decay_dominates, readings
from engine.statistics import Interval
from engine.verdicts import Outcome, Verdict
from engine.verdicts.decay_dominates import Threshold
from tests.view.telling import paragraph, told, unreached
from view.bets import answer
from view.claims.decay_dominates import figures, tables

SMALL = Hyperparameters(n_train=200, hidden=(6,), epochs=6, replicates=4, l2=5.0)
MEANINGS = [
    *((meaning, part) for meaning in ("length", "movement") for part in SMALL.layer_names),
    ("cost", "network"),
    ("accuracy", "network"),
]
LETTERS = {
    "h": Outcome.HOLDS,
    "p": Outcome.PARTLY,
    "f": Outcome.FAILS,
    "u": Outcome.UNDECIDED,
    "n": Outcome.PROMISES_NOTHING,
}


@cache
def facts(**change):
    h = replace(SMALL, **change)
    run = train(h, cache=None)
    alone = CACHE.read(readings.alone, h, decay_dominates.first(run))
    return decay_dominates.settings_facts(h) | decay_dominates.run_facts({"run": run}, alone)


def judged(outcomes):
    """Verdicts of these outcomes, by their LETTERS, for each of MEANINGS."""
    measured = Interval(0.5, 0.4, 0.6)
    return [Verdict(*of, 5, 0.9, measured, LETTERS[letter]) for of, letter in zip(MEANINGS, outcomes, strict=True)]


def judgement(outcomes):
    """The verdict in a few sentences."""
    return paragraph(told("decay_dominates", **facts() | {"judged": judged(outcomes)}), ":::verdict\n")


JUDGEMENTS = [
    ("hhhhhh", "**True of everything that is measured here.**"),
    (
        "hhffff",
        "**True of the length of every layer.** It is false of the other four, the cost and the accuracy among them: there",
    ),
    (
        "hfhfff",
        "**True of two things out of six.** It is false of the other four, the cost and the accuracy among them: there",
    ),
    (
        "pppppp",
        "**True of nothing that is measured here.** In six things decay does more than half, which is not “almost entirely”.",
    ),
    (
        "uffffp",
        "**Shown of nothing that is measured here.** In one thing decay does more than half, which is not “almost entirely”.",
    ),
    (
        "hhhuuh",
        "About the movement of the output weights from one epoch to the next and the fall of the cost these seeds",
    ),
    ("hhhuuu", "**True of three things out of six.** About three these seeds cannot tell."),
    ("hhhhnn", "There is no fall of the cost and gain in accuracy to have a share in."),
    ("hhhhhf", "It is false of the gain in accuracy, of which decay does less than half."),
    ("ffffff", "**True of nothing that is measured here.** Of each of the six decay does less than half."),
]


@pytest.mark.parametrize(("outcomes", "says"), JUDGEMENTS)
def test_the_verdict_says_how_much_is_true(outcomes, says):
    assert says in judgement(outcomes)


def equal(*places):
    """Thresholds at these lambdas, with intervals of a tenth about them; None is a crossing in two seeds only."""
    return [
        Threshold(*of, Interval(at, 0.9 * at, 1.1 * at), 4, "") if at else Threshold(*of, None, 2, "")
        for of, at in zip(MEANINGS, places)
    ]


RULED = [
    (equal(None, None), "Decay and the data are nowhere equal for every seed."),
    (equal(None, 3.0), "They are equal for every seed in one meaning and layer only."),
    (equal(3.0, 3.1), "These seeds do not tell apart the points at which they are equal in one meaning and another."),
    (
        equal(30.0, None, 3.0),
        "“Not too small” has no single value. In the movement of the hidden weights from one epoch to the next they are "
        "equal at $\\lambda=3$. In the length of the hidden weights they are equal only at $\\lambda=30$.",
    ),
]


@pytest.mark.parametrize(("found", "says"), RULED)
def test_whether_not_too_small_has_one_value(monkeypatch, found, says):
    monkeypatch.setattr(decay_dominates, "even_points", lambda h, run: found)
    text = told("decay_dominates", **facts() | decay_dominates.ruler_facts(SMALL, facts()["run"]))
    assert says in " ".join(text.split())


AHEAD = [Threshold(*MEANINGS[0], None, 0, who) for who in ("decay", "the data", "neither")]


def test_a_point_that_is_not_every_seeds_is_told_with_who_is_ahead():
    text = told("decay_dominates", **facts(), thresholds=[*AHEAD, *equal(None)])
    rows = paragraph(text, "| equal in").split("|---|---| ")[1]
    assert rows.removesuffix(" |").split(" | | length, hidden weights | ") == [
        "| length, hidden weights | no crossing, decay ahead on the whole ruler",
        "no crossing, the data ahead on the whole ruler",
        "no crossing, the data shrink the weights as well, or who is ahead changes with the seed",
        "a crossing in 2 seeds only",
    ]


def test_what_became_of_a_layer():
    """In numbers of the run, and in words where there is none."""
    run = facts()["run"]
    decay, data = (changes[:, :5, 0].sum(axis=1).mean() for changes in run.ledger)
    assert decay < 0
    cells = became(facts())
    assert cells[0] == f"−{-decay:.2g}"
    assert cells[1] in (f"{data:+.2g}".replace("-", "−"), "not told from 0")
    assert cells[2].endswith("times as far as decay")
    without = became(facts(l2=0.0))
    assert without[0] == "nothing"
    assert without[2] == "–"


def test_bars_and_dots_of_the_ledger_are_named_in_it():
    """What the names say: the sum of decay and the data is both."""
    run = facts()["run"]
    _, rows = figures.ledger(tables.ledger(run, 0), 5, run.epochs)
    assert rows["name"].dropna().tolist() == ["decay", "● both", "the data", "epochs 1 to 5"]
    change = {kind: rows[rows["kind"] == kind]["mean"].to_numpy() for kind in ("decay", "data", "together")}
    assert change["together"] == pytest.approx(change["decay"] + change["data"])


def became(found):
    """The cells of the hidden weights in the table of what decay and the data did."""
    table = told("decay_dominates", **found).split("| decay did | the data did |")[1]
    return [cell.strip() for cell in table.splitlines()[2].strip("|").split("|")][1:]


def test_as_many_examples_as_the_book_has():
    text = told("decay_dominates", **whole() | {"h": replace(SMALL, dataset="mnist", fan_in=None, n_train=50000)})
    assert "has the book’s pace here too, on as many examples as the book’s." in text
    assert "over the first 5,000 training images" in text
    assert "has the book’s pace here too, on fewer examples than the book’s 50,000." in told("decay_dominates", **facts())


@cache
def whole(**change):
    """All that a page needs to know."""
    h = replace(SMALL, **change)
    ruled = decay_dominates.ruler_facts(h, train(decay_dominates.ruler(h), cache=None))
    found = facts(**change) | ruled | decay_dominates.start_facts(h, CACHE.read(readings.first_weights, h))
    return found | {"bet": answer(None, (), found["bet_on"]), "unit": 1, "images": [0]}


RUNS = [
    dict(),
    dict(l2=0.0),
    dict(l2=0.01),
    dict(l2=400.0, learning_rate=1.0),  # eta lambda = 2 n
    dict(l2=500.0, learning_rate=1.0),
    dict(l2=300.0, learning_rate=1.0),
    dict(replicates=1),
    dict(replicates=1, l2=0.0),
    dict(hidden=(6, 6), initialization="scaled", activation="relu", batch_size=200),
    dict(hidden=(20, 20, 20), activation="relu", learning_rate=1000.0, l2=1e-3, batch_size=1),  # diverges in epoch 1
    dict(hidden=(20, 20, 20), activation="relu", learning_rate=1000.0, l2=1e-3, batch_size=200),  # and in epoch 3
]


def unlikely():
    """Facts that hardly a run has."""
    found = whole()
    for outcomes, _ in JUDGEMENTS:
        yield found | {"judged": judged(outcomes)}
    for points, _ in RULED:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decay_dominates, "even_points", lambda h, run, points=points: points)
            yield found | decay_dominates.ruler_facts(SMALL, found["ruler"])
    yield found | {"thresholds": AHEAD}
    harm, unseen = (replace(found["judged"][-1], measured=Interval(*of)) for of in ((-0.2, -0.3, -0.1), (-0.1, -0.3, 0.1)))
    yield found | {"judged": [harm, unseen], "way": 1.0, "cost": dict.fromkeys(found["cost"], 2.3)}
    course = found["layers"][0]
    yield found | {"layers": [course | {"data": Interval(sign, sign, sign)} for sign in (-0.1, 0.1)]}
    yield found | {"layers": [course | {"angle": math.nan}]}
    yield found | {"h": replace(SMALL, dataset="mnist", fan_in=None, n_train=50000)}


@pytest.mark.sweeps
def test_every_branch_is_reached():
    assert unreached("decay_dominates", [*(whole(**change) for change in RUNS), *unlikely()]) == []
