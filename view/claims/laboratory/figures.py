"""The figures of the laboratory."""

import altair as alt
import numpy as np
import pandas as pd

from view.figures import (
    BEYOND,
    GREY,
    LABEL,
    between,
    epochs_axis,
    kept,
    named,
    number,
    of,
    percent,
    points,
    specification,
    with_values,
)
from view.starts import DASH

FORMATS = {"number": "~r", "share": "~%"}
WRITTEN = {"number": number, "share": percent}
COLOURS = alt.Scale(domain=["A", "B"])


@kept
def _courses(label, unit):
    scale = alt.Scale(domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format=FORMATS[unit], minExtent=48, tickCount=6)
    y, bounds = (alt.Y(f"{name}:Q", title=label, scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis(), color=alt.Color("part:N", scale=COLOURS, legend=None))
    measured, write = base.transform_filter(of("measured")), WRITTEN[unit]
    chart = (
        measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q")
        + measured.mark_line(strokeWidth=2.5, clip=True).encode(y=y)
        + points(measured, y, named("part", "setting"), named("epoch", "epoch"), write("mean", label), between(write))
        + base.transform_filter(of("label above")).mark_text(align="right", dy=-10, **LABEL).encode(y=y, text="part:N")
        + base.transform_filter(of("label below")).mark_text(align="right", dy=12, **LABEL).encode(y=y, text="part:N")
    )
    return specification(chart.properties(height=340), "low", "high", "last")


def courses(table, measured, epochs):
    """A measurement of both settings by epoch."""
    rows = table[np.isfinite(table["mean"])].assign(kind="measured")
    low, high = _extent(rows)
    ends = rows.sort_values("epoch").groupby("part").tail(1)
    ends = ends.assign(kind=np.where(ends["mean"] == ends["mean"].max(), "label above", "label below"))
    spec = with_values(_courses(measured.label, measured.unit), low=low, high=high, last=max(1, epochs))
    return spec, pd.concat([rows, ends])


@kept
def _difference():
    scale = alt.Scale(domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="+~r", minExtent=48, tickCount=5)
    y, bounds = (alt.Y(f"{name}:Q", title="B − A", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis())
    zero = alt.Chart().transform_filter(of("zero")).mark_rule(color=GREY, **DASH).encode(y=y)
    measured = base.transform_filter(of("measured"))
    chart = (
        zero
        + measured.mark_area(opacity=0.25, clip=True).encode(y=bounds, y2="high:Q")
        + measured.mark_line(strokeWidth=2, clip=True).encode(y=y)
        + points(measured, y, named("epoch", "epoch"), number("mean", "B − A"), between(number))
    )
    return specification(chart.properties(height=200), "low", "high", "last")


def difference(table, epochs):
    """B minus A by epoch, in pairs of seeds, over a dashed 0."""
    rows = table[np.isfinite(table["mean"].astype(float))].assign(kind="measured")
    low, high = _extent(rows, 0.0)
    zero = pd.DataFrame({"kind": ["zero"], "mean": [0.0]})
    return with_values(_difference(), low=low, high=high, last=max(1, epochs)), pd.concat([zero, rows])


def _extent(rows, *also):
    """The least and the largest that is drawn, with some room; what lies far out is cut off."""
    values = [*also, *rows["mean"], *rows["low"].dropna(), *rows["high"].dropna()] or [0.0]
    low, high = np.clip([min(values), max(values)], -BEYOND * 1e3, BEYOND * 1e3)
    room = 0.08 * (high - low) or 0.1
    return float(low - room), float(high + room)
