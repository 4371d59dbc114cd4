"""The figures of the opening: a sketch of what each claim says should happen."""

import altair as alt

from engine.claims import tail_off
from view.claims.question.tables import PROMISES
from view.figures import DECAY, GREY, LABEL, in_colour, kept, of, specification, with_values
from view.starts import DASH

HEIGHT = 110
"""In px, with the axis."""


@kept
def _sketch(scale):
    """On a "linear" axis of sizes, or a "log" one; it has no labels, as only the shape is promised."""
    low = 0 if scale == "linear" else alt.ExprRef("low")
    y = alt.Y("mean:Q", axis=None, scale=alt.Scale(type=scale, domain=[low, 1.15 if scale == "linear" else 2], nice=False))
    domain = alt.Scale(domain=[0, alt.ExprRef("last")], nice=False)
    label = "datum.index == 1 ? datum.label + ' epochs' : datum.label"  # a title would take a third of the height
    axis = alt.Axis(grid=False, tickCount=3, tickMinStep=1, labelExpr=label, labelFlush=8, labelPadding=5)
    x = alt.X("epoch:Q", title=None, scale=domain, axis=axis)
    rows = alt.Chart()
    chart = (
        rows.transform_filter(of("shade")).mark_rect(color=GREY, opacity=0.18).encode(x=x, x2="right:Q")
        + rows.transform_filter(of("level")).mark_rule(color=GREY, **DASH).encode(y=y)
        + rows.transform_filter(of("other")).mark_line(strokeWidth=2.5, color=GREY, **DASH).encode(x=x, y=y)
        + rows.transform_filter(of("course")).mark_line(strokeWidth=2.5, **DASH).encode(x=x, y=y, color=in_colour(DECAY))
        + rows.transform_filter(of("meeting"))
        .mark_point(size=50, filled=True, opacity=1)
        .encode(x=x, y=y, color=in_colour(DECAY))
        + rows.transform_filter(of("name"))
        .mark_text(align="left", dx=6, dy=-10, color=GREY, **LABEL)
        .encode(x=x, y=y, text="name:N")
    )
    return specification(chart.properties(height=HEIGHT, padding=0), "low", "last")


def sketch(claim, h):
    """What a claim says of a network with these settings: specification and rows. Only its own tells 1/n_w from 0."""
    rows, last = PROMISES[claim](h)
    spec = _sketch("log" if claim == tail_off.NAME else "linear")
    return with_values(spec, low=0.4 * rows["mean"].min(), last=last), rows
