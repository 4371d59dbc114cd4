"""Figure 1 of claim 1."""

from engine.archive import readings as archive
from engine.claims import decay_dominates as claim
from engine.claims import readings
from view.claims.decay_dominates import figures, tables


def figure_1(h, runs, alone=None):
    """Figure -> specification and rows; `alone` as readings.alone has it over `looked_at(h)`, or else what ships of it."""
    run, drawn = runs["run"], {}
    if alone is None:
        alone = archive.find(readings.alone, h, looked_at(h))
    for which, layer in (("first", 0), ("last", -1)):
        ledger = tables.ledger(run, layer)
        drawn[f"length of the {which} layer"] = figures.ledger(ledger, claim.first_epochs(run), h.epochs)
    drawn["movement"] = figures.movement(tables.movement(run), h.epochs)
    accuracy = tables.accuracy(run, tables.accuracy_alone(looked_at(h), alone))
    drawn["accuracy"] = figures.accuracy(accuracy, h.epochs)
    return drawn


def looked_at(h):
    """After which epochs the network that only decays is looked at."""
    return claim.so_far(claim.EPOCHS, h.epochs)
