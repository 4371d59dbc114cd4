"""Figure 1 of claim 4."""

from engine.claims import scaled_start as claim
from view.claims.scaled_start import figures, tables
from view.tables import sizes


def figure_1(h, race):
    """Figure -> specification and rows."""
    layers, alone, drawn = claim.settings_facts(h)["layers"], tables.decay_alone(h), {}
    for side, layer in enumerate((0, len(h.hidden))):
        size, level = sizes(race, layer, tables.ARMS), tables.level(h, layer)
        drawn[f"size_{side}"] = figures.sizes(size, level, alone, h.epochs, layers[layer]["clock"])
    drawn["accuracy"] = figures.accuracies(tables.accuracies(race), h.epochs)
    drawn["aligned"] = figures.by_size(tables.by_size(race), layers[0]["target"])
    return drawn
