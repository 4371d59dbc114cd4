"""A weight that sees no data, under the optimisers of today; and the size of weights of which only the direction matters.

k is the decay coefficient as PyTorch counts it, lambda / n here; eta the learning rate of an update.
"""

import numpy as np


def alone(optimizer, w, rates, k, *, momentum=0.9, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Weights w (any shape) after every update at the learning `rates`, w itself first: (updates + 1, ...), exactly.

    sgd, sgdw and adamw multiply by 1 - eta k; with coupled momentum and adam, decay goes through the optimiser's memory.
    """
    path, v, square = [np.asarray(w, float)], 0.0, 0.0
    for t, eta in enumerate(rates, 1):
        w = path[-1]
        if optimizer == "momentum":
            v = momentum * v + k * w
            w = w - eta * v
        elif optimizer == "adam":
            v = beta1 * v + (1 - beta1) * k * w
            square = beta2 * square + (1 - beta2) * (k * w) ** 2
            w = w - eta * (v / (1 - beta1**t)) / (np.sqrt(square / (1 - beta2**t)) + epsilon)
        else:
            w = w * (1 - eta * k)
        path.append(w)
    return np.stack(path)


def walked(eta, k, start, updates):
    """rms under AdamW after so many updates (inf: at rest), for gradients of independent signs (Kosson, Messmer & Jaggi 2024):

    rms_t^2 = (1 - eta k)^2t rms_0^2 + (1 - (1 - eta k)^2t) eta / 2k.
    """
    left = (1 - eta * k) ** (2 * np.asarray(updates))
    return np.sqrt(left * start**2 + (1 - left) * eta / (2 * k))


def balanced(eta, k, heat, start, updates):
    """rms under SGD of a unit of which the data see the direction alone, after so many updates (inf: at rest).

    `heat` is E|g~|^2 over the square of the unit's number of weights, g~ the gradient at |w| = 1: with it
    rms^4 = (eta / 2k) heat at rest (van Laarhoven 2017; Wan et al. 2020, Theorem 1), reached at the rate 4 eta k an update.
    """
    left = (1 - eta * k) ** (4 * np.asarray(updates))
    return (left * start**4 + (1 - left) * eta / (2 * k) * heat) ** 0.25
