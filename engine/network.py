"""A stack of replicates of one fully connected network: forward pass, costs, backpropagation.

Shapes: r replicates, m examples. Examples are rows. Everything works in the precision of its arrays.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

HALF, ONE = np.array(0.5, np.float32), np.array(1.0, np.float32)
"""Exact in both precisions; as arrays they save the conversion of a Python number at every call."""
FOLD = 1e6
"""The common scale of the weights is multiplied in when it leaves 1/FOLD .. FOLD; float32 reaches 1e38."""


@dataclass
class Network:
    """Weights and biases of every layer, from the input up.

    The weights are `scale * weights`. Decay then multiplies one float64 number per update, not every weight; it costs
    nothing and cannot be lost to the rounding of float32, in which 1 - 1e-5 is already 0.14 % too fast a decay.
    """

    weights: list  # (r, fan_out, fan_in) each
    biases: list  # (r, 1, fan_out) each
    scale: float = 1.0  # or (r, 1, 1), where the replicates decay at different rates

    def __post_init__(self):
        self._rescale(self.scale)

    def _rescale(self, scale):
        self.scale = scale
        self.scale_array = np.array(scale, self.weights[0].dtype)  # in the precision of the weights

    def decay(self, factor):
        """Multiply the weights by `factor`, a number or (r, 1, 1)."""
        self._rescale(self.scale * factor)
        size = np.abs(self.scale_array)
        if not (size.min() > 1 / FOLD and size.max() < FOLD):
            self.fold()

    def copy(self):
        return Network([w.copy() for w in self.weights], [b.copy() for b in self.biases], self.scale)

    def fold(self):
        """Multiply the scale into the weights, in float64, and reset it to 1."""
        for w in self.weights:
            np.multiply(w, np.float64(self.scale), out=w, casting="same_kind")
        self._rescale(1.0)


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
    """Of a hidden unit: its value from the pre-activation (in place), its slope from that value."""

    value: callable
    slope: callable


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda a: (ONE - a) * a),
    "tanh": Activation(lambda z: np.tanh(z, out=z), lambda a: ONE - a * a),
    "relu": Activation(relu, lambda a: (a > 0).astype(a.dtype)),
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
    """The inputs of every layer, x (r, m, fan_in) or (m, fan_in) first, and the output pre-activations (r, m, classes)."""
    inputs = [x]
    for w, b in zip(network.weights, network.biases):
        z = inputs[-1] @ w.mT
        z *= network.scale_array
        z += b
        if len(inputs) < len(network.weights):
            inputs.append(activation.value(z))
    return inputs, z


def outputs(network, x, activation):
    """The output pre-activations of `forward`, (r, m, classes), for examples x (m, fan_in) that all replicates share.

    The examples are columns here: the first layer of all replicates together is one matrix product, twice as fast.
    """
    z = x.T
    for k, (w, b) in enumerate(zip(network.weights, network.biases)):
        z = w @ activation.value(z) if k else (w.reshape(-1, len(z)) @ z).reshape(*w.shape[:2], -1)
        z *= network.scale_array
        z += b.mT
    return z.mT


def backpropagate(network, x, y, activation, cost):
    """The inputs of every layer and its errors dC_x/dz, (r, m, fan_out) each.

    The gradient of sum_x C_x by a layer's weights is errors.mT @ inputs, by its biases the sum of the errors.
    """
    inputs, z = forward(network, x, activation)
    errors = [cost.error(z, y)]
    for w, a in zip(network.weights[:0:-1], inputs[:0:-1]):
        error = errors[-1] @ w
        error *= activation.slope(a)
        error *= network.scale_array
        errors.append(error)
    return inputs, errors[::-1]
