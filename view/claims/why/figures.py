"""The figures of the page on lengths."""

import altair as alt
import numpy as np
import pandas as pd

from view.claims.why.tables import FIRST, LAST, MEASURED, PREDICTED, RELU, SUM
from view.figures import (
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
from view.starts import DASH, widths

BOUNDS = between(number, "least", "most")
NEAR = 1.5
"""Ratio of two lengths between whose lines there is no room for a name."""
FLOOR, CEILING = 1e-12, 1e12
"""What is smaller or larger is not drawn: a logarithmic axis has no zero."""


def _drawable(table):
    rows = table[(table["mean"] > FLOOR) & (table["mean"] < CEILING)]
    drawn = {"low": rows["low"].clip(lower=rows["mean"] / 50), "high": rows["high"].clip(upper=50 * rows["mean"])}
    return rows.assign(least=rows["low"], most=rows["high"], **drawn)


def _ticks(low, high, steps=(1, 2, 5)):
    steps = steps if high < 100 * low else (1, 3) if high < 1e4 * low else (1,)
    return [s * 10.0**k for k in range(-12, 13) for s in steps if low <= s * 10.0**k <= high]


def _log(low="low", high="high"):
    return alt.Scale(type="log", domain=[alt.ExprRef(low), alt.ExprRef(high)], nice=False)


def _log_y(title):
    axis = alt.Axis(format="~r", minExtent=48, values=alt.ExprRef("ticks"))
    return tuple(alt.Y(f"{name}:Q", title=title, scale=_log(), axis=axis) for name in ("mean", "low"))


@kept
def _lengths(parts, starts):
    y, bounds = _log_y("squared length |W|²")
    base, level = alt.Chart().encode(x=epochs_axis(), color=colour(parts)), alt.Chart().transform_filter(of("level"))
    measured = base.transform_filter(of("measured"))
    width, _ = widths(starts)
    said = named("part", "weights"), named("start", "start"), named("epoch", "epoch"), number("mean", y["title"]), BOUNDS
    chart = (
        level.mark_rule(color=GREY, **DASH).encode(y=y)
        + level.mark_text(align="right", dy=11, color=GREY, **LABEL).encode(x=epochs_axis(), y=y, text="name:N")
        + measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=width, detail="start:N")
        + points(measured, y, *said)
        + base.transform_filter(of("label above")).mark_text(align="left", dy=-16, **LABEL).encode(y=y, text="name:N")
        + base.transform_filter(of("label end")).mark_text(align="right", dy=-14, **LABEL).encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=400), "low", "high", "ticks", "last")


def lengths(table, predicted, epochs):
    """|W|^2 of every layer by epoch from both starts, over the dashed prediction where there is one."""
    rows, last = _drawable(table), max(1, epochs)
    sizes = [*rows["mean"], *([predicted] if predicted else [])] or [1.0]
    low, high = 0.6 * min(sizes), 1.7 * max(sizes)
    spec = _lengths(tuple(table["part"].unique()), tuple(table["start"].unique()))
    names = _names(rows[rows["start"] == table["start"].iloc[0]], last)
    drawn = [rows.assign(kind="measured"), names]
    if predicted:
        drawn.append(pd.DataFrame({"kind": ["level"], "epoch": [last], "mean": [predicted], "name": ["convex prediction"]}))
    return with_values(spec, low=low, high=high, ticks=_ticks(low, high), last=last), pd.concat(drawn)


def _names(rows, last):
    """The longest layer's name near the beginning of its line from the first start, the others' above their ends, and above
    another line that ends too near for a name to stand between.
    """
    if not len(rows):
        return rows
    order = rows.sort_values("epoch")
    near = order[order["epoch"] <= 0.1 * last].groupby("part").last()
    longest = near["mean"].idxmax()
    last_ones = order.groupby("part").last()
    ends = last_ones.drop(index=longest).assign(kind="label end")
    ends["mean"] = [last_ones["mean"][last_ones["mean"].between(at, NEAR * at)].max() for at in ends["mean"]]
    places = pd.concat([near.loc[[longest]].assign(kind="label above"), ends]).reset_index()
    return places[["epoch", "part", "mean", "kind"]].assign(name=places["part"])


