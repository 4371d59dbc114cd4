"""Why the layers part: the squared lengths |W_l|^2 of the layers at rest, their clock, and their size.

|W|^2 is the sum of squares of a layer's weights, without biases; C the mean data cost of an example; f a hidden activation.
"""

import numpy as np

from engine.theory.decay import memory_size

LENGTH_AT_REST = (
    r"\underbrace{\frac{\lambda}{n}\,|W_l|^2}_{\text{decay}}"
    r" = \underbrace{-\Big\langle W_l,\frac{\partial C}{\partial W_l}\Big\rangle}_{\text{pull}}"
    r" + \underbrace{\frac{\eta}{2}\,\mathrm{E}\,|g_l|^2}_{\text{heat}}"
)
"""What decay takes from a layer's squared length, the data give back; g_l is the gradient of a mini-batch."""


def length_at_rest(lam, n, pull, heat=0.0):
    """|W_l|^2 of a layer at rest: each weight's balance, times the weight, summed over the layer."""
    return n / lam * (pull + heat)


RELU_LENGTHS = r"|W_l|^2 = |W_{l+1}|^2, \qquad |w_j^{\text{in}}|^2 = |w_j^{\text{out}}|^2 \;\text{ for each ReLU unit } j"
FACTOR = (
    r"\frac{z f'(z)}{f(z)-f(0)}: \quad \frac{z}{\sinh z}\;\text{(sigmoid)}, \quad"
    r" \frac{2z}{\sinh 2z}\;\text{(tanh)}, \quad 1\;\text{(ReLU)}"
)


def _over_sinh(z):
    """z / sinh z, with its limits at 0 and far out."""
    z = np.abs(np.asarray(z, dtype=np.float64))
    safe = np.where(z > 0, z, 1.0)
    return np.where(z > 0, 2 * safe * np.exp(-safe) / -np.expm1(-2 * safe), 1.0)


FACTORS = {
    "sigmoid": _over_sinh,
    "tanh": lambda z: _over_sinh(2 * np.asarray(z, dtype=np.float64)),
    "relu": lambda z: np.ones_like(z, dtype=np.float64),
}
"""z f'(z) / (f(z) - f(0)) of each activation, of pre-activations of any shape."""


def length_factor(activation, z):
    """How much of the pull on the weights out of a unit reaches those into it: 1 while the unit is straight."""
    return FACTORS[activation](z)


LENGTH_RATIO = (
    r"\frac{|W_l|^2}{|W_{l+1}|^2} = K = \frac{\mathrm{E}\left[g\,(a-f(0))\,\frac{z f'(z)}{f(z)-f(0)}\right]}"
    r"{\mathrm{E}\left[g\,(a-f(0))\right]}"
)
"""g = dC/da of a unit of the layer between, a its activation, z its pre-activation; sums over units, means over examples."""


def length_ratio(activation, pull, z):
    """K, from pull = g (a - f(0)) and z of every example and unit, arrays of one shape; without the heats."""
    return (pull * length_factor(activation, z)).sum() / pull.sum()


CLOCK = r"\Delta_T = \rho^{2T}\,\Delta_0 \approx e^{-2\eta\lambda T/m}\,\Delta_0, \qquad \Delta = |W_l|^2-|W_{l+1}|^2"


def difference_left(eta, lam, n, m, epochs):
    """What is left of the difference of two squared lengths after so many epochs, over its start."""
    with np.errstate(over="ignore"):  # where decay alone diverges, it may leave more than the largest number
        return memory_size(eta, lam, n, m, epochs) ** 2


CLOCK_STEP = r"\Delta' = \beta^2\Delta - \beta\left(|b'|^2-|b|^2\right) + \eta^2\left(|g_l|^2+\beta\,|g_b|^2-|g_{l+1}|^2\right)"
"""One update of a ReLU network; b the biases of layer l before, b' after it, g the gradients of the mini-batch."""


def difference_terms(eta, beta, bias_change, lower, bias, upper):
    """What an update adds to beta^2 Delta: by the biases, and by the finite step (heat).

    bias_change = |b'|^2 - |b|^2; lower, bias, upper the squared lengths of the mini-batch's gradients by W_l, b_l, W_(l+1).
    """
    return -beta * bias_change, eta**2 * (lower + beta * bias - upper)


WIDE_PROBLEM = (
    r"\min_{M,\,c}\; \overline{C}(Mx+c) + \frac{\lambda}{n\,f'(0)}\,|M|_* \quad\Rightarrow\quad"
    r" |W_1|^2=|W_2|^2 = \frac{|M|_*}{f'(0)}"
)
"""|M|_* is the sum of the singular values. f'(0) is 1/4 for sigmoid, 1 for tanh units."""
SLOPES = {"sigmoid": 0.25, "tanh": 1.0}
"""f'(0) of the activations that are straight at 0."""


def wide_length(nuclear_norm, slope):
    """|W_l|^2 of both layers of a wide two-layer network whose units stay straight: 4 |M|_* for sigmoid units."""
    return nuclear_norm / slope


WIDE_RMS = r"\mathrm{rms}(W_l) = \sqrt{\frac{4\,|M|_*}{n_l}}"


def wide_rms(length, count):
    """rms of the weights of a layer of that squared length with so many weights, n_l."""
    return np.sqrt(length / count)
