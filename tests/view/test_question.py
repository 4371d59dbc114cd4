"""The sketches in the opening's cards: what each claim says, of a network with these settings, by formulas written out here."""

import json

import numpy as np
import pytest

from engine import Hyperparameters
from engine.claims import CLAIMS, decay_dominates, decay_per_epoch, scaled_start, tail_off
from tests.view import telling
from tests.view.telling import paragraph
from view import summary
from view.claims.question import figures
from view.figures import DECAY, in_colour

H = Hyperparameters(n_train=500, hidden=(20,), learning_rate=0.2, l2=3.0, batch_size=20, epochs=80)
RHO = (1 - 0.2 * 3 / 500) ** 25
"""What decay alone leaves of a weight in an epoch of 500 / 20 updates."""
N_W, N_IN = 64 * 20 + 20 * 10, 64


def sketch(claim):
    """Its kinds of rows, and the last epoch on the axis."""
    spec, rows = figures.sketch(claim.NAME, H)
    values = {parameter["name"]: parameter["value"] for parameter in spec["params"]}
    return {kind: group for kind, group in rows.groupby("kind")}, values["last"]


def test_the_first_claim_has_decay_alone_in_the_first_epochs_and_says_nothing_of_later_ones():
    rows, last = sketch(decay_dominates)
    np.testing.assert_allclose(rows["course"]["mean"], RHO ** rows["course"]["epoch"], rtol=1e-9)
    assert (rows["course"]["epoch"].min(), rows["course"]["epoch"].max()) == (0, 5)
    assert rows["shade"][["epoch", "right"]].values.tolist() == [[0, 5]]
    assert last > 5
    assert rows["name"]["name"].tolist() == ["only decay?"]


def test_the_second_falls_by_the_claimed_factor_over_the_whole_run():
    rows, last = sketch(decay_per_epoch)
    np.testing.assert_allclose(rows["course"]["mean"], np.exp(-0.2 * 3 / 20 * rows["course"]["epoch"]), rtol=1e-9)
    assert rows["course"]["epoch"].max() == last == 80


def test_the_third_follows_decay_and_tails_off_at_one_over_all_weights():
    rows, last = sketch(tail_off)
    course = rows["course"].set_index("epoch")["mean"]
    assert rows["level"]["mean"].tolist() == [pytest.approx(1 / N_W)]
    early = course[RHO**course.index > 20 / N_W]
    np.testing.assert_allclose(early, RHO**early.index, rtol=0.5 / 20**2)  # sqrt(1 + x^2) - 1 < x^2 / 2
    left = RHO**last * N_W
    assert left < 0.2  # it has tailed off, where decay alone would be at a fifth of the level
    assert course.iloc[-1] == pytest.approx(np.sqrt(1 + left**2) / N_W)
    assert course.index[-1] == last


def test_the_fourth_meets_the_small_start_which_stays():
    rows, last = sketch(scaled_start)
    course, other = rows["course"].set_index("epoch")["mean"], rows["other"].set_index("epoch")["mean"]
    assert (course.iloc[0], course.iloc[-1]) == (1, pytest.approx(1 / np.sqrt(N_IN)))
    np.testing.assert_allclose(course, RHO**course.index, rtol=1e-9)
    assert other.to_dict() == {0: pytest.approx(1 / np.sqrt(N_IN)), 80: pytest.approx(1 / np.sqrt(N_IN))}
    meeting = rows["meeting"].iloc[0]
    assert (meeting["epoch"], meeting["mean"]) == (course.index[-1], pytest.approx(course.iloc[-1]))
    assert meeting["epoch"] < last == 80


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.NAME)
def test_all_is_theory_inside_the_sketch_and_said_in_words(claim):
    spec, rows = figures.sketch(claim.NAME, claim.DEFAULT)
    assert "measured" not in set(rows["kind"])
    lines = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] in ("line", "rule")]
    assert all(mark["strokeDash"] for mark in lines)
    course = next(layer for layer in spec["layer"] if layer["transform"][0] == {"filter": "datum.kind == 'course'"})
    assert course["encoding"]["color"]["field"] == in_colour(DECAY).to_dict()["field"]
    assert spec["height"] <= 110
    last = next(parameter["value"] for parameter in spec["params"] if parameter["name"] == "last")
    seen = rows[rows["epoch"].notna()]["epoch"]
    assert seen.min() == 0
    assert seen.max() <= last
    low, high = (0, 1.15) if claim is not tail_off else (next(p["value"] for p in spec["params"] if p["name"] == "low"), 2)
    assert rows["mean"].dropna().between(low, high).all()
    scales = {json.dumps(layer["encoding"]["y"]["scale"]["type"]) for layer in spec["layer"] if "y" in layer["encoding"]}
    alternative = paragraph(telling.told("question", **summary.facts()), f"::figure {claim.NAME}")
    assert ("logarithmic" in alternative) == (scales == {'"log"'})
