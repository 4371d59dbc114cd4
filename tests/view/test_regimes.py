"""The map of regimes as a table: cells, lines of theory, and the way from a cell to the controls."""

import numpy as np
import pytest

from engine import regimes, sweep
from view import controls
from view import regimes as view
from view.figures.regimes import COLOURS
from view.tables import regimes as tables

ALSO = {l2: k for k, l2 in enumerate(sweep.LAMBDAS)}
PLACE = {eta: k for k, eta in enumerate(sweep.ETAS)}
SHIPPED = regimes.results()


def test_every_place_on_the_map_can_be_gone_to():
    assert set(sweep.ETAS) == set(controls.CONTROLS["learning_rate"].options)
    assert {0, *sweep.LAMBDAS} == set(controls.CONTROLS["l2"].options)


def test_cells_have_their_values_and_a_sign_each():
    cells = tables.cells(SHIPPED["decay_dominates"]["length, hidden weights"])
    assert len(cells) == len(cells[["column", "row"]].drop_duplicates()) == 289
    for cell in cells.itertuples():
        assert (sweep.ETAS[cell.column], sweep.LAMBDAS[cell.row]) == (cell.eta, cell.l2)
        assert (tables.column(cell.eta), tables.row(cell.l2)) == (pytest.approx(cell.column), pytest.approx(cell.row))
    assert set(tables.GLYPH) == set(COLOURS) == set(regimes.KINDS)
    assert len(set(tables.GLYPH.values())) == len(regimes.KINDS)  # never colour alone


def test_places_between_cells_are_logarithmic():
    assert tables.row(np.sqrt(10 * 20)) == pytest.approx(ALSO[10] + 0.5)
    assert tables.column(np.sqrt(0.1 * 0.15)) == pytest.approx(PLACE[0.1] + 0.5)
    assert np.isnan(tables.row(1e6))


def test_the_lines_are_where_theory_has_them():
    """Read back from the map: at the column of an eta, the row of a lambda."""
    lines = tables.boundaries(sweep.regimes()[0], 87.0)
    for name, value in {"ηλ/n = 1": 1440, "ηλ/n = 2": 2880, "ηλ/m = 1": 10}.items():
        line = lines[lines["name"] == name].sort_values("column")
        for eta in sweep.ETAS:
            if sweep.LAMBDAS[0] <= value / eta <= sweep.LAMBDAS[-1]:
                at = np.interp(PLACE[eta], line["column"], line["row"])
                assert at == pytest.approx(tables.row(value / eta), abs=0.05), (name, eta)
    assert set(lines.loc[lines["name"] == "collapse", "row"].round(9)) == {round(float(tables.row(87.0)), 9)}
    assert tables.row(np.sqrt(75 * 90)) == pytest.approx(ALSO[75] + 0.5)


def test_a_click_takes_the_cell_to_the_controls(monkeypatch):
    point = {"eta": 1, "l2": 0.5}
    state = {"c1_map": type("Event", (), {"selection": type("Selection", (), {"cell": [point]})})}
    monkeypatch.setattr(view.st, "session_state", state)
    view._go("c1", "c1_map")
    assert (state["c1_eta"], state["c1_lambda"]) == ("1", "0.5")
    for point in ({"eta": None, "l2": None}, {"eta": 0.0067, "l2": 87.2}, {}):  # a line, the ring, a name
        other = {"c1_map": type("Event", (), {"selection": type("Selection", (), {"cell": [point]})})}
        monkeypatch.setattr(view.st, "session_state", other)
        view._go("c1", "c1_map")
        assert list(other) == ["c1_map"]
    empty = {"c1_map": type("Event", (), {"selection": type("Selection", (), {"cell": []})})}
    monkeypatch.setattr(view.st, "session_state", empty)
    view._go("c1", "c1_map")
    assert list(empty) == ["c1_map"]
