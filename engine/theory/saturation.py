"""Claim 1: a saturating sigmoid layer at initialisation, and the lambda at which decay and the data are of a size there."""

import numpy as np

PREACTIVATION_VARIANCE = r"s^2 = \sigma_w^2\,|x|^2 + 1"


def preactivation_variance(deviation, x_norm_squared):
    """The variance of z = w.x + b over draws of w ~ N(0, deviation^2) and b ~ N(0, 1)."""
    return deviation**2 * x_norm_squared + 1.0


MEAN_SLOPE = r"\mathrm{E}\,\sigma'(z) \;\approx\; \frac{1}{\sqrt{16+2\pi s^2}}, \qquad z\sim N(0,s^2)"


def mean_slope(variance):
    """E sigma'(z) for z ~ N(0, variance), within 3.1 %.

    The slope is replaced by a normal density of the same height, 1/4, and the same area, 1.
    """
    return 1.0 / np.sqrt(16.0 + 2.0 * np.pi * variance)


MEAN_SQUARED_SLOPE = r"\mathrm{E}\,\sigma'(z)^2 \;\approx\; \frac{1}{\sqrt{256+72\pi s^2}}"


def mean_squared_slope(variance):
    """E sigma'(z)^2 for z ~ N(0, variance), within 1.6 %: a normal curve of the height 1/16 and the area 1/6."""
    return 1.0 / np.sqrt(256.0 + 72.0 * np.pi * variance)


MEAN_SQUARED_ACTIVATION = r"\mathrm{E}\,\sigma(z)^2 \;\approx\; \frac12-\frac{1}{\sqrt{16+2\pi s^2}}"


def mean_squared_activation(variance):
    """E sigma(z)^2, from sigma' = sigma - sigma^2 and E sigma = 1/2."""
    return 0.5 - mean_slope(variance)


OUTPUT_VARIANCE = r"s_o^2 = n_h\,\sigma_o^2\,\mathrm{E}\,\sigma(z)^2 + 1"


def output_variance(hidden, deviation, variance):
    """The variance of an output's z, from `hidden` units whose z has that variance, by weights of that deviation."""
    return hidden * deviation**2 * mean_squared_activation(variance) + 1.0


HIDDEN_PULL = (
    r"\lambda_{\text{hidden}} = \frac{n\,\overline{x^2}\,n_{\text{out}}\,\sigma_o^2\,\mathrm{E}\,\sigma'(z_o)}"
    r"{2\sqrt{2\pi}\;s^3}"
)


def hidden_pull(n, mean_square_input, outputs, deviation, variance, variance_out):
    """lambda at which decay is as large as the data's pull on the norm of saturating hidden weights, by order of magnitude.

    mean_square_input is the mean of x_i^2, deviation that of the output weights. It is the limit of a saturated layer, in which
    it falls as variance^-1.5; elsewhere it is too high. It is the mean pull over draws, which points inward as decay does;
    single draws scatter about it, also to the other sign.
    """
    pull = n * mean_square_input * outputs * deviation**2 * mean_slope(variance_out)
    return pull / (2.0 * np.sqrt(2.0 * np.pi) * variance**1.5)


OUTPUT_PULL = r"\lambda_{\text{output}} = n\,\mathrm{E}\,\sigma(z)^2\;\mathrm{E}\,\sigma'(z_o)"


def output_pull(n, variance, variance_out):
    """lambda at which decay is as large as the data's pull on the norm of the output weights, under the cross-entropy: the mean
    over draws, inward.
    """
    return n * mean_squared_activation(variance) * mean_slope(variance_out)


NOISE_HEATING = r"\lambda_{\text{noise}} = \frac{\eta\,n\,v}{2m\,\sigma^2}"


def noise_heating(eta, n, m, example_variance, deviation):
    """lambda at which decay takes as much of |W|^2 as the noise of independently drawn mini-batches adds.

    example_variance is the variance v of one example's gradient by one weight, deviation the sigma of the layer's own weights:
    one update adds eta^2 v / m and takes 2 (eta lambda / n) sigma^2. Reshuffling cancels most of the noise: here it is an
    upper bound.
    """
    return eta * n * example_variance / (2.0 * m * deviation**2)
