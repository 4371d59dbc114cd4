"""A stack of replicates of one fully connected network: forward pass, costs, backpropagation.

Shapes: r replicates, m examples. Examples are rows. Everything works in the precision of its arrays.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit, logsumexp

HALF, ONE = np.array(0.5, np.float32), np.array(1.0, np.float32)
"""Exact in both precisions; as arrays they save the conversion of a Python number at every call."""


@dataclass
class Network:
    """Weights and biases of every layer, from the input up."""

    weights: list  # (r, fan_out, fan_in) each; while it trains, weights.Weights in their place
    biases: list  # (r, 1, fan_out) each
    moments: list = field(default_factory=list)  # what the optimiser remembers of weights, biases, weights ...: arrays of each

    def copy(self):
        moments = [[a.copy() for a in arrays] for arrays in self.moments]
        return Network([w.copy() for w in self.weights], [b.copy() for b in self.biases], moments)


def sigmoid(z):
    """1 / (1 + exp(-z)) in place, as (1 + tanh(z/2)) / 2: cannot overflow. Right to the rounding of 1."""
    z *= HALF
    np.tanh(z, out=z)
    z *= HALF
    z += HALF
    return z


def relu(z):
    return np.maximum(z, 0, out=z)


@dataclass(frozen=True)
class Activation:
    """What a hidden unit makes of its pre-activation z, and the slope of that; arrays of any shape.

    `value` may write over z where `slope` does without it: then both arguments of `slope` are the value.
    """

    value: callable  # z -> a
    slope: callable  # z, a -> da/dz


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda z, a: (ONE - a) * a),
    "tanh": Activation(lambda z: np.tanh(z, out=z), lambda z, a: ONE - a * a),
    "relu": Activation(relu, lambda z, a: (a > 0).astype(a.dtype)),
}


def softplus(z):
    """ln(1 + exp(z)), nine times as fast as np.logaddexp(0, z)."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _quadratic_error(z, y):
    a = sigmoid(z)
    return (a - y) * a * (ONE - a)


@dataclass(frozen=True)
class Cost:
    """With the output units that belong to it. z (r, m, classes) pre-activations, y one-hot, of a shape that broadcasts."""

    error: callable  # dC_x/dz of every example, (r, m, classes); may overwrite z
    value: callable  # C_x of every example, (r, m)


COSTS = {
    # sigmoid outputs: -sum y ln a + (1 - y) ln(1 - a)
    "cross-entropy": Cost(lambda z, y: sigmoid(z) - y, lambda z, y: (softplus(z) - y * z).sum(axis=-1)),
    # sigmoid outputs: |a - y|^2 / 2
    "quadratic": Cost(_quadratic_error, lambda z, y: HALF * ((expit(z) - y) ** 2).sum(axis=-1)),
    # softmax outputs: -ln a_y
    "log-likelihood": Cost(lambda z, y: softmax(z) - y, lambda z, y: logsumexp(z, axis=-1) - np.vecdot(z, y)),
}


def forward(network, x, activation):
    """The inputs of every layer, x (r, m, fan_in) or (m, fan_in) first, and its pre-activations z (r, m, fan_out).

    Where the activation writes over z, the pre-activations of a hidden layer are the inputs of the next.
    """
    inputs, preactivations = [x], []
    for w, b in zip(network.weights, network.biases):
        z = inputs[-1] @ w.mT
        z += b
        preactivations.append(z)
        if len(inputs) < len(network.weights):
            inputs.append(activation.value(z))
    return inputs, preactivations


def outputs(network, x, activation):
    """The output pre-activations of `forward`, (r, m, classes), for examples x (m, fan_in) that all replicates share.

    The examples are columns here: the first layer of all replicates together is one matrix product, twice as fast.
    """
    z = x.T
    for k, (w, b) in enumerate(zip(network.weights, network.biases)):
        z = w @ activation.value(z) if k else (w.reshape(-1, len(z)) @ z).reshape(*w.shape[:2], -1)
        z += b.mT
    return z.mT


def backpropagate(network, x, y, activation, cost):
    """The inputs of every layer and its errors dC_x/dz, (r, m, fan_out) each.

    The gradient of sum_x C_x by a layer's weights is errors.mT @ inputs, by its biases the sum of the errors.
    """
    inputs, preactivations = forward(network, x, activation)
    errors = [cost.error(preactivations[-1], y)]
    for w, z, a in zip(network.weights[:0:-1], preactivations[-2::-1], inputs[:0:-1]):
        error = errors[-1] @ w
        error *= activation.slope(z, a)
        errors.append(error)
    return inputs, errors[::-1]
