"""What the pages of the claims read off the networks of runs.

Each is a function of `look`, of the run's hyperparameters and of what else decides it. `look` has the face of a RunCache: its
network(h, epoch) gives a network, and its call(function, *arguments) has a worker evaluate it. What they return is made of
arrays, lists, dictionaries and None, so that it can ship: engine.archive.readings.
"""

import numpy as np

from engine import lengths, online, snapshots, theory
from engine.datasets import load
from engine.initialization import STARTS
from engine.lengths.balance import LAST
from engine.training import milestone
from engine.verdicts import scaled_start
from engine.verdicts.decay_dominates import with_start

EDGES = np.linspace(-12, 12, 61)
"""Of the bins of a pre-activation."""
UNITS = 10
"""Hidden units of the first seed whose weights are shown, at most."""
BINS = 40
"""Of a layer's weights."""
WIDTHS = (10, 30, 90)
"""Hidden units of linear networks."""
STEPS, FORGOTTEN = 4000, 5
"""Steps that they take, and time constants of decay after which they have forgotten their start."""


def alone(look, h, epochs):
    """Training cost and accuracy on unseen examples of weights that only decay, after these epochs: (replicates, epochs)."""
    return look.call(_alone, h, epochs)


def _alone(h, epochs):
    return dict(zip(("cost", "accuracy"), snapshots.decay_alone(h, load(h), epochs)))


def first_weights(look, h):
    """start -> name -> what snapshots.Saturation and snapshots.Gradients say of the untrained network."""
    return look.call(_first_weights, h)


def _first_weights(h):
    data, found = load(h), {}
    for start in STARTS:
        own = with_start(h, start)
        network = snapshots.decayed(own, 0)
        found[start] = vars(snapshots.saturation(network, own, data)) | vars(snapshots.gradients(network, own, data))
    return found


def densities(look, h, epoch):
    """Density of the pre-activations over the bins between EDGES, at the start and after so many epochs: (replicates, bins)."""
    return look.call(_densities, h, {"start": look.network(h, 0), "chosen": look.network(h, epoch)})


def _densities(h, networks):
    return {name: snapshots.density(snapshots.preactivations(one, load(h)), EDGES) for name, one in networks.items()}


def portraits(look, h, epochs):
    """The weights into the first hidden units of the first seed after these epochs, (epochs, units, inputs) float16."""
    return np.stack([look.network(h, epoch).weights[0][0, :UNITS].astype(np.float16) for epoch in epochs])


def at_clock(look, h, stops):
    """For each layer its weights from N(0, 1) at T*, [gradient off, gradient on]: what `_spread` says of them.

    `stops` are the whole epochs nearest to T*. None where there is no such clock, or no such epoch in the run.
    """
    return look.call(_at_clock, h, {stop: look.network(h, stop) for stop in stops if stop is not None}, stops)


def _at_clock(h, networks, stops):
    draw, found = snapshots.decayed(h, 0), []
    for layer, stop in enumerate(stops):
        off = scaled_start.faded(h, draw, layer)
        on = None if stop is None else scaled_start.weights(networks[stop], layer)
        found.append([None if weights is None else _spread(h, weights, layer) for weights in (off, on)])
    return found


def _spread(h, weights, layer):
    """Distance of a layer's weights from N(0, 1/n_in), (replicates,), and their density over the bins, (replicates, BINS)."""
    flat = weights.reshape(len(weights), -1)
    return {"distance": scaled_start.distance(h, weights, layer), "density": snapshots.density(flat, weight_edges(h, layer))}


def weight_edges(h, layer):
    """Of those bins, (BINS + 1,)."""
    reach = 4.5 * scaled_start.targets(h)[layer]
    return np.linspace(-reach, reach, BINS + 1)


def balances(look, h):
    """K between neighbouring layers, as engine.lengths has it: of single networks on the way, and of the last epochs together.

    "epochs" (points,) and their "course" (points, replicates, layers - 1); "end" and, without the heats, "cold", of the last
    epochs, (replicates, layers - 1).
    """
    end = lengths.balance(h, h.epochs, LAST, look)
    epochs = [epoch for epoch in range(1, h.epochs) if milestone(epoch)]
    course = [lengths.balance(h, epoch, 1, look).ratio for epoch in epochs] + [end.ratio]
    return {"epochs": np.array([*epochs, h.epochs]), "course": np.stack(course), "end": end.ratio, "cold": end.cold_ratio}


def units(look, h, epochs):
    """Squared lengths of the weights into and out of each unit of the first hidden layer, (epochs, 2, replicates, units)."""
    return np.array([lengths.unit_lengths(look.network(h, epoch), 0) for epoch in epochs])


def linear_norms(look, h, widths):
    """|W_1|^2 of two-layer linear networks on the whitened inputs of the data of `h`, trained with its lambda, (widths,).

    Empty where so little decay leaves the start in place after STEPS steps, or so much leaves nothing.
    """
    return look.call(_linear_norms, h, widths)


def _linear_norms(h, widths):
    data, kappa, rate = load(h), h.l2 / h.n_train, 0.5
    if rate * kappa * STEPS < FORGOTTEN or not theory.linear_floor(whitened_values(data), kappa):
        return np.zeros(0)
    return np.array([online.linear_network(data.whitened_covariance, width, kappa, rate, STEPS)[0] for width in widths])


def whitened_values(data):
    """Singular values of the covariance of targets and whitened inputs."""
    return np.linalg.svd(data.whitened_covariance, compute_uv=False)
