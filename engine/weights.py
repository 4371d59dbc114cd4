"""Weights in motion: arrays that an update can multiply by a number without touching every weight."""

import numpy as np

from engine.network import Network

FOLD = 1e6
"""The scale of Weights is multiplied in when it leaves 1/FOLD .. FOLD; float32 reaches 1e38."""


class Weights:
    """The weights of one layer while they are trained, scale * array.

    Decay then multiplies one float64 number, not every weight; it costs nothing and cannot be lost to the rounding of
    float32, in which 1 - 1e-5 is already 0.14 % too fast a decay.
    """

    __slots__ = ("_transposed", "array", "factor", "scale")
    __array_ufunc__ = None  # so that `x @ w` asks the weights

    def __init__(self, array):
        self.array = array  # (r, fan_out, fan_in), shared with whoever gave it
        self._transposed = array.mT
        self._rescale(1.0)

    def _rescale(self, scale):
        self.scale = scale  # a number, or (r, 1, 1) where the replicates decay at different rates
        self.factor = np.array(scale, self.array.dtype)  # in the precision of the weights

    def __imul__(self, factor):
        """Multiply by a number, or by (r, 1, 1)."""
        self._rescale(self.scale * factor)
        size = abs(self.scale)
        least, most = (size, size) if isinstance(size, float) else (size.min(), size.max())
        if not (least > 1 / FOLD and most < FOLD):
            self.fold()
        return self

    def __isub__(self, gradient):
        """Subtract a Gradient, or an array (r, fan_out, fan_in)."""
        if isinstance(gradient, np.ndarray):
            self.array -= gradient if isinstance(self.scale, float) and self.scale == 1 else gradient / self.factor
            return self
        step = np.array(gradient.factor / self.scale, self.array.dtype)
        self.array -= (step * gradient.error).mT @ gradient.inputs
        return self

    def __rmul__(self, factor):
        """Multiplied out, (r, fan_out, fan_in), by a number or by (r, 1, 1)."""
        return np.array(factor * self.scale, self.array.dtype) * self.array

    def __rmatmul__(self, x):
        return _product(x, self.array, self.factor)

    @property
    def mT(self):
        return Transposed(self._transposed, self.factor)

    def fold(self):
        """Multiply the scale into the array, in float64, and reset it to 1."""
        np.multiply(self.array, np.float64(self.scale), out=self.array, casting="same_kind")
        self._rescale(1.0)


class Transposed:
    """Weights as they are now, to multiply from the right."""

    __slots__ = ("array", "factor")
    __array_ufunc__ = None

    def __init__(self, array, factor):
        self.array, self.factor = array, factor

    def __rmatmul__(self, x):
        return _product(x, self.array, self.factor)


def _product(x, array, factor):
    z = x @ array
    z *= factor
    return z


class Gradient:
    """factor * error.mT @ inputs: not multiplied out before it is subtracted from Weights, whose scale joins the factor."""

    __slots__ = ("error", "factor", "inputs")

    def __init__(self, error, inputs, factor=1.0):
        self.error, self.inputs, self.factor = error, inputs, factor

    def __rmul__(self, factor):
        return Gradient(self.error, self.inputs, factor * self.factor)


def in_motion(network):
    """`network` with Weights around its arrays, which updates then move; its weights are right again once they are folded."""
    return Network([Weights(w) for w in network.weights], network.biases, network.moments)
