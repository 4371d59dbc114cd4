"""The figures of the page on the recipes of today: those of recipes are all dashed, for nothing in them is measured."""

import altair as alt
import numpy as np
import pandas as pd

from view.figures import GREY, LABEL, epochs_axis, kept, named, number, of, points, specification, told, with_values
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
        + label.transform_filter("datum.side == 'right'")
        .mark_text(align="left", dx=4, color=GREY, fontSize=12)
        .encode(text="name:N")
        + label.transform_filter("datum.side == 'left'")
        .mark_text(align="right", dx=-4, color=GREY, fontSize=12)
        .encode(text="name:N")
        + mine.transform_filter("isValid(datum.label)")
        .mark_text(align="left", dx=6, dy=-10, **LABEL)
        .encode(text="label:N", color=COLOUR)
    )
    return specification(chart.properties(height=HEIGHT))


def left(courses):
    """exp(-S_t) by the share of the run on a logarithmic axis. Lines that leave it below are named where they do: at the left
    of those that leave EARLY, and at the right of the others, where a phone has room.
    """
    published = courses[courses["kind"] == "published"]
    ends = published.groupby("name").last()
    inside = ends[ends["left"] >= LEAST].sort_values("left", ascending=False)
    heights = zip(inside.index, _spread(inside["left"]))
    labels = [{"name": name, "share": 1.0, "left": at, "side": "right"} for name, at in heights]
    leaving = published[published["left"] >= LEAST].groupby("name").last().drop(index=inside.index).sort_values("share")
    early = leaving["share"] < EARLY
    for side, names, lowest in (("left", leaving.index[early][::-1], 1), ("right", leaving.index[~early], 0)):
        for k, name in enumerate(names, lowest):  # from the bottom up; at the left there is a number of the axis
            line, at = published[published["name"] == name], float(_at(HEIGHT - 8 - APART * k))
            share = np.interp(np.log(at), np.log(line["left"].to_numpy()[::-1]), line["share"].to_numpy()[::-1])
            labels.append({"name": name, "share": share, "left": at, "side": side})
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


EARLY = 0.22
"""Share of the run before which a line that leaves the figure is named at its left."""
LATE = 0.82
"""Share of the width from which on a label ends at its place, for it would find no room behind it on a phone."""
DOTS = 10
"""Of a line of dots, about."""


@kept
def _courses(title, names):
    scale = alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    y = alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format="~r", minExtent=48, values=alt.ExprRef("ticks")))
    colour = alt.Color("name:N", scale=alt.Scale(domain=list(names)), legend=None)
    base = alt.Chart().encode(x=epochs_axis(), y=y)
    said = named("name", "run"), named("epoch", "epoch"), number("value", title)
    side = {"align": alt.ExprRef("datum.late ? 'right' : 'left'"), "dx": alt.ExprRef("datum.late ? -6 : 6")}
    chart = (
        base.transform_filter(of("theory")).mark_line(color=GREY, clip=True, **DASH).encode(detail="name:N")
        + base.transform_filter(of("measured")).mark_line(strokeWidth=2, clip=True).encode(color=colour)
        + told(
            base.transform_filter(of("dots")).mark_point(filled=True, size=40, opacity=1, clip=True).encode(color=colour), *said
        )
        + points(base.transform_filter(of("measured")), y, *said)
        + base.transform_filter(of("label")).mark_text(dy=-9, **side, **LABEL).encode(text="label:N", color=colour)
        + base.transform_filter(of("label below")).mark_text(dy=16, **side, **LABEL).encode(text="label:N", color=colour)
    )
    return specification(chart.properties(height=400), "low", "high", "ticks", "last")


def _drawn(table, title, labels, low=0.0):
    """Courses on a logarithmic axis not below `low`; `labels` is name -> (words, share of the width, kind)."""
    rows, last = table[table["value"] > low], int(table["epoch"].max())
    written = []
    for name, (label, at, kind) in labels.items():
        own = rows[rows["name"] == name]
        measured = own[own["kind"] != "theory"]
        nearest = measured.iloc[[(measured["epoch"] - at * last).abs().argmin()]]
        here = own[own["epoch"] == nearest["epoch"].item()]["value"]  # of what is measured, and of theory
        beyond = here.max() if kind == "label" else here.min()
        written.append(nearest.assign(kind=kind, label=label, value=beyond, late=at > LATE))
    low, high = 0.8 * float(rows["value"].min()), 1.25 * float(rows["value"].max())
    ticks = [s * 10.0**k for k in range(-6, 3) for s in (1, 2, 5) if low <= s * 10.0**k <= high]
    spec = _courses(title, tuple(table["name"].unique()))
    return with_values(spec, low=low, high=high, ticks=ticks, last=last), pd.concat([rows, *written], ignore_index=True)


def _dotted(table, chosen):
    """Of measured lines, those that are chosen as dots at some epochs: where three lines are one, they take turns."""
    dots = chosen & (table["kind"] == "measured")
    every, turn = max(3, round(table["epoch"].max() / DOTS)), pd.factorize(table["name"])[0] % 3
    return table.assign(kind=table["kind"].where(~dots, "dots"))[~dots | ((table["epoch"] - turn * every // 3) % every == 0)]


RELATIVE = "rms weight over its start"


def controls(table):
    """The control group by epoch under each optimiser, as dots on the lines of weights that see no data."""
    labels = {"SGD with momentum": ("momentum", 0.38), "Adam + L2": ("Adam + L2", 0.55), "AdamW": ("SGD, SGDW, AdamW", 0.45)}
    labels = {name: (*label, "label") for name, label in labels.items()}
    return _drawn(_dotted(table, table["value"] > 0), RELATIVE, labels, low=LEAST)


def under_adam(table):
    """The weights that learn, as lines, and the control group, as dots, for every lambda."""
    learning = [name for name in table["name"].unique() if name.startswith("learning")]
    largest = table.groupby("name")["value"].last()[learning].idxmax()
    labels = {name: (name, 1.0, "label" if name == largest else "label below") for name in learning}
    control = next(name for name in table["name"].unique() if name.startswith("control"))
    labels[control] = "control group, every λ", 0.45, "label"
    return _drawn(_dotted(table, table["name"].str.startswith("control")), RELATIVE, labels, low=LEAST)


def unit_sizes(table):
    """The normalised layer's rms by epoch from every start, over what was foreseen."""
    names = table["name"].unique()
    labels = {name: (name, 0.06, "label" if k else "label below") for k, name in enumerate(names)}
    return _drawn(table, "rms weight", labels)


def timed(table):
    """The control group by epoch under every schedule, as dots on exp(-S)."""
    names = table["name"].unique()
    places = (0.85, "label below"), (0.65, "label below"), (0.3, "label"), (0.85, "label")
    labels = {name: (name, *place) for name, place in zip(names, places)}
    return _drawn(_dotted(table, table["value"] > 0), RELATIVE, labels)
