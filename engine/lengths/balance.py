"""Both sides of the law for a network: what decay takes from each layer's squared length, and what the data give back."""

from dataclasses import dataclass, fields, replace

import numpy as np

from engine import CACHE, datasets, initialization
from engine.network import ACTIVATIONS, COSTS, backpropagate
from engine.normalization import refuse
from engine.training import mini_batches, train_epoch

LAST = 10
"""Epochs over which a ratio is taken: one network is off by its last mini-batches."""
AT_ZERO = {"sigmoid": 0.5, "tanh": 0.0, "relu": 0.0}
"""f(0) of the activations."""


@dataclass(frozen=True)
class Balance:
    """Of one network, or sums over several: rates per update and unit of eta, at rest taken = pull + heat.

    All (replicates, layers) float64, layers from the input up; in a `course` (replicates, epochs + 1, layers). The pulls are of
    the whole training set, the heats of the mini-batches of one epoch.
    """

    squared: np.ndarray  # |W_l|^2
    taken: np.ndarray  # lambda/n |W_l|^2
    pull: np.ndarray  # -<W_l, dC/dW_l>
    heat: np.ndarray  # eta/2 E|g_l|^2, g_l the gradient of a mini-batch
    bias_pull: np.ndarray  # -<b_l, dC/db_l>
    bias_heat: np.ndarray  # eta/2 E|g_b|^2
    offset: np.ndarray  # f(0) sum_j <w_j, dC/db_l>, w_j the weights from input j: pull + offset is E[-g (a - f(0))]
    centred_pull: np.ndarray  # pull, for f(0) other than 0 with every input counted from its mean over the training set
    centred_heat: np.ndarray  # heat likewise: without the noise that a constant input shares with the biases

    @property
    def measured(self):
        """|W_l|^2 / |W_(l+1)|^2, (replicates, layers - 1)."""
        return _over(self.squared[..., :-1], self.squared[..., 1:])

    @property
    def ratio(self):
        """K with the heats, (replicates, layers - 1); at rest as `measured`.

        The numerator's pull is E[-g f'(z) z], which -<W, dC/dW> - <b, dC/db> is, as z = W x + b; the denominator's is
        E[-g a], a of sigmoid units counted from its mean: constants add nothing at rest, but much noise with many units.
        """
        lower = self.pull + self.bias_pull + self.heat + self.bias_heat
        return _over(lower[..., :-1], (self.centred_pull + self.centred_heat)[..., 1:])

    @property
    def cold_ratio(self):
        """K without heats, E[g f'(z) z] / E[g (a - f(0))] as in gradient flow, (replicates, layers - 1)."""
        return _over((self.pull + self.bias_pull)[..., :-1], (self.pull + self.offset)[..., 1:])

    def __add__(self, other):
        return Balance(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def _over(a, b):
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing is left of a collapsed layer
        return a / b


def of_network(network, h, data, epoch):
    """The Balance of a network after so many epochs, with the lambda and the mini-batches of the epoch that would follow.

    Raises ValueError for normalised units.
    """
    refuse(h)
    activation, cost = ACTIVATIONS[h.activation], COSTS[h.cost]
    weights, biases = ([w.astype(np.float64) for w in layers] for layers in (network.weights, network.biases))
    by_weights, by_biases = [np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]
    heat, bias_heat = np.zeros((2, h.replicates, len(weights)))
    means, shared = [0.0 for _ in weights], [0.0 for _ in weights]
    for x, y in mini_batches(h, data, epoch):
        for layer, (a, error) in enumerate(zip(*backpropagate(network, x, y, activation, cost))):
            gradient, sums = error.mT @ a, error.sum(axis=1, keepdims=True)
            by_weights[layer] += gradient
            by_biases[layer] += sums
            heat[:, layer] += _dot(gradient, gradient) / x.shape[1] ** 2
            bias_heat[:, layer] += _dot(sums, sums) / x.shape[1] ** 2
            means[layer] = means[layer] + a.sum(axis=1, keepdims=True, dtype=np.float64) / h.n_train
            shared[layer] = shared[layer] + (sums @ gradient).astype(np.float64) / x.shape[1] ** 2
    quiet = [
        -2 * _dot(a, s) + _dot(a, a) * noise for a, s, noise in zip(means, shared, bias_heat.T)
    ]  # |G - g_b a'|^2 less |G|^2
    if AT_ZERO[h.activation] == 0:
        means = [0.0 * a for a in means]  # no constant part; the mean of what is left goes with the weights
    shaking, lengths, n = h.learning_rate / 2 / h.updates_per_epoch, squared(network), h.n_train
    return Balance(
        squared=lengths,
        taken=h.l2_during(epoch) / n * lengths,
        pull=_layers(-_dot(w, g) / n for w, g in zip(weights, by_weights)),
        heat=shaking * heat,
        bias_pull=_layers(-_dot(b, g) / n for b, g in zip(biases, by_biases)),
        bias_heat=shaking * bias_heat,
        offset=AT_ZERO[h.activation] * _layers((g @ w).sum(axis=(1, 2)) / n for w, g in zip(weights, by_biases)),
        centred_pull=_layers(-_dot(w, g - sums.mT * a) / n for w, g, sums, a in zip(weights, by_weights, by_biases, means)),
        centred_heat=shaking * (heat + _layers(quiet)),
    )


def _of_network(network, h, epoch):
    """As of_network, where the data are."""
    return of_network(network, h, datasets.load(h), epoch)


def balance(h, epoch, last=1, cache=CACHE):
    """The Balance of the run of `h`, summed over the networks of the `last` epochs that end at `epoch` (0: untrained).

    Trains what the run cache does not have. Raises ValueError where the run diverges before.
    """
    cache.train(replace(h, epochs=epoch))
    total = None
    for e in range(max(0, epoch - last + 1), epoch + 1):
        found = cache.call(_of_network, cache.network(h, e), h, e)
        total = found if total is None else total + found
    return total


def course(h):
    """The Balance of every epoch of the run of `h`, from the untrained network on, (replicates, epochs + 1, layers) each.

    Trained here, as the run is. Not finite where the run diverges.
    """
    data, network, found = datasets.load(h), initialization.draw(h), []
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(h.epochs + 1):
            network = train_epoch(network, h, data, epoch - 1) if epoch else network
            found.append(of_network(network, h, data, epoch))
    return Balance(*(np.stack([getattr(b, f.name) for b in found], axis=1) for f in fields(Balance)))


def ratio(h, epoch, cache=CACHE):
    """K between neighbouring layers, what |W_l|^2 / |W_(l+1)|^2 is at rest, from the data: (replicates, layers - 1).

    From the networks of the 10 epochs that end at `epoch`, mean numerator over mean denominator, heats included. Raises
    ValueError where the run diverges before.
    """
    return balance(h, epoch, LAST, cache).ratio


def measured_ratio(run, last=LAST):
    """|W_l|^2 / |W_(l+1)|^2 of the means over the last epochs of a Run, (replicates, layers - 1)."""
    lengths = run.norm_squared[:, -last:].mean(axis=1)
    return _over(lengths[:, :-1], lengths[:, 1:])


def squared(network):
    """|W_l|^2 of every layer, (replicates, layers) float64."""
    return _layers(_dot(w, w) for w in network.weights)


def unit_lengths(network, layer):
    """Squared lengths of the weights into and out of each unit of hidden layer `layer`, from 0: (replicates, units) each."""
    into, out = (w.astype(np.float64) ** 2 for w in network.weights[layer : layer + 2])
    return into.sum(axis=2), out.sum(axis=1)


def _layers(values):
    return np.stack(list(values), axis=1)


def _dot(a, b):
    """Inner products per replicate, in float64."""
    return np.vecdot(*(c.reshape(len(c), -1).astype(np.float64) for c in (a, b)))
