"""The update rule: what one mini-batch does to the weights and biases. Shapes as in engine.network."""

from functools import lru_cache

import numpy as np

from engine.weights import Gradient

REVISION = 1
"""Counts the changes of the numbers that training gives. Who changes them, here or in the draw, the mini-batches, the data or
what is measured, raises it: runs that were kept under another are trained again."""


def sgd(network, inputs, errors, eta, lam, n):
    """One update of a network `in_motion` by SGD with L2 regularisation, w -> (1 - eta*lam/n) w - (eta/m) sum_x dC_x/dw.

    `inputs` and `errors` are those of every layer from backpropagate; lam is a number, or (replicates, 1, 1).
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
