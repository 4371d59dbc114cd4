"""The convex problem of wide networks: its conditions of optimality, another optimiser, closed forms; and what ships of it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit, log_softmax

from engine import Hyperparameters, datasets, nuclear, theory
from engine.archive import RESULTS
from engine.lengths import at_rest
from engine.studies import straight

DIGITS = datasets.load(Hyperparameters())
STREAM = np.random.default_rng(0)
X = STREAM.standard_normal((60, 5)) @ STREAM.standard_normal((5, 5)) + 1.0
Y = np.eye(3)[(X[:, :3] + 2 * STREAM.standard_normal((60, 3))).argmax(axis=1)]


@pytest.mark.parametrize("cost", nuclear.CURVATURE)
@pytest.mark.parametrize("lam", [2.0, 30.0])
def test_the_conditions_of_optimality(cost, lam):
    problem, penalty = nuclear.Problem(DIGITS.x_train.astype(float), DIGITS.y_train, cost), 4 * lam / 1440
    (solution,) = nuclear.path(problem, [penalty])
    found = nuclear.certificate(problem, solution, penalty)
    assert found.spectral == pytest.approx(1, abs=1e-3)
    assert found.aligned < 1e-3
    assert -1e-12 < found.gap < nuclear.GAP


def test_a_certificate_can_be_refused():
    problem = nuclear.Problem(X, Y, "cross-entropy")
    (solution,) = nuclear.path(problem, [0.05])
    other = problem.settled(solution._replace(matrix=1.2 * solution.matrix))
    found = nuclear.certificate(problem, other, 0.05)
    assert found.aligned > 0.05
    assert found.gap > 100 * nuclear.GAP


@pytest.mark.parametrize("cost", nuclear.CURVATURE)
def test_another_optimiser_on_the_two_factors_ends_there(cost):
    """min over W_1, W_2 and the bias of the cost and t/2 (|W_1|^2 + |W_2|^2), uncentred, by scipy.optimize."""
    penalty = 0.03

    def total(p):
        w1, w2, c = p[:20].reshape(4, 5), p[20:32].reshape(3, 4), p[32:]
        z = X @ w1.T @ w2.T + c
        if cost == "cross-entropy":
            data = -(Y * log_expit(z) + (1 - Y) * log_expit(-z)).sum(axis=1).mean()
        else:
            data = -(Y * log_softmax(z, axis=1)).sum(axis=1).mean()
        return data + penalty / 2 * (p[:32] @ p[:32])

    start = np.random.default_rng(1).standard_normal(35) / 2
    other = minimize(total, start, options={"gtol": 1e-7, "maxiter": 5000})
    problem = nuclear.Problem(X, Y, cost)
    (solution,) = nuclear.path(problem, [penalty])
    assert problem.value(solution, penalty) == pytest.approx(other.fun, rel=1e-5)
    for length in ((other.x[:20] ** 2).sum(), (other.x[20:32] ** 2).sum()):
        assert solution.nuclear_norm == pytest.approx(length, rel=5e-3)


def test_soft_thresholding_is_the_linear_network_at_rest():
    """With white inputs and a squared cost one proximal step is the solution."""
    covariance = STREAM.standard_normal((3, 6))
    singular = np.linalg.svd(covariance, compute_uv=False)
    for kappa in (0.0, 1.0, 2.0, 99.0):
        left = np.linalg.svd(nuclear.shrunk(covariance, kappa), compute_uv=False).sum()
        assert left == pytest.approx(theory.linear_floor(singular, kappa), abs=1e-12)


@pytest.mark.parametrize(("activation", "slope"), [("sigmoid", 0.25), ("tanh", 1.0)])
@pytest.mark.parametrize("cost", nuclear.CURVATURE)
def test_its_end_is_the_collapse(activation, slope, cost):
    h = Hyperparameters(activation=activation, cost=cost)
    threshold = theory.collapse_threshold(h.n_train, DIGITS.top_singular_value, slope)
    assert at_rest(replace(h, l2=1.001 * threshold)) == 0
    assert 0 < at_rest(replace(h, l2=0.99 * threshold)) < 2


def test_tanh_units_have_a_quarter_of_the_length_at_four_times_the_lambda():
    tanh = replace(Hyperparameters(), activation="tanh")
    assert at_rest(replace(tanh, l2=40.0)) == pytest.approx(at_rest(Hyperparameters(l2=10.0)) / 4, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"activation": "relu"}, "activation"),
        ({"cost": "quadratic"}, "cost"),
        ({"hidden": ()}, "hidden"),
        ({"hidden": (9, 9)}, "hidden"),
        ({"l2": 0.0}, "l2"),
        ({"l2_until": 5}, "l2_until"),
    ],
)
def test_where_it_does_not_speak_it_says_so(change, field):
    with pytest.raises(ValueError, match=f"^{field} must .*, got "):
        at_rest(replace(Hyperparameters(), **change))


def test_a_cost_that_is_not_convex_is_refused():
    with pytest.raises(ValueError, match="cost must be one of cross-entropy, log-likelihood, got 'quadratic'"):
        nuclear.Problem(X, Y, "quadratic")


def test_what_does_not_matter_does_not_change_it():
    h = Hyperparameters(l2=7.0)
    for change in ({"hidden": (300,)}, {"learning_rate": 3.0}, {"seed": 7}, {"initialization": "scaled"}):
        assert at_rest(replace(h, **change)) == at_rest(h)


def test_what_ships_is_what_is_solved():
    """On the way to one lambda or to all of them, to what the gap leaves open."""
    for base, _ in straight.SOLVED[:2]:
        for lam in (5.0, 40.0):
            h = replace(base, l2=lam)
            assert straight.norms(h, (lam,))[0] * 4 == pytest.approx(at_rest(h), rel=5e-3)
    assert (RESULTS / straight.FILE).stat().st_size < 1e4


def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    small = Hyperparameters(n_train=100)
    monkeypatch.setattr(straight, "SOLVED", [(small, (3.0, 5.0))])
    straight.make(tmp_path)
    found = straight.results.__wrapped__(tmp_path)
    assert list(found.values()) == pytest.approx(straight.norms(small, (3.0, 5.0)))
    assert found[straight.task(small), straight.penalty(replace(small, l2=3.0))] > 0
    monkeypatch.setattr(straight, "SOLVED", [(small, (3.0, 6.0))])
    with pytest.raises(ValueError, match=r"python -m engine\.studies\.straight"):
        straight.results.__wrapped__(tmp_path)
