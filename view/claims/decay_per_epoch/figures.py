"""The figures of claim 2."""

import altair as alt
import numpy as np
import pandas as pd

from engine.verdicts import CONTROL
from view.claims.decay_per_epoch.tables import CLAIMED, EXACT
from view.figures import (
    BEYOND,
    DATA,
    DECAY,
    GREY,
    INK,
    LABEL,
    colour,
    epochs_axis,
    in_colour,
    kept,
    measured,
    named,
    number,
    of,
    specification,
    told,
    with_values,
)

STEPS = 14
"""Updates of a weight that sees no data, in its figure."""
FLOOR = 1e-9
"""Smaller relative sizes are not drawn: a logarithmic axis has no zero."""


@kept
def _decay(parts):
    scale = alt.Scale(type="log", domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    format = "datum.value >= 0.001 || low > 0.0001 ? format(datum.value, '~%') : format(datum.value, '~e')"
    axis = alt.Axis(values=alt.ExprRef("ticks"), labelExpr=format, minExtent=48)
    y = alt.Y("mean:Q", title="rms weight, relative to the start", scale=scale, axis=axis)
    base = alt.Chart().encode(x=epochs_axis(), color=colour(parts))
    alone = alt.Chart().encode(x=epochs_axis(), y=y, color=in_colour(DECAY, parts))
    text = dict(align="right", fontSize=14, fontWeight=600)
    above = base.transform_filter(of("label above")).mark_text(dx=-4, dy=-17, **text)
    below = base.transform_filter(of("label below")).mark_text(dx=-30, dy=4, **text)
    claimed = alone.transform_filter(of("label claimed")).mark_text(dx=-30, dy=4, **text)
    chart = (
        alone.transform_filter(of("exact")).mark_line(strokeDash=[1, 3], clip=True)
        + alone.transform_filter(of("claimed")).mark_line(strokeDash=[5, 4])
        + measured(base, y, alt.Y("low:Q", title="rms weight, relative to the start", scale=scale, axis=axis), "least")
        + above.encode(y=y, text="part:N")
        + below.encode(y=y, text="part:N")
        + claimed.encode(text=alt.value("decay as claimed"))
    )
    return specification(chart.properties(height=430), "low", "high", "ticks", "last")


def decay(table, epochs):
    """Relative size by epoch on a logarithmic axis, over the dashed line of the claim."""
    rows = table[table["mean"] > FLOOR].assign(least=table["low"], low=table["low"].clip(lower=FLOOR))
    rows["kind"] = rows["part"].map({CLAIMED: "claimed", EXACT: "exact"}).fillna("measured")
    shown = rows.loc[rows["kind"] != "exact", "mean"]  # where exact decay diverges it leaves the figure
    low, high = shown.min(), shown.max()
    room = np.log(1.5 * high / low)
    names = _labels(rows, 0.055 * room)
    spec = _decay(tuple(table["part"].unique()))
    low, high = low * np.exp(-0.12 * room), 1.25 * high
    return with_values(spec, low=low, high=high, ticks=_ticks(low, high), last=max(1, epochs)), pd.concat([rows, names])


def _ticks(low, high):
    """1, 2, 5 times powers of ten, or powers of ten alone over many decades."""
    steps = (1, 2, 5) if high < 1000 * low else (1,)
    ticks = [s * 10.0**k for k in range(-12, 40) for s in steps if low <= s * 10.0**k <= high]
    return ticks[:: max(1, len(ticks) // 8)]


def _labels(rows, gap):
    """Each line's name at its end: above for the layers, moved apart where they meet; below for the theory."""
    last = rows.sort_values("epoch").groupby("part").last()
    place = {}
    layers = [part for part in last.index if part not in (CONTROL, CLAIMED, EXACT)]
    for part in sorted(layers, key=last["mean"].get):
        place[part] = max([np.log(last["mean"][part]), *(at + gap for at in place.values())])
    below = [part for part in (CONTROL, CLAIMED) if part in last.index]
    for k, part in enumerate(below):
        place[part] = np.log(last["mean"][below].min()) - (k + 0.45) * gap
    names = last[["epoch"]].loc[list(place)].assign(mean=np.exp(list(place.values()))).reset_index()
    kinds = {CONTROL: "label below", CLAIMED: "label claimed"}
    return names.assign(kind=[kinds.get(part, "label above") for part in place])


@kept
def _residual(parts, tolerance):
    scale = alt.Scale(domain=[alt.ExprRef("bottom"), alt.ExprRef("top")])
    marks = [k * tolerance for k in (-5, -1, 0, 1, 5)]
    label = "datum.value == 0 ? '0' : format(datum.value, '+.0%')"
    axis = alt.Axis(values=marks, labelExpr=label, minExtent=48, labelOverlap=False)
    y, bounds = (alt.Y(f"{name}:Q", title="size / claim − 1", scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart().encode(x=epochs_axis(), color=colour(parts))
    zero = alt.Chart().transform_filter(of("claimed"))
    strip = zero.mark_rect(color=GREY, opacity=0.15).encode(y=bounds, y2="high:Q")
    rule = zero.mark_rule(strokeDash=[5, 4]).encode(y=y, color=in_colour(DECAY, parts))
    return specification((strip + rule + measured(base, y, bounds)).properties(height=200), "bottom", "top", "last")


def residual(table, tolerance, epochs):
    """Measured over claimed, less 1, over a grey strip for the tolerance; cut off at five times it."""
    edge = 5.2 * tolerance
    rows = table[np.isfinite(table["mean"])]
    rows = rows.assign(kind="measured", **rows[["mean", "low", "high"]].clip(-BEYOND * edge, BEYOND * edge))
    claimed = pd.DataFrame({"kind": ["claimed"], "mean": [0.0], "low": [-tolerance], "high": [tolerance]})
    bottom = -edge if rows["mean"].min() < -tolerance else -1.3 * tolerance
    spec = _residual(tuple(table["part"].unique()), tolerance)
    return with_values(spec, bottom=bottom, top=edge, last=max(1, epochs)), pd.concat([claimed, rows])


@kept
def _composition(part):
    scale = alt.Scale(domain=[0, alt.ExprRef("top")], nice=False)
    y, bounds, draw = (
        alt.Y(f"{name}:Q", title="|W|², relative to the start", scale=scale, axis=alt.Axis(format="%"))
        for name in ("mean", "low", "draw")
    )
    base = alt.Chart().encode(x=epochs_axis(), color=colour((part,)))
    left = alt.Chart().transform_filter(of("measured")).encode(x=epochs_axis(), y=draw, color=in_colour(DECAY, (part,)))
    learned = alt.Chart().transform_filter(of("measured")).encode(x=epochs_axis(), y=y, y2="draw:Q")
    texts = alt.Chart().transform_filter(of("name")).encode(x="epoch:Q", y=alt.Y("at:Q", scale=scale), text="name:N")
    chart = (
        learned.mark_area(opacity=0.3, clip=True).encode(color=in_colour(DATA, (part,)))
        + left.mark_area(opacity=0.45, clip=True)
        + left.mark_line(strokeDash=[5, 4], clip=True)
        + measured(base, y, bounds)
        + texts.mark_text(align="left", dx=8, dy=-8, **LABEL).encode(color=in_colour(INK, (part,)))
    )
    return specification(chart.properties(height=260), "top", "last")


def composition(table, epochs):
    """|W|^2 of a layer as the part that its draw leaves, and what it has learned above that."""
    rows = table[np.isfinite(table["mean"])].assign(kind="measured")
    bounds = rows[["mean", "low", "high", "draw"]]
    top = 1.15 * max(1.0, bounds["high"].fillna(bounds["mean"]).max())
    rows = rows.assign(**bounds.clip(upper=BEYOND * top))
    spec = _composition(table["part"].iloc[0])
    return with_values(spec, top=top, last=max(1, epochs)), pd.concat([rows, _names(rows, top)])


def _names(rows, top):
    """What the two areas are, written where there is room in them: the draw early, what was learned late."""
    written = []
    early, late = rows.iloc[len(rows) // 12], rows.iloc[2 * len(rows) // 3]
    if early["draw"] > 0.25 * top:
        written.append({"epoch": early["epoch"], "at": 0.3 * early["draw"], "name": "draw"})
    if late["mean"] - late["draw"] > 0.25 * top:
        written.append({"epoch": late["epoch"], "at": (late["mean"] + late["draw"]) / 2, "name": "learned"})
    return pd.DataFrame(written, columns=["epoch", "at", "name"]).assign(kind="name")


@kept
def _repeated_decay(steps):
    e = alt.param(name="e", value=0.7, bind=alt.binding_range(min=0, max=2.2, step=0.01, name="ηλ/n  "))
    x = alt.X("update:Q", title="updates", scale=alt.Scale(domain=[0, steps]), axis=alt.Axis(grid=False, tickMinStep=1))
    y = alt.Y("left:Q", title="weight, relative to the start", scale=alt.Scale(domain=[-2.2, 2.2]), axis=alt.Axis(tickCount=5))
    data, end = alt.Chart().encode(color=in_colour(DECAY)), alt.Chart().transform_filter(f"datum.update == {steps}")
    claimed = data.transform_calculate(left="exp(-e * datum.update)")
    exact = data.transform_calculate(left="pow(1 - e, datum.update)")
    name = (
        "e == 0 ? 'no decay' : e < 1 ? 'shrinks steadily' : e == 1 ? 'one update forgets everything'"
        " : e < 2 ? 'changes sign at every update, and shrinks' : e == 2 ? 'changes sign for ever'"
        " : 'changes sign, and grows'"
    )
    says = end.transform_calculate(left="1.5", name=name).mark_text(align="right", fontSize=15, fontWeight=600, color=GREY)
    claim = end.transform_calculate(left="exp(-e * datum.update) + 0.35")  # clear of the line and its dots
    chart = (
        claimed.mark_line(strokeDash=[5, 4]).encode(x=x, y=y)
        + exact.mark_line(strokeWidth=2, clip=True).encode(x=x, y=y)
        + told(
            exact.mark_point(filled=True, size=60, clip=True, opacity=1).encode(x=x, y=y),
            named("update", "updates"),
            number("left", y["title"]),
        )
        + says.encode(x=x, y=y, text="name:N")
        + claim.mark_text(align="right", fontSize=14).encode(
            x=x, y=y, text=alt.value("dashed: decay as claimed"), color=in_colour(DECAY)
        )
    )
    return specification(chart.add_params(e).properties(height=340))


def repeated_decay(steps=STEPS):
    """What repeated decay leaves of a weight, for a value of eta*lambda/n that the reader drags inside the chart."""
    return _repeated_decay(steps), pd.DataFrame({"update": np.arange(steps + 1)})
