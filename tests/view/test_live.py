"""Charts that follow a slider: each value shows the rows and axes that its own chart has; what does not ship is not there."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Hyperparameters
from engine.claims import decay_per_epoch, tail_off
from view import live
from view.claims.decay_per_epoch.first import figure_1 as second
from view.claims.tail_off.first import figure_1 as third
from view.controls import CONTROLS

PAGES = [(decay_per_epoch, second), (tail_off, third)]
MOST = 200e3
"""Bytes of the rows of a page's Figure 1, with those of the value that is shown."""


def known(spec):
    """The codes of the values that are drawn."""
    (run,) = (one["expr"] for one in spec["params"] if one["name"] == "run")
    return [int(code) for code in run.split("[")[1].split("]")[0].split(",")]


def value(spec, name, run):
    """Of a parameter, where that run is shown."""
    (said,) = (one["expr"] for one in spec["params"] if one["name"] == name)
    return eval(said, {"run": run, "null": None})


@pytest.mark.parametrize(("claim", "figure_1"), PAGES)
def test_every_value_that_ships_is_drawn_with_its_own_axes(claim, figure_1):
    made = live.charts(claim, figure_1, claim.DEFAULT)
    for name, options in (("l2", CONTROLS["l2"].options), ("learning_rate", CONTROLS["learning_rate"].options[:12])):
        for place in (2, 10):
            h = replace(claim.DEFAULT, **{name: options[place]})
            runs = {arm: live.shipped(one) for arm, one in claim.runs(h).items()}
            for figure, (spec, rows) in figure_1(h, runs).items():
                follows, all_rows = made[figure]
                run = known(follows).index(place + live.MANY * (name == "learning_rate"))
                for parameter in spec["params"]:
                    assert value(follows, parameter["name"], run) == parameter["value"]
                drawn = all_rows[all_rows["run"] == run]
                assert len(drawn) > len(rows) / 4
                for kind, of_kind in rows.groupby("kind"):
                    ours = drawn[drawn["kind"] == kind]
                    assert ours["mean"].max() == pytest.approx(of_kind["mean"].max(), rel=0.5)
                    assert set(ours["mean"].dropna()) <= set(of_kind["mean"].astype("float32"))
    assert sum(rows.memory_usage(index=False).sum() for _, rows in made.values()) < MOST


@pytest.mark.parametrize(("claim", "figure_1"), PAGES)
def test_the_run_that_is_shown_keeps_all_its_rows(claim, figure_1):
    h = replace(claim.DEFAULT, l2=20)
    runs = {arm: live.shipped(one) for arm, one in claim.runs(h).items()}
    made = live.charts(claim, figure_1, h)
    for figure, (_, rows) in figure_1(h, runs).items():
        spec, all_rows = made[figure]
        drawn = all_rows[all_rows["run"] == known(spec).index(CONTROLS["l2"].options.index(20))]
        np.testing.assert_array_equal(drawn["mean"], rows["mean"].astype("float32"))


@pytest.mark.parametrize(
    "change", [{"replicates": 2}, {"l2": 20, "learning_rate": 0.2}, {"learning_rate": 5}, {"batch_size": 20}], ids=str
)
def test_nothing_follows_where_nothing_ships(change):
    assert live.charts(decay_per_epoch, second, replace(decay_per_epoch.DEFAULT, **change)) is None
    assert live.shipped(Hyperparameters(l2=0.123, n_train=50)) is None


def test_from_another_eta_only_eta_is_followed():
    made = live.charts(decay_per_epoch, second, replace(decay_per_epoch.DEFAULT, learning_rate=0.2))
    bound = [one["bind"]["element"] for one in made["decay"][0]["params"] if "bind" in one]
    assert bound == ['.st-key-c2_eta input[type="range"]']
