"""Charts that follow a slider: each value shows the rows and axes that its own chart has; what does not ship is not there."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from engine import Hyperparameters, sliders
from engine.claims import decay_dominates, decay_per_epoch, lengths, scaled_start, tail_off
from view import live, made
from view.claims.decay_dominates.first import figure_1 as first
from view.claims.decay_per_epoch.first import figure_1 as second
from view.claims.scaled_start.first import figure_1 as fourth
from view.claims.tail_off.first import figure_1 as third
from view.claims.why.first import figure_1 as why
from view.controls import CONTROLS
from view.figures import HOVERED

PAGES = [(decay_dominates, first), (decay_per_epoch, second), (tail_off, third), (scaled_start, fourth), (lengths, why)]
MOST = 900e3
"""Bytes of the rows of a page's Figure 1, which a reader who has touched a slider is sent once."""
TINY = np.finfo("float32").tiny
"""The least positive number that keeps all its digits in single precision."""


def known(spec):
    """The codes of the values that are drawn."""
    (place,) = (one["expr"] for one in spec["params"] if one["name"] == "place")
    return [int(code) for code in place.split("[")[1].split("]")[0].split(",")]


def value(spec, name, run):
    """Of a parameter, where that run is shown."""
    (said,) = (one["expr"] for one in spec["params"] if one["name"] == name)
    return eval(said, {"run": run, "null": None})


@pytest.mark.sweeps
@pytest.mark.parametrize(("claim", "figure_1"), PAGES)
def test_every_value_that_ships_is_drawn_with_its_own_axes(claim, figure_1):
    drawn_at_all = live.charts(claim, figure_1, claim.DEFAULT)
    for name, options in (("l2", CONTROLS["l2"].options), ("learning_rate", CONTROLS["learning_rate"].options[:12])):
        for place in (0, 2, 10, len(options) - 1):
            h = replace(claim.DEFAULT, **{name: options[place]})
            runs = {arm: live.shipped(one) for arm, one in claim.runs(h).items()}
            for figure, (spec, rows) in figure_1(h, runs).items():
                follows, all_rows = drawn_at_all[figure]
                run = known(follows).index(place + live.MANY * (name == "learning_rate"))
                for parameter in spec["params"]:
                    assert value(follows, parameter["name"], run) == parameter["value"]
                assert follows == spec | {name: follows[name] for name in ("params", "transform", "layer", "autosize")}
                assert follows["layer"][:-1] == spec["layer"]
                assert follows["transform"][1:] == spec.get("transform", [])
                drawn = all_rows[all_rows["run"] == run]
                assert len(drawn) > len(rows) / 6
                for kind, of_kind in rows.groupby("kind", dropna=False):
                    ours = drawn[drawn["kind"].isna() if pd.isna(kind) else drawn["kind"] == kind]
                    assert ours["mean"].max() == pytest.approx(of_kind["mean"].max(), rel=0.5, nan_ok=True)
                    assert set(ours["mean"].dropna()) <= set(of_kind["mean"].astype("float32")) | {TINY}
                    assert ours["mean"].min() > 0 or not of_kind["mean"].min() > 0  # a logarithmic axis has no 0
                    assert set(zip(*lines(ours))) == set(zip(*lines(of_kind)))
    assert sum(rows.memory_usage(index=False).sum() for _, rows in drawn_at_all.values()) < MOST


@pytest.mark.remakes
@pytest.mark.sweeps
@pytest.mark.parametrize(("claim", "figure_1"), PAGES)
def test_what_ships_of_a_figure_is_what_is_made_of_its_runs(claim, figure_1):
    own, ships = live.of_all_values(claim, figure_1), live.stored(claim)
    assert ships.keys() == own.keys()
    for figure, (*about, rows) in own.items():
        assert ships[figure][:-1] == tuple(json.loads(json.dumps(about)))
        assert_frame_equal(ships[figure][-1], rows, check_dtype=False, check_categorical=False)


@pytest.mark.sweeps
def test_figures_follow_as_well_where_what_ships_is_of_other_sources_or_damaged(monkeypatch, tmp_path):
    def followed():
        made.store.clear()
        spec, rows = live.charts(decay_per_epoch, second, decay_per_epoch.DEFAULT)["residual"]
        return known(spec), len(rows)

    ships = followed()
    with monkeypatch.context() as other:
        other.setattr(live, "sources", lambda: "others")
        assert live.stored(decay_per_epoch) is None
        assert followed() == ships
    for content in (live.STORE.read_bytes()[:-1000], b"", None):
        monkeypatch.setattr(live, "STORE", tmp_path / "following.zip")
        if content is not None:
            live.STORE.write_bytes(content)
        assert live.stored(decay_per_epoch) is None


