"""The map of regimes: a verdict for every eta and lambda, with the lines that theory draws on it."""

import altair as alt
import numpy as np
import pandas as pd

from engine.studies import regimes
from view.badges import SIGNS
from view.claims.regimes.tables import edges
from view.figures import INK, in_colour, kept, named, of, specification, told, with_values
from view.starts import DASH

COLOURS = {
    "holds": "#12a15073",
    "partly": "#f0a81873",
    "fails": "#e8432e73",
    "undecided": "#8a8a8a73",
    "exact": "#1e8fe073",
    "not at rest": "#b6c40073",
    "diverged": "#a03cc873",
    "promises nothing": "#80808014",
}
"""Of the cells, as much of each as lets the ground of the theme through; each has its sign besides."""
HEIGHT, CELLS, LEAST = 510, 340, 9
"""In px: of the figure, with legend and axes; of the cells in it, about; and of a cell that has room for its sign."""
APART = 14
"""Px between the names of two lines."""


def _axis(title, values, ticks):
    low, high = edges(values)[[0, -1]]
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    return dict(title=title, scale=scale, axis=alt.Axis(grid=False, values=ticks, format="~r"))


def _signed():
    """The legend: signs and names of the outcomes that are on the map."""
    signs = ", ".join(f"'{outcome}': '{sign}'" for outcome, sign in SIGNS.items())
    return alt.Legend(
        orient="top",
        title=None,
        columns=2,  # as many as fit on a phone
        labelFontSize=12,
        symbolType="square",
        symbolSize=120,
        symbolOpacity=1,
        symbolStrokeWidth=0,
        values=alt.ExprRef("shown"),
        labelExpr=f"{{{signs}}}[datum.label] + ' ' + datum.label",
    )


@kept
def _map():
    etas, lambdas = regimes.axes()
    x = _axis("η", etas, [0.01, 0.03, 0.1, 0.3, 1, 3, 10])
    y = _axis("λ", lambdas, [0.1, 0.3, 1, 3, 10, 30, 100, 300])
    fill = alt.Fill("outcome:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=_signed())
    data = alt.Chart()
    chosen = alt.selection_point(name="cell", fields=["eta", "l2"], toggle=False)
    cells = (
        data.transform_filter(of("cell"))
        .mark_rect(opacity=1, cursor="pointer")
        .encode(x=alt.X("left:Q", **x), x2="right:Q", y=alt.Y("bottom:Q", **y), y2="top:Q", fill=fill)
        .add_params(chosen)
    )
    base = data.encode(x=alt.X("x:Q", **x), y=alt.Y("y:Q", **y), color=in_colour(INK))
    high = f"log(datum.top / datum.bottom) > {np.log(np.divide(*edges(lambdas)[[-1, 0]])) * LEAST / CELLS}"
    chart = (
        told(cells, named("eta", "η"), named("l2", "λ"), named("outcome", "verdict"), named("measured", "mean of the seeds"))
        + base.transform_filter(of("cell")).transform_filter(high).mark_text(fontSize=11).encode(text="glyph:N")
        + base.transform_filter(of("boundary"))
        .mark_line(strokeWidth=1.5, clip=True, **DASH)
        .encode(detail="name:N", order="x:Q")
        + base.transform_filter(of("name")).mark_text(align="left", dx=4, fontSize=12).encode(text="name:N")
        + base.transform_filter(of("reader"))
        .transform_filter("inside")
        .transform_calculate(x="reader_eta", y="reader_l2")
        .mark_point(size=190, strokeWidth=3, opacity=1)
    )
    return specification(chart.properties(height=HEIGHT), "shown", "inside", "reader_eta", "reader_l2")


def around(spec, eta, l2):
    """The specification of the map with a ring around the place of the reader, where that is on it."""
    (left, right), (low, high) = (edges(axis)[[0, -1]] for axis in regimes.axes())
    inside = bool(left <= eta <= right and low <= l2 <= high)
    return with_values(spec, inside=inside, reader_eta=eta, reader_l2=l2)


def regimes_map(cells, boundaries):
    """The map, the same for all readers; a click on a cell selects its values as `cell`."""
    right, (low, high) = edges(regimes.axes()[0])[-1], edges(regimes.axes()[1])[[0, -1]]
    shown = [outcome for outcome in COLOURS if (cells["outcome"] == outcome).any()]
    rows = [cells, boundaries, _names(boundaries, right, low, high), pd.DataFrame({"kind": ["reader"]})]
    return with_values(_map(), shown=shown), pd.concat(rows, ignore_index=True).replace({np.nan: None})


def _names(boundaries, right, low, high):
    """Each line's name beside the end of its line, at the right of the map, and moved up where it would touch the one below."""
    ends = boundaries.sort_values("x").groupby("name")["y"].last().sort_values()
    gap, places = np.log(high / low) * APART / CELLS, []
    for end in np.log(ends.clip(low, high)):
        places.append(max(end, places[-1] + gap) if places else end)
    return pd.DataFrame({"kind": "name", "name": ends.index, "x": right, "y": np.exp(places)})
