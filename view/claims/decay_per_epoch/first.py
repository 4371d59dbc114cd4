"""Figure 1 of claim 2."""

from engine.claims import decay_per_epoch as claim
from view.claims.decay_per_epoch import figures, tables


def figure_1(h, runs):
    """Figure -> specification and rows."""
    run = runs["decay"]
    return {
        "decay": figures.decay(tables.relative_size(run), h.epochs),
        "residual": figures.residual(tables.residual(run), claim.TOLERANCE, h.epochs),
    }
