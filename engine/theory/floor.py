"""Claim 3: where the decay of the weights tails off; the candidates, and what can be derived."""

import numpy as np

CANDIDATES = r"\frac{1}{n_w}\qquad \frac{1}{\sqrt{n_w}}\qquad \frac{1}{\sqrt{n_{\text{in}}}}"


def candidates(n_weights, fan_in):
    """The three sizes that a weight is said to stop at: the post's, the book's, and what desaturation asks for."""
    return 1.0 / n_weights, 1.0 / np.sqrt(n_weights), 1.0 / np.sqrt(fan_in)


STATIONARY = r"w^* = -\frac{1}{\lambda}\sum_{x}\frac{\partial C_x}{\partial w}"


def stationary_weight(lam, gradient_sum):
    """Where a weight's mean stops: the pull of all examples, gradient_sum, against decay. The update rule, at w -> w."""
    return -gradient_sum / lam


COHERENT_SIZE = r"\mathrm{rms}(w) = \frac{1}{\sqrt{n_{\text{in}}\left(1+(n_{\text{in}}-1)\,c\right)}}"


def coherent_size(fan_in, c):
    """rms of the smallest weights that give z = w.x unit variance, for inputs of variance 1 and correlation c (0 to 1).

    The best direction is the uniform one, along which the inputs have the variance 1 + (fan_in - 1) c.
    """
    return 1.0 / np.sqrt(fan_in * (1.0 + (fan_in - 1.0) * c))


SIZE_COURSE = r"\sigma(T)^2 \approx \sigma_0^2\,\rho^{2T} + \sigma_f^2"


def size_course(start, floor, left):
    """rms of a layer of whose draw the share `left` is left, rho^T, and whose learning keeps the size `floor`."""
    return np.sqrt((start * left) ** 2 + floor**2)


KNEE = r"T = \frac{1}{\gamma}\,\ln\frac{\sigma_0}{\sigma_f}"


def knee(start, floor, gamma):
    """The epoch at which what is left of the draw is as large as the floor."""
    return np.log(start / floor) / gamma


COLLAPSE = r"\lambda_c = n\,s_1\,\sigma'(0)"


def collapse_threshold(n, top_singular_value, slope):
    """lambda from which on W = 0 is stable: the network forgets everything but the frequencies of the classes.

    For one hidden layer of units with that slope at 0 (1/4 sigmoid, 1 tanh), whose value there changes nothing, and outputs
    whose error is p - y, with the best biases. top_singular_value is that of Cov(y, x) over the training examples. Linearised
    about 0, dW1 = -kappa W1 + slope W2' C and dW2 = -kappa W2 + slope C W1', kappa = lambda/n, which grows for
    kappa < slope * s_1.
    """
    return n * top_singular_value * slope


NOISE_FLOOR = r"\sigma^2 = \frac{\eta\,n\,v}{2\,m\,\lambda}"


def noise_floor(eta, lam, n, m, example_variance):
    """rms of a weight that the data neither pull nor hold but shake: independent mini-batches, small eta*lambda/n.

    The balance of heating eta^2 v / m and decay 2 (eta lambda / n) sigma^2 per update; van Laarhoven (2017).
    """
    return np.sqrt(eta * n * example_variance / (2.0 * m * lam))


LINEAR_FLOOR = r"|W_1|^2 = |W_2|^2 = \sum_k \left(s_k-\tfrac{\lambda}{n}\right)_+"


def linear_floor(singular_values, kappa):
    """Squared norm of either layer of a two-layer linear network at its floor, whatever its width (at least the rank).

    Whitened inputs, squared cost, singular_values those of the input-target covariance. With s = w1 w2 for each mode, the cost
    (s_k - w1 w2)^2 / 2 + kappa (w1^2 + w2^2) / 2 is least at w1^2 = w2^2 = s_k - kappa. Cf. Krogh & Hertz (1991).
    """
    return np.maximum(np.asarray(singular_values) - kappa, 0.0).sum()


LINEAR_RMS = r"\mathrm{rms}(W_1) = \sqrt{\frac{\sum_k (s_k-\lambda/n)_+}{n_{\text{in}}\,h}}"


def linear_rms(singular_values, kappa, fan_in, hidden):
    """rms of the first layer's weights: the same norm, shared by fan_in * hidden weights."""
    return np.sqrt(linear_floor(singular_values, kappa) / (fan_in * hidden))


PRIOR = r"w \sim N\!\left(0,\tfrac1\lambda\right)"


def prior_deviation(lam):
    """Standard deviation of the prior whose most probable weights L2 regularisation finds; infinite without it."""
    return 1.0 / np.sqrt(lam) if lam else np.inf
