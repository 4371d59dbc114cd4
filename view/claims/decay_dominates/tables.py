"""Tables of claim 1."""

import numpy as np
import pandas as pd

from engine import theory
from engine.claims.decay_dominates import of_a_whole
from engine.claims.readings import EDGES
from engine.network import ACTIVATIONS
from engine.statistics import interval
from view import words
from view.tables import frame, position, together

DECAY, DATA, NET = "decay", "data", "together"
TRAINED, ALONE = "trained", "decay alone"


def ledger(run, layer):
    """epoch, part, mean, low, high: what decay, the data and both did to |W|^2, in units of the first |W|^2."""
    decay, data = (change[:, :, layer] for change in run.ledger)
    epoch = np.arange(1, run.epochs + 1)
    return pd.concat(
        [frame(epoch, part, interval(a)) for part, a in ((DECAY, decay), (DATA, data), (NET, decay + data))], ignore_index=True
    )


def pulls(run, layer):
    """part, along, across, layer: what decay and the data did to W in the first epoch, along W and across it, over |W|.

    Means over seeds; without rows where there is no first epoch, or it left no direction to tell.
    """
    name, angle = run.hyperparameters.layer_names[layer], run.alignment[:, :1, layer]
    if not np.isfinite(angle).all() or not angle.size:
        return pd.DataFrame(columns=["part", "along", "across", "layer"])
    data = run.displacement_data[:, :1, layer] / np.sqrt(run.norm_squared[:, :1, layer])
    sideways = data * np.sqrt(1 - np.clip(angle, -1, 1) ** 2)
    decay = theory.decay_per_epoch(*run.hyperparameters.symbols) - 1
    ends = {DECAY: (decay, 0.0), DATA: ((data * angle).mean(), sideways.mean())}
    return pd.DataFrame([{"part": part, "along": x, "across": y, "layer": name} for part, (x, y) in ends.items()])


def movement(run):
    """epoch, part, mean, low, high: decay's share of the way that a layer's weights moved in each epoch."""
    epoch, share = np.arange(1, run.epochs + 1), run.displacement_share
    names = run.hyperparameters.layer_names
    return pd.concat([frame(epoch, name, interval(share[:, :, k])) for k, name in enumerate(names)], ignore_index=True)


def accuracy(run, alone):
    """epoch, part, mean, low, high: on unseen images, trained; and what accuracy_alone has."""
    trained = frame(np.arange(run.epochs + 1), TRAINED, of_a_whole(interval(run.validation_accuracy)))
    return together(trained, alone)


def accuracy_alone(epochs, found):
    """epoch, part, mean, low, high: on unseen images of weights that only decay, from readings.alone over these epochs."""
    return frame(epochs, ALONE, of_a_whole(interval(found["accuracy"])))


def row(meaning, part):
    """What the ruler calls one meaning for one layer."""
    return f"{meaning}, {part.replace(' weights', '')}"


def ruler(thresholds, reader, book):
    """kind, part, row, mean, low, high: thresholds, and the two lambdas that are marked."""
    rows = []
    for t in thresholds:
        place = {"row": row(t.meaning, t.part), "part": t.part}
        if t.measured is None:
            found = f"a crossing in {words.plural(t.crossings, 'seed')} only"
            note = f"no crossing: {t.ahead} ahead throughout" if t.ahead else found
            rows.append(place | {"kind": "none", "name": note})
        else:
            rows.append(place | {"kind": "measured", **t.measured._asdict()})
    marks = [("your λ", reader), ("the book’s λ", book)] if reader != book else [("your λ, as in the book", book)]
    return pd.DataFrame(rows + [{"kind": "mark", "name": name, "mean": value} for name, value in marks if value > 0])


def histogram(densities, activation):
    """z, kind, mean, low, high: pre-activations of each network, kind -> density over the bins, and the unit's slope."""
    middle = (EDGES[1:] + EDGES[:-1]) / 2
    frames = [frame(middle, kind, interval(values)) for kind, values in densities.items()]
    unit = ACTIVATIONS[activation]
    slope = pd.DataFrame({"epoch": EDGES, "part": "slope", "mean": unit.slope(EDGES, unit.value(EDGES.copy()))})
    return pd.concat([*frames, slope], ignore_index=True).rename(columns={"epoch": "z", "part": "kind"})


def images(epochs, portraits, unit):
    """epoch -> weights (pixels,) into one hidden unit, counted from 1, of readings.portraits."""
    return {epoch: weights[position(unit)] for epoch, weights in zip(epochs, portraits)}


def all_layers(run):
    """The ledger and the movement of every layer in one table, for those who take it away."""
    names = run.hyperparameters.layer_names
    frames = [ledger(run, k).assign(layer=name, of="|W|² over its start") for k, name in enumerate(names)]
    moved = movement(run).rename(columns={"part": "layer"}).assign(part=DECAY, of="share of the movement")
    return pd.concat([*frames, moved], ignore_index=True)
