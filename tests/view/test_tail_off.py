"""The tables of claim 3: the linear networks."""

from dataclasses import replace

import numpy as np
import pytest

from engine import datasets
from engine.defaults import DEFAULTS
from view.tables import tail_off as tables


def test_linear_networks_share_one_norm():
    h = DEFAULTS["tail_off"]
    table = tables.linear_networks(h, datasets.load(h), (10, 90))
    np.testing.assert_allclose(table["simulated"], table["predicted"], rtol=1e-6)
    np.testing.assert_allclose(table["norm"].iloc[0], table["norm"].iloc[1], rtol=1e-6)
    assert table["simulated"].iloc[0] / table["simulated"].iloc[1] == pytest.approx(3, rel=1e-6)  # 9 times the weights


@pytest.mark.parametrize("lam", [0.0, 0.1, 2.0, 1e4])
def test_linear_networks_that_would_mislead_are_not_shown(lam):
    """Too little decay to forget the start in the steps taken, or so much that nothing is left."""
    h = replace(DEFAULTS["tail_off"], l2=lam)
    assert not len(tables.linear_networks(h, datasets.load(h), (10,)))
