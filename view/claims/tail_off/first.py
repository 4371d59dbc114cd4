"""Figure 1 of claim 3."""

from engine.claims import tail_off as claim
from engine.verdicts.tail_off import still_share
from view.claims.tail_off import figures, tables
from view.tables import sizes


def figure_1(h, race):
    """Figure -> specification and rows."""
    floors, drawn = claim.floors(race) if race["large"].epochs else None, {}
    for end, layer in (("first", 0), ("last", len(h.hidden))):
        course = tables.course(race, layer, floors[layer]) if floors else tables.no_course()
        size = sizes(race, layer, tables.START)
        drawn[f"sizes_{end}"] = figures.sizes(size, tables.levels(h, layer), course, h.epochs)
        drawn[f"shares_{end}"] = figures.unopposed(tables.unopposed(race, layer), h.epochs, still_share(h))
    return drawn
