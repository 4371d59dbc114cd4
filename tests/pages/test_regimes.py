"""The map of regimes on the pages: it shows the verdicts where they belong, and the reader among them."""

import numpy as np
import pytest

from engine.studies import regimes
from tests.pages.reading import charts, page, prose
from view import words

SHIPPED, (ETAS, LAMBDAS) = regimes.results(), regimes.axes()

SHOWN = {
    "decay_dominates": ("c1", "length"),
    "decay_per_epoch": ("c2", "rate"),
    "tail_off": ("c3", "1/√n_w"),
}
TOLD = {
    "decay_dominates": lambda share: f"{words.percent(share, 3)} by decay",
    "decay_per_epoch": lambda ratio: f"{words.number(ratio)} × the claimed rate",
    "tail_off": lambda ratio: f"{words.number(ratio)} × 1/√n_w",
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_pages_show_the_map_with_the_readers_setting(name):
    prefix, meaning = SHOWN[name]
    at = page(name, **{f"{prefix}_lambda": "20", f"{prefix}_eta": "0.3", f"{prefix}_epochs": "20", f"{prefix}_seeds": "2"})
    maps = [(spec, rows) for spec, _, rows in charts(at) if "glyph" in rows]
    assert len(maps) == 2
    for (spec, rows), part in zip(maps, ("hidden weights", "output weights")):
        cells = rows[rows["kind"] == "cell"].set_index(["eta", "l2"])
        said, cells = cells["measured"], cells["outcome"]
        for k, eta in enumerate(ETAS):
            for j, l2 in enumerate(LAMBDAS):
                assert cells[eta, l2] == regimes.KINDS[SHIPPED[name][f"{meaning}, {part}"][k, j]]
                mean = regimes.measured()[name][f"{meaning}, {part}"][k, j]
                assert said[eta, l2] == (TOLD[name](mean) if np.isfinite(mean) else "nothing")
        values = {one["name"]: one.get("value") for one in spec["params"]}
        assert (values["inside"], values["reader_eta"], values["reader_l2"]) == (True, 0.3, 20)
    holds = [int((SHIPPED[name][f"{meaning}, {part}"] == 0).sum()) for part in ("hidden weights", "output weights")]
    assert "| of 289 settings | hidden weights | output weights |" in prose(at)
    assert f"| :green-badge[✓ holds] | {holds[0]} | {holds[1]} |" in prose(at)
    assert "so the cell in it and the table of the verdict may differ" in prose(at)  # two seeds
    assert {"collapse", "ηλ/n = 1", "ηλ/n = 2", "ηλ/m = 1"} <= set(rows.loc[rows["kind"] == "boundary", "name"])
