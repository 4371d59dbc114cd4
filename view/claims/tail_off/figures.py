"""The figures of claim 3."""

import altair as alt
import numpy as np
import pandas as pd

from engine.studies import erf_unit as erf_study
from view.claims.tail_off.tables import START
from view.figures import (
    ACCURACY,
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

__all__ = ["accuracy", "by_lambda", "erf_unit", "sizes", "unopposed"]


@kept
def _unopposed(part):
    scale = alt.Scale(domain=[-0.5, 1.25])
    axis = alt.Axis(values=[0, 0.5, 1], minExtent=48, format="~%")
    y, bounds = (alt.Y(f"{name}:Q", title="unopposed share", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis(), color=colour((part,)))
    measured, still = base.transform_filter(of("measured")), alt.Chart().transform_filter(of("still"))
    chart = (
        still.mark_rect(color=GREY, opacity=0.18).encode(y=bounds, y2="high:Q")
        + still.mark_rule(color=GREY, **DASH).encode(y=y)
        + measured.mark_area(opacity=0.2, clip=True).encode(y=bounds, y2="high:Q", detail="start:N")
        + measured.mark_line(clip=True).encode(y=y, strokeWidth=widths(START.values())[0], detail="start:N")
        + points(measured, y, named("start", "start"), named("epoch", "epoch"), percent("mean", y["title"]), between(percent))
        + alt.Chart()
        .transform_filter(of("strip name"))
        .mark_text(align="right", dx=-4, dy=11, color=GREY, **LABEL)
        .encode(x=epochs_axis(), y=y, text="name:N")
    )
    return specification(chart.properties(height=210), "last")


def unopposed(table, epochs, still):
    """What the data leave of decay's work, by epoch, from both starts; 0 at a standstill, with a strip of `still` around it."""
    last = max(1, epochs)
    strip = pd.DataFrame({"kind": ["still"], "mean": [0.0], "low": [-still], "high": [still]})
    name = pd.DataFrame({"kind": ["strip name"], "name": ["at rest"], "epoch": [last], "mean": [-still]})
    rows = table[np.isfinite(table["mean"])]
    bounds = rows[["mean", "low", "high"]].clip(-100, 100)
    spec = with_values(_unopposed(table["part"].iloc[0] if len(table) else ""), last=last)
    return spec, pd.concat([strip, rows.assign(kind="measured", **bounds), name])


def _lambda_axis(**options):
    scale = alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    return alt.X("l2:Q", title="λ", scale=scale, axis=alt.Axis(grid=False, format="~r", values=alt.ExprRef("ticks"), **options))


@kept
def _by_lambda(parts):
    scale = alt.Scale(type="log", domain=[alt.ExprRef("bottom"), alt.ExprRef("top")], nice=False)
    axis = alt.Axis(format="~r", minExtent=48, values=alt.ExprRef("levels"))
    y, bounds = (alt.Y(f"{name}:Q", title="rms weight at the end", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=_lambda_axis(), color=colour(parts))
    measured, mark = base.transform_filter(of("measured")), alt.Chart().transform_filter(of("mark"))
    plain = alt.Chart().transform_filter(of("candidate"))
    own = alt.Chart().transform_filter(of("own")).encode(color=colour(parts))
    name = dict(align="right", dx=-3, **LABEL)
    said = named("part", "weights"), named("l2", "λ"), number("mean", y["title"]), between(number)
    chart = (
        plain.mark_rule(color=GREY, **DASH).encode(y=y)
        + plain.mark_text(color=GREY, dy=-9, align="right", **LABEL).encode(x=_lambda_axis(), y=y, text="name:N")
        + own.mark_rule(opacity=0.7, **DASH).encode(y=y)
        + own.transform_filter("datum.above").mark_text(dy=-9, **name).encode(x=_lambda_axis(), y=y, text="name:N")
        + own.transform_filter("!datum.above").mark_text(dy=10, **name).encode(x=_lambda_axis(), y=y, text="name:N")
        + mark.mark_rule(color=GREY, **DASH).encode(x=_lambda_axis())
        + mark.transform_filter("datum.l2 * datum.l2 > low * high")
        .mark_text(align="right", dx=-5, color=GREY, **LABEL)
        .encode(x=_lambda_axis(), y=alt.Y("at:Q", scale=scale), text="name:N")
        + mark.transform_filter("datum.l2 * datum.l2 <= low * high")
        .mark_text(align="left", dx=5, color=GREY, **LABEL)
        .encode(x=_lambda_axis(), y=alt.Y("at:Q", scale=scale), text="name:N")
        + measured.mark_area(opacity=0.22).encode(y=bounds, y2="high:Q")
        + measured.mark_line(strokeWidth=2.5).encode(y=y)
        + told(measured.mark_point(filled=True, size=36, opacity=1).encode(y=y), *said)
        + base.transform_filter(of("label")).mark_text(align="left", dx=2, dy=-12, **LABEL).encode(y=y, text="part:N")
    )
    return specification(chart.properties(height=400), "low", "high", "ticks", "levels", "bottom", "top")


def by_lambda(table, candidates, threshold, reader):
    """Size at the end against lambda, over the candidates, with the threshold of collapse and the reader's lambda."""
    rows = table[table["part"] != "accuracy"]
    low, high = table["l2"].min(), table["l2"].max()
    top = rows["mean"].max()
    marks = pd.DataFrame(
        {"name": ["collapse", "your λ"], "l2": [threshold, reader], "at": [1.5 * top, 3.5 * candidates["mean"].min()]}
    )
    labels = rows[rows["l2"] == low]
    spec = _by_lambda(tuple(rows["part"].unique()))
    bottom = 0.7 * min(candidates["mean"].min(), rows["mean"].min())
    x, y = {"low": low, "high": high}, {"bottom": bottom, "top": 2 * top}
    spec = with_values(spec, **x, **y, ticks=_ticks(low, high), levels=[10.0**k for k in range(-12, 6)])
    parts = [
        rows.assign(kind="measured"),
        labels.assign(kind="label"),
        candidates.assign(
            l2=np.where(candidates["kind"] == "own", high, low**0.56 * high**0.44),  # clear of the lines, also on a phone
            above=candidates["mean"] == candidates.loc[candidates["kind"] == "own", "mean"].max(),
        ),
        marks[(marks["l2"] >= low) & (marks["l2"] <= high)].assign(kind="mark"),
    ]
    return spec, pd.concat(parts)


def _ticks(low, high):
    return [step * 10.0**k for k in range(-6, 12) for step in (1, 2, 5) if low <= step * 10.0**k <= high]


@kept
def _accuracy():
    y, bounds = (
        alt.Y(
            f"{name}:Q", title="accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="~%", minExtent=48, tickCount=3)
        )
        for name in ("mean", "low")
    )
    base = alt.Chart().encode(x=_lambda_axis())
    mark = alt.Chart().transform_filter(of("mark")).mark_rule(color=GREY, **DASH).encode(x=_lambda_axis())
    measured = base.transform_filter(of("measured")).encode(color=in_colour(ACCURACY))
    chart = (
        mark
        + measured.mark_area(opacity=0.22).encode(y=bounds, y2="high:Q")
        + measured.mark_line(strokeWidth=2.5, point=True).encode(y=y)
        + points(measured, y, named("l2", "λ"), percent("mean", "accuracy"), between(percent), sparse=False)
    )
    return specification(chart.properties(height=200), "low", "high", "ticks")


def accuracy(table, threshold):
    """Accuracy on unseen images at the end against lambda."""
    rows = table[table["part"] == "accuracy"].assign(kind="measured")
    low, high = table["l2"].min(), table["l2"].max()
    mark = pd.DataFrame({"kind": ["mark"], "l2": [threshold]})
    return with_values(_accuracy(), low=low, high=high, ticks=_ticks(low, high)), pd.concat([rows, mark])


@kept
def _erf_unit():
    x = alt.X(
        "updates:Q", title="updates", scale=alt.Scale(domain=[0, erf_study.UPDATES]), axis=alt.Axis(grid=False, tickCount=6)
    )
    scale = alt.Scale(type="log", domain=[0.02, 1.3], nice=False)
    axis = alt.Axis(values=[0.02, 0.05, 0.1, 0.2, 0.5, 1], format="~r", minExtent=48)
    y, bounds = (alt.Y(f"{name}:Q", title="rms weight", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=x)
    measured = base.transform_filter(of("measured"))
    chart = (
        base.transform_filter(of("decay alone")).mark_line(strokeDash=[1, 3], color=GREY, clip=True).encode(y=y)
        + measured.mark_area(opacity=0.25, clip=True).encode(y=bounds, y2="high:Q")
        + measured.mark_line(strokeWidth=2.5, clip=True).encode(y=y)
        + points(measured, y, named("updates", "updates"), number("mean", y["title"]), between(number), sparse=False)
        + base.transform_filter(of("equations")).mark_line(strokeWidth=2, color=GREY, clip=True, **DASH).encode(y=y)
        + base.transform_filter(of("label")).mark_text(align="right", color=GREY, **LABEL).encode(y=y, text="name:N")
        + base.transform_filter(of("label beside"))
        .mark_text(align="left", dx=6, color=GREY, **LABEL)
        .encode(y=y, text="name:N")
    )
    return specification(chart.properties(height=320))


def erf_unit(table):
    """rms of an erf unit's weights by update: SGD, its equations, decay alone."""
    last = table["updates"].max()
    floor = table[(table["kind"] == "equations") & (table["updates"] == last)]["mean"].iloc[0]
    alone = table[table["kind"] == "decay alone"]
    seen = alone[alone["mean"] > 0.03].iloc[-1]  # the last point well inside the figure
    at_end = seen["updates"] == last
    kinds = ["label", "label" if at_end else "label beside"]
    places = [floor / 1.25, seen["mean"] * (0.8 if at_end else 1)]
    names = ["SGD, equations dashed", "decay alone"]
    labels = pd.DataFrame({"kind": kinds, "name": names, "updates": [last, seen["updates"]], "mean": places})
    return _erf_unit(), pd.concat([table, labels])
