"""The book's SGD in plain NumPy and double precision, one seed at a time: what stacks in single precision are compared with."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from engine import datasets, initialization
from engine.network import Activation
from engine.training import mini_batches

GELU = Activation(lambda z: z * ndtr(z), lambda z, a: ndtr(z) + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
"""An activation that the engine does not have, z times the probability of a normal draw below z: it leaves z as it is."""


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sgd(h, seed, epochs):
    """Weights (fan_out, fan_in) and biases (fan_out,) of both layers, the draw and after every update; for one hidden layer."""
    h, data = replace(h, seed=seed, replicates=1), datasets.load(h)
    drawn = initialization.draw(h, dtype=np.float64)
    (w, v), (b, c) = [w[0] for w in drawn.weights], [b[0, 0] for b in drawn.biases]
    yield w, b, v, c
    for epoch in range(epochs):
        lam = h.l2 if h.l2_until is None or epoch < h.l2_until else 0.0
        for x, y in mini_batches(h, data, epoch):
            x, y = x[0].astype(np.float64), y[0].astype(np.float64)
            a = sigmoid(x @ w.T + b)
            error = sigmoid(a @ v.T + c) - y  # of the cross-entropy
            back = (error @ v) * a * (1 - a)
            step, keep = h.learning_rate / len(x), 1 - h.learning_rate * lam / h.n_train
            w, b = keep * w - step * back.T @ x, b - step * back.sum(axis=0)
            v, c = keep * v - step * error.T @ a, c - step * error.sum(axis=0)
            yield w, b, v, c


def images_right(h, weights):
    """How many of the unseen images a network reads right."""
    w, b, v, c = weights
    data = datasets.load(h)
    z = sigmoid(data.x_validation @ w.T + b) @ v.T + c
    return int((z.argmax(axis=1) == data.y_validation).sum())
