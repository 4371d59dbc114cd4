"""The tables of the contest of exponents."""

import numpy as np
import pytest

from engine.claims.contest import foretold, wide_sizes
from engine.studies import contest
from engine.verdicts import contest as judged
from view.claims.contest import tables
from view.tables import subscripts

SHIPPED = contest.results()


def test_what_is_said_of_the_computed_sizes_is_so():
    """Above it: the output weights of narrow networks, and under the least lambda. Below: both layers under the largest."""
    times = {name: found.rms.mean(axis=1) / wide_sizes(found) for name, found in SHIPPED.items()}
    assert (times["widths"][:2, 1] > 1.1).all()
    order = np.argsort(SHIPPED["lambdas"].x)
    least, most = times["lambdas"][order[0]], times["lambdas"][order[-1]]
    assert least[1] > 1.1
    assert (most < 0.95).all()
    told = foretold(SHIPPED)
    whole = np.concatenate([times[name][found.reached.all(axis=1)] for name, found in SHIPPED.items()])
    for share, counts in told["within"].items():
        assert counts == [int(((1 - share <= each) & (each <= 1 + share)).sum()) for each in whole.T]
    humped = SHIPPED["mnist-fan-ins"]
    lengths = [h.sizes[0] * 30 * size**2 for h, size in zip(humped.examples, wide_sizes(humped)[:, 0])]
    assert told["hump"] == pytest.approx([lengths[k] for k in np.argsort(humped.x)])


def test_candidates_start_at_the_first_floor():
    table = tables.slopes(SHIPPED["widths"], 0)
    places = judged.at_rest(SHIPPED["widths"], 0)
    start = SHIPPED["widths"].rms[places[0], :, 0].mean()
    for name, slope in judged.predicted(SHIPPED["widths"], 0).items():
        line = table[table["name"] == subscripts(name)].set_index("x")["mean"]
        assert line.iloc[0] == pytest.approx(start)
        assert np.log(line.iloc[-1] / line.iloc[0]) / np.log(line.index[-1] / line.index[0]) == pytest.approx(slope)
