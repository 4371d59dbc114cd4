"""The page of claim 3; what all pages have in common is in test_article.py."""

import io
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine import train
from engine.defaults import DEFAULTS
from engine.lengths import at_rest
from engine.verdicts import tail_off as claim
from tests.pages.reading import NOT_A_NUMBER, charts, everything, opened, page, prose
from view.claims.tail_off import tables


def untouched():
    return opened("tail_off")


def drawn(at, figure, start):
    rows = charts(at)[figure][2]
    return rows[(rows["kind"] == "measured") & (rows["start"] == tables.START[start])].sort_values("epoch")["mean"]


def test_the_untouched_page_says_what_the_engine_measures():
    h, text = DEFAULTS["tail_off"], prose(untouched())
    runs = {name: train(arm) for name, arm in claim.arms(h).items()}
    hidden, output = ((runs["large"].weight_rms[:, -10:, k] + runs["scaled"].weight_rms[:, -10:, k]).mean() / 2 for k in (0, 1))
    assert "an accident of λ" in text
    drifts = []
    for run in runs.values():
        for layer in range(2):
            pace = [np.polyfit(range(11), np.log(size[-11:]), 1)[0] for size in run.weight_rms[:, :, layer]]
            drifts += np.abs(np.expm1(10 * np.array(stats.ttest_1samp(pace, 0).confidence_interval(0.95)))).tolist()
    told = float(re.search(r"would change their size by at most ([\d.]+) %", text)[1])
    assert max(drifts) <= told / 100 <= 0.03
    of_decay = 1 - (1 - 0.1 * 10 / 1440) ** 288
    assert f"decay takes in each epoch {100 * of_decay:.0f} % of the $|W|^2$ of the hidden weights" in text
    assert text.count("times that") == 6
    assert f"| hidden weights, {hidden:.3f} | $1/n_w$, 0.00045 | {hidden * 2220:.0f} times that" in text
    assert f"| output weights, {output:.3f} | $1/\\sqrt{{n_w}}$, 0.0212 | {output * np.sqrt(2220):.0f} times that" in text
    assert f"| hidden weights, {hidden:.3f} | $1/\\sqrt{{n_\\text{{in}}}}$, 0.125 | {hidden * 8:.1f} times that" in text
    for figure, layer in ((0, 0), (2, 1)):  # size and unopposed share of the first layer, then of the last
        for name, run in runs.items():
            np.testing.assert_allclose(drawn(untouched(), figure, name), run.weight_rms[:, :, layer].mean(axis=0), rtol=1e-12)
            shares = run.unopposed_share[:, :, layer].mean(axis=0)
            np.testing.assert_allclose(drawn(untouched(), figure + 1, name), shares, rtol=1e-12)
    for figure, fan_in, count in ((0, 64, 1920), (2, 30, 300)):
        rows = charts(untouched())[figure][2]
        levels = rows[rows["kind"] == "level"].set_index("name")["mean"]
        assert levels.tolist() == pytest.approx([1 / 2220, 2220**-0.5, fan_in**-0.5, np.sqrt(at_rest(h) / count)])
        assert levels.index.tolist() == ["1/n_w", "1/√n_w", "1/√nᵢₙ", tables.FORETOLD]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ({"c3_seeds": "1", "c3_n": "200", "c3_lambda": "5"}, r"Undecided\..*One seed has no interval"),
        ({"c3_lambda": "500", "c3_eta": "5", "c3_n": "20", "c3_m": "1", "c3_units": "relu"}, r"ηλ/n = 125 decay overshoots"),
        ({"c3_lambda": "0", "c3_seeds": "2", "c3_n": "200"}, r"without λ there is none"),
        ({"c3_lambda": "90", "c3_seeds": "2"}, r"λ = 90 is above 87\.1"),
        ({"c3_units": "tanh", "c3_eta": "5", "c3_hidden": "10"}, r"a single update would take more than 50 % of a weight"),
        ({"c3_n": "20", "c3_seeds": "2", "c3_kappa": "0.003"}, r"With your λ there is nothing to see"),
        ({"c3_eta": "0.01", "c3_n": "200", "c3_kappa": "0.1"}, r"no dashed curve in \[Figure 3.1\]"),
    ],
)
def test_the_page_says_what_it_cannot_show(url, says):
    text = everything(page("tail_off", c3_epochs="10", **url))
    assert re.search(says, text)
    assert not re.search(NOT_A_NUMBER, text)
    assert "times that" not in text
    assert "weights rest at" not in text


def test_csv_reproduces_the_figure():
    h = replace(DEFAULTS["tail_off"], hidden=(10,), n_train=200, epochs=10, replicates=2, l2=20.0)
    at = page("tail_off", c3_lambda="20", c3_epochs="10", c3_hidden="10", c3_seeds="2", c3_n="200")
    table = tables.all_layers({name: train(arm) for name, arm in claim.arms(h).items()})
    csv = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    for start, label in tables.START.items():
        rows = csv[(csv["of"] == "rms weight") & (csv["part"] == "hidden weights") & (csv["start"] == label)]
        np.testing.assert_allclose(drawn(at, 0, start), rows["mean"], rtol=1e-12)


def test_a_bet_is_answered_with_the_measurement():
    assert "You said" not in prose(untouched())
    at = page("tail_off")
    at.button_group(key="c3_bet").set_value(0.1).run()
    floor = claim.floors({name: train(arm) for name, arm in claim.arms(DEFAULTS["tail_off"]).items()})[0]
    assert f"You said 0.1. Measured for the hidden weights: **{floor.rms.mean:.3f}**" in prose(at)


def test_a_preset_shows_the_candidate_of_the_book_and_a_broken_network():
    at = page("tail_off", c3_epochs="10")
    at.button(key="c3_preset_λ = 75: the book’s size").click().run()
    told = re.search(
        r"True of the hidden weights, which rest around \$1/\\sqrt\{n_w\}\$\.\*\* A network .* right on (\d+) %", prose(at)
    )
    assert int(told[1]) < 30
    at.button(key="c3_preset_λ = 10").click().run()
    assert [at.select_slider(key=f"c3_{name}").value for name in ("m", "eta", "epochs")] == ["10", "0.1", "50"]
