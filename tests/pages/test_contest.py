"""The contest of exponents on the pages: that they say and draw what the shipped floors bear."""

import math

import numpy as np
from scipy import stats

from engine.studies import contest
from engine.verdicts import contest as judged
from tests.pages.reading import charts, everything, opened
from view import words

SHIPPED = contest.results()


def test_the_page_says_what_the_contest_found():
    at = opened("tail_off")
    text = everything(at)
    for name, found in SHIPPED.items():
        for layer in range(2):
            places = judged.at_rest(found, layer)
            fits = [stats.linregress(np.log(found.x[places]), np.log(found.rms[places, r, layer])).slope for r in range(8)]
            mean = np.mean(fits)
            assert f": {words.number(mean, 2)} (" in text, (name, layer)
    resting = sum(found.reached.all(axis=1).sum() for found in SHIPPED.values())
    whole = judged.whole_exponent(judged.wide(SHIPPED["widths"]))  # recomputed in the tests of the engine
    assert f"exponent {words.number(whole.mean, 4)}, and the book’s" in text
    assert f"at {resting} of {sum(len(found.x) for found in SHIPPED.values())} points" in text
    assert math.exp(-contest.FORGOTTEN) < 1e-4


def test_the_figure_shows_what_is_not_at_rest_as_such():
    drawn = [rows for *_, rows in charts(opened("tail_off")) if "reached" in rows]
    assert len(drawn) == len(SHIPPED)
    by_points = {tuple(sorted(found.x)): found for found in SHIPPED.values()}
    for rows in drawn:
        measured = rows[rows["kind"] == "measured"]
        found = by_points[tuple(sorted(measured["x"].unique()))]
        for layer, part in enumerate(found.examples[0].layer_names):
            of = measured[measured["part"] == part].set_index("x").loc[found.x]
            assert of["reached"].astype(bool).tolist() == found.reached[:, layer].tolist()
            np.testing.assert_allclose(of["mean"].astype(float), found.rms[:, :, layer].mean(axis=1))


def test_the_opening_and_the_method_tell_of_it():
    """Of all weights together, in the networks that have a hidden unit for every output."""
    found = SHIPPED["widths"]
    places = [k for k, h in enumerate(found.examples) if h.hidden[0] >= 10 and found.reached[k].all()]
    counts = np.log([74 * found.examples[k].hidden[0] for k in places])  # 64 inputs and 10 outputs for each unit
    squares = (np.array([64, 10]) * found.rms[places] ** 2).sum(axis=2) / 74
    fits = [stats.linregress(counts, np.log(squares[:, seed]) / 2).slope for seed in range(8)]
    text = everything(opened("question"))
    assert f"falls with their number $n_w$ with the exponent {words.number(np.mean(fits), 4)} (" in text
    assert f"within {words.number(judged.TOLERANCE)} of the candidate’s own" in everything(opened("method"))
