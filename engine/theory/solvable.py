"""Claim 3: models whose course or floor can be computed; engine.online runs them."""

import numpy as np

ERF_COURSE = (
    r"\begin{aligned}\dot R &= -\eta\kappa R+\eta f_R\\"
    r"\dot Q &= -2\eta\kappa Q+\eta f_Q+\frac{\eta^2N}{m}f_2\end{aligned}"
)
ERF_DRIFTS = (
    r"\begin{aligned}"
    r"f_R &= \frac{2}{\pi(1+Q)}\left[\frac{1+Q-R^2}{\sqrt{2(1+Q)-R^2}}-\frac{R}{\sqrt{1+2Q}}\right]\\"
    r"f_Q &= \frac{4}{\pi(1+Q)}\left[\frac{R}{\sqrt{2(1+Q)-R^2}}-\frac{Q}{\sqrt{1+2Q}}\right]\\"
    r"f_2 &= \frac{4}{\pi^2\sqrt{1+2Q}}\left[\arcsin\tfrac{Q}{1+3Q}+\arcsin\tfrac{1+2Q-2R^2}{2(1+2Q)-2R^2}"
    r"-2\arcsin\tfrac{R}{\sqrt{(1+3Q)(2(1+2Q)-2R^2)}}\right]"
    r"\end{aligned}"
)
"""One unit erf(J.x / sqrt 2) that learns from another with weights B, |B| = 1: Q = |J|^2, R = J.B, inputs N(0, I_N)."""


def overlap_drift(q, r):
    """f_R = -E[dC/dJ . B] for the cost (g(J.x) - g(B.x))^2 / 2. Saad & Solla (1995)."""
    return 2 / np.pi / (1 + q) * ((1 + q - r**2) / np.sqrt(2 * (1 + q) - r**2) - r / np.sqrt(1 + 2 * q))


def norm_drift(q, r):
    """f_Q = -2 E[dC/dJ . J]."""
    return 4 / np.pi / (1 + q) * (r / np.sqrt(2 * (1 + q) - r**2) - q / np.sqrt(1 + 2 * q))


def norm_noise(q, r):
    """f_2 = E[(g(J.x) - g(B.x))^2 g'(J.x)^2], which the squared length of one example's gradient is N times, for large N."""
    spread = 2 * (1 + 2 * q) - 2 * r**2
    angles = (
        np.arcsin(q / (1 + 3 * q))
        + np.arcsin((1 + 2 * q - 2 * r**2) / spread)
        - 2 * np.arcsin(r / np.sqrt((1 + 3 * q) * spread))
    )
    return 4 / np.pi**2 / np.sqrt(1 + 2 * q) * angles


def erf_course(eta, kappa, fan_in, m, norm_squared, overlap, updates):
    """Q and R after each of `updates` (increasing numbers of updates, the first 0), from their values at the start.

    To second order in eta for the noise; (eta kappa)^2 is left out. Against SGD, the rms is right to about 1 % for
    eta <= 0.2 and eta kappa <= 0.01, to 10 % for eta kappa = 0.1.
    """
    from scipy.integrate import solve_ivp  # half a second to import, and only this needs it

    def drift(_, state):
        q, r = state
        noise = eta**2 * fan_in / m * norm_noise(q, r)
        return -2 * eta * kappa * q + eta * norm_drift(q, r) + noise, -eta * kappa * r + eta * overlap_drift(q, r)

    span = (updates[0], updates[-1])
    return solve_ivp(drift, span, (norm_squared, overlap), method="LSODA", t_eval=updates, rtol=1e-8, atol=1e-10).y


RIDGE_FLOOR = (
    r"\mathrm{E}\,w_i^2 = \frac{Q}{d\,c^2} + \frac{\eta}{m}\cdot"
    r"\frac{\tau^2+\frac{d+1}{d}\,Q\,\frac{\kappa^2}{c^2}}{2c-\eta\left(c^2+\frac{d+1}{m}\right)},\qquad c=1+\kappa"
)


def ridge_floor(eta, kappa, fan_in, m, teacher_norm_squared, noise):
    """rms of the weights of online ridge regression at rest: x ~ N(0, I_d), labels w*.x + N(0, noise^2), |w*|^2 given.

    Exact in its first two moments: the first part is the mean solution w* / c, the second the noise of the mini-batches.
    """
    c, d = 1 + kappa, fan_in
    heat = noise**2 + (d + 1) / d * teacher_norm_squared * kappa**2 / c**2
    return np.sqrt(teacher_norm_squared / (d * c**2) + eta / m * heat / (2 * c - eta * (c**2 + (d + 1) / m)))
