"""Figure 1 of the page on lengths."""

from engine.claims import lengths as claim
from view.claims.why import figures, tables


def figure_1(h, runs):
    """Figure -> specification and rows."""
    return {"lengths": figures.lengths(tables.lengths(runs), claim.predicted(h), h.epochs)}
