"""The contest of exponents: that shipped floors are what training gives, and that exponents are fitted and judged rightly."""

import numpy as np
import pytest
from scipy import stats

from engine import contest, datasets, sweep, theory, train
from engine.cache import RESULTS
from engine.statistics import interval, power_law
from engine.store import Store
from engine.verdicts import Outcome, tail_off
from engine.verdicts import contest as judged
from scripts.kernels import rounding
from tests.engine.executing import Here

SHIPPED = contest.results()


def test_exponents_are_those_of_scipy():
    stream = np.random.default_rng(0)
    x = np.array([1.0, 3.0, 4.0, 20.0])
    y = 0.7 * x[:, None] ** -0.4 * np.exp(0.1 * stream.standard_normal((4, 5)))
    slopes, factors = power_law(x, y)
    for k in range(5):
        fit = stats.linregress(np.log(x), np.log(y[:, k]))
        assert (slopes[k], factors[k]) == (pytest.approx(fit.slope), pytest.approx(fit.intercept))


def test_there_are_enough_points():
    for name, found in SHIPPED.items():
        assert found.rms.shape[1] >= 5, name
        for layer in range(2):
            assert len(judged.at_rest(found, layer)) >= {"widths": 5, "teacher-fan-ins": 4, "lambdas": 6}.get(name, 3)
    assert len(SHIPPED["mnist-fan-ins"].x) >= 4


def test_they_are_small():
    assert (RESULTS / contest.FILE).stat().st_size < 3e6


SAMPLE = [("widths", 1), ("widths", 3), ("lambdas", 4), ("teacher-fan-ins", 0)]


@pytest.mark.parametrize(("name", "point"), SAMPLE, ids=str)
def test_a_sample_of_the_shipped_floors_is_what_training_gives(name, point):
    asked = contest.pairs(name)[point]
    runs = {start: train(h, cache=None) for start, h in asked.items()}
    last = [run.weight_rms[:, -10:].mean(axis=1) for run in runs.values()]
    # a sweep trains in other stacks; other kernels were measured to come to 6 % of this
    tolerance = rounding(asked["large"].epochs * asked["large"].updates_per_epoch)
    np.testing.assert_allclose(SHIPPED[name].rms[point], np.mean(last, axis=0), rtol=tolerance)
    for layer in range(2):
        unopposed = []
        for run in runs.values():
            decay, data = (c[:, -10:, layer].sum(axis=1) for c in (run.norm_change_decay, run.norm_change_data))
            unopposed.append(interval(1 + data / decay))
        still = all(u.low >= -0.05 and u.high <= 0.05 for u in unopposed)
        gap = np.exp(interval(np.log(last[0][:, layer] / last[1][:, layer])))
        assert SHIPPED[name].reached[point, layer] == (still and gap[1] >= 0.98 and gap[2] <= 1.02)


def test_a_sample_on_mnist_is_what_training_gives(mnist_given):
    runs = {start: train(h, cache=None) for start, h in contest.pairs("mnist-fan-ins")[2].items()}
    last = np.mean([run.weight_rms[:, -10:].mean(axis=1) for run in runs.values()], axis=0)
    np.testing.assert_allclose(SHIPPED["mnist-fan-ins"].rms[2], last, rtol=0.01)  # its images may differ in a grey level


def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    few = {"widths": lambda: sweep.to_rest(sweep.BASE)[:2], "lambdas": sweep.lambdas}
    monkeypatch.setattr(sweep, "SWEEPS", {"widths": few["widths"]})
    monkeypatch.setattr(contest, "VARIED", {"widths": contest.VARIED["widths"]})
    store, heard = Store(tmp_path / "runs.sqlite"), []
    contest.make(store, Here, lambda *what: heard.append(what[:2]), tmp_path)
    assert heard[-1] == (2, 2)
    found = contest.results.__wrapped__(tmp_path)["widths"]
    k = SHIPPED["lambdas"].x.tolist().index(10.0)  # the same networks
    h = found.examples[0]
    np.testing.assert_allclose(found.rms[0], SHIPPED["lambdas"].rms[k], rtol=rounding(h.epochs * h.updates_per_epoch))
    assert found.x.tolist() == [30.0]


# judging


def made_up(rms, reached=None, name="widths"):
    """A contest with these floors (points,) in both layers, two seeds that differ by little."""
    real = SHIPPED[name]
    both = np.array(rms)[:, None, None] * np.array([0.999, 1.001])[None, :, None] * np.ones((1, 1, 2))
    reached = np.ones((len(rms), 2), dtype=bool) if reached is None else np.array(reached)[:, None].repeat(2, axis=1)
    return contest.Contest(real.examples, real.x, both, reached)


