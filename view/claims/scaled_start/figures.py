"""The figures of claim 4."""

import altair as alt
import numpy as np
import pandas as pd

from view.claims.scaled_start.tables import ARMS, OFF, ON, RESCUED, TARGET
from view.figures import (
    ACCURACY,
    DECAY,
    GREY,
    LABEL,
    between,
    colour,
    epochs_axis,
    in_colour,
    kept,
    named,
    number,
    of,
    percent,
    points,
    specification,
    told,
    with_values,
)
from view.starts import DASH, sizes, widths

__all__ = ["accuracies", "by_size", "cosines", "histogram", "sizes"]

SHADES = {ARMS["large"]: 1.0, ARMS["scaled"]: 1.0, ARMS["bare"]: 0.4, ARMS["plain"]: 0.4, RESCUED: 1.0}
"""Opacity of an arm where all lines are about the whole network."""
LOOK = {
    ARMS["large"]: "thick",
    ARMS["scaled"]: "thin",
    ARMS["bare"]: "thick, pale",
    ARMS["plain"]: "thin, pale",
    RESCUED: "thick",
}


def _arms():
    return alt.StrokeWidth("part:O", scale=_listed([3, 1.5, 3, 1.5, 3]), legend=None)


def _shades():
    return alt.Opacity("part:O", scale=_listed(list(SHADES.values())), legend=None)


def _listed(values):
    """A value for each arm; Vega-Lite's own choice of scale would spread them evenly between the first and the last."""
    return alt.Scale(type="ordinal", domain=list(SHADES), range=values)


@kept
def _accuracies():
    scale = alt.Scale(domain=[alt.ExprRef("low"), 1], nice=False)
    axis = alt.Axis(format="~%", minExtent=48, tickCount=5)
    y, bounds = (alt.Y(f"{name}:Q", title="accuracy, unseen images", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis())
    measured = base.transform_filter(of("measured")).encode(color=in_colour(ACCURACY))
    chart = (
        measured.mark_area(opacity=0.15, clip=True).encode(y=bounds, y2="high:Q", detail="part:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=_arms(), opacity=_shades(), detail="part:N")
        + points(
            measured, y, named("part", "first weights"), named("epoch", "epoch"), percent("mean", "accuracy"), between(percent)
        )
        + base.transform_filter(of("label")).mark_text(align="right", dx=-4, color=GREY, **LABEL).encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=300), "low", "last")


def accuracies(table, epochs):
    """Accuracy on unseen images of every arm by epoch; the axis is cut off well below where they end."""
    end, low = _end(table)
    names = end.reset_index().drop(columns=["low", "high"]).assign(kind="label")
    gap, beside = 0.07 * (1 - low), table.loc[table["epoch"] >= 0.5 * table["epoch"].max(), "low"].min()
    lowest = max(low + 0.5 * gap, beside - gap * (len(names) + 0.3))  # below the lines there, and inside the figure
    names["mean"] = lowest + gap * np.arange(len(names))
    names["name"] = names["part"].map(LOOK) + ": " + names["part"]
    return with_values(_accuracies(), low=low, last=max(1, epochs)), pd.concat([table.assign(kind="measured"), names])


def _end(table):
    """Where the arms end, the least accurate first, and a round accuracy well below."""
    end = table.sort_values("epoch").groupby("part").last().sort_values("mean")
    return end, max(0.0, np.floor(10 * (end["mean"].min() - 0.12)) / 10)


@kept
def _by_size():
    x = alt.X(
        "size:Q",
        title="rms of the hidden weights",
        scale=alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False, reverse=True),
        axis=alt.Axis(grid=False, format="~r", values=alt.ExprRef("ticks")),
    )
    scale = alt.Scale(domain=[alt.ExprRef("bottom"), 1], nice=False)
    y = alt.Y("mean:Q", title="accuracy, unseen images", scale=scale, axis=alt.Axis(format="~%", minExtent=48, tickCount=5))
    base = alt.Chart().encode(x=x)
    measured = base.transform_filter(of("measured")).encode(color=in_colour(ACCURACY))
    level = base.transform_filter(of("level"))
    said = named("part", "first weights"), named("epoch", "epoch"), number("size", x["title"]), percent("mean", "accuracy")
    chart = (
        level.mark_rule(color=GREY, **DASH)
        + level.mark_text(align="right", dx=-5, color=GREY, **LABEL).encode(y=y, text="name:N")
        + measured.mark_line(clip=True).encode(y=y, order="epoch:Q", strokeWidth=_arms(), opacity=_shades(), detail="part:N")
        + told(measured.mark_point(filled=True, size=26, clip=True).encode(y=y, opacity=_shades()), *said)
        + base.transform_filter(of("name right")).mark_text(align="left", dx=9, color=GREY, **LABEL).encode(y=y, text="name:N")
        + base.transform_filter(of("name left")).mark_text(align="right", dx=-9, color=GREY, **LABEL).encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=300), "low", "high", "bottom", "ticks")


NAMES = {
    ARMS["large"]: ("right", 0.42),
    ARMS["scaled"]: ("right", 0.22),
    ARMS["bare"]: ("right", 0.12),
    ARMS["plain"]: ("left", 0.32),
}
"""On which side of its line an arm is named, and how high in the figure."""


