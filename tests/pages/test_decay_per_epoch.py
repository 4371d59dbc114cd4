"""The page of claim 2: what it says and draws is what the engine measures, and changes with the hyperparameters."""

import io
import json
import re

import numpy as np
import pandas as pd
import pytest

from engine import Hyperparameters, theory, train
from engine.defaults import DEFAULTS
from tests.pages.reading import NOT_A_NUMBER, charts, everything, opened, page, presets, prose


def drawn(at, part):
    """epoch -> relative size of one part in the first figure."""
    rows = charts(at)[0][2]
    return rows[(rows["part"] == part) & (rows["kind"] == "measured")].sort_values("epoch")


def test_the_untouched_page_says_what_the_engine_measures():
    at = opened()
    run = train(DEFAULTS["decay_per_epoch"])
    text = prose(at)
    for layer, name in enumerate(("hidden weights", "output weights")):
        rms = run.weight_rms[:, :, layer]
        left = (rms[:, -1] / rms[:, 0]).mean()
        assert f"They end at {100 * left:.0f} % of their first size.\n" in text
        for span, epochs in (("epoch 1", 1), ("epochs 1 to 60", 60)):
            rate = (np.log(rms[:, 0] / rms[:, epochs]) / epochs).mean()
            assert f"| {name}, {span} | {rate:.4f} (" in text
        np.testing.assert_allclose(drawn(at, name)["mean"], (rms / rms[:, :1]).mean(axis=0), rtol=1e-12)
    control = run.control_rms / run.control_rms[:, :1]
    np.testing.assert_allclose(drawn(at, "weights on blank pixels")["mean"], control.mean(axis=0), rtol=1e-12)
    assert "| weights on blank pixels, epochs 1 to 60 | 0.0500 (0.0500 to 0.0500) | :green-badge[= exact] |" in text
    assert (
        "True of what is left of the first draw, whatever the network learns; over the whole run false of every layer." in text
    )
    assert "Over all 60 epochs and all seeds they keep to $|\\rho|^T$ to within the rounding of single precision." in text
    assert "another processor may give" not in text
    # the ring of the map says what the table says
    assert "The cell in it says what the table of the verdict says" in text
    maps = [rows for *_, rows in charts(at) if "glyph" in rows]
    for part, rows in zip(("hidden weights", "output weights"), maps):
        (cell,) = rows[(rows["kind"] == "cell") & (rows["eta"] == 0.1) & (rows["l2"] == 5)].itertuples()
        (row,) = (line for line in text.splitlines() if line.startswith(f"| {part}, epoch 1 |"))
        assert f"badge[{cell.glyph} {cell.outcome}]" in row


def test_every_number_follows_a_hyperparameter():
    before, after = opened(), page(c2_lambda="1", c2_m="20", c2_n="500")
    assert prose(before) != prose(after)
    rho = theory.decay_per_epoch(0.1, 1, 500, 20)
    assert f"multiply a weight by {rho:.5f}" in prose(after)
    assert "| hidden weights, epoch 1 |" in prose(after)
    assert any(f"Claimed: ηλ/m = {0.1 * 1 / 20} per epoch" in m.proto.help for m in after.markdown)  # on hover
    assert not np.allclose(drawn(before, "hidden weights")["mean"], drawn(after, "hidden weights")["mean"])


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            {"c2_m": "3000", "c2_seeds": "1"},
            r"False already of what is left of the draw, which fades 2.08 times as fast as claimed",
        ),
        ({"c2_lambda": "0", "c2_eta": "0.01"}, r"The claim promises nothing here"),
        ({"c2_n": "100", "c2_eta": "1", "c2_lambda": "500", "c2_m": "1"}, r"This run left the finite numbers in epoch \d+"),
        (
            {"c2_lambda": "500", "c2_eta": "5", "c2_n": "20", "c2_m": "1"},
            r"\| output weights, no whole epoch \| not measured \|",
        ),
        ({"c2_lambda": "500", "c2_eta": "2", "c2_n": "1000"}, r"Here an epoch leaves nothing of them"),  # eta lambda = n
        ({"c2_lambda": "200", "c2_eta": "1", "c2_n": "100"}, r"never shrinks it"),  # twice that: it flips for ever
        ({"c2_m": "7", "c2_eta": "3", "c2_lambda": "0.1", "c2_n": "500"}, r"another processor may give other sizes"),
        (
            {"c2_units": "relu", "c2_cost": "log-likelihood", "c2_hidden": "30-30", "c2_start": "scaled"},
            r"hidden weights 2, epoch 1 ",
        ),
    ],
)
def test_the_ends_of_the_controls(url, says):
    """What is said in every case is checked on the sentences alone, without the page."""
    at = page(**({"c2_epochs": "10", "c2_seeds": "2"} | url))
    text = prose(at)
    assert re.search(says, everything(at))
    assert not re.search(NOT_A_NUMBER, text)
    at.button_group(key="c2_bet").set_value(0.1).run()
    assert ("You said 10 %" in prose(at)) != ("There is no end to measure" in prose(at))


