"""The figures of the page on the recipes of today: nothing in them is measured, so every line is dashed."""

import altair as alt
import numpy as np
import pandas as pd

from view.figures import GREY, LABEL, kept, of, specification
from view.starts import DASH

LEAST = 1e-3
"""Share of the draw at which the figure ends."""
HEIGHT, APART = 420, 17
"""Height of the figure in px, and the least distance of two names."""
ROOM = 90
"""Width in px of the names at its right."""
COLOUR = alt.Color("kind:N", scale=alt.Scale(domain=["mine"]), legend=None)
"""The first of the theme, for what is the reader's."""


def _x(title, **axis):
    scale = alt.Scale(domain=[0, alt.ExprRef(f"1 + {ROOM} / max(1, width - {ROOM})")], nice=False)
    return alt.X("share:Q", title=title, scale=scale, axis=alt.Axis(grid=False, values=[0, 0.2, 0.4, 0.6, 0.8, 1], **axis))


@kept
def _schedule():
    x = _x(None, labels=False, ticks=False)
    axis = alt.Axis(format="~%", minExtent=48, values=[0, 0.5, 1])
    y = alt.Y("level:Q", title="rate", scale=alt.Scale(domain=[0, 1.05], nice=False), axis=axis)
    chart = alt.Chart().encode(x=x, y=y).transform_filter(of("mine")).mark_line(strokeWidth=2.5, **DASH).encode(color=COLOUR)
    return specification(alt.layer(chart).properties(height=90))


def schedule(courses):
    """The learning rate over its peak, by the share of the run."""
    return _schedule(), courses[courses["kind"] == "mine"]


@kept
def _left():
    scale = alt.Scale(type="log", domain=[LEAST, 1], nice=False)
    axis = alt.Axis(format="~%", minExtent=48, values=[1, 0.1, 0.01, 0.001])
    y = alt.Y("left:Q", title="left of the first draw", scale=scale, axis=axis)
    base = alt.Chart().encode(x=_x("share of the run", format="~%"), y=y)
    label = base.transform_filter(of("label"))
    published, mine = base.transform_filter(of("published")), base.transform_filter(of("mine"))
    chart = (
        published.mark_line(color=GREY, strokeWidth=1, clip=True, **DASH).encode(detail="name:N")
        + mine.mark_line(strokeWidth=3, clip=True, **DASH).encode(color=COLOUR)
        + label.transform_filter("datum.share == 1")
        .mark_text(align="left", dx=4, color=GREY, fontSize=12)
        .encode(text="name:N")
        + label.transform_filter("datum.share < 1")
        .mark_text(align="right", dx=-4, color=GREY, fontSize=12)
        .encode(text="name:N")
        + mine.transform_filter("isValid(datum.label)")
        .mark_text(align="left", dx=6, dy=-10, **LABEL)
        .encode(text="label:N", color=COLOUR)
    )
    return specification(chart.properties(height=HEIGHT))


def left(courses):
    """exp(-S_t) by the share of the run on a logarithmic axis; lines that leave it below are named where they do."""
    published = courses[courses["kind"] == "published"]
    ends = published.groupby("name").last()
    inside = ends[ends["left"] >= LEAST].sort_values("left", ascending=False)
    labels = [{"name": name, "share": 1.0, "left": at} for name, at in zip(inside.index, _spread(inside["left"]))]
    leaving = published[published["left"] >= LEAST].groupby("name").last().drop(index=inside.index).sort_values("share")
    for k, name in enumerate(leaving.index):
        line = published[published["name"] == name]
        at = float(_at(HEIGHT - 8 - APART * (len(leaving) - 1 - k)))
        share = np.interp(np.log(at), np.log(line["left"].to_numpy()[::-1]), line["share"].to_numpy()[::-1])
        labels.append({"name": name, "share": share, "left": at})
    rows = [courses, pd.DataFrame(labels).assign(kind="label")]
    drawn = pd.concat(rows, ignore_index=True)
    mine = drawn.index[(drawn["kind"] == "mine") & (drawn["left"] > 3 * LEAST)]
    if len(mine):
        place = mine[len(mine) // 3]
        drawn.loc[place, "label"] = drawn.loc[place, "name"]
    return _left(), drawn.assign(left=drawn["left"].clip(lower=LEAST / 10))


def _at(height):
    """What is left at so many px below the top of the figure."""
    return LEAST ** (np.asarray(height) / HEIGHT)


def _spread(values):
    """Heights on the axis, from the top down, moved so that no two names are closer than APART."""
    heights = HEIGHT * np.log(np.asarray(values)) / np.log(LEAST)
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + APART)
    return _at(heights)