def by_size(table, target):
    """Accuracy against the size of the hidden weights, a dot an epoch; the axis runs from large weights to small."""
    low, high = 0.85 * min(table["size"].min(), target), 1.15 * table["size"].max()
    _, bottom = _end(table)
    rows = table.sort_values("epoch")
    names = [_name(arm, rows[rows["part"] == arm], bottom) for arm in NAMES]
    level = {"kind": "level", "size": target, "mean": bottom + 0.95 * (1 - bottom), "name": "1/√nᵢₙ"}
    steps = (1, 2, 5) if high < 50 * low else (1,)
    ticks = [s * 10.0**k for k in range(-12, 12) for s in steps if low <= s * 10.0**k <= high]
    table = pd.concat([rows.assign(kind="measured"), pd.DataFrame([level, *names])])
    return with_values(_by_size(), low=low, high=high, bottom=bottom, ticks=ticks), table


def _name(arm, rows, bottom):
    """How an arm looks, beside the point where its line first comes up to the height of its name, or where it ends."""
    side, height = NAMES[arm]
    mean = bottom + height * (1 - bottom)
    above = rows["mean"] >= mean
    size = rows.loc[above, "size"].iloc[0] if above.any() else rows["size"].iloc[-1]
    return {"kind": f"name {side}", "name": LOOK[arm], "size": size, "mean": mean}


@kept
def _histogram(part):
    x = alt.X(
        "weight:Q",
        title="weight",
        axis=alt.Axis(grid=False, tickCount=5),
        scale=alt.Scale(domain=[alt.ExprRef("-edge"), alt.ExprRef("edge")], nice=False),
    )
    y = alt.Y(
        "mean:Q", title="density", scale=alt.Scale(domain=[0, alt.ExprRef("top")]), axis=alt.Axis(minExtent=40, tickCount=4)
    )
    data, tinted = alt.Chart().encode(x=x), alt.Chart().encode(x=x, color=colour((part,)))
    label = data.transform_filter(of("label"))
    said = named("kind", "weights with the"), number("weight", "weight"), number("mean", "density"), between(number)
    chart = (
        tinted.transform_calculate(part=f"'{part}'")
        .transform_filter(of(ON))
        .mark_area(opacity=0.45, interpolate="step")
        .encode(y=y)
        + data.transform_filter(of(OFF))
        .mark_line(interpolate="step", strokeWidth=2)
        .encode(y=y, color=in_colour(DECAY, (part,)))
        + data.transform_filter(of(TARGET)).mark_line(color=GREY, **DASH).encode(y=y)
        + points(data.transform_filter(f"{of(OFF)} || {of(ON)}"), y, *said, sparse=False)
        + label.transform_filter("!datum.tinted")
        .mark_text(align="left", **LABEL)
        .encode(y=y, text="name:N", color=in_colour(DECAY, (part,)))
        + label.transform_filter("datum.tinted")
        .transform_calculate(part=f"'{part}'")
        .mark_text(align="left", **LABEL)
        .encode(y=y, text="name:N", color=colour((part,)))
    )
    return specification(chart.properties(height=300), "edge", "top")


def histogram(table, part):
    """Weights of one layer at T*, with the gradient off (outline) and on (filled), over the scaled start's density (dashed)."""
    top, edge = table["mean"].max(), table["weight"].max()
    names = pd.DataFrame(
        {
            "kind": "label",
            "name": [OFF, ON],
            "tinted": [False, True],
            "weight": [0.12 * edge, 0.38 * edge],
            "mean": [1.04 * top, 0.35 * top],
        }
    )
    names = names[names["name"].isin(table["kind"])]
    return with_values(_histogram(part), edge=edge, top=1.12 * top), pd.concat([table, names])


@kept
def _cosines(parts, starts):
    axis = alt.Axis(minExtent=48, tickCount=5)
    scale = alt.Scale(domain=[alt.ExprRef("low"), 1.05], nice=False)
    y, bounds = (alt.Y(f"{name}:Q", title="cosine with the draw", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis(), color=colour(parts))
    measured = base.transform_filter(of("measured"))
    width, _ = widths(starts)
    said = (
        named("part", "weights"),
        named("start", "start"),
        named("epoch", "epoch"),
        number("mean", y["title"]),
        between(number),
    )
    chart = (
        alt.Chart().transform_filter(of("zero")).mark_rule(color=GREY, **DASH).encode(y=y)
        + measured.mark_area(opacity=0.2).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line().encode(y=y, strokeWidth=width, detail="start:N")
        + points(measured, y, *said)
        + base.transform_filter(of("label")).mark_text(align="right", dx=-4, **LABEL).encode(y=y, text="part:N")
    )
    return specification(chart.properties(height=320), "low", "last")


def cosines(table, epochs):
    """How much of the draw's direction each layer keeps, from both starts."""
    rows = table[np.isfinite(table["mean"])]
    end = rows[rows["epoch"] == rows["epoch"].max()].groupby("part")[["epoch", "mean"]]
    names = end.max().assign(kind="label").sort_values("mean").reset_index()
    names["mean"] += 0.06  # above its lines, but the lowest layer's name, which is below them
    names.loc[0, "mean"] = end.min()["mean"][names["part"][0]] - 0.07
    zero = pd.DataFrame({"kind": ["zero"], "mean": [0.0]})
    low = min(-0.12, rows["low"].fillna(rows["mean"]).min())
    spec = with_values(_cosines(tuple(rows["part"].unique()), tuple(rows["start"].unique())), low=low, last=max(1, epochs))
    return spec, pd.concat([zero, rows.assign(kind="measured"), names])
