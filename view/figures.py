"""Tidy table -> alt.Chart, one function a figure. Theory dashed and grey, measurement solid with its band, lines labelled."""

import altair as alt
import numpy as np
import pandas as pd

from engine.verdicts import CONTROL
from view.tables import CLAIMED, EXACT

GREY = "#808080"
FLOOR = 1e-9
"""Smaller relative sizes are not drawn: a logarithmic axis has no zero."""


BEYOND = 1000
"""Times the height of an axis: what lies further out is drawn there, out of sight; an SVG has no place for 1e38."""


def colour(parts):
    """The same colour for the same part on every page: the place in this list picks it from the theme's palette."""
    order = ["hidden weights", "output weights", CONTROL, "hidden weights 1", "hidden weights 2"]
    shown = [p if p in parts else f"({p})" for p in order]
    shown[0], shown[3] = (shown[3], shown[0]) if "hidden weights 1" in parts else (shown[0], shown[3])
    return alt.Color("part:N", scale=alt.Scale(domain=shown), legend=None)


def decay(table):
    """Relative size by epoch on a logarithmic axis, over the dashed line of the claim."""
    table = table[table["mean"] > FLOOR].assign(low=table["low"].clip(lower=FLOOR))
    measured = table[~table["part"].isin((CLAIMED, EXACT))]
    low, high = table["mean"].min(), table["mean"].max()
    x = _epochs(table)
    y = alt.Y("mean:Q", title="rms weight, relative to the start", scale=_log_scale(low, high), axis=_log_axis(low, high))
    base = alt.Chart(measured).encode(x=x, color=colour(set(measured["part"])))
    band = base.mark_area(opacity=0.22).encode(y=alt.Y("low:Q", scale=_log_scale(low, high)), y2="high:Q")
    lines = base.transform_filter(alt.datum.part != CONTROL).mark_line(strokeWidth=2.5).encode(y=y)
    dots = base.transform_filter(alt.datum.part == CONTROL).mark_point(size=32, filled=True, opacity=1).encode(y=y)
    theory = alt.Chart(table[table["part"] == CLAIMED]).mark_line(strokeDash=[5, 4], color=GREY).encode(x=x, y=y)
    return (band + theory + lines + dots + _labels(measured, table, low, high)).properties(height=430)


def residual(table, tolerances):
    """Measured over claimed, less 1, over a grey strip for the first tolerance; cut off beyond the last."""
    table = table[np.isfinite(table["mean"])]
    edge = 1.3 * max(tolerances)
    table = table.assign(**table[["mean", "low", "high"]].clip(-BEYOND * edge, BEYOND * edge))
    title = "off the claim"
    deepest = table["mean"].min()
    y = alt.Y(
        "mean:Q",
        title=title,
        scale=alt.Scale(domain=[-edge if deepest < -tolerances[0] else -1.3 * tolerances[0], edge]),
        axis=alt.Axis(values=[-t for t in tolerances] + [0, *tolerances], format="+.0%", minExtent=48, labelOverlap=False),
    )
    base = alt.Chart(table).encode(x=_epochs(table), color=colour(set(table["part"])))
    band = base.mark_area(opacity=0.22, clip=True).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    lines = base.transform_filter(alt.datum.part != CONTROL).mark_line(strokeWidth=2.5, clip=True).encode(y=y)
    dots = base.transform_filter(alt.datum.part == CONTROL).mark_point(size=32, filled=True, opacity=1, clip=True).encode(y=y)
    zero = pd.DataFrame({"zero": [0.0], "low": [-tolerances[0]], "high": [tolerances[0]]})
    strip = alt.Chart(zero).mark_rect(color=GREY, opacity=0.15).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    rule = alt.Chart(zero).mark_rule(strokeDash=[5, 4], color=GREY).encode(y=alt.Y("zero:Q", title=title))
    return (strip + rule + band + lines + dots).properties(height=200)


def _epochs(table):
    last = int(table["epoch"].max())
    axis = alt.Axis(grid=False, tickCount=6, tickMinStep=1)
    return alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, max(1, last)], nice=False), axis=axis)


def _log_scale(low, high):
    return alt.Scale(type="log", domain=[low / (high / low * 1.5) ** 0.12, high * 1.25], nice=False)


