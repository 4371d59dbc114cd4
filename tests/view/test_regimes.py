"""The map of regimes as a table: cells, lines of theory, and the way from a cell to the controls."""

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from engine.defaults import DEFAULTS
from engine.studies import regimes
from engine.verdicts import Outcome, decay_dominates, tail_off
from tests.conftest import ROOT
from tests.view import telling
from view import controls
from view import regimes as view
from view.badges import SIGNS
from view.claims.regimes import tables
from view.claims.regimes.figures import COLOURS, INK

SHIPPED, (ETAS, LAMBDAS) = regimes.results(), regimes.axes()
ALSO = {l2: k for k, l2 in enumerate(LAMBDAS)}
PLACE = {eta: k for k, eta in enumerate(ETAS)}


def test_every_place_on_the_map_can_be_gone_to():
    assert set(ETAS) <= set(controls.CONTROLS["learning_rate"].options)
    assert set(LAMBDAS) <= set(controls.CONTROLS["l2"].options)


def test_the_map_is_drawn_whatever_else_the_controls_offer():
    """It has axes of its own: one more value of a control, and it is the same map until it is made again."""
    code = (
        "from engine import values\n"
        "values.LAMBDAS = (*values.LAMBDAS[:-1], 300, 500)\n"
        "values.ETAS = (0.005, *values.ETAS)\n"
        "from engine.studies import regimes\n"
        "from view import controls\n"
        "from view.claims.regimes.figures import _map, regimes_map\n"
        "from view.claims.regimes import tables\n"
        "assert 300 in controls.CONTROLS['l2'].options\n"
        "cells = tables.cells(regimes.results()['decay_dominates']['length, hidden weights'])\n"
        "place = tables.column(0.3), tables.row(300)\n"
        "spec, rows = regimes_map(cells, tables.boundaries(regimes.MAP, 87.0), place)\n"
        "print(len(cells), float(place[1]), str(_map.build()) == str(_map()))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    count, row, same = done.stdout.split()
    assert int(count) == len(ETAS) * len(LAMBDAS)
    assert ALSO[200] < float(row) < ALSO[500]
    assert same == "True"


def test_cells_have_their_values_and_a_sign_each():
    cells = tables.cells(SHIPPED["decay_dominates"]["length, hidden weights"])
    assert len(cells) == len(cells[["column", "row"]].drop_duplicates()) == len(ETAS) * len(LAMBDAS)
    for cell in cells.itertuples():
        assert (ETAS[cell.column], LAMBDAS[cell.row]) == (cell.eta, cell.l2)
        assert (tables.column(cell.eta), tables.row(cell.l2)) == (pytest.approx(cell.column), pytest.approx(cell.row))
        assert (cell.glyph, cell.outcome) == (SIGNS[cell.outcome], str(cell.outcome))
    assert set(cells["outcome"]) >= {"holds", "partly", "fails", "undecided", "promises nothing"}


def luminance_and_lab(colour):
    """Of "#rrggbb": relative luminance, 0 to 1, and CIE L*a*b* under daylight (IEC 61966-2-1, CIE 15)."""
    encoded = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ linear
    x, y, z = np.cbrt(xyz / [0.9505, 1.0, 1.089])  # all cells are lighter than where the cube root becomes a line
    return xyz[1], np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_no_two_outcomes_look_alike_on_the_map():
    assert set(SIGNS) == set(COLOURS) == set(regimes.KINDS)
    assert len(set(SIGNS.values())) == len(regimes.KINDS)  # never colour alone
    ink, _ = luminance_and_lab(INK)
    for colour in COLOURS.values():
        luminance, _ = luminance_and_lab(colour)
        assert (luminance + 0.05) / (ink + 0.05) >= 4.5  # what WCAG 2.2 asks of text
    for one, other in combinations(COLOURS.values(), 2):
        # neighbours that differ by 2.3 can just be told apart; six times that is seen without comparing
        assert np.linalg.norm(luminance_and_lab(one)[1] - luminance_and_lab(other)[1]) > 14


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


def test_places_between_cells_are_logarithmic():
    assert tables.row(np.sqrt(10 * 20)) == pytest.approx(ALSO[10] + 0.5)
    assert tables.column(np.sqrt(0.1 * 0.15)) == pytest.approx(PLACE[0.1] + 0.5)
    assert np.isnan(tables.row(1e6))


def test_the_lines_are_where_theory_has_them():
    """Read back from the map: at the column of an eta, the row of a lambda."""
    lines = tables.boundaries(regimes.MAP, 87.0)
    for name, value in {"ηλ/n = 1": 1440, "ηλ/n = 2": 2880, "ηλ/m = 1": 10}.items():
        line = lines[lines["name"] == name].sort_values("column")
        for eta in ETAS:
            if LAMBDAS[0] <= value / eta <= LAMBDAS[-1]:
                at = np.interp(PLACE[eta], line["column"], line["row"])
                assert at == pytest.approx(tables.row(value / eta), abs=0.05), (name, eta)
    assert set(lines.loc[lines["name"] == "collapse", "row"].round(9)) == {round(float(tables.row(87.0)), 9)}
    assert tables.row(np.sqrt(75 * 90)) == pytest.approx(ALSO[75] + 0.5)


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
