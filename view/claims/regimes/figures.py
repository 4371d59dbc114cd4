"""The map of regimes: a verdict for every eta and lambda, with the lines that theory draws on it."""

import altair as alt
import numpy as np
import pandas as pd

from engine.studies import regimes
from view.figures import kept, named, of, specification, told, with_values
from view.starts import DASH

INK = "#222222"
"""On cells of any colour, in the light and in the dark theme."""
COLOURS = {
    "holds": "#6fc0a3",
    "partly": "#f0c987",
    "fails": "#e08f80",
    "undecided": "#b5b5b5",
    "exact": "#8ecae6",
    "not at rest": "#dfe29a",
    "diverged": "#8c8c8c",
    "promises nothing": "#eeeeee",
}
"""Of the cells; each has its sign besides."""


def _axis(title, values, every, **options):
    """An axis of the places of values, labelled with the values."""
    label = f"{[format(value, 'g') for value in values]}[datum.value]"
    places = list(range(0, len(values), every))
    return dict(
        title=title,
        scale=alt.Scale(domain=[-0.5, len(values) - 0.5], nice=False),
        axis=alt.Axis(grid=False, values=places, labelExpr=label, **options),
    )


@kept
def _map():
    etas, lambdas = regimes.axes()
    x, y = _axis("η", etas, 4), _axis("λ", lambdas, 2, minExtent=48)
    colour = alt.Color("outcome:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None)
    data = alt.Chart()
    chosen = alt.selection_point(name="cell", fields=["eta", "l2"], toggle=False)
    cells = (
        data.transform_filter(of("cell"))
        .transform_calculate(
            left="datum.column - 0.5", right="datum.column + 0.5", bottom="datum.row - 0.5", top="datum.row + 0.5"
        )
        .mark_rect(opacity=1, stroke="white", strokeWidth=0.5, cursor="pointer")
        .encode(x=alt.X("left:Q", **x), x2="right:Q", y=alt.Y("bottom:Q", **y), y2="top:Q", color=colour)
        .add_params(chosen)
    )
    base = data.encode(x=alt.X("column:Q", **x), y=alt.Y("row:Q", **y))
    line = base.transform_filter(of("boundary")).mark_line(color=INK, strokeWidth=1.5, clip=True, **DASH)
    name = dict(color=INK, fontSize=12, fontWeight=600)
    chart = (
        told(cells, named("eta", "η"), named("l2", "λ"), named("outcome", "verdict"))
        + base.transform_filter(of("cell")).mark_text(fontSize=11, color=INK).encode(text="glyph:N")
        + line.encode(detail="name:N", order="column:Q")
        + base.transform_filter(of("level name")).mark_text(align="left", dx=3, dy=-7, **name).encode(text="name:N")
        + base.transform_filter(of("name")).mark_text(align="right", dx=-5, dy=2, **name).encode(text="name:N")
        + base.transform_filter(of("reader")).mark_point(size=190, strokeWidth=3, color=INK, opacity=1)
    )
    return specification(chart.properties(height=380))


def regimes_map(cells, boundaries, reader):
    """The map with the reader's place on it, (column, row); a click on a cell selects its values as `cell`."""
    names = [
        _nearest(boundaries[boundaries["name"] == name], height)
        for name, height in zip(("ηλ/m = 1", "ηλ/n = 1", "ηλ/n = 2"), (12.6, 15.6, 14.2))  # where they do not touch each other
    ]
    level = boundaries[boundaries["name"].isin(["collapse", "equal"])].groupby("name").first().reset_index()
    place = pd.DataFrame({"kind": ["reader"], "column": [reader[0]], "row": [reader[1]]}).dropna()
    rows = [cells, boundaries, *(n.assign(kind="name") for n in names), level.assign(kind="level name", column=-0.5), place]
    return with_values(_map()), pd.concat(rows, ignore_index=True).replace({np.nan: None})


def _nearest(line, height):
    """The row of a line that is nearest to a height on the map."""
    return line.iloc[(line["row"] - height).abs().argsort()[:1]]
