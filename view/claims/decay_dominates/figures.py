"""The figures of claim 1."""

import altair as alt
import numpy as np
import pandas as pd

from engine.verdicts import EVEN, MOST
from view.claims.decay_dominates.tables import ALONE, DATA, DECAY, NET, TRAINED
from view.figures import (
    ACCURACY,
    GREY,
    LABEL,
    between,
    colour,
    epochs_axis,
    in_colour,
    kept,
    measured,
    named,
    number,
    of,
    percent,
    points,
    specification,
    told,
    with_values,
)

SHOWN = 20
"""Epochs in the figure of the ledger."""
DOT = "● both"
"""Name of the dots: among the bars there is no room for it."""
PULLS = (420, 260)
"""Width and height in px of the arrows, on a screen where both layers stand side by side."""


@kept
def _ledger():
    scale = alt.Scale(domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="+~%", minExtent=48, tickCount=6)
    y = alt.Y("mean:Q", title="change of |W|², of its start", scale=scale, axis=axis)
    x = alt.X(
        "left:Q",
        title="epoch",
        scale=alt.Scale(domain=[0, alt.ExprRef("last")], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, tickCount=6),
    )
    first = alt.Chart().transform_filter(of("first")).mark_rect(color=GREY, opacity=0.12).encode(x=x, x2="right:Q")
    decay = alt.Chart().transform_filter(of(DECAY)).mark_rect().encode(color=in_colour(DECAY))
    data = alt.Chart().transform_filter(of(DATA)).mark_rect(clip=True).encode(color=in_colour(DATA))
    error = alt.Chart().transform_filter(of(DATA)).mark_rule(strokeWidth=1.5, clip=True)
    net = alt.Chart().transform_filter(of(NET)).mark_point(filled=True, size=34, clip=True, opacity=1, stroke="white")
    zero = alt.Chart().transform_filter(of("first")).mark_rule(color=GREY, opacity=0.6).encode(y=alt.Y("zero:Q", scale=scale))
    bars = dict(x=x, x2="right:Q", y=y, y2="zero:Q")
    said = named("kind", "of"), named("epoch", "epoch"), percent("mean", y["title"]), between(percent)
    text = alt.Chart().transform_filter("datum.name").encode(x=x, y=y, text="name:N")
    chart = (
        first
        + told(decay.encode(**bars), *said)
        + told(data.encode(**bars), *said)
        + error.encode(x=alt.X("middle:Q"), y=alt.Y("low:Q", scale=scale), y2="high:Q", color=alt.value(GREY))
        + zero
        + told(net.encode(x=alt.X("middle:Q"), y=y, color=alt.value(GREY)), *said)
        + text.transform_filter("datum.name == 'decay'").mark_text(align="right", **LABEL).encode(color=in_colour(DECAY))
        + text.transform_filter("datum.name == 'the data'").mark_text(align="right", **LABEL).encode(color=in_colour(DATA))
        + text.transform_filter("datum.first").mark_text(align="left", color=GREY, **LABEL)
        + text.transform_filter(f"datum.name == '{DOT}'").mark_text(align="right", dx=-52, color=GREY, **LABEL)  # left of decay
    )
    return specification(chart.properties(height=300), "low", "high", "last")


def ledger(table, first, epochs):
    """Decay's and the data's change of a layer's squared norm, epoch by epoch, side by side; a dot for both together."""
    rows = table[table["epoch"] <= SHOWN].rename(columns={"part": "kind"})
    side = rows["kind"].map({DECAY: 0.88, DATA: 0.5, NET: 0.5}).astype(float)
    left = rows["epoch"] - side
    middle = rows["epoch"] - rows["kind"].map({NET: 0.5}).astype(float).fillna(0.31)
    rows = rows.assign(left=left, right=left + 0.38, middle=middle, zero=0.0)
    shown = rows[["mean", "low", "high"]].fillna(0.0)
    low, high = min(-0.02, shown.min().min()), max(0.02, shown.max().max())
    room, last = high - low, min(SHOWN, max(1, epochs))
    names = pd.DataFrame(
        {
            "name": ["decay", DOT, "the data", f"epochs 1 to {first}"],
            "first": [False, False, False, True],
            "left": [last, last, last, 0.1],
            "mean": [low + 0.06 * room, low + 0.06 * room, high + 0.02 * room, high + 0.12 * room],
        }
    )
    shade = pd.DataFrame({"kind": ["first"], "left": [0.0], "right": [float(first)], "zero": [0.0]})
    spec = with_values(_ledger(), low=low - 0.03 * room, high=high + 0.18 * room, last=last)
    return spec, pd.concat([shade, rows, names])


