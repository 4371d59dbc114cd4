"""Tidy table -> figure: a specification built once with Altair, and the rows that it draws. What all pages share.

Theory is dashed and grey, measurement solid with its band, lines are labelled. Building a chart of layers takes Altair a
tenth of a second, more than a reader should wait for. So a specification leaves what changes to Vega parameters, and is kept.
"""

import altair as alt

from engine.verdicts import CONTROL

GREY = "#808080"
LABEL = dict(fontSize=13, fontWeight=600)
BEYOND = 1000
"""Times the height of an axis: what lies further out is drawn there, out of sight; an SVG has no place for 1e38."""


def specification(chart, *parameters):
    """The Vega-Lite dict of a chart whose named parameters get their values later; without data or Altair's own look."""
    return _bare(chart.add_params(*(alt.param(name=name, value=0) for name in parameters)).to_dict())


def _bare(spec):
    """All layers draw the rows that come with the figure."""
    kept = {key: value for key, value in spec.items() if key not in ("data", "datasets", "config")}
    return kept | ({"layer": [_bare(layer) for layer in kept["layer"]]} if "layer" in kept else {})


def with_values(spec, **values):
    """The specification with values for its parameters."""
    return spec | {"params": [{"name": name, "value": value} for name, value in values.items()]}


def colour(parts):
    """The same colour for the same part on every page: the place in this list picks it from the theme's palette."""
    first = "hidden weights 1" if "hidden weights 1" in parts else "hidden weights"
    return alt.Color("part:N", scale=alt.Scale(domain=[first, "output weights", CONTROL, "hidden weights 2"]), legend=None)


def of(kind):
    return f"datum.kind == '{kind}'"


def epochs_axis():
    scale = alt.Scale(domain=[0, alt.ExprRef("last")], nice=False)
    return alt.X("epoch:Q", title="epoch", scale=scale, axis=alt.Axis(grid=False, tickCount=6, tickMinStep=1))


def measured(base, y, bounds):
    """Band, line, and dots for the control group."""
    band = base.transform_filter(of("measured")).mark_area(opacity=0.22, clip=True).encode(y=bounds, y2="high:Q")
    line = base.transform_filter(of("measured")).transform_filter(alt.datum.part != CONTROL)
    dots = base.transform_filter(of("measured")).transform_filter(alt.datum.part == CONTROL)
    dots = dots.transform_filter("datum.epoch % ceil(last / 30) == 0")
    return (
        band
        + line.mark_line(strokeWidth=2.5, clip=True).encode(y=y)
        + dots.mark_point(size=32, filled=True, opacity=1, clip=True).encode(y=y)
    )
