"""Hidden units whose weights enter by their direction alone, as sqrt(2) w / |w|; the output layer keeps its weights.

That is weight normalisation without a gain; batch normalisation does the same to the weights before it. Shapes as in
engine.network; the norm is over a unit's incoming weights.
"""

import numpy as np

from engine.network import Network

NORMALIZATIONS = ("none", "unit")
LENGTH = 2**0.5
"""Of the weights as they enter: with it a ReLU unit keeps the mean square of inputs that are spread evenly."""
SAFE = 1e30
"""Squares between 1/SAFE and SAFE have all their digits in single precision."""
LEAST = np.finfo(np.float32).smallest_normal.astype(float) ** 2
"""In place of the square of a unit without weights."""


def normalized_layers(h):
    """How many layers, from the input up, enter normalised."""
    return len(h.sizes) - 2 if h.normalization == "unit" else 0


def refuse(h):
    """Raises ValueError where layers enter normalised, for what is said of weights that enter as they are."""
    if normalized_layers(h):
        raise ValueError(f"normalization must be none here, got {h.normalization!r}")


def entering(network, h):
    """The network that `network`, perhaps in motion, stands for: its own biases, and weights as they enter."""
    count = normalized_layers(h)
    if not count:
        return network
    own = (1.0 * w for w in network.weights[:count])  # multiplied out
    return Network([*(w * _scale(w, _square(w)) for w in own), *network.weights[count:]], network.biases)


def by_own(w, g):
    """dC/dw from the gradient by the weights as they enter, sqrt(2) w / |w|: its part along w is gone."""
    square = _square(w)
    g = g - (np.vecdot(g, w)[..., None] / square).astype(w.dtype, copy=False) * w
    g *= _scale(w, square)
    return g


def _scale(w, square):
    return (LENGTH / np.sqrt(square)).astype(w.dtype, copy=False)


def _square(w):
    """|w|^2 of every unit, (r, fan_out, 1): in double precision where single may not hold it."""
    square = np.vecdot(w, w)
    if not (square.min() > 1 / SAFE and square.max() < SAFE):
        square = np.maximum(np.vecdot(w, w, dtype=np.float64), LEAST)
    return square[..., None]