@kept
def _pulls():
    """Two arrows from the tip of W, on axes of one scale: PULLS wide and high."""
    across = alt.Scale(domain=[alt.ExprRef("below"), alt.ExprRef("above")], nice=False)
    along = alt.Scale(domain=[alt.ExprRef("left"), alt.ExprRef("right")], nice=False)
    axis = dict(format="+~%", tickCount=5)
    x = alt.X("along:Q", title="along W: shorter, longer", scale=along, axis=alt.Axis(grid=False, **axis))
    y = alt.Y("across:Q", title="across W", scale=across, axis=alt.Axis(minExtent=48, **axis))
    decay, data = (alt.Chart().transform_filter(of(kind)).encode(color=in_colour(kind)) for kind in (DECAY, DATA))
    start = dict(x=alt.X("zero:Q", scale=along), y=alt.Y("zero:Q", scale=across), x2="along:Q", y2="across:Q")
    head = dict(x=x, y=y, angle=alt.Angle("turned:Q", scale=None))
    said = named("kind", "of"), percent("along", "along W"), percent("across", "across W")
    level = alt.Chart().transform_filter(of("level"))
    tip = alt.Chart().transform_filter(of("name"))
    chart = (
        level.mark_rule(strokeDash=[5, 4], color=GREY).encode(x=x)
        + decay.mark_rule(strokeWidth=3).encode(**start)
        + told(decay.mark_point(shape="triangle", filled=True, size=140, opacity=1).encode(**head), *said)
        + data.mark_rule(strokeWidth=3).encode(**start)
        + told(data.mark_point(shape="triangle", filled=True, size=140, opacity=1).encode(**head), *said)
        + tip.transform_filter(f"datum.name == '{DECAY}'")
        .mark_text(dy=-14, **LABEL)
        .encode(x=x, y=y, text="name:N", color=in_colour(DECAY))
        + tip.transform_filter(f"datum.name != '{DECAY}'")
        .mark_text(align="left", dx=10, **LABEL)
        .encode(x=x, y=y, text="name:N", color=in_colour(DATA))
    )
    return specification(chart.properties(height=PULLS[1]), "left", "right", "below", "above")


def pulls(table):
    """What decay and the data did to a layer in one epoch, as arrows from the tip of W; empty where there is none."""
    reach = max(1e-6, table[["along", "across"]].abs().max().max()) if len(table) else 1.0
    width = 2.5 * reach
    height = width * PULLS[1] / PULLS[0]
    turned = np.degrees(np.arctan2(table["along"].astype(float), table["across"].astype(float)))
    arrows = table.rename(columns={"part": "kind"}).assign(zero=0.0, turned=turned)
    names = table.rename(columns={"part": "name"}).assign(kind="name")
    names["name"] = names["name"].map({DECAY: DECAY, DATA: "the data"})
    level = pd.DataFrame({"kind": ["level"], "along": [0.0]})
    below = -0.2 * height
    spec = with_values(_pulls(), left=-width / 2, right=width / 2, below=below, above=below + height)
    return spec, pd.concat([level, arrows, names])


