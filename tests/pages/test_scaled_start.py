"""The page of claim 4; what all pages have in common is in test_article.py."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import RunCache, initialization, theory, train
from engine.defaults import DEFAULTS, UNTIL
from engine.studies import accuracies
from engine.verdicts import scaled_start as claim
from tests.pages.reading import charts, everything, opened, page
from view import words
from view.claims.scaled_start import tables


def test_the_untouched_page_says_what_the_engine_measures():
    at = opened("scaled_start")
    text, h = everything(at), DEFAULTS["scaled_start"]
    arms = claim.arms(h)
    runs = {name: train(arm) for name, arm in arms.items()}
    draw = initialization.draw(arms["large"])
    for layer, (fan_in, name) in enumerate(zip((64, 30), h.layer_names)):
        clock = -0.5 * np.log(fan_in) / (144 * np.log1p(-0.1 * 5 / 1440))
        weights = (1 - 0.1 * 5 / 1440) ** (144 * clock) * draw.weights[layer].astype(float)
        off = np.mean([stats.kstest(w.ravel() * np.sqrt(fan_in), "norm").statistic for w in weights])
        on = claim.distances(h, RunCache().network(arms["large"], round(clock)), layer).mean()
        bound = stats.kstwobign.isf(0.05) / np.sqrt(draw.weights[layer][0].size)
        assert f"| {words.number(clock)} epochs |" in text
        assert re.search(rf"gradient off, {name} \| < {words.number(bound, 2)} \| {words.number(off, 2)} \(", text)
        assert re.search(rf"gradient on, {name} \| < {words.number(bound, 2)} \| {words.number(on, 2)} \(", text)
        for meaning, run in ((claim.FORGOTTEN, runs["large"]), (claim.FORGOTTEN_SCALED, runs["scaled"])):
            assert re.search(rf"\| {meaning}, {name} \| [^|]+ \| {words.number(run.cosine[:, -1, layer].mean(), 2)} \(", text)
        rows = charts(at)[layer][2]
        drawn = rows[(rows["kind"] == "measured") & (rows["start"] == tables.ARMS["large"])].sort_values("epoch")
        np.testing.assert_allclose(drawn["mean"], runs["large"].weight_rms[:, :, layer].mean(axis=0), rtol=1e-12)
    assert_ends_as_the_page_opens(text)
    assert "There was nothing to rescue" in text


def assert_ends_as_the_page_opens(text):
    """The table of accuracies at the end, from the images that each network of the study reads right."""
    told = accuracies.results()
    rows = {
        "large": "N(0, 1), L2",
        "scaled": "N(0, 1/nᵢₙ), L2",
        "bare": "N(0, 1), no L2",
        "rescued": f"N(0, 1), L2 until epoch {UNTIL}",
    }
    for arm, name in rows.items():
        difference = (told.accuracy[arm] - told.accuracy["plain"])[:, -1]
        assert f"| {name} | {words.points(difference.mean())} (" in text
    assert text.count(f"{len(told.seeds)} seeds and the same {told.n_validation} unseen images") == 1


def test_the_numbers_follow_a_hyperparameter():
    text = everything(page("scaled_start", c4_lambda="20", c4_epochs="20", c4_seeds="4", c4_until="5"))
    h = replace(DEFAULTS["scaled_start"], l2=20.0, epochs=20, replicates=4)
    for fan_in, name in zip((64, 30), h.layer_names):
        clock = np.log(fan_in**-0.5) / np.log(theory.decay_per_epoch(0.1, 20, 1440, 10))
        assert f"| {name} | {fan_in} | {words.number(fan_in**-0.5)} | {words.number(clock)} epochs |" in text
    assert "4 seeds and 357 unseen images cannot carry a statement on so small a difference" in text
    assert text.count("percentage points") == 1  # what is told is as the page opens
    assert "There, in percentage points" in text
    assert_ends_as_the_page_opens(text)
    assert f"the standard deviation {words.number(20**-0.5)}" in text


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ({"c4_lambda": "0"}, "The claim promises nothing here"),
        ({"c4_lambda": "500", "c4_eta": "5", "c4_n": "20", "c4_m": "1"}, "multiplies a weight by −124 at every update"),
        ({"c4_lambda": "500", "c4_eta": "2", "c4_n": "1000"}, "multiplies a weight by 0 at every update"),
        ({"c4_eta": "5", "c4_units": "relu", "c4_hidden": "30-30", "c4_lambda": "1"}, "size at the end, hidden weights 2"),
        ({"c4_seeds": "1", "c4_lambda": "50"}, "These seeds do not tell"),
        ({"c4_lambda": "1"}, r"\| (these seeds do not tell|points (along|against) the draw) \|"),
        ({"c4_n": "50", "c4_lambda": "40"}, "cannot be told from such a draw|no such draw|does not decide"),
        ({}, r"\| hidden weights \| beyond this run \|"),
        ({"c4_until": "100"}, "never switched off"),
        (
            {"c4_lambda": "75", "c4_eta": "0.7", "c4_m": "1", "c4_n": "50", "c4_units": "relu", "c4_cost": "log-likelihood"},
            r"(along|against) the draw \||do not tell \||no cosine",
        ),
        (
            {"c4_lambda": "500", "c4_eta": "5", "c4_n": "20", "c4_m": "1", "c4_seeds": "2"},
            r"size at the end, hidden weights \| [^|]* \| not in this run",
        ),
        ({"c4_lambda": "200", "c4_eta": "1", "c4_n": "100"}, "each start may still point along"),
        ({"c4_lambda": "500", "c4_n": "1440"}, r"\| hidden weights \| within half an epoch \|"),
        ({"c4_units": "tanh", "c4_cost": "quadratic", "c4_hidden": "30-30"}, r"\| hidden weights 2 \| 30 \|"),
        ({"c4_lambda": "500"}, "gradient on, hidden weights .*undecided"),
        (
            {"c4_eta": "10", "c4_units": "relu", "c4_lambda": "0.1", "c4_hidden": "30-30"},
            "The weights diverge|do not end equal",
        ),
    ],
    ids=str,
)
def test_the_ends_of_the_controls(url, says):
    at = page("scaled_start", **{"c4_epochs": "10", **url})
    text = everything(at)
    assert re.search(says, text)
    assert not re.search(r"\b(nan|inf|None|∞)\b|unknown", text)
    assert len(charts(at)) >= 6


def test_the_code_of_the_page_gives_the_figure():
    at = page("scaled_start", c4_lambda="10", c4_epochs="10", c4_seeds="2", c4_until="5")
    scope = {}
    exec(at.code[1].value, scope)
    drawn = charts(at)[1][2]
    for name in ("large", "scaled", "plain"):
        line = drawn[(drawn["kind"] == "measured") & (drawn["start"] == tables.ARMS[name])].sort_values("epoch")
        np.testing.assert_allclose(line["mean"], scope[name].weight_rms[:, :, 1].mean(axis=0), rtol=1e-12)
    accuracy = next(rows for *_, rows in charts(at) if "part" in rows and (rows["part"] == tables.RESCUED).any())
    line = accuracy[(accuracy["part"] == tables.RESCUED) & (accuracy["kind"] == "measured")].sort_values("epoch")
    np.testing.assert_allclose(line["mean"], scope["rescued"].validation_accuracy.mean(axis=0), rtol=1e-12)


def test_every_arm_has_the_width_and_the_shade_that_are_listed():
    """An ordinal scale, which Vega-Lite does not choose by itself: a pale line is pale."""
    specification = charts(page("scaled_start", c4_epochs="10"))[2][0]
    encodings = [layer["encoding"] for layer in specification["layer"] if "opacity" in layer.get("encoding", {})]
    shades = [encoding[channel]["scale"] for encoding in encodings for channel in ("opacity", "strokeWidth")]
    assert shades
    assert all(scale["type"] == "ordinal" and len(scale["domain"]) == len(scale["range"]) for scale in shades)
