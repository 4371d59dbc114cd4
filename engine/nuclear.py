"""Linear classification under a penalty on the nuclear norm, a convex problem: min over M, c of mean C(M x + c) + t |M|_*.

Accelerated proximal gradient (A. Beck and M. Teboulle, SIAM J. Imaging Sciences 2, 183 (2009)), restarted where it overshoots
(B. O'Donoghue and E. Candes, Found. Comput. Math. 15, 715 (2015)), until a duality gap says that it is near enough.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, xlogy

from engine.network import COSTS, softmax

CURVATURE = {"cross-entropy": 0.25, "log-likelihood": 0.5}
"""Largest second derivative of the convex costs, along any direction of z."""
GAP = 1e-5
"""Largest duality gap, over the penalty t |M|_*: it leaves |M|_* right to a few parts in a thousand."""
LOOK = 20
"""Steps between two looks at the gap."""
MOST = 100_000
"""Steps before it gives up."""
SETTLED = 1e-7
"""Largest mean error at the best bias."""
LONGER = 1.05
"""What a step gains on the one before while the cost bends no more than the step supposes; a safe one is 1."""
STRIDE = 3.0
"""Penalties on the way to a small one, each so many times as large as the next."""


class Solution(NamedTuple):
    matrix: np.ndarray  # M (classes, fan_in) float64
    bias: np.ndarray  # c (classes,) of centred inputs x - mean: that of x itself is c - M mean

    @property
    def nuclear_norm(self):
        return float(np.linalg.svd(self.matrix, compute_uv=False).sum())


class Certificate(NamedTuple):
    """How nearly a Solution is one. At the minimum: at most 1, then 0, 0."""

    spectral: float  # largest singular value of the gradient by M, over t
    aligned: float  # largest entry of U' G V / t + 1, G the gradient and U S V' = M: where M is, the gradient is -t
    gap: float  # duality gap, over the cost with its penalty: no solution's cost lies lower by more


class Problem:
    """Examples x (n, fan_in), centred, so that bias and matrix move apart, and one-hot y (n, classes), in the precision of x.

    Raises ValueError naming field, rule and value where the cost is not convex.
    """

    def __init__(self, x, y, cost):
        if cost not in CURVATURE:
            raise ValueError(f"cost must be one of {', '.join(CURVATURE)}, got {cost!r}")
        self.cost = cost
        self.x, self.y = x - x.mean(axis=0, dtype=np.float64).astype(x.dtype), y
        variances = np.linalg.eigvalsh((self.x.T @ self.x).astype(np.float64) / len(x))
        self.steps = 1 / (CURVATURE[cost] * variances[-1]), 1 / CURVATURE[cost]  # of matrix and bias

    def at_zero(self):
        """The best Solution with M = 0, whose outputs are the frequencies of the classes; and the least t that it solves."""
        rates = self.y.mean(axis=0, dtype=np.float64).clip(1e-9, 1 - 1e-9)
        odds = np.log(rates / (1 - rates) if self.cost == "cross-entropy" else rates)
        zero = Solution(np.zeros((self.y.shape[1], self.x.shape[1])), odds)
        return zero, np.linalg.norm(self.gradients(self.error(self.outputs(zero)))[0], 2)

    def outputs(self, solution):
        """z of every example, (n, classes)."""
        return self.x @ solution.matrix.T.astype(self.x.dtype) + solution.bias.astype(self.x.dtype)

    def error(self, z):
        """dC_x/dz of every example, (n, classes)."""
        return COSTS[self.cost].error(z.copy(), self.y)

    def gradients(self, error):
        """Of the mean cost by matrix and bias, float64, from the errors."""
        return (error.T @ self.x).astype(np.float64) / len(error), error.mean(axis=0, dtype=np.float64)

    def settled(self, solution):
        """With the best bias for its matrix, by Newton's method."""
        for _ in range(20):
            z = self.outputs(solution)
            error = self.error(z)
            rest = error.mean(axis=0, dtype=np.float64)
            if np.abs(rest).max() < SETTLED:
                break
            p = (expit(z) if self.cost == "cross-entropy" else softmax(z)).astype(np.float64)
            products = p.T @ p / len(p)
            bend = np.diag(p.mean(axis=0)) - (np.diag(np.diag(products)) if self.cost == "cross-entropy" else products)
            solution = solution._replace(bias=solution.bias - np.linalg.pinv(bend, hermitian=True) @ rest)
        return solution

    def value(self, solution, penalty):
        """The cost with its penalty."""
        return (
            COSTS[self.cost].value(self.outputs(solution).astype(np.float64), self.y).mean() + penalty * solution.nuclear_norm
        )

    def gap(self, solution, penalty):
        """Duality gap at a settled solution.

        The dual problem asks for errors of mean 0 whose gradient has no singular value above the penalty: those at hand,
        shrunk until they are such. Each example then costs the entropy of its outputs p = y + error, less.
        """
        error = self.error(self.outputs(solution))
        norm = np.linalg.norm(self.gradients(error)[0], 2)
        p = (self.y + min(1.0, penalty / norm) * error.astype(np.float64)).clip(0, 1)
        entropy = -xlogy(p, p).sum()
        if self.cost == "cross-entropy":
            entropy -= xlogy(1 - p, 1 - p).sum()
        return self.value(solution, penalty) - entropy / len(p)


