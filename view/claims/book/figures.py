"""The figures of the book's own examples."""

import altair as alt
import numpy as np
import pandas as pd

from engine.studies.book import EPOCHS
from view.claims.book.tables import LAST
from view.claims.tail_off.tables import START
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
from view.starts import DASH, widths

__all__ = ["accuracy", "sizes"]

STARTS = tuple(START.values())
NAMED = 6
"""Epoch at which the lines of the accuracy have their names."""
LEFT = 120
"""Epoch from which on names stand clear of the strip that marks the book's graphs."""


@kept
def _accuracy():
    x = alt.X(
        "epoch:Q",
        title="epoch",
        scale=alt.Scale(domain=[1, EPOCHS], nice=False),
        axis=alt.Axis(grid=False, values=[1, 5, 10, 15, 20, 25, 30]),
    )
    scale = alt.Scale(domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="~%", minExtent=48, tickCount=6)
    y, bounds = (alt.Y(f"{name}:Q", title="accuracy, unseen images", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=x)
    measured = base.transform_filter(of("measured")).encode(color=in_colour(ACCURACY))
    book = base.transform_filter(of("book"))
    width, opacity = widths(STARTS)
    live, epoch, start = base.transform_filter(of("live")), named("epoch", "epoch"), named("start", "start")
    of_the_book = percent("mean", "accuracy in the book")
    range_of_one = between(percent, title="95\N{NO-BREAK SPACE}% of single seeds")
    chart = (
        measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=width, opacity=opacity, detail="start:N")
        + points(measured, y, start, epoch, percent("mean", "accuracy"), range_of_one, sparse=False)
        + live.mark_line(clip=True, strokeWidth=2.5, color=GREY, point={"color": GREY}).encode(y=y)
        + points(live, y, epoch, percent("mean", "accuracy of your run"), sparse=False)
        + told(book.mark_point(filled=True, size=22, color=GREY, opacity=1, clip=True).encode(y=y), start, epoch, of_the_book)
        + book.transform_filter("datum.outside").mark_point(size=150, strokeWidth=2, color=GREY, opacity=1).encode(y=y)
        + base.transform_filter(of("label")).mark_text(align="left", color=GREY, **LABEL).encode(y=y, text="name:N")
        + base.transform_filter(of("last label")).mark_text(align="right", color=GREY, **LABEL).encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=320), "low", "high")


def accuracy(table):
    """Accuracy by epoch: our mean with the band of one more seed, the book's dots, ringed where they leave it."""
    low = np.floor(50 * table[["mean", "low"]].min(axis=None)) / 50
    top = table[["mean", "high"]].max(axis=None)
    room, starts = top - low, [start for start in STARTS if (table["start"] == start).any()]
    high = top + 0.12 * room
    ours = table[(table["kind"] == "measured") & table["epoch"].between(NAMED, NAMED + 6)].set_index("start")
    places = [ours.loc[starts[0], "low"].min() - 0.06 * room, high - 0.04 * room]
    names = pd.DataFrame({"kind": "label", "epoch": NAMED, "mean": places[: len(starts)], "name": starts})
    seen = {"book": "dots: the book’s own", "live": "grey line: your run"}
    notes = [name for kind, name in seen.items() if (table["kind"] == kind).any()]
    heights = low + room * (0.06 + 0.08 * np.arange(len(notes)))
    notes = pd.DataFrame({"kind": "last label", "epoch": EPOCHS, "mean": heights, "name": notes})
    return with_values(_accuracy(), low=low, high=high), pd.concat([table, names, notes])


@kept
def _sizes(part):
    scale = alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    axis = alt.Axis(format="~r", minExtent=48, values=[10.0**k for k in range(-6, 3)])
    y, bounds = (alt.Y(f"{name}:Q", title="rms weight", scale=scale, axis=axis) for name in ("mean", "low"))
    base, theory = alt.Chart().encode(x=epochs_axis(), color=colour((part,))), alt.Chart().encode(x=epochs_axis(), y=y)
    measured = base.transform_filter(of("measured"))
    width, opacity = widths(STARTS)
    graphed, alone = alt.Chart().transform_filter(of("graphed")), theory.encode(color=in_colour(DECAY, (part,)))
    start, said = named("start", "start"), (named("epoch", "epoch"), number("mean", y["title"]), between(number))
    chart = (
        graphed.mark_rect(color=GREY, opacity=0.15).encode(x=epochs_axis(), x2="until:Q")
        + graphed.mark_text(align="left", dx=4, color=GREY, fontSize=12).encode(
            x=alt.X("until:Q"), y=alt.value(160), text="name:N"
        )
        + alt.Chart().transform_filter(of("level")).mark_rule(color=GREY, **DASH).encode(y=y)
        + alone.transform_filter(of("decay alone")).mark_line(clip=True, **DASH)
        + alone.transform_filter(of("level")).mark_point(filled=True, size=40, opacity=1)
        + alone.transform_filter(of("level"))
        .mark_text(align="right", dx=-7, dy=11, **LABEL)
        .encode(text=alt.Text("epoch:Q", format=".0f"))
        + theory.transform_filter(of("level name")).mark_text(align="right", dy=-9, color=GREY, **LABEL).encode(text="name:N")
        + measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=width, opacity=opacity, detail="start:N")
        + points(measured, y, start, *said)
        + base.transform_filter(of("control")).mark_point(filled=True, size=26, opacity=1, clip=True).encode(y=y)
        + points(base.transform_filter(of("control")), y, named("part", "weights"), *said)
        + base.transform_filter(of("label")).mark_text(align="left", **LABEL).encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=300), "low", "high", "last")


def sizes(table, decay):
    """rms of a layer by epoch from both starts, over decay alone and the candidates; epochs of the crossings are written."""
    part = table["part"].iloc[0]
    levels = decay[decay["kind"] == "level"]
    low, high = 0.5 * levels["mean"].min(), 2.5 * table["mean"].max()
    beside = table[(table["kind"] == "measured") & (table["epoch"] == EPOCHS)].set_index("start")["mean"]
    gap = (high / low) ** 0.05
    names = pd.DataFrame(
        {"kind": "label", "part": part, "epoch": LEFT, "mean": [beside.max() * gap, beside.min() / gap], "name": STARTS}
    )
    graphed = pd.DataFrame({"kind": ["graphed"], "epoch": [0], "until": [EPOCHS], "name": ["the graphs end"]})
    rows = [table, decay, levels.assign(kind="level name", epoch=LAST), names, graphed]
    return with_values(_sizes(part), low=low, high=high, last=LAST), pd.concat(rows)