@pytest.mark.parametrize(
    "url",
    [
        {
            "c2_lambda": "abc",
            "c2_eta": "inf",
            "c2_m": "-5",
            "c2_n": "1e99",
            "c2_hidden": "4096-4096",
            "c2_epochs": "3.5",
            "c2_start": "<script>",
            "c2_seeds": "",
        },
        {"c2_lambda": "nan"},
    ],
)
def test_a_bad_address_shows_the_page_and_says_what_was_not_accepted(url):
    at = page(**url)
    for name, value in url.items():
        assert any(re.match(rf"Not accepted, so \S+ is used: `{name}={value}` \(accepted:", c.value) for c in at.caption)
    assert "| weights on blank pixels, epochs 1 to 60 |" in prose(at)


def test_code_link_and_csv_reproduce_the_figure():
    at = page(c2_lambda="2", c2_epochs="20", c2_hidden="10", c2_seeds="4")
    link, code = (c.value for c in at.code)
    assert {"c2_lambda=2", "c2_eta=0.1", "c2_m=10", "c2_n=1440", "c2_epochs=20"} <= set(link.split("?")[1].split("&"))
    scope = {}
    exec(code, scope)
    relative = scope["run"].weight_rms / scope["run"].weight_rms[:, :1]
    np.testing.assert_allclose(drawn(at, "hidden weights")["mean"], relative[:, :, 0].mean(axis=0), rtol=1e-12)
    assert scope["run"].hyperparameters == Hyperparameters(l2=2, epochs=20, hidden=(10,), replicates=4)
    from view.claims.decay_per_epoch import tables

    table = pd.read_csv(io.StringIO(tables.relative_size(scope["run"]).to_csv(index=False)))
    np.testing.assert_allclose(table[table["part"] == "hidden weights"]["mean"], relative[:, :, 0].mean(axis=0), rtol=1e-12)


def test_a_bet_is_answered_with_the_measurement():
    at = page()
    assert "You said" not in prose(at)
    at.button_group(key="c2_bet").set_value(0.1).run()
    run = train(DEFAULTS["decay_per_epoch"])
    left = (run.weight_rms[:, -1, 0] / run.weight_rms[:, 0, 0]).mean()
    assert f"You said 10 %. Measured for the hidden weights: **{100 * left:.0f} %**" in prose(at)
    assert f"off by a factor of {left / 0.1:.1f}".removesuffix(".0") in prose(at)


def shown(at):
    """The presets that are marked."""
    return {label for label, marked in presets(at).items() if marked}


def test_presets_set_their_controls_and_those_that_are_shown_are_marked():
    at = page()
    assert shown(at) == {"m = 10", "n = 1,440"}
    at.button(key="c2_preset_m = 1,000").click().run()
    assert shown(at) == {"m = 1,000", "n = 1,440"}
    assert at.select_slider(key="c2_m").value == "1000"
    assert "An epoch has 2 such updates." in prose(at)


def test_charts_say_in_words_what_they_show_and_label_theory():
    for specification, alt, _ in charts(opened()):
        assert len(alt) > 60
        assert "strokeDash" in json.dumps(specification)
