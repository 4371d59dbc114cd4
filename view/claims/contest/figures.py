"""The figure of the contest of exponents."""

from itertools import permutations

import altair as alt
import numpy as np
import pandas as pd

from view.figures import GREY, LABEL, between, colour, kept, named, number, of, specification, told, with_values
from view.starts import DASH

ROOTS = "1/√nᵢₙ", "1/√n_w"
"""Names of candidates whose lines are one where each pixel is copied."""
NEAR = 0.25
"""Logarithm of the ratio of two sizes whose labels would touch."""


@kept
def _law(title, parts):
    x_scale = alt.Scale(type="log", domain=[alt.ExprRef("left"), alt.ExprRef("right")], nice=False)
    x = alt.X("x:Q", title=title, scale=x_scale, axis=alt.Axis(grid=False, format="~r", values=alt.ExprRef("ticks")))
    scale = alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="~r", minExtent=48, values=alt.ExprRef("levels"))
    y, bounds = (alt.Y(f"{name}:Q", title="rms weight at rest", scale=scale, axis=axis) for name in ("mean", "low"))
    base, theory = alt.Chart().encode(x=x, color=colour(parts)), alt.Chart().encode(x=x, y=y)
    measured = base.transform_filter(of("measured"))
    said = named("part", "weights"), named("x", title), number("mean", y["title"]), between(number)
    candidate, name = theory.transform_filter(of("candidate")), theory.transform_filter(of("name"))
    chart = (
        candidate.mark_line(color=GREY, clip=True, **DASH).encode(detail="name:N")
        + name.transform_filter("!datum.flat").mark_text(align="right", dy=13, color=GREY, **LABEL).encode(text="name:N")
        + name.transform_filter("datum.flat").mark_text(align="right", dy=-9, color=GREY, **LABEL).encode(text="name:N")
        + base.transform_filter(of("fitted")).mark_line(strokeWidth=1.5, clip=True).encode(y=y)
        + base.transform_filter(of("wide")).mark_line(clip=True, **DASH).encode(y=y)
        + measured.mark_rule(strokeWidth=2).encode(y=bounds, y2="high:Q")
        + told(measured.transform_filter("datum.reached").mark_point(filled=True, size=60, opacity=1).encode(y=y), *said)
        + told(
            measured.transform_filter("!datum.reached")
            .mark_point(filled=False, size=60, strokeWidth=1.5, opacity=1)
            .encode(y=y),
            *said,
        )
    )
    for k, part in enumerate(reversed(parts)):  # in the corner that falling lines leave free
        label = alt.Chart().transform_filter(of("label")).transform_filter(alt.datum.part == part)
        mark = label.mark_text(align="right", x=alt.ExprRef("width - 4"), y=8 + 18 * k, **LABEL)
        chart += mark.encode(text="name:N", color=colour(parts))
    return specification(chart.properties(height=330), "left", "right", "ticks", "low", "high", "levels")


def law(table, slopes, exponents, title):
    """Floors of every layer on logarithmic axes with their fitted power laws; dashed, the slopes of the candidates.

    `exponents`: part -> text beside its points. Open points are not at rest.
    """
    measured, drawn = table[table["kind"] == "measured"], table[table["kind"].isin(("measured", "wide"))]
    left, right = measured["x"].min() / 1.15, measured["x"].max() * 1.15
    low = 0.6 * min(slopes["mean"].min(), drawn["mean"].min())
    high = 4 * max(slopes["mean"].max(), drawn["mean"].max())
    ends = slopes[slopes["x"] == slopes["x"].max()].sort_values("mean")
    ends = ends.assign(flat=ends["mean"] > 0.9 * slopes["mean"].max())
    apart = (np.log(ends["mean"]).diff() > NEAR).cumsum()  # candidates whose lines end in one place share their label
    ends = ends.groupby(apart).agg(x=("x", "first"), mean=("mean", "min"), name=("name", ", ".join), flat=("flat", "all"))
    ends["name"] = ends["name"].replace(dict.fromkeys(map(", ".join, permutations(ROOTS)), "both 1/√n"))
    ticks = sorted(measured["x"].unique())
    labels = pd.DataFrame([{"kind": "label", "part": part, "name": f"{part}: {says}"} for part, says in exponents.items()])
    levels = [step * 10.0**k for k in range(-8, 4) for step in (1, 3) if low <= step * 10.0**k <= high]
    spec = with_values(
        _law(title, tuple(measured["part"].unique())), left=left, right=right, ticks=ticks, low=low, high=high, levels=levels
    )
    rows = [table, slopes, ends.assign(kind="name"), labels]
    return spec, pd.concat(rows, ignore_index=True).replace({np.nan: None})
