"""The solvable models, run: online SGD on fresh samples, and gradient descent of a linear network."""

import numpy as np
from scipy.special import erf

CHUNK = 50
"""Updates whose samples are drawn at once."""


def _erf_gradient(field, target):
    """dC/d(w.x) of (erf(w.x / sqrt 2) - erf(target / sqrt 2))^2 / 2."""
    slope = np.sqrt(2 / np.pi) * np.exp(-(field**2) / 2)
    return (erf(field / np.sqrt(2)) - erf(target / np.sqrt(2))) * slope


def _ridge_gradient(field, target):
    """dC/d(w.x) of (w.x - target)^2 / 2."""
    return field - target


def erf_unit(eta, kappa, fan_in, m, updates, every, replicates, seed=0):
    """One erf unit that learns from another, from weights N(0, 1): |w|^2 and the overlap with the teacher, |teacher| = 1.

    Returns two arrays (replicates, updates // every + 1), after 0, every, 2 every, ... updates. Replicate r of seed s is the
    single run of seed s + r. Raises ValueError naming argument, rule and value.
    """
    return _descend(_erf_gradient, 1.0, 0.0, eta, kappa, fan_in, m, updates, every, replicates, seed)


def ridge(eta, kappa, fan_in, m, updates, every, replicates, seed=0, teacher_norm=1.0, noise=0.0):
    """Online ridge regression, labels teacher.x + N(0, noise^2); returns as `erf_unit` does."""
    return _descend(_ridge_gradient, teacher_norm, noise, eta, kappa, fan_in, m, updates, every, replicates, seed)


def _descend(gradient, teacher_norm, noise, eta, kappa, fan_in, m, updates, every, replicates, seed):
    for name, value in {"fan_in": fan_in, "m": m, "updates": updates, "every": every, "replicates": replicates}.items():
        if not (1 <= value < np.inf and value == int(value)):
            raise ValueError(f"{name} must be a whole number from 1, got {value!r}")
    for name, value in {"eta": eta, "kappa": kappa, "noise": noise, "teacher_norm": teacher_norm}.items():
        if not 0 <= value < np.inf:
            raise ValueError(f"{name} must be a finite number from 0, got {value!r}")
    streams = [np.random.default_rng(np.random.SeedSequence(s, spawn_key=(2,))) for s in range(seed, seed + replicates)]
    w = np.stack([s.standard_normal((1, fan_in)) for s in streams])
    teacher = np.stack([s.standard_normal((1, fan_in)) for s in streams])
    teacher *= teacher_norm / np.linalg.norm(teacher, axis=-1, keepdims=True)
    states = [(w, teacher)]
    for done in range(0, updates, CHUNK):
        chunk = min(CHUNK, updates - done)
        # x and the noise of the labels in one row: the numbers of a stream do not depend on the size of the chunks
        samples = np.stack([s.standard_normal((chunk, m, fan_in + 1), np.float32) for s in streams], axis=1)
        for k, drawn in enumerate(samples, start=done + 1):
            x, label_noise = drawn[..., :-1], noise * drawn[..., -1:]
            target = x @ teacher.mT + label_noise

            # w -> (1 - eta*kappa) w - (eta/m) sum_x dC_x/dw
            w = (1 - eta * kappa) * w - eta / m * gradient(x @ w.mT, target).mT @ x
            if k % every == 0:
                states.append((w, teacher))
    norm = np.stack([(w * w).sum(axis=(1, 2)) for w, _ in states], axis=1)
    overlap = np.stack([(w * t).sum(axis=(1, 2)) for w, t in states], axis=1)
    return norm, overlap


def linear_network(covariance, hidden, kappa, rate=0.5, steps=4000, seed=0):
    """|W1|^2 and |W2|^2 after gradient descent of y = W2 W1 x from small random weights, on whitened inputs.

    covariance (classes, fan_in) is that of targets and inputs; the cost is |y - W2 W1 x|^2 / 2 + kappa (|W1|^2 + |W2|^2) / 2.
    """
    classes, fan_in = covariance.shape
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    start = 0.5 / np.sqrt(fan_in + hidden)  # so small that the first steps do not overshoot, however wide the layers
    w1, w2 = start * stream.standard_normal((hidden, fan_in)), start * stream.standard_normal((classes, hidden))
    for _ in range(steps):
        error = w2 @ w1 - covariance
        w1, w2 = (1 - rate * kappa) * w1 - rate * w2.T @ error, (1 - rate * kappa) * w2 - rate * error @ w1.T
    return (w1**2).sum(), (w2**2).sum()
