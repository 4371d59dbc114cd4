"""What is read off one network at rest: pre-activations, gradients, the fit of its weights to a normal distribution."""

from dataclasses import dataclass

import numpy as np
from scipy.special import kolmogi, ndtr

from engine import initialization
from engine.measurements import chunks
from engine.network import ACTIVATIONS, COSTS, backpropagate


def preactivations(network, data):
    """z of the first hidden layer for every training example, (replicates, n_train, units) float32."""
    w, b = network.weights[0], network.biases[0]
    return np.float32(network.scale) * (data.x_train @ w.mT) + b


def density(values, edges):
    """Histogram of each replicate's values as a density, (replicates, bins); what lies beyond the edges counts in its norm."""
    width = np.diff(edges)
    return np.stack([np.histogram(v, edges)[0] / (v.size * width) for v in values])


@dataclass(frozen=True)
class Gradients:
    """Of the data cost, without decay, over all training examples; (replicates, layers) each."""

    mean: np.ndarray  # rms over a layer's weights of the mean gradient
    example: np.ndarray  # rms over weights and examples of one example's gradient
    radial: np.ndarray  # <w, mean gradient>: positive where the data shrink the layer


def gradients(network, h, data):
    """The Gradients of a network at rest."""
    activation, cost = ACTIVATIONS[h.activation], COSTS[h.cost]
    total, squares = [0.0 for _ in network.weights], [0.0 for _ in network.weights]
    for x, y in chunks(h, data.x_train, data.y_train):
        inputs, errors = backpropagate(network, x, y, activation, cost)
        for k, (error, a) in enumerate(zip(errors, inputs)):
            total[k] = total[k] + error.mT @ a.astype(np.float64)
            squares[k] = squares[k] + (error * error).mT @ (a * a).astype(np.float64)
    means = [t / h.n_train for t in total]
    return Gradients(
        mean=np.stack([np.sqrt((g**2).mean(axis=(1, 2))) for g in means], axis=1),
        example=np.stack([np.sqrt(s.mean(axis=(1, 2)) / h.n_train) for s in squares], axis=1),
        radial=np.stack([(network.scale * w * g).sum(axis=(1, 2)) for w, g in zip(network.weights, means)], axis=1),
    )


def decayed(h, epochs):
    """The initial network after so many epochs of decay with the gradient off: weights rho^T w_0, biases as drawn."""
    network = initialization.draw(h)
    left = np.prod([h.decay_factor(epoch) ** h.updates_per_epoch for epoch in range(epochs)])
    for w in network.weights:
        w *= np.float32(left)
    return network


def normal_distance(weights, deviation):
    """Kolmogorov-Smirnov distance of each replicate's weights (replicates, ...) from N(0, deviation^2), (replicates,)."""
    ordered = np.sort(weights.reshape(len(weights), -1).astype(np.float64), axis=1)
    expected, count = ndtr(ordered / deviation), ordered.shape[1]
    steps = np.arange(count + 1) / count
    return np.maximum(steps[1:] - expected, expected - steps[:-1]).max(axis=1)


def critical_distance(count, level=0.05):
    """The distance that so many draws from the distribution itself exceed with probability `level`; for large counts."""
    return kolmogi(level) / np.sqrt(count)
