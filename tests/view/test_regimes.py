"""The map of regimes as a table: cells, lines of theory, and the way from a cell to the controls."""

import subprocess
import sys
from dataclasses import replace
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.defaults import DEFAULTS
from engine.studies import regimes
from engine.verdicts import Outcome, decay_dominates, tail_off
from tests.conftest import ROOT
from tests.view import telling
from tests.view.seeing import THEMES, contrast, luminance_and_lab, parts
from view import controls
from view import regimes as view
from view.badges import SIGNS
from view.claims.regimes import tables
from view.claims.regimes.figures import APART, CELLS, COLOURS, around, regimes_map

SHIPPED, (ETAS, LAMBDAS) = regimes.results(), regimes.axes()


def cells_of(name):
    """The cells of claim 1 for a meaning and part, with a text for each that tells its place."""
    return tables.cells(SHIPPED["decay_dominates"][name], [f"{eta} and {l2}" for eta in ETAS for l2 in LAMBDAS])


def test_every_place_on_the_map_can_be_gone_to():
    assert set(ETAS) <= set(controls.CONTROLS["learning_rate"].options)
    assert set(LAMBDAS) <= set(controls.CONTROLS["l2"].options)


@pytest.mark.sweeps
def test_the_map_is_drawn_whatever_else_the_controls_offer():
    """It has axes of its own: one more value of a control, and it is the same map until it is made again."""
    code = (
        "from engine import values\n"
        "values.LAMBDAS = (*values.LAMBDAS[:-1], 300, 500)\n"
        "values.ETAS = (0.005, *values.ETAS)\n"
        "from engine.studies import regimes\n"
        "from view import controls\n"
        "from view.claims.regimes.figures import _map, around, regimes_map\n"
        "from view.claims.regimes import tables\n"
        "assert 300 in controls.CONTROLS['l2'].options\n"
        "outcomes = regimes.results()['decay_dominates']['length, hidden weights']\n"
        "cells = tables.cells(outcomes, [''] * outcomes.size)\n"
        "spec, rows = regimes_map(cells, tables.boundaries(regimes.MAP, 87.0))\n"
        "here = {one['name']: one.get('value') for one in around(spec, 0.3, 300)['params']}\n"
        "print(len(cells), here['reader_eta'], here['reader_l2'], str(_map.build()) == str(_map()))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(ETAS) * len(LAMBDAS)), "0.3", "300", "True"]


def test_cells_have_their_values_and_a_sign_each():
    cells = cells_of("length, hidden weights")
    assert set(zip(cells["eta"], cells["l2"])) == {(eta, l2) for eta in ETAS for l2 in LAMBDAS}
    assert len(cells) == len(ETAS) * len(LAMBDAS)
    assert cells[["x", "y"]].to_numpy().tolist() == cells[["eta", "l2"]].to_numpy().tolist()
    for cell in cells.itertuples():
        assert (cell.glyph, cell.outcome) == (SIGNS[cell.outcome], str(cell.outcome))
        assert cell.measured == f"{cell.eta:g} and {cell.l2:g}"
    assert set(cells["outcome"]) >= {"holds", "partly", "fails", "undecided", "promises nothing"}


def test_a_cell_tells_what_was_measured_in_the_words_of_its_claim():
    assert view.SAYS["decay_dominates"](0.934, "length") == "93.4\N{NO-BREAK SPACE}% by decay"
    assert view.SAYS["decay_per_epoch"](-0.5, "rate") == "−0.5 × the claimed rate"
    assert view.SAYS["tail_off"](2.5, "1/√n_w") == "2.5 × 1/√n_w"
    assert set(view.SAYS) == set(regimes.CLAIMS)


def test_cells_cover_the_map_and_meet_half_way_on_logarithmic_axes():
    """Between 0.1 and 0.2 that is sqrt(0.02)."""
    cells = cells_of("length, hidden weights").set_index(["eta", "l2"])
    for low, high, values, place in (("left", "right", ETAS, lambda v: (v, 5)), ("bottom", "top", LAMBDAS, lambda v: (0.1, v))):
        for one, other in pairwise(values):
            assert cells.loc[place(one), high] == cells.loc[place(other), low] == pytest.approx(np.sqrt(one * other))
        for end in (values[0], values[-1]):
            assert cells.loc[place(end), low] * cells.loc[place(end), high] == pytest.approx(end**2)


def test_no_two_outcomes_look_alike_on_the_map():
    assert set(SIGNS) == set(COLOURS) == set(regimes.KINDS)
    assert len(set(SIGNS.values())) == len(regimes.KINDS)  # never colour alone
    for theme in THEMES.values():
        ink, ground = (parts(theme[name]) for name in ("textColor", "backgroundColor"))
        seen = [colour[3] * colour[:3] + (1 - colour[3]) * ground for colour in map(parts, COLOURS.values())]
        for colour in seen:
            assert contrast(ink, colour) >= 4.5  # what WCAG 2.2 asks of text
        for one, other in combinations(seen, 2):
            # neighbours that differ by 2.3 can just be told apart; six times that is seen without comparing
            assert np.linalg.norm(luminance_and_lab(one)[1] - luminance_and_lab(other)[1]) > 14


def test_the_ink_of_the_map_is_that_of_the_text():
    """As figures.py has it, the eighth of the palette."""
    for theme in THEMES.values():
        assert theme["chartCategoricalColors"][7] == theme["textColor"]


# the words below the map

MEANINGS = {"decay_dominates": decay_dominates.NORM, "decay_per_epoch": "rate", "tail_off": tail_off.CANDIDATES[1]}


def below(name="decay_per_epoch", h=DEFAULTS["decay_per_epoch"], counts=None):
    """What stands below the map of a page at the reader's settings; with other counts, part -> outcome -> cells."""
    found = view.facts(name, MEANINGS[name], h.layer_names, h) | (view.tally(counts) if counts else {})
    return telling.told(name, map=found, h=h, around=tail_off.AROUND, first=decay_dominates.FIRST)


def ring(name, h):
    return below(name, h).split("Ring: your η and λ.")[1].split("\n")[0]


def test_the_ring_is_said_to_agree_where_it_does():
    """With the page's verdict, whose setting it may be or not."""
    for name in ("decay_dominates", "decay_per_epoch"):
        page = DEFAULTS[name]
        assert "says what the table of the verdict says" in ring(name, page)
        assert "says what the table of the verdict says" in ring(name, replace(page, epochs=100, l2=2.0, learning_rate=1.0))
        for other in (
            dict(replicates=4),
            dict(batch_size=7),
            dict(hidden=(10,)),
            dict(seed=100),
            dict(initialization="scaled"),
        ):
            assert "may differ" in ring(name, replace(page, **other))
        assert "There is none at λ = 0" in ring(name, replace(page, l2=0.0))
    assert "may differ" in ring("tail_off", DEFAULTS["tail_off"])  # it ends sooner
    assert "says what the table of the verdict says" in ring("tail_off", replace(DEFAULTS["tail_off"], epochs=60))


def test_settings_are_counted_by_what_comes_out():
    def counts(**found):
        return {outcome: found.get(outcome.name, 0) for outcome in Outcome}

    both = {"hidden weights": counts(HOLDS=83, FAILS=206), "output weights": counts(HOLDS=1, PARTLY=288)}
    told = below(counts=both)
    assert told[told.index("| of 289 settings") :].splitlines()[:5] == [
        "| of 289 settings | hidden weights | output weights |",
        "|---|---|---|",
        "| :green-badge[✓ holds] | 83 | 1 |",
        "| :orange-badge[◐ partly] | 0 | 288 |",
        "| :red-badge[× fails] | 206 | 0 |",
    ]
    none = {"hidden weights": counts(FAILS=4), "output weights": counts(UNDECIDED=4)}
    assert "| of 4 settings |" in below(counts=none)
    assert "holds]" not in below(counts=none)


# places and lines


def test_the_lines_are_where_theory_has_them():
    """Straight on logarithmic axes: read between the two ends of each, at every eta."""
    lines = tables.boundaries(regimes.MAP, 87.0)
    for name, value in {"ηλ/n = 1": 1440, "ηλ/n = 2": 2880, "ηλ/m = 1": 10}.items():
        line = lines[lines["name"] == name]
        assert len(line) == 2
        np.testing.assert_allclose(
            np.exp(np.interp(np.log(ETAS), np.log(line["x"]), np.log(line["y"]))), value / np.array(ETAS)
        )
    assert set(lines.loc[lines["name"] == "collapse", "y"]) == {87.0}


def test_names_stand_beside_the_map_in_the_order_of_their_lines_and_apart():
    cells = cells_of("length, hidden weights")
    for part in ("hidden weights", "output weights"):
        lines = pd.concat([tables.boundaries(regimes.MAP, 87.0), tables.equal(part)])
        spec, rows = regimes_map(cells, lines)
        names = rows[rows["kind"] == "name"].astype({"y": float})
        assert set(names["name"]) == {"ηλ/m = 1", "ηλ/n = 1", "ηλ/n = 2", "collapse", "equal"}
        assert (names["x"] >= cells["right"].max()).all()
        decades = np.log10(cells["top"].max() / cells["bottom"].min())
        assert (np.diff(np.log10(names.sort_values("y")["y"])) * CELLS / decades > APART - 0.1).all()
        (shown,) = (one["value"] for one in spec["params"] if one["name"] == "shown")
        assert set(shown) == set(cells["outcome"])


def test_the_ring_is_where_the_reader_is_if_that_is_on_the_map():
    spec, rows = regimes_map(cells_of("length, hidden weights"), tables.boundaries(regimes.MAP, 87.0))
    assert (rows["kind"] == "reader").sum() == 1
    for place, inside in (((0.1, 5), True), ((0.1, 0), False), ((0.1, 2000), False), ((20, 5), False)):
        values = {one["name"]: one.get("value") for one in around(spec, *place)["params"]}
        assert (values["inside"], values["reader_eta"], values["reader_l2"]) == (inside, *place)


def test_a_click_takes_the_cell_to_the_controls(monkeypatch):
    def clicked(cell):
        state = {"c1_map": SimpleNamespace(selection={"cell": cell})}
        monkeypatch.setattr(view.st, "session_state", state)
        monkeypatch.setattr(controls.st, "session_state", state)
        view._go(controls.Controls("c1"), "c1_map")
        return {key: value for key, value in state.items() if key != "c1_map"}

    assert clicked([{"eta": 1, "l2": 0.5}]) == {"c1_eta": "1", "c1_lambda": "0.5"}
    for cell in ([{"eta": None, "l2": None}], [{"eta": 0.0067, "l2": 87.2}], [{}], []):  # a line, the ring, a name, nothing
        assert not clicked(cell)
    for cell in (5, None, {}, "ab", [1], [[]], [None], [{"eta": "1", "l2": 0.5}], [{"eta": [1], "l2": {}}]):  # forged
        assert not clicked(cell)
