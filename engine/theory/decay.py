"""Claim 2: what L2 regularisation alone does to a weight, per update and per epoch."""

import numpy as np

UPDATE = (
    r"w \;\to\; \underbrace{\left(1-\frac{\eta\lambda}{n}\right)w}_{\text{decay}}"
    r" \;-\; \underbrace{\frac{\eta}{m}\sum_{x}\frac{\partial C_x}{\partial w}}_{\text{data}}"
)
"""The rule of training.py. Nielsen, Neural Networks and Deep Learning (2015), chapter 3."""

MEMORY = r"w_t = \underbrace{\beta^{t}\,w_0}_{\text{draw}} + \underbrace{v_t}_{\text{learned}}"
LEARNING = r"v_{t+1} = \beta\,v_t - \eta\,g_t"
"""What is left of the draw, and what was learned: the update is affine in w."""


DECAY_STEP = r"\varepsilon = \frac{\eta\lambda}{n}"


def decay_step(eta, lam, n):
    """The share of a weight that decay takes per update; the claim's premise is that it is far below 1."""
    return eta * lam / n


DECAY_FACTOR = r"\beta = 1-\frac{\eta\lambda}{n}"


def decay_factor(eta, lam, n):
    """Factor per update on a weight that feels no gradient. Any sign; below -1 it diverges."""
    return 1.0 - decay_step(eta, lam, n)


UPDATES_PER_EPOCH = r"B = \left\lceil n/m \right\rceil"


def updates_per_epoch(n, m):
    """Updates in one epoch; the last mini-batch may be smaller."""
    return -(-n // m)


DECAY_PER_EPOCH = r"\rho = \beta^{B} = \left(1-\frac{\eta\lambda}{n}\right)^{\lceil n/m\rceil}"


def decay_per_epoch(eta, lam, n, m):
    """Exact factor per epoch on a weight that feels no gradient; infinite where that overflows."""
    with np.errstate(over="ignore"):
        return np.float64(decay_factor(eta, lam, n)) ** updates_per_epoch(n, m)


DECAY_RATE = r"\gamma = \frac{\eta\lambda}{m}"


def decay_rate(eta, lam, m):
    """Nominal decay rate per epoch: the claim says that the weights shrink by exp(-decay_rate) each epoch."""
    return eta * lam / m


CLAIM = r"\frac{|w_T|}{|w_0|} = e^{-\gamma T}"


def claimed_size(eta, lam, m, epochs):
    """What claim 2 says is left of a weight after so many epochs, relative to its start."""
    return np.exp(-decay_rate(eta, lam, m) * epochs)


def memory_size(eta, lam, n, m, epochs):
    """What is left of the initial draw after so many epochs, exactly: |rho|^T; infinite where that overflows."""
    with np.errstate(over="ignore"):
        return np.abs(np.float64(decay_factor(eta, lam, n))) ** (updates_per_epoch(n, m) * np.asarray(epochs))


RELATIVE_ERROR = (
    r"\frac{e^{-\gamma T}}{|\rho|^{T}} - 1 \;\approx\; "
    r"\left[\frac{Bm}{n}\left(1+\frac{\varepsilon}{2}\right)-1\right]\gamma T"
)


def claim_error(eta, lam, n, m, epochs):
    """How far, relative, exp(-gamma T) lies above the exact size of what is left of the draw."""
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN where both are less than a float can hold
        return np.divide(claimed_size(eta, lam, m, epochs), memory_size(eta, lam, n, m, epochs)) - 1


EXACT_RATE = r"-\ln\rho = \frac{Bm}{n}\,\gamma\left(1+\frac{\varepsilon}{2}+\frac{\varepsilon^2}{3}+\dots\right)"


def exact_decay_rate(eta, lam, n, m):
    """-ln|rho| per epoch: infinite where a single update forgets everything, negative where it diverges."""
    return -updates_per_epoch(n, m) * _log_decay_factor(decay_step(eta, lam, n))


def _log_decay_factor(e):
    """ln|1 - e|, exact also where 1 - e rounds to 1."""
    with np.errstate(divide="ignore"):
        return np.log1p(-e) if e < 0.5 else np.log(np.abs(1 - np.float64(e)))


BRACKET = r"e^{-\gamma/(1-\varepsilon)} \;\le\; \rho \;\le\; e^{-\gamma}"


def decay_bracket(eta, lam, n, m):
    """Bounds (low, high) on the exact factor per epoch; for m dividing n and 0 < eta*lam/n < 1.

    From e <= -ln(1-e) <= e/(1-e). The lower bound is NaN for larger e.
    """
    e, gamma = decay_step(eta, lam, n), decay_rate(eta, lam, m)
    return np.exp(-gamma / (1.0 - e)) if e < 1 else np.nan, np.exp(-gamma)


def memory_updates(eta, lam, n):
    """Updates in which the draw fades by a factor e: -1 / ln|beta|, nearly n / (eta lam)."""
    with np.errstate(divide="ignore"):
        return np.float64(-1.0) / _log_decay_factor(decay_step(eta, lam, n))


def momentum_is_monotone(eta, lam, n, mu):
    """Whether the two roots of MOMENTUM are real: eta*lam/n < (1 - sqrt(mu))^2. Else the draw oscillates."""
    return decay_step(eta, lam, n) < (1.0 - np.sqrt(mu)) ** 2


def rate_ratio(eta, lam, n, m):
    """Exact decay rate of the draw over the claimed one; without decay, their common limit."""
    e = decay_step(eta, lam, n)
    return updates_per_epoch(n, m) * m / n * (-_log_decay_factor(e) / e if e else 1.0)


DECAY_TIME = r"T^* = \frac{\ln r}{\ln |\rho|} \;\approx\; \frac{m}{\eta\lambda}\,\ln\frac1r"


def decay_time(eta, lam, n, m, ratio):
    """Epochs in which pure decay shrinks a weight by `ratio` (0 < ratio < 1), ln(ratio) / ln|rho|; infinite if it does not."""
    rate = exact_decay_rate(eta, lam, n, m)
    return -np.log(ratio) / rate if rate > 0 else np.inf


MOMENTUM = (
    r"z^2-\left(1+\mu-\varepsilon\right)z+\mu=0 \quad\Rightarrow\quad z \approx 1-\frac{\varepsilon}{1-\mu}"
    r"\quad\text{for } \varepsilon\ll(1-\mu)^2"
)


def momentum_decay_factor(eta, lam, n, mu):
    """Slowest factor per update under heavy-ball momentum mu (0 <= mu < 1): the larger root, in modulus.

    v -> mu v - (eta lam / n) w,  w -> w + v  gives the characteristic equation MOMENTUM.
    """
    return np.max(np.abs(np.roots([1.0, -(1.0 + mu - decay_step(eta, lam, n)), mu])))


def conventions(eta, lam, n, m):
    """The five meanings of an L2 coefficient: (where, factor per update in LaTeX, value equal to the book's lam)."""
    return [
        ("The book, and this article", r"1-\eta\lambda/n", lam),
        ("scikit-learn, `alpha`", r"1-\eta\,\mathtt{alpha}/m", lam * m / n),
        ("PyTorch `SGD`, `weight_decay`; TensorFlow Playground", r"1-\eta\,\mathtt{wd}", lam / n),
        ("Penalty without the half, $L\\sum w^2$", r"1-2\eta L", lam / (2 * n)),
        ("Decoupled, with its own schedule", r"1-\mathtt{wd}", decay_step(eta, lam, n)),
    ]
