"""The update rule: what one mini-batch does to the weights and biases. Shapes as in engine.network."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.normalization import by_own, normalized_layers
from engine.weights import Gradient

REVISION = 1
"""Counts the changes of the numbers that training gives. Who changes them, here or in the draw, the mini-batches, the data or
what is measured, raises it: runs that were kept under another are trained again."""


def sgd(network, inputs, errors, eta, lam, n):
    """One update of a network `in_motion` by SGD with L2 regularisation, w -> (1 - eta*lam/n) w - (eta/m) sum_x dC_x/dw.

    As `plain`, but no gradient is multiplied out. `inputs` and `errors` are those of every layer from backpropagate; lam is a
    number, or (replicates, 1, 1).
    """
    m = inputs[0].shape[1]
    mean = _row(eta / m, m, inputs[0].dtype)
    for w, b, x, error in zip(network.weights, network.biases, inputs, errors):
        w *= 1 - eta * lam / n  # decay
        w -= eta / m * Gradient(error, x)  # data: error.mT @ x
        b -= mean @ error  # eta / m times the sum over the mini-batch; biases do not decay


@lru_cache(maxsize=16)
def _row(value, m, dtype):
    """(1, m) of one value: its product with errors is the value times their sum over m examples, faster than `sum`."""
    return np.full((1, m), value, dtype)


def plain(w, g, k, eta, t, h):
    """w <- (1 - eta k) w - eta g."""
    w *= 1 - eta * k
    w -= eta * g


def momentum(w, g, k, eta, t, h, v):
    """v <- mu v + g + k w, w <- w - eta v: L2 in the gradient, as PyTorch's SGD has it."""
    v *= h.momentum
    v += g + k * w
    w -= eta * v


def sgdw(w, g, k, eta, t, h, v):
    """v <- mu v + g, w <- (1 - eta k) w - eta v: decoupled decay (Loshchilov & Hutter 2019)."""
    v *= h.momentum
    v += g
    w *= 1 - eta * k
    w -= eta * v


def adam(w, g, k, eta, t, h, mean, square):
    """Adam of g + k w (Kingma & Ba 2015): w <- w - eta m^ / (sqrt(v^) + epsilon), m^ and v^ without the bias of their start."""
    _adam(w, g + k * w, eta, t, h, mean, square)


def adamw(w, g, k, eta, t, h, mean, square):
    """w <- (1 - eta k) w - eta m^ / (sqrt(v^) + epsilon): decoupled decay (Loshchilov & Hutter 2019), as in PyTorch."""
    w *= 1 - eta * k
    _adam(w, g, eta, t, h, mean, square)


def _adam(w, g, eta, t, h, mean, square):
    """m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, and the step; t counts the updates from 1."""
    mean += (1 - h.beta1) * (g - mean)
    square *= h.beta2
    square += (1 - h.beta2) * (g * g)
    root = np.sqrt(square)
    root /= (1 - h.beta2**t) ** 0.5
    root += h.epsilon
    np.divide(mean, root, out=root)
    w -= eta / (1 - h.beta1**t) * root


@dataclass(frozen=True)
class Optimizer:
    """What an optimiser does with each array of weights or biases."""

    step: callable
    moments: int  # arrays as large as a layer's weights, and as its biases, that it remembers from update to update
    split: bool  # whether decay multiplies every weight by 1 - eta k, so that it can be told from what the data do


OPTIMIZERS = {
    "sgd": Optimizer(plain, 0, True),
    "momentum": Optimizer(momentum, 1, False),
    "sgdw": Optimizer(sgdw, 1, True),
    "adam": Optimizer(adam, 2, False),
    "adamw": Optimizer(adamw, 2, True),
}


def update(network, inputs, errors, eta, lam, t, h):
    """One update of a network `in_motion`, the t-th of its run counted from 1, by the optimiser of `h`.

    eta is the learning rate of this update; arrays and lam as in `sgd`. Biases do not decay.
    """
    count = normalized_layers(h)
    if h.optimizer == "sgd" and not count:
        return sgd(network, inputs, errors, eta, lam, h.n_train)
    m, k, dtype = inputs[0].shape[1], lam / h.n_train, inputs[0].dtype
    step, mean = OPTIMIZERS[h.optimizer].step, _row(1 / m, m, dtype)
    moments = network.moments or [[]] * (2 * len(inputs))
    for layer, (w, b, x, error, of_w, of_b) in enumerate(
        zip(network.weights, network.biases, inputs, errors, moments[::2], moments[1::2])
    ):
        g = (error.mT @ x) * dtype.type(1 / m)
        step(w, by_own(1.0 * w, g) if layer < count else g, k, eta, t, h, *of_w)
        step(b, mean @ error, 0.0, eta, t, h, *of_b)


def at_start(network, h):
    """The moments of a network that no update has moved: zeros."""
    count = OPTIMIZERS[h.optimizer].moments
    arrays = [a for layer in zip(network.weights, network.biases) for a in layer]
    return [[np.zeros_like(a) for _ in range(count)] for a in arrays] if count else []