def test_the_first_touch_reads_no_run_but_those_that_the_page_opens_with(monkeypatch):
    asked = []
    monkeypatch.setattr(live, "shipped", lambda h, shipped=live.shipped: asked.append(h) or shipped(h))
    made.store.clear()
    for claim, figure_1 in PAGES:
        asked.clear()
        live.charts(claim, figure_1, replace(claim.DEFAULT, l2=20))
        assert asked == [*claim.runs(claim.DEFAULT).values()]


def lines(rows):
    """Names of the lines and labels among rows."""
    return [rows[name].astype(str) for name in ("part", "start", "name") if name in rows]


@pytest.mark.sweeps
@pytest.mark.parametrize("claim", [claim for claim, _ in PAGES])
def test_what_ships_of_a_run_has_all_epochs_that_the_page_asks_for(claim):
    for h in (run for settings in sliders.settings(claim) for run in claim.runs(settings).values()):
        run = live.shipped(h)
        assert run.hyperparameters == h
        assert run.epochs == h.epochs or run.diverged_at is not None


@pytest.mark.parametrize(
    ("claim", "figure_1", "figure", "count"),
    [
        (decay_dominates, first, "length of the first layer", 3 * 20),  # bars of decay and the data, and a dot, for each epoch
        (scaled_start, fourth, "aligned", 4 * 61),  # the caption says: a dot an epoch
    ],
)
def test_bars_and_dots_of_every_epoch_are_all_there_at_every_value(claim, figure_1, figure, count):
    spec, rows = live.charts(claim, figure_1, claim.DEFAULT)[figure]
    epochs = rows.dropna(subset="epoch").groupby("run")["epoch"]
    assert epochs.size().to_dict() == dict.fromkeys(range(len(known(spec))), count)


def test_weights_that_only_decay_keep_their_few_dots_at_every_value():
    spec, rows = live.charts(decay_dominates, first, decay_dominates.DEFAULT)["accuracy"]
    dots = rows[(rows["part"] == "decay alone") & rows["kind"].isna()]
    for run in range(len(known(spec))):
        assert list(dots[dots["run"] == run]["epoch"]) == [0, 1, 2, 5, 10, 20, 50, 60]


@pytest.mark.sweeps
@pytest.mark.parametrize(("claim", "figure_1"), PAGES)
def test_a_run_keeps_all_its_rows_that_can_be_hovered(claim, figure_1):
    h = replace(claim.DEFAULT, l2=20)
    runs = {arm: live.shipped(one) for arm, one in claim.runs(h).items()}
    follows = live.charts(claim, figure_1, h)
    for figure, (_, rows) in figure_1(h, runs).items():
        spec, all_rows = follows[figure]
        drawn = all_rows[all_rows["run"] == known(spec).index(CONTROLS["l2"].options.index(20))]
        if live.by_epoch(spec) and h.epochs > HOVERED:
            every = -(-h.epochs // HOVERED)
            drawn, rows = ((one[(one["epoch"] % every == 0) & one["part"].notna()]) for one in (drawn, rows))
        assert len(drawn)
        np.testing.assert_array_equal(drawn["mean"], rows["mean"].astype("float32"))


@pytest.mark.parametrize(
    "change", [{"replicates": 2}, {"l2": 20, "learning_rate": 0.2}, {"learning_rate": 5}, {"batch_size": 20}], ids=str
)
def test_nothing_follows_where_nothing_ships(change):
    assert live.charts(decay_per_epoch, second, replace(decay_per_epoch.DEFAULT, **change)) is None
    assert live.shipped(Hyperparameters(l2=0.123, n_train=50)) is None


def test_it_is_one_chart_at_all_values_that_follows_both_sliders():
    opens = decay_per_epoch.DEFAULT
    moved = [opens, replace(opens, l2=20), replace(opens, learning_rate=0.2)]
    (one, other, third) = (live.charts(decay_per_epoch, second, h)["decay"] for h in moved)
    assert one is other is third or (one == other == third)
    bound = [parameter["bind"]["element"] for parameter in one[0]["params"] if "bind" in parameter]
    assert bound == ['.st-key-c2_lambda input[type="range"]', '.st-key-c2_eta input[type="range"]']


def test_before_it_has_found_the_sliders_a_chart_shows_the_run_that_the_page_opens_with():
    for claim, figure_1 in PAGES:
        for spec, _ in live.charts(claim, figure_1, claim.DEFAULT).values():
            values = {one["name"]: one["value"] for one in spec["params"] if "value" in one}
            assert known(spec)[values["run"]] == CONTROLS["l2"].options.index(claim.DEFAULT.l2) == values["l2"]
            assert CONTROLS["learning_rate"].options[values["learning_rate"]] == claim.DEFAULT.learning_rate
