"""Runs from several starts in one figure: a layer's size by epoch, and whatever else the starts share."""

import altair as alt
import pandas as pd

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
    points,
    specification,
    with_values,
)

DASH = {"strokeDash": [5, 4]}


def widths(starts):
    """The start from which a line comes: large thick, scaled thin; pale without L2."""
    width = alt.Scale(type="ordinal", domain=list(starts), range=[1.5 if "nᵢₙ" in start else 3 for start in starts])
    opacity = alt.Scale(type="ordinal", domain=list(starts), range=[0.5 if start.endswith("no L2") else 1 for start in starts])
    return alt.StrokeWidth("start:O", scale=width, legend=None), alt.Opacity("start:O", scale=opacity, legend=None)


@kept
def _sizes(part, starts):
    scale = alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="~r", minExtent=48, values=alt.ExprRef("ticks"))
    y, bounds = (alt.Y(f"{name}:Q", title="rms weight", scale=scale, axis=axis) for name in ("mean", "low"))
    base, theory = alt.Chart().encode(x=epochs_axis(), color=colour((part,))), alt.Chart().encode(x=epochs_axis(), y=y)
    measured, level = base.transform_filter(of("measured")), theory.transform_filter(of("level"))
    clock = alt.Chart().encode(x=epochs_axis()).transform_filter(of("clock"))
    width, opacity = widths(starts)
    chart = (
        alt.Chart().transform_filter(of("level")).mark_rule(color=GREY, **DASH).encode(y=y)
        + level.transform_filter("!datum.below").mark_text(align="right", dy=-9, color=GREY, **LABEL).encode(text="name:N")
        + level.transform_filter("datum.below").mark_text(align="right", dy=11, color=GREY, **LABEL).encode(text="name:N")
        + theory.transform_filter(of("course")).mark_line(clip=True, **DASH).encode(color=in_colour(DECAY, (part,)))
        + clock.mark_rule(color=GREY, clip=True, **DASH)
        + clock.transform_filter("!datum.early")
        .mark_text(align="right", dx=-5, color=GREY, clip=True, **LABEL)
        .encode(y=y, text="name:N")
        + clock.transform_filter("datum.early")
        .mark_text(align="left", dx=5, color=GREY, clip=True, **LABEL)
        .encode(y=y, text="name:N")
        + measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=width, opacity=opacity, detail="start:N")
        + points(measured, y, named("start", "start"), named("epoch", "epoch"), number("mean", y["title"]), between(number))
        + base.transform_filter(of("label")).mark_text(align="left", dx=8, **LABEL).encode(y=y, text="start:N")
        + base.transform_filter(of("last label")).mark_text(align="right", **LABEL).encode(y=y, text="start:N")
    )
    return specification(chart.properties(height=340), "low", "high", "ticks", "last")


def sizes(table, levels, course, epochs, clock=None, clock_name="T∗"):
    """rms of a layer by epoch from several starts, over dashed levels, a dashed course and, where there is one, a clock."""
    last, starts, part = max(1, epochs), tuple(table["start"].unique()), table["part"].iloc[0]
    high = 1.5 * table["high"].fillna(table["mean"]).max()
    low = 0.6 * min(levels["mean"].min(), table["mean"].min())
    gap = (high / low) ** 0.05
    ends = table[table["epoch"] > 0.8 * last]["mean"]
    rows = [
        table.assign(kind="measured"),
        levels.assign(kind="level", epoch=last, below=[ends.between(at, at * gap**1.5).any() for at in levels["mean"]]),
        course.assign(kind="course"),
        _names(table, course, starts, last, gap).assign(part=part),
    ]
    if clock is not None and clock <= last:
        rows.append(
            pd.DataFrame(
                {
                    "kind": ["clock"],
                    "epoch": [clock],
                    "mean": [0.85 * high],
                    "name": [f"{clock_name} = {clock:.0f}"],
                    "early": [clock < 0.4 * last],
                }
            )
        )
    step = (1, 3) if high < 1e4 * low else (1,)
    ticks = [s * 10.0**k for k in range(-12, 12) for s in step if low <= s * 10.0**k <= high]
    return with_values(_sizes(part, starts), low=low, high=high, ticks=ticks, last=last), pd.concat(rows)


def _names(table, course, starts, last, gap):
    """The first start's name above its line and the course, the second's below it, near the beginning; the others' so at their
    ends.
    """
    here = pd.concat([table[table["start"] == starts[0]], course])
    above = here[here["epoch"].between(0.12 * last, 0.3 * last)]["mean"].max()
    near = table[table["epoch"] <= 0.12 * last].groupby("start")["mean"]
    end = table.sort_values("epoch").groupby("start")["mean"].last()
    places = [("label", 0.12 * last, above * gap), ("label", 0.12 * last, near.min()[starts[1]] / gap)]
    places += [("last label", last, end[start] * gap ** (1 if start == starts[2] else -1)) for start in starts[2:]]
    names = pd.DataFrame(places, columns=["kind", "epoch", "mean"])
    return names.assign(start=starts)
