"""What is read off a network at rest: pre-activations, gradients, its weights' distance from a normal distribution."""

from dataclasses import dataclass

import numpy as np
from scipy.special import kolmogi, ndtr

from engine import initialization
from engine.measurements import chunks, decay_factor, performance
from engine.network import ACTIVATIONS, COSTS, backpropagate
from engine.normalization import refuse

SAMPLE = 5000
"""Training examples whose pre-activations are taken, at most: an array has all units of all replicates."""


@dataclass(frozen=True)
class Saturation:
    """Slopes of the first hidden layer's units, (replicates,) each: means over units and the first SAMPLE examples."""

    slope: np.ndarray  # E sigma'(z)
    squared_slope: np.ndarray  # E sigma'(z)^2


def saturation(network, h, data):
    unit, z = ACTIVATIONS[h.activation], preactivations(network, data)
    slope = unit.slope(z, unit.value(z)).astype(np.float64)
    return Saturation(slope.mean(axis=(1, 2)), (slope**2).mean(axis=(1, 2)))


def preactivations(network, data):
    """z of the first hidden layer for the first SAMPLE training examples, (replicates, examples, units) float32."""
    w, b = network.weights[0], network.biases[0]
    return data.x_train[:SAMPLE] @ w.mT + b


def density(values, edges):
    """Histogram of each replicate's values as a density, (replicates, bins); what lies beyond the edges counts in its norm."""
    width = np.diff(edges)
    return np.stack([np.histogram(v, edges)[0] / (v.size * width) for v in values])


@dataclass(frozen=True)
class Gradients:
    """Gradients of the data cost, without decay, over all training examples; (replicates, layers) each."""

    mean: np.ndarray  # rms over a layer's weights of the mean gradient
    relative: np.ndarray  # the same over the rms of the weights
    inward: np.ndarray  # <W, mean gradient> / |W|^2: its part along the weights, over them; above 0 it shortens W
    example: np.ndarray  # rms over weights and examples of one example's gradient

    @property
    def variance(self):
        """Over examples, of one weight's gradient; mean over the weights."""
        return self.example**2 - self.mean**2


def gradients(network, h, data):
    """The Gradients of a network at rest. Raises ValueError for normalised units."""
    refuse(h)
    activation, cost = ACTIVATIONS[h.activation], COSTS[h.cost]
    total, squares = [0.0 for _ in network.weights], [0.0 for _ in network.weights]
    for x, y in chunks(h, data.x_train, data.y_train):
        inputs, errors = backpropagate(network, x, y, activation, cost)
        for k, (error, a) in enumerate(zip(errors, inputs)):
            total[k] = total[k] + error.mT @ a.astype(np.float64)
            squares[k] = squares[k] + (error * error).mT @ (a * a).astype(np.float64)
    means = [t / h.n_train for t in total]
    size = np.stack([np.sqrt((g**2).mean(axis=(1, 2))) for g in means], axis=1)
    weights = [w.astype(np.float64) for w in network.weights]
    squared = np.stack([(w**2).mean(axis=(1, 2)) for w in weights], axis=1)
    along = np.stack([(w * g).mean(axis=(1, 2)) for w, g in zip(weights, means)], axis=1)
    return Gradients(
        mean=size,
        relative=size / np.sqrt(squared),
        inward=along / squared,
        example=np.stack([np.sqrt(s.mean(axis=(1, 2)) / h.n_train) for s in squares], axis=1),
    )


def variance(network):
    """The variance of the weights of each layer about their mean, (replicates, layers)."""
    return np.stack([w.astype(np.float64).var(axis=(1, 2)) for w in network.weights], axis=1)


def decayed(h, epochs):
    """The initial network after so many epochs of decay with the gradient off: weights rho^T w_0, biases as drawn."""
    network = initialization.draw(h)
    with np.errstate(over="ignore", invalid="ignore"):  # above eta*lambda/n = 2 it leaves the finite numbers
        left = np.prod([decay_factor(h, epoch) for epoch in range(epochs)])
        for w in network.weights:
            w *= np.float32(left)
    return network


def decay_alone(h, data, epochs):
    """Training cost and validation accuracy with the gradient off, (replicates, len(epochs)) each."""
    with np.errstate(over="ignore", invalid="ignore"):
        cost, _, accuracy = zip(*(performance(decayed(h, epoch), h, data) for epoch in epochs))
    return np.stack(cost, axis=1), np.stack(accuracy, axis=1)


def normal_distance(weights, deviation):
    """Kolmogorov-Smirnov distance of each replicate's weights (replicates, ...) from N(0, deviation^2), (replicates,)."""
    ordered = np.sort(weights.reshape(len(weights), -1).astype(np.float64), axis=1)
    expected, count = ndtr(ordered / deviation), ordered.shape[1]
    steps = np.arange(count + 1) / count
    return np.maximum(steps[1:] - expected, expected - steps[:-1]).max(axis=1)


def critical_distance(count, level=0.05):
    """The distance that so many draws from the distribution itself exceed with probability `level`; for large counts."""
    return kolmogi(level) / np.sqrt(count)