@kept
def _ratios(starts):
    y, bounds = _log_y("ratio of squared lengths")
    base = alt.Chart().encode(x=epochs_axis())
    measured, predicted = base.transform_filter(of(MEASURED)), base.transform_filter(of(PREDICTED))
    width, _ = widths(starts)
    label = base.transform_filter(of("label"))
    said = named("kind", "how"), named("start", "start"), named("epoch", "epoch"), number("mean", y["title"]), BOUNDS
    chart = (
        measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=width, detail="start:N")
        + predicted.mark_line(color=GREY, clip=True, **DASH).encode(y=y, strokeWidth=width, detail="start:N")
        + told(predicted.mark_point(color=GREY, filled=True, size=40, opacity=1, clip=True).encode(y=y), *said)
        + points(measured, y, *said)
        + label.transform_filter("datum.theory").mark_text(align="right", dy=18, color=GREY, **LABEL).encode(y=y, text="name:N")
        + label.transform_filter("!datum.theory")
        .mark_text(align="left", dx=8, dy=-6, color=GREY, **LABEL)
        .encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=320), "low", "high", "ticks", "last")


def ratios(table, epochs):
    """The measured ratio of two squared lengths from both starts, and dashed what the data of an epoch say that it will be."""
    rows, last = _drawable(table), max(1, epochs)
    sizes = list(rows["mean"]) or [1.0]
    low, high = 0.65 * min(sizes), 1.3 * max(sizes)
    labels = []
    for kind, share in ((MEASURED, 0.12), (PREDICTED, 1.0)):
        of_kind = rows[(rows["kind"] == kind) & (rows["start"] == rows["start"].iloc[0])] if len(rows) else rows
        if kind == MEASURED:
            of_kind = of_kind[of_kind["epoch"] <= share * last]
        if len(of_kind):
            end = of_kind.iloc[-1]
            mean = end["mean"] if kind == MEASURED else rows.loc[rows["epoch"] > 0.6 * last, "mean"].min()
            labels.append({"kind": "label", "theory": kind == PREDICTED, "epoch": end["epoch"], "mean": mean, "name": kind})
    spec = with_values(_ratios(tuple(table["start"].unique())), low=low, high=high, ticks=_ticks(low, high), last=last)
    return spec, pd.concat([rows, pd.DataFrame(labels)])


@kept
def _units():
    axis = alt.Axis(format="~r", values=alt.ExprRef("ticks"))
    x = alt.X("into:Q", title="incoming squared length", scale=_log(), axis=axis)
    y = alt.Y("out:Q", title="outgoing squared length", scale=_log(), axis=alt.Axis(format="~r", values=alt.ExprRef("ticks")))
    base = alt.Chart().encode(x=x, y=y)
    label = base.transform_filter(of("label"))
    said = named("kind", "when"), number("into", x["title"]), number("out", y["title"])
    chart = (
        base.transform_filter(of("diagonal")).mark_line(color=GREY, **DASH)
        + told(base.transform_filter(of(FIRST)).mark_point(filled=False, size=26, strokeWidth=1, opacity=0.5, clip=True), *said)
        + told(base.transform_filter(of(LAST)).mark_point(filled=True, size=30, opacity=0.8, clip=True), *said)
        + label.mark_text(align="center", color=GREY, **LABEL).encode(text="name:N")
    )
    return specification(chart.properties(height=360), "low", "high", "ticks")