@pytest.mark.parametrize(
    ("slope", "holds"), [(-1.0, "1/n_w"), (-0.5, "1/√n_w"), (0.0, "1/√n_in"), (-0.75, None), (0.5, None), (-0.62, None)]
)
def test_each_candidate_can_win_and_all_can_lose(slope, holds):
    x = SHIPPED["widths"].x
    outcomes = {v.meaning: v.outcome for v in judged.judge(made_up(0.3 * x**slope), 0)}
    assert outcomes == {c: Outcome.HOLDS if c == holds else Outcome.FAILS for c in tail_off.CANDIDATES}


def test_a_bent_line_is_no_power_law_however_well_it_fits():
    """The fitted slope is -1/2, and the slopes between neighbours are -0.3 and -0.7."""
    x = np.log(SHIPPED["widths"].x)
    bent = np.exp(np.interp(x, [x[0], (x[0] + x[-1]) / 2, x[-1]], [0.0, -0.3 * (x[-1] - x[0]) / 2, -0.5 * (x[-1] - x[0])]))
    found = made_up(bent)
    assert judged.exponent(found, 0).mean == pytest.approx(-0.5, abs=0.02)
    assert {v.meaning: v.outcome for v in judged.judge(found, 0)}["1/√n_w"] == Outcome.UNDECIDED


def test_what_is_not_at_rest_is_left_out():
    x = SHIPPED["widths"].x
    spoiled = 0.3 * x**-0.5
    spoiled[2] = 9.0
    reached = [True, True, False, True, True, True]
    assert judged.exponent(made_up(spoiled, reached), 0).mean == pytest.approx(-0.5)
    assert judged.resting([made_up(spoiled, reached)]) == (5, 6)
    nothing = judged.judge(made_up(spoiled, [True, True, False, False, False, False]), 0)
    assert {v.outcome for v in nothing} == {Outcome.UNDECIDED}


def test_candidates_are_fitted_over_the_same_points():
    """Width: n_w is 74 per unit. Fan-in: n_w grows a little more slowly than the fan-in, for the output weights are in it."""
    assert judged.predicted(SHIPPED["widths"], 0) == pytest.approx({"1/n_w": -1, "1/√n_w": -0.5, "1/√n_in": 0}, abs=1e-9)
    assert judged.predicted(SHIPPED["widths"], 1)["1/√n_in"] == pytest.approx(-0.5)
    fan_in = judged.predicted(SHIPPED["teacher-fan-ins"], 0)
    x = SHIPPED["teacher-fan-ins"].x
    assert fan_in["1/n_w"] == pytest.approx(stats.linregress(np.log(x), -np.log(30 * (x + 10))).slope)
    assert fan_in["1/√n_in"] == pytest.approx(-0.5)
    assert set(judged.predicted(SHIPPED["lambdas"], 0).values()) == {0.0}


def test_the_length_and_its_linear_counterpart():
    found = SHIPPED["lambdas"]
    assert judged.length_exponent(found, 0).mean == pytest.approx(2 * judged.exponent(found, 0).mean)  # n_w does not change
    values = np.linalg.svd(datasets.load(found.examples[0]).whitened_covariance, compute_uv=False)
    places = judged.at_rest(found, 0)
    floors = [sum(max(s - found.x[k] / 1440, 0) for s in values) for k in places]
    slope = stats.linregress(np.log(found.x[places]), np.log(floors)).slope
    assert judged.linear_length_exponent(found, values) == pytest.approx(slope)
    assert theory.linear_floor(values, 0.0) == pytest.approx(sum(values))


def test_sentences_that_no_formula_writes_are_borne_by_the_floors():
    three = [SHIPPED[name] for name in ("widths", "teacher-fan-ins", "mnist-fan-ins")]
    assert all(abs(judged.length_exponent(found, 0).mean) < 0.2 for found in three)  # "changes little"
    for found in three[1:]:
        assert abs(judged.exponent(found, 1).mean) < 0.1  # "hardly changes"
        said = judged.predicted(found, 0)
        assert abs(said["1/√n_w"] - said["1/√n_in"]) < judged.TOLERANCE  # "only the width tells them apart"
    widths = {v.meaning: v.outcome for v in judged.judge(three[0], 0)}
    assert widths == {"1/n_w": Outcome.FAILS, "1/√n_w": Outcome.HOLDS, "1/√n_in": Outcome.FAILS}
    with_lambda = {v.outcome for layer in range(2) for v in judged.judge(SHIPPED["lambdas"], layer)}
    assert with_lambda == {Outcome.FAILS}  # "with lambda its exponent fails too"
    outer = [next(v for v in judged.judge(found, 1) if v.meaning == "1/√n_w") for found in three[1:]]
    assert {v.outcome for v in outer} == {Outcome.FAILS}  # "and for the output weights as the inputs grow in number"
    first, last = judged.length_ends(SHIPPED["lambdas"], 0)
    assert last < 1.5 * first < 0  # "an average and no power law"