def shrunk(matrix, by):
    """Soft thresholding: every singular value less by so much, 0 at least."""
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    return (u * np.maximum(s - by, 0)) @ vt


def certificate(problem, solution, penalty):
    """The Certificate of a solution, from its gradient."""
    gradient, _ = problem.gradients(problem.error(problem.outputs(solution)))
    u, s, vt = np.linalg.svd(solution.matrix, full_matrices=False)
    kept = s > 1e-6 * max(s[0], 1e-300)
    along = u[:, kept].T @ gradient @ vt[kept].T / penalty + np.eye(kept.sum())
    gap = problem.gap(solution, penalty) / problem.value(solution, penalty)
    return Certificate(float(np.linalg.norm(gradient, 2) / penalty), float(np.abs(along).max(initial=0)), float(gap))


def descend(problem, penalty, start):
    """The Solution for one penalty above 0, from another one. Raises RuntimeError where MOST steps do not reach the GAP."""
    zero, threshold = problem.at_zero()
    if penalty >= threshold:
        return zero
    old = ahead = start
    z_old = z_ahead = problem.outputs(start)
    pace, longer = 1.0, 1.0
    for step in range(1, MOST + 1):
        error = problem.error(z_ahead)
        slopes = problem.gradients(error)
        longer *= LONGER
        while True:
            steps = [longer * s for s in problem.steps]
            moved = ahead.matrix - steps[0] * slopes[0], ahead.bias - steps[1] * slopes[1]
            new = Solution(shrunk(moved[0], steps[0] * penalty), moved[1])
            z_new = problem.outputs(new)
            if longer <= 1 or _bend(z_new - z_ahead, problem.error(z_new) - error) <= _length(new, ahead, new, ahead, steps):
                break
            longer = max(longer / 2, 1.0)
        if _length(ahead, new, new, old, steps) > 0:
            pace = 1.0  # it overshot
        after = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        onward = (pace - 1) / after
        ahead, z_ahead = Solution(*(n + onward * (n - o) for n, o in zip(new, old))), z_new + onward * (z_new - z_old)
        old, z_old, pace = new, z_new, after
        if step % LOOK == 0:
            found = problem.settled(new)
            if problem.gap(found, penalty) <= GAP * penalty * found.nuclear_norm:
                return found
    raise RuntimeError(f"no solution within a gap of {GAP} after {MOST} steps")


def _bend(change, response):
    """Mean over examples of the change of z times that of the errors: twice how far the cost bends on the way."""
    return np.vecdot(change, response).mean(dtype=np.float64)


def _length(a, b, c, d, steps):
    """Inner product of a - b and c - d, of matrix and bias each over its step."""
    return sum(((p - q) * (r - s)).sum() / step for p, q, r, s, step in zip(a, b, c, d, steps))


def path(problem, penalties):
    """The Solution of every penalty, in descending order, each from the one before."""
    solution, at = problem.at_zero()
    for penalty in penalties:
        while at / penalty > STRIDE:
            at /= STRIDE
            solution = descend(problem, at, solution)
        solution, at = descend(problem, penalty, solution), min(at, penalty)
        yield solution
