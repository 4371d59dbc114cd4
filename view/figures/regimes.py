"""The map of regimes: a verdict for every eta and lambda, with the lines that theory draws on it."""

import altair as alt
import numpy as np
import pandas as pd

from engine import regimes, sweep
from view.figures import kept, of, specification, with_values
from view.figures.starts import DASH

INK = "#222222"
"""On cells of any colour, in the light and in the dark theme."""
COLOURS = dict(zip(regimes.KINDS, ("#6fc0a3", "#e08f80", "#bdbdbd", "#e6e6e6", "#8c8c8c")))


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
    x, y = _axis("η", sweep.ETAS, 4), _axis("λ", sweep.LAMBDAS, 2, minExtent=48)
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
        cells
        + base.transform_filter(of("cell")).mark_text(fontSize=11, color=INK).encode(text="glyph:N")
        + line.encode(detail="name:N", order="eta:Q")
        + base.transform_filter(of("level name")).mark_text(align="left", dx=3, dy=-7, **name).encode(text="name:N")
        + base.transform_filter(of("name")).mark_text(align="right", dx=-5, dy=2, **name).encode(text="name:N")
        + base.transform_filter(of("reader")).mark_point(size=190, strokeWidth=3, color=INK, opacity=1)
    )
    return specification(chart.properties(height=380))


def regimes_map(cells, boundaries, reader):
    """The map with the reader's place on it, (column, row); a click on a cell selects its values as `cell`."""
    lines = boundaries.groupby("name", sort=False)
    level = lines["l2"].transform("nunique") == 1
    level_names = boundaries[level].groupby("name", sort=False).first().reset_index().assign(kind="level name", column=-0.5)
    crossing = boundaries[~level]
    names = [
        crossing[crossing["name"] == name].iloc[(crossing[crossing["name"] == name]["row"] - height).abs().argsort()[:1]]
        for name, height in zip(crossing["name"].unique(), (12.6, 15.6, 14.2))  # where they do not touch each other
    ]
    place = pd.DataFrame({"kind": ["reader"], "column": [reader[0]], "row": [reader[1]]}).dropna()
    rows = pd.concat([cells, boundaries, level_names, pd.concat(names).assign(kind="name"), place], ignore_index=True)
    return with_values(_map()), rows.replace({np.nan: None})