def _log_axis(low, high):
    """Ticks at 1, 2, 5 times powers of ten, thinned over many decades; as percentages."""
    decades = np.log10(high / low)
    steps = (1, 2, 5) if decades < 3 else (1,)
    ticks = [s * 10.0**k for k in range(-12, 40) for s in steps if low / 1.25 <= s * 10.0**k <= high * 1.25]
    ticks = ticks[:: max(1, len(ticks) // 8)]
    return alt.Axis(values=ticks, format="~%" if decades < 5 else ".0e", minExtent=48)


def _labels(measured, table, low, high):
    """Each line's name at its right end: above for the layers, moved apart where they meet; below for the theory."""
    last = table.sort_values("epoch").groupby("part").last()
    ends, layers = last["mean"], set(measured["part"]) - {CONTROL}
    below = [p for p in (CONTROL, CLAIMED) if p in ends]
    above = sorted(layers, key=ends.get)
    gap = 0.055 * np.log(high / low * 1.5)
    place = {}
    for k, part in enumerate(above):
        place[part] = max(np.log(ends[part]), place[above[k - 1]] + gap if k else -np.inf)
    for k, part in enumerate(below):
        place[part] = np.log(ends[below].min()) - (k + 0.45) * gap
    names = pd.DataFrame({"part": place.keys(), "mean": np.exp(list(place.values()))})
    names["epoch"] = last["epoch"][names["part"]].to_numpy()
    names["name"] = names["part"].replace(CLAIMED, "decay as claimed")
    encoding = dict(x="epoch:Q", y=alt.Y("mean:Q", scale=_log_scale(low, high)), text="name:N")
    text = dict(align="right", fontSize=14, fontWeight=600)
    named = colour(set(measured["part"]))
    layer = alt.Chart(names[names["part"].isin(above)]).mark_text(dx=-4, dy=-10, **text)
    control = alt.Chart(names[names["part"] == CONTROL]).mark_text(dx=-30, dy=4, **text)
    claim = alt.Chart(names[names["part"] == CLAIMED]).mark_text(dx=-30, dy=4, color=GREY, **text)
    return layer.encode(color=named, **encoding) + control.encode(color=named, **encoding) + claim.encode(**encoding)


def repeated_decay(steps=14):
    """What repeated decay leaves of a weight, for a value of eta*lambda/n that the reader drags inside the chart."""
    e = alt.param(name="e", value=0.35, bind=alt.binding_range(min=0, max=2.2, step=0.01, name="ηλ/n  "))
    data = alt.Chart(alt.sequence(0, steps + 1, as_="update")).add_params(e)
    x = alt.X("update:Q", title="updates", scale=alt.Scale(domain=[0, steps]), axis=alt.Axis(grid=False, tickMinStep=1))
    y = alt.Y("left:Q", title="weight, relative to the start", scale=alt.Scale(domain=[-2.2, 2.2]), axis=alt.Axis(tickCount=5))
    claimed = data.transform_calculate(left="exp(-e * datum.update)")
    exact = data.transform_calculate(left="pow(1 - e, datum.update)")
    name = (
        "e == 0 ? 'no decay' : e < 1 ? 'shrinks steadily' : e == 1 ? 'one update forgets everything'"
        " : e < 2 ? 'changes sign at every update, and shrinks' : e == 2 ? 'changes sign for ever'"
        " : 'changes sign, and grows'"
    )
    text = dict(align="right", fontSize=15)
    says = data.transform_filter(f"datum.update == {steps}").transform_calculate(left="2", name=name)
    claim = data.transform_filter(f"datum.update == {steps}").transform_calculate(left="exp(-e * datum.update) + 0.16")
    return (
        claimed.mark_line(strokeDash=[5, 4], color=GREY).encode(x=x, y=y)
        + exact.mark_line(strokeWidth=2, clip=True).encode(x=x, y=y)
        + exact.mark_point(filled=True, size=60, clip=True, opacity=1).encode(x=x, y=y)
        + says.mark_text(fontWeight=600, **text).encode(x=x, y=y, text="name:N")
        + claim.mark_text(color=GREY, **text).encode(x=x, y=y, text=alt.value("decay as claimed"))
    ).properties(height=340)