def units(table):
    """Every hidden unit at its incoming and outgoing squared length, at the start and at the end, over the diagonal."""
    rows = table[table[["into", "out"]].min(axis=1) > FLOOR]
    sizes = rows[["into", "out"]].to_numpy().ravel() if len(rows) else np.ones(1)
    high = 3 * sizes.max()
    low = max(0.5 * sizes.min(), 1e-6 * high)
    first = rows[rows["name"] == FIRST].agg({"into": "median", "out": "min"})
    end = rows[rows["name"] == LAST].agg({"into": "median", "out": "max"})
    names = pd.DataFrame([{"name": FIRST, **first}, {"name": LAST, **end}]).assign(kind="label")
    names["out"] *= [0.5, 1.6]
    names["into"] *= [1.0, 0.5]
    diagonal = pd.DataFrame({"kind": "diagonal", "into": [low, high], "out": [low, high]})
    spec = with_values(_units(), low=low, high=high, ticks=_ticks(low, high))
    return spec, pd.concat([diagonal, rows.assign(kind=rows["name"]), names])


@kept
def _differences():
    y, bounds = _log_y("difference, over its start")
    base = alt.Chart().encode(x=epochs_axis())
    measured, label = base.transform_filter(of("measured")), base.transform_filter(of("label"))
    within = between(percent, "least", "most")
    shade = alt.Opacity("shade:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)
    chart = (
        measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="part:N")
        + measured.mark_line(strokeWidth=2.5, clip=True).encode(y=y, detail="part:N", opacity=shade)
        + base.transform_filter(of("clock")).mark_line(strokeWidth=2, clip=True, **DASH).encode(y=y, color=in_colour(DECAY))
        + points(measured, y, named("part", "network"), named("epoch", "epoch"), percent("mean", y["title"]), within)
        + label.transform_filter("!datum.left")
        .mark_text(align="left", dx=8, dy=alt.ExprRef("datum.below ? 14 : -8"), color=GREY, **LABEL)
        .encode(y=y, text="name:N")
        + label.transform_filter("datum.left")
        .mark_text(align="right", dx=-8, dy=10, color=GREY, **LABEL)
        .encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=360), "low", "high", "ticks", "last")


def differences(table, clock, epochs):
    """The difference of two squared lengths over its start on a logarithmic axis, over the dashed line of its clock."""
    rows, last = _drawable(table), max(1, epochs)
    line = clock[(clock["mean"] > FLOOR) & (clock["mean"] < CEILING)]
    low, high = 0.5 * max(min([*line["mean"], 1.0]), 1e-6), 1.6 * max([*rows.loc[rows["part"] == RELU, "mean"], 1.0])
    rows = rows[rows["mean"] >= low].assign(shade=lambda r: np.where(r["part"] == RELU, 1.0, 0.45))
    labels = []
    for part, course in rows.groupby("part"):
        at = course[course["mean"] >= (low**0.45 * high**0.55 if part == RELU else low**0.9 * high**0.1)].iloc[-1:]
        late = at["epoch"] > 0.5 * last  # its name finds no room to the right of it
        labels.append(at[["epoch", "mean"]].assign(kind="label", name=part, left=late, below=part != RELU))
    spec = with_values(_differences(), low=low, high=high, ticks=_ticks(low, high), last=last)
    return spec, pd.concat([rows.assign(kind="measured"), line.assign(kind="clock"), *labels])


@kept
def _left_over():
    scale = alt.Scale(domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="+.1%", minExtent=48, tickCount=5)
    y, bounds = (alt.Y(f"{name}:Q", title="left over, of the start", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis())
    measured, label = base.transform_filter(of("measured")), base.transform_filter(of("label"))
    part, added = base.transform_filter(of("part")), base.transform_filter(of("sum"))
    chart = (
        measured.mark_area(opacity=0.2).encode(y=bounds, y2="high:Q")
        + measured.mark_line(strokeWidth=2.5).encode(y=y)
        + points(measured, y, named("epoch", "epoch"), percent("mean", y["title"]), between(percent))
        + part.mark_line(color=GREY, strokeWidth=1.5).encode(y=y, detail="part:N")
        + added.mark_line(color=GREY, strokeWidth=2, **DASH).encode(y=y)
        + label.mark_text(align="right", dx=-4, color=GREY, **LABEL).encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=300), "low", "high", "last")


