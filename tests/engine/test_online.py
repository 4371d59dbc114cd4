"""The solvable models: their functions against samples, their equations against the simulations."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import erf

from engine import online, theory
from engine.statistics import interval


@pytest.mark.parametrize(("q", "r"), [(100.0, 0.5), (4.0, 1.5), (1.0, 0.0), (1.0, 0.9), (0.2, -0.3), (0.01, 0.05)])
def test_functions_of_the_erf_unit_against_samples(q, r):
    """The two fields are normal with variances q and 1 and covariance r; the functions are means over them."""
    stream, count = np.random.default_rng(7), 400_000
    target = stream.standard_normal(count)
    field = r * target + np.sqrt(q - r * r) * stream.standard_normal(count)
    slope = np.sqrt(2 / np.pi) * np.exp(-(field**2) / 2)
    gap = erf(target / np.sqrt(2)) - erf(field / np.sqrt(2))
    samples = gap * slope * target, 2 * gap * slope * field, (gap * slope) ** 2
    for function, sample in zip((theory.overlap_drift, theory.norm_drift, theory.norm_noise), samples):
        assert abs(function(q, r) - sample.mean()) < 5 * stats.sem(sample)


@pytest.mark.parametrize("kappa", [0.01, 0.05])
def test_equations_of_the_erf_unit_within_the_interval_of_the_runs(kappa):
    values = dict(eta=0.2, kappa=kappa, fan_in=100, m=10)
    norm, overlap = online.erf_unit(**values, updates=2000, every=50, replicates=16, seed=3)
    updates = np.arange(0, 2001, 50)
    # each run has its own equations: the starts differ, and the knee comes when it comes
    solved = [theory.erf_course(**values, norm_squared=q[0], overlap=r[0], updates=updates) for q, r in zip(norm, overlap)]
    predicted = np.stack([q for q, _ in solved])
    gap = interval(np.log(norm / predicted))
    inside = (gap.low <= 0) & (gap.high >= 0)
    assert inside[1:].mean() >= 0.85  # 95 % intervals of correlated points
    assert np.abs(gap.mean).max() < 0.05
    assert np.abs(np.stack([r for _, r in solved])[:, -1] / overlap[:, -1] - 1).max() < 0.02
    assert 0.5 < np.sqrt(norm[:, -1].mean()) < 1.1  # the floor is that of the teacher, not of the draw, 10


def test_decay_alone_is_the_first_stage():
    norm, _ = online.erf_unit(0.001, 5.0, 100, 10, updates=200, every=200, replicates=2)
    np.testing.assert_allclose(norm[:, 1] / norm[:, 0], (1 - 0.001 * 5.0) ** 400, rtol=0.02)


@pytest.mark.parametrize(
    "values",
    [
        dict(eta=0.05, kappa=0.1, fan_in=20, m=5, noise=1.0, teacher_norm=1.0),
        dict(eta=0.1, kappa=0.5, fan_in=50, m=10, noise=0.3, teacher_norm=1.0),
        dict(eta=0.1, kappa=0.02, fan_in=10, m=2, noise=0.5, teacher_norm=2.0),
    ],
)
def test_floor_of_online_ridge_regression(values):
    norm, _ = online.ridge(**values, updates=3000, every=10, replicates=8)
    norm_squared = values.pop("teacher_norm") ** 2
    measured = np.sqrt(norm[:, 150:].mean() / values["fan_in"])
    assert measured == pytest.approx(theory.ridge_floor(**values, teacher_norm_squared=norm_squared), rel=0.05)


def test_a_linear_network_shares_one_norm_among_its_weights():
    covariance = np.random.default_rng(8).standard_normal((4, 9)) / 3
    singular = np.linalg.svd(covariance, compute_uv=False)
    for hidden in (4, 12, 36):
        norms = online.linear_network(covariance, hidden, kappa=0.05)
        np.testing.assert_allclose(norms, theory.linear_floor(singular, 0.05), rtol=0.01)
    assert max(online.linear_network(covariance, 4, kappa=1.1 * singular[0])) < 1e-12


def test_replicates_are_the_single_runs_of_their_seeds_and_chunks_do_not_matter(monkeypatch):
    values = dict(eta=0.1, kappa=0.02, fan_in=15, m=3, updates=60, every=20)
    together = online.erf_unit(**values, replicates=3, seed=5)
    alone = online.erf_unit(**values, replicates=1, seed=7)
    np.testing.assert_allclose([a[2] for a in together], [a[0] for a in alone], rtol=1e-12)
    monkeypatch.setattr(online, "CHUNK", 7)
    np.testing.assert_array_equal(online.erf_unit(**values, replicates=3, seed=5), together)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"m": 0}, "m must be"),
        ({"updates": 1.5}, "updates must be"),
        ({"updates": np.inf}, "updates must be"),
        ({"m": np.nan}, "m must be"),
        ({"eta": -1}, "eta must be"),
        ({"kappa": np.inf}, "kappa must be"),
    ],
)
def test_a_bad_argument_says_name_rule_and_value(change, says):
    values = dict(eta=0.1, kappa=0.02, fan_in=15, m=3, updates=60, every=20, replicates=1) | change
    with pytest.raises(ValueError, match=says):
        online.erf_unit(**values)
