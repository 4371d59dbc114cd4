"""The tables of the contest of exponents."""

import numpy as np
import pytest

from engine.studies import contest
from engine.verdicts import contest as judged
from view.tables import contest as tables

SHIPPED = contest.results()


def test_candidates_start_at_the_first_floor():
    table = tables.slopes(SHIPPED["widths"], 0)
    places = judged.at_rest(SHIPPED["widths"], 0)
    start = SHIPPED["widths"].rms[places[0], :, 0].mean()
    for name, slope in judged.predicted(SHIPPED["widths"], 0).items():
        line = table[table["name"] == name].set_index("x")["mean"]
        assert line.iloc[0] == pytest.approx(start)
        assert np.log(line.iloc[-1] / line.iloc[0]) / np.log(line.index[-1] / line.index[0]) == pytest.approx(slope)
