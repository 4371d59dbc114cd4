"""The update rule: what one mini-batch does to the weights and biases. Shapes as in engine.network."""

from functools import lru_cache

import numpy as np

from engine.network import Network

REVISION = 1
"""Of the numbers that training gives. Who changes them, here or in the draw, the mini-batches, the data or what is measured,
raises it: runs that were kept under another are trained again."""


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


class Gradient:
    """factor * error.mT @ inputs: not multiplied out before it is subtracted from Weights, whose scale joins the factor."""

    __slots__ = ("error", "factor", "inputs")

    def __init__(self, error, inputs, factor=1.0):
        self.error, self.inputs, self.factor = error, inputs, factor

    def __rmul__(self, factor):
        return Gradient(self.error, self.inputs, factor * self.factor)


@lru_cache(maxsize=16)
def _row(value, m, dtype):
    """(1, m) of one value: its product with errors is the value times their sum over m examples, faster than `sum`."""
    return np.full((1, m), value, dtype)


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
        step = np.array(gradient.factor / self.scale, self.array.dtype)
        self.array -= (step * gradient.error).mT @ gradient.inputs
        return self

    def __rmatmul__(self, x):
        z = x @ self.array
        z *= self.factor
        return z

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
        z = x @ self.array
        z *= self.factor
        return z


def in_motion(network):
    """The same network, its arrays shared, with Weights that updates move; they are in `network` again once folded."""
    return Network([Weights(w) for w in network.weights], network.biases)