def left_over(table):
    """What the clock leaves unexplained, solid, over the dashed sum of its two parts, which are thin."""
    kinds = {"measured": "measured", SUM: "sum"}
    rows = table.assign(kind=table["part"].map(kinds).fillna("part"))
    low, high = rows["low"].min(), rows["high"].max()
    room = high - low
    end = rows[rows["epoch"] == rows["epoch"].max()].set_index("part")
    places = (("measured", f"measured, and {SUM}", -0.14), ("heat", "heat", 0.16), ("biases", "biases", -0.07))
    names = [{"kind": "label", "epoch": end["epoch"][p], "mean": end["mean"][p] + room * by, "name": n} for p, n, by in places]
    spec = with_values(_left_over(), low=low - 0.1 * room, high=high + 0.1 * room, last=int(rows["epoch"].max()))
    return spec, pd.concat([rows, pd.DataFrame(names)])


@kept
def _by_lambda(parts):
    axis = alt.Axis(grid=False, format="~r", values=alt.ExprRef("lambdas"))
    x = alt.X("l2:Q", title="λ", scale=_log("left", "right"), axis=axis)
    y, bounds = _log_y("squared length at rest")
    base, theory = alt.Chart().encode(x=x, color=colour(parts)), alt.Chart().encode(x=x)
    measured, end = base.transform_filter(of("measured")), theory.transform_filter(of("collapse"))
    said = named("part", "weights"), named("l2", "λ"), number("mean", y["title"]), between(number)
    label = base.transform_filter(of("label"))
    chart = (
        theory.transform_filter(of("predicted")).mark_line(color=GREY, strokeWidth=2, clip=True, **DASH).encode(y=y)
        + theory.transform_filter(of("name"))
        .mark_text(align="left", dx=2, dy=46, color=GREY, **LABEL)
        .encode(y=y, text="name:N")
        + end.mark_rule(color=GREY, **DASH)
        + end.mark_text(align="right", dx=-6, color=GREY, **LABEL).encode(y=y, text="name:N")
        + measured.mark_rule(strokeWidth=2).encode(y=bounds, y2="high:Q")
        + told(measured.transform_filter("datum.reached").mark_point(filled=True, size=60, opacity=1).encode(y=y), *said)
        + told(
            measured.transform_filter("!datum.reached")
            .mark_point(filled=False, size=60, strokeWidth=1.5, opacity=1)
            .encode(y=y),
            *said,
        )
        + label.transform_filter("datum.above").mark_text(align="left", dx=8, dy=-8, **LABEL).encode(y=y, text="part:N")
        + label.transform_filter("!datum.above").mark_text(align="right", dx=-8, dy=12, **LABEL).encode(y=y, text="part:N")
    )
    return specification(chart.properties(height=380), "left", "right", "lambdas", "low", "high", "ticks")


def by_lambda(table, predicted, collapse):
    """|W|^2 at rest against lambda: trained, and dashed the prediction that no training went into, down to the collapse."""
    left, right = 0.9 * predicted["l2"].min(), 1.25 * collapse
    low, high = 0.6 * min(predicted["mean"].min(), table["low"].min()), 1.5 * predicted["mean"].max()
    second = table[table["l2"] == sorted(table["l2"].unique())[2]]
    labels = second.assign(kind="label", above=second["mean"] == second["mean"].max())
    fine = predicted.iloc[:1].assign(kind="name", name="prediction")
    mark = pd.DataFrame({"kind": ["collapse"], "l2": [collapse], "mean": [0.7 * high], "name": ["collapse"]})
    spec = with_values(
        _by_lambda(tuple(table["part"].unique())),
        left=left,
        right=right,
        lambdas=_ticks(left, right, (1, 2, 5)),
        low=low,
        high=high,
        ticks=_ticks(low, high),
    )
    return spec, pd.concat([table.assign(kind="measured"), predicted.assign(kind="predicted"), fine, mark, labels])