@kept
def _movement(parts):
    scale = alt.Scale(domain=[0, 1])
    label = f"datum.value == {EVEN} ? 'even' : format(datum.value, '~%')"  # on the line it would meet the layers
    axis = alt.Axis(values=[0, EVEN, MOST, 1], labelExpr=label, labelOverlap=False, minExtent=48)
    y, bounds = (alt.Y(f"{name}:Q", title="decay’s share of the way", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis(), color=colour(parts))
    rule = alt.Chart().transform_filter(of("level")).mark_rule(strokeDash=[5, 4], color=GREY).encode(y=y)
    level = alt.Chart().transform_filter(of("level")).mark_text(align="left", dx=4, dy=-9, color=GREY, fontSize=13)
    name = base.transform_filter(of("label")).mark_text(align="right", dx=-4, **LABEL).encode(y=y, text="part:N")
    chart = rule + level.encode(x=epochs_axis(), y=y, text="name:N") + measured(base, y, bounds) + name
    return specification(chart.properties(height=300), "last")


def movement(table, epochs):
    """Decay's share of the displacement by epoch."""
    levels = pd.DataFrame({"kind": "level", "mean": [MOST, EVEN], "epoch": 0, "name": ["dominated by decay", ""]})
    names = ends(table, 0.06).assign(kind="label")
    spec = with_values(_movement(tuple(table["part"].unique())), last=max(1, epochs))
    return spec, pd.concat([levels, table.assign(kind="measured"), names])


def ends(table, gap):
    """Where to write each line's name: the lowest below its end, the others above theirs, apart from each other."""
    last = table[np.isfinite(table["mean"])].sort_values("epoch").groupby("part").last().sort_values("mean")
    places, lowest = [], -np.inf
    for k, value in enumerate(last["mean"]):
        lowest = value - gap if k == 0 and len(last) > 1 else max(value + gap, lowest + gap)
        places.append(lowest)
    return last[["epoch"]].assign(mean=places).reset_index()


@kept
def _accuracy():
    axis = alt.Axis(format="~%", minExtent=48, tickCount=6)
    scale = alt.Scale(domain=[0, 1])
    y, bounds = (alt.Y(f"{name}:Q", title="accuracy, unseen images", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis())
    of_both = {TRAINED: base.encode(color=in_colour(ACCURACY)), ALONE: base.encode(color=in_colour(DECAY))}
    lines, names = (
        [one.transform_filter(f"datum.part == '{part}' && {which}") for part, one in of_both.items()]
        for which in ("datum.kind != 'label'", of("label"))
    )
    trained, alone = lines
    said = named("part", "network"), named("epoch", "epoch"), percent("mean", y["title"]), between(percent)
    written = [name.mark_text(align="right", dy=-14, **LABEL).encode(y=y, text="part:N") for name in names]
    chart = (
        trained.mark_area(opacity=0.22).encode(y=bounds, y2="high:Q")
        + trained.mark_line(strokeWidth=2.5).encode(y=y)
        + alone.mark_area(opacity=0.15).encode(y=bounds, y2="high:Q")
        + alone.mark_line(strokeDash=[5, 4]).encode(y=y)
        + alone.mark_point(filled=True, size=32, opacity=1).encode(y=y)
        + points(trained, y, *said)
        + points(alone, y, *said, sparse=False)
        + written[0]
        + written[1]
    )
    return specification(chart.properties(height=300), "last")


def accuracy(table, epochs):
    """Accuracy by epoch, trained and with decay alone."""
    last = table[np.isfinite(table["mean"])].sort_values("epoch").groupby("part").last().reset_index()
    names = last.drop(columns=["low", "high"]).assign(kind="label")
    below = (names["part"] == TRAINED) & (names["mean"] > 0.85)
    names.loc[below, "mean"] -= 0.15
    return with_values(_accuracy(), last=max(1, epochs)), pd.concat([table, names])


@kept
def _ruler(parts, rows):
    axis = alt.Axis(grid=False, values=alt.ExprRef("ticks"), format="~r")
    x = alt.X("mean:Q", title="λ", scale=alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")]), axis=axis)
    y = alt.Y(
        "row:N",
        title=None,
        axis=alt.Axis(labelLimit=160, ticks=False, domain=False, grid=True),
        scale=alt.Scale(domain=list(rows), paddingOuter=0.6),
    )
    base = alt.Chart().encode(y=y, color=colour(parts))
    data = alt.Chart()
    mark = data.transform_filter(of("mark"))
    span = base.transform_filter(of("measured")).mark_rule(strokeWidth=7, opacity=0.35, clip=True)
    dot = base.transform_filter(of("measured")).mark_point(filled=True, size=90, opacity=1)
    value = base.transform_filter(of("measured")).mark_text(dy=-13, dx=-6, align="right", **LABEL)
    none = base.transform_filter(of("none")).mark_text(align="left", fontSize=13, dx=4)
    chart = (
        mark.mark_rule(strokeWidth=1.5, color=GREY).encode(x=x)
        + mark.mark_text(
            color=GREY, align=alt.ExprRef("datum.right ? 'left' : 'right'"), dx=alt.ExprRef("datum.right ? 5 : -5"), **LABEL
        ).encode(x=x, y=alt.value(-8), text="name:N")
        + span.encode(x=alt.X("from:Q"), x2="high:Q")
        + told(dot.encode(x=x), named("row", "measured by"), number("mean", "λ where both are equal"), between(number, "from"))
        + value.encode(x=x, text=alt.Text("mean:Q", format=".2~r"))
        + none.encode(x=alt.value(0), text="name:N")
    )
    return specification(chart.properties(height=56 * len(rows)), "low", "high", "ticks")


def ruler(table, grid):
    """Where decay and the data are equal, for each meaning and layer, on an axis of lambda."""
    low, high = min(grid), max(grid)
    marks = table[table["kind"] == "mark"]
    places = tuple(table["row"].dropna().unique())
    right = table["mean"].eq(marks["mean"].max()) & table["kind"].eq("mark") & (len(marks) > 1)
    rows = table.assign(right=right).rename(columns={"low": "from"})
    rows.loc[marks.index[~marks["mean"].between(low, high)], "name"] += ", off the scale"
    rows.loc[rows["kind"] == "mark", "mean"] = marks["mean"].clip(low, high)
    decades = range(-4, 9)
    ticks = [step * 10.0**k for k in decades for step in (1, 3) if low <= step * 10.0**k <= high]
    spec = _ruler(tuple(table["part"].dropna().unique()), places)
    return with_values(spec, low=low, high=high, ticks=ticks), rows


@kept
def _histogram():
    x = alt.X(
        "z:Q", title="pre-activation z", scale=alt.Scale(domain=[-12, 12], nice=False), axis=alt.Axis(grid=False, tickCount=7)
    )
    scale = alt.Scale(domain=[0, alt.ExprRef("top")])
    y, bounds = (
        alt.Y(f"{name}:Q", title="density; slope of the unit", scale=scale, axis=alt.Axis(minExtent=48, tickCount=5))
        for name in ("mean", "low")
    )
    data = alt.Chart()
    start, chosen, slope = (data.transform_filter(of(kind)) for kind in ("start", "chosen", "slope"))
    said = named("network", "network"), number("z", x["title"]), number("mean", "density"), between(number)
    chart = (
        chosen.mark_area(opacity=0.35, interpolate="step").encode(x=x, y=y)
        + chosen.mark_area(opacity=0.4, interpolate="step").encode(x=x, y=bounds, y2="high:Q")
        + start.mark_line(interpolate="step", strokeWidth=2, color=GREY).encode(x=x, y=y)
        + slope.mark_line(strokeDash=[5, 4], color=GREY).encode(x=x, y=y)
        + points(start.encode(x=x), y, *said, sparse=False)
        + points(chosen.encode(x=x), y, *said, sparse=False)
        + data.transform_filter(of("label")).mark_text(align="left", color=GREY, **LABEL).encode(x=x, y=y, text="name:N")
        + data.transform_filter(of("label chosen")).mark_text(align="right", **LABEL).encode(x=x, y=y, text="name:N")
    )
    return specification(chart.properties(height=320), "top")


def histogram(table, epoch):
    """Pre-activations of the hidden units after `epoch` epochs and at the start, over the slope of the unit."""
    top = table.groupby("kind")["mean"].max()
    names = [
        ("slope of the unit", 1.6, top["slope"] * 0.92),
        (f"epoch {epoch}", -11.6, top["chosen"] * 0.95),
        ("epoch 0", 6.2, 0.045),
    ]
    labels = pd.DataFrame([{"kind": "label", "name": name, "z": z, "mean": y} for name, z, y in names])
    drawn = table.assign(network=table["kind"].map({"start": "after epoch 0", "chosen": f"after epoch {epoch}"}))
    return with_values(_histogram(), top=1.06 * max(top)), pd.concat([drawn, labels])
