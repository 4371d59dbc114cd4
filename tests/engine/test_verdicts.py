"""Every outcome of a verdict, on intervals made by hand and on runs that reach it through their hyperparameters alone."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, train, verdicts
from engine.statistics import Interval, interval
from engine.verdicts import CONTROL, Outcome
from engine.verdicts import decay_per_epoch as claim

SMALL = Hyperparameters(n_train=200, hidden=(6,), epochs=20, replicates=4)
NO_GRADIENT = {"learning_rate": 1e-6, "l2": 1e6}
"""eta * lambda = 1, with an eta that leaves nothing of the gradient: pure decay in every layer."""


def run_of(**change):
    return train(replace(SMALL, **change), cache=None)


def outcomes(run):
    return {(v.part, v.epochs): v.outcome for v in claim.judge(run)}


# an equality


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (9.6, 10.4, "HOLDS"),
        (9.5, 10.5, "HOLDS"),  # the edges belong to it
        (10.4, 10.4, "HOLDS"),
        (9.4, 10.4, "UNDECIDED"),
        (9.6, 10.6, "UNDECIDED"),
        (9.0, 11.0, "UNDECIDED"),  # wider than the tolerance, on both sides
        (10.5, 11.0, "UNDECIDED"),  # touches the edge
        (10.6, 11.0, "FAILS"),
        (-3.0, 9.4, "FAILS"),
        (-10.4, -9.6, "FAILS"),  # the right size, the wrong sign
        (math.nan, math.nan, "UNDECIDED"),
        (math.inf, math.inf, "FAILS"),
    ],
)
def test_equality(low, high, outcome):
    measured = Interval((low + high) / 2, low, high)
    assert verdicts.judge_equality(10.0, measured, 0.05) is Outcome[outcome]


def test_equality_of_a_negative_number():
    for predicted, low, high, outcome in [(-10, -10.4, -9.6, "HOLDS"), (-10, 9.6, 10.4, "FAILS"), (-10, -11, -10, "UNDECIDED")]:
        assert verdicts.judge_equality(predicted, Interval(0, low, high), 0.05) is Outcome[outcome]


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({"learning_rate": 0.1, "l2": 5.0}, True),  # 0.5 of 200
        ({"learning_rate": 1.0, "l2": 2.0}, True),  # a hundredth of n, just
        ({"learning_rate": 1.0, "l2": 2.001}, False),
        ({"l2": 0.0}, False),
        ({"learning_rate": 0.0}, False),
        ({"l2_until": 5}, False),
        ({"batch_size": 5000}, True),  # the claim does not exclude it
    ],
)
def test_premise_of_the_decay_claim(change, met):
    assert claim.premise(replace(SMALL, **change)) is met


# a comparison


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.9, 0.97, "HOLDS"),  # the threshold belongs to what holds
        (0.89, 0.97, "UNDECIDED"),
        (0.5, 0.89, "PARTLY"),
        (0.49, 0.89, "UNDECIDED"),
        (0.6, 0.9, "UNDECIDED"),
        (0.4, 0.95, "UNDECIDED"),
        (-1.0, 0.49, "FAILS"),
        (0.4, 0.5, "UNDECIDED"),
        (math.nan, math.nan, "UNDECIDED"),
    ],
)
def test_comparison(low, high, outcome):
    assert verdicts.judge_comparison(0.9, 0.5, Interval((low + high) / 2, low, high)) is Outcome[outcome]


# more seeds


TRIALS = 1000
SEEDS = (4, 16, 64, 256)
JUDGES = {
    "between": lambda measured: verdicts.judge_between(-1.0, 1.0, measured),
    "equality": lambda measured: verdicts.judge_equality(-10.0, measured, 0.1),
    "comparison": lambda measured: verdicts.judge_comparison(9.0, 5.0, measured),
}
TRUE = [  # judge, true effect, its verdict, distances to the edges of that verdict; in standard deviations of a seed
    ("between", 0.0, "HOLDS", (1.0, 1.0)),
    ("between", 0.7, "HOLDS", (1.7, 0.3)),
    ("between", 1.3, "FAILS", (0.3,)),
    ("between", -4.0, "FAILS", (3.0,)),
    ("equality", -10.0, "HOLDS", (1.0, 1.0)),
    ("equality", -10.7, "HOLDS", (0.3, 1.7)),
    ("equality", -8.7, "FAILS", (0.3,)),
    ("equality", 10.0, "FAILS", (19.0,)),
    ("comparison", 11.0, "HOLDS", (2.0,)),
    ("comparison", 9.3, "HOLDS", (0.3,)),
    ("comparison", 8.7, "PARTLY", (3.7, 0.3)),
    ("comparison", 7.0, "PARTLY", (2.0, 2.0)),
    ("comparison", 5.3, "PARTLY", (0.3, 3.7)),
    ("comparison", 4.7, "FAILS", (0.3,)),
    ("comparison", 1.0, "FAILS", (4.0,)),
]


def verdicts_of(judge, truth, seeds, stream):
    """Of TRIALS experiments with so many seeds each, normal about the truth with a standard deviation of 1."""
    measured = interval(stream.normal(truth, 1.0, (seeds, TRIALS)))
    return [JUDGES[judge](Interval(*bounds)) for bounds in zip(*(column.tolist() for column in measured))]


def beyond(distance, seeds):
    """Probability that a t-interval over seeds lies wholly on the truth's side of an edge so far off: noncentral t."""
    return stats.nct.sf(stats.t.ppf(0.975, seeds - 1), seeds - 1, distance * math.sqrt(seeds))


@pytest.mark.parametrize(("judge", "truth", "right", "distances"), TRUE)
def test_more_seeds_decide_and_seldom_wrongly(judge, truth, right, distances):
    """With the truth on no threshold the share of right verdicts goes to 1, as fast as the t-interval says it must."""
    stream = np.random.default_rng(10)
    shares = []
    for seeds in SEEDS:
        found = verdicts_of(judge, truth, seeds, stream)
        correct = found.count(Outcome[right])
        wrong = TRIALS - correct - found.count(Outcome.UNDECIDED)
        # a wrong verdict needs an interval that misses the truth, which one in twenty does; the quantile of the binomial is
        # passed by chance once in 10,000 times
        assert wrong <= stats.binom.ppf(1 - 1e-4, TRIALS, 0.05)
        # right on this side of every edge; exactly as often where there is one edge, and no less than all misses leave else
        expected = [beyond(distance, seeds) for distance in distances]
        least = 1 - sum(1 - p for p in expected)
        assert correct >= stats.binom.ppf(1e-4, TRIALS, max(least, 0.0))
        assert correct <= stats.binom.ppf(1 - 1e-4, TRIALS, min(expected))
        shares.append(correct / TRIALS)
    assert shares[0] <= shares[-1]
    assert shares[-1] > 0.98  # at the nearest, 0.3 standard deviations from an edge, 0.997


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("seeds", SEEDS)
def test_on_a_threshold_no_number_of_seeds_decides(judge, seeds):
    """There a verdict is as rare as a missed truth: the interval lies on one side of the edge in one case of twenty."""
    edge = {"between": 1.0, "equality": -9.0, "comparison": 9.0}[judge]
    found = verdicts_of(judge, edge, seeds, np.random.default_rng(11))
    assert TRIALS - found.count(Outcome.UNDECIDED) <= stats.binom.ppf(1 - 1e-4, TRIALS, 0.05)


# the decay per epoch


def test_what_is_judged():
    run = run_of(l2=5.0)
    judged = claim.judge(run)
    assert [(v.part, v.epochs) for v in judged] == [
        (CONTROL, 20),
        ("hidden weights", 1),
        ("hidden weights", 20),
        ("output weights", 1),
        ("output weights", 20),
    ]
    for v in judged:
        rms = run.control_rms if v.part == CONTROL else run.weight_rms[:, :, int(v.part == "output weights")]
        rates = [-math.log(r[v.epochs] / r[0]) / v.epochs for r in rms]
        expected = stats.ttest_1samp(rates, 0).confidence_interval(0.95)
        np.testing.assert_allclose(v.measured, [np.mean(rates), *expected], rtol=1e-9)
        assert v.predicted == pytest.approx(0.1 * 5.0 / 10, rel=1e-15)
        assert v.meaning == "rate"


def test_pure_decay_holds():
    found = outcomes(run_of(**NO_GRADIENT))
    assert found.pop((CONTROL, 20)) is Outcome.EXACT
    assert set(found.values()) == {Outcome.HOLDS}


def test_memory_holds_where_the_layers_have_learned_and_fail():
    # lambda = 20 pulls by a fifth an epoch; after 20 epochs it is the data that keep the weights where they are
    found = outcomes(run_of(l2=20.0))
    assert found[CONTROL, 20] is Outcome.EXACT
    assert found["hidden weights", 1] is Outcome.HOLDS
    assert found["hidden weights", 20] is Outcome.FAILS
    assert found["output weights", 20] is Outcome.FAILS


def test_more_examples_in_a_mini_batch_than_there_are_fails():
    # one update an epoch, of eta * lambda / n, where the claim says eta * lambda / m with m = 2n: half as fast
    for v in claim.judge(run_of(**NO_GRADIENT, batch_size=400)):
        assert v.outcome is Outcome.FAILS
        assert v.measured.mean == pytest.approx(2 * v.predicted, rel=0.01)


@pytest.mark.parametrize(
    ("n", "m", "outcome"),
    [
        (200, 10, "EXACT"),
        (200, 7, "EXACT"),  # 29 * 7 / 200 = 1.015: m does not divide n, but is far below it
        (200, 19, "EXACT"),  # 11 * 19 / 200 = 1.045
        (200, 9, "EXACT"),  # 23 * 9 / 200 = 1.035
        (200, 60, "FAILS"),  # 4 * 60 / 200 = 1.2
        (200, 150, "FAILS"),  # 2 * 150 / 200 = 1.5
        (200, 209, "EXACT"),  # 209 / 200 = 1.045: nearly all examples
        (200, 211, "FAILS"),  # 1.055
    ],
)
def test_the_draw_is_exact_where_a_mini_batch_fits(n, m, outcome):
    """B m / n times the claimed rate, within 5 %; the smallest interval over seeds would not change it."""
    for replicates in (1, 2):
        run = run_of(n_train=n, batch_size=m, l2=1.0, epochs=3, replicates=replicates, hidden=(3,))
        assert outcomes(run)[CONTROL, 3] is Outcome[outcome]


DIVERGES = {"activation": "relu", "hidden": (20, 20, 20), "learning_rate": 1000.0, "l2": 1e-3}
"""The premise is met, and products of unbounded units leave the finite numbers."""


def test_a_run_that_diverges():
    """Of its layers only what was measured of the first epoch is judged; the draw does not diverge."""
    run = run_of(**DIVERGES, batch_size=200)
    assert claim.premise(run.hyperparameters)
    assert 2 <= run.epochs < run.diverged_at < 10
    found = outcomes(run)
    assert found[CONTROL, run.epochs] is Outcome.EXACT
    for name in run.hyperparameters.layer_names:
        assert found[name, 1] is Outcome.FAILS
        assert found[name, run.epochs] is Outcome.DIVERGED


def test_a_run_that_diverges_in_its_first_epoch():
    run = run_of(**DIVERGES, batch_size=1)
    assert run.diverged_at == 1
    assert outcomes(run) == dict.fromkeys([(name, 0) for name in run.hyperparameters.layer_names], Outcome.DIVERGED)


def test_few_replicates_leave_it_undecided():
    # two seeds: t is 12.7, and the interval of a layer that learns spans both sides of the edge
    found = outcomes(run_of(l2=20.0, replicates=2))
    assert found["output weights", 1] is Outcome.UNDECIDED
    assert found["output weights", 20] is Outcome.UNDECIDED


def test_one_replicate_decides_only_what_is_exact():
    found = outcomes(run_of(**NO_GRADIENT, replicates=1))
    assert found.pop((CONTROL, 20)) is Outcome.EXACT
    assert set(found.values()) == {Outcome.UNDECIDED}
    assert outcomes(run_of(**NO_GRADIENT, replicates=1, batch_size=400))[CONTROL, 20] is Outcome.FAILS


@pytest.mark.parametrize("change", [{"l2": 0.0}, {"l2": 40.0}, {"l2_until": 10}])
def test_premise_not_met(change):
    assert set(outcomes(run_of(**change)).values()) == {Outcome.PROMISES_NOTHING}


def test_teacher_has_no_control_group_to_judge():
    run = train(Hyperparameters(dataset="teacher", fan_in=5, n_train=50, hidden=(3, 3), epochs=2, replicates=2), cache=None)
    parts = [part for part, _ in outcomes(run)]
    assert parts == ["hidden weights 1"] * 2 + ["hidden weights 2"] * 2 + ["output weights"] * 2


def test_first_and_only_epoch_is_judged_once():
    assert list(outcomes(run_of(epochs=1))) == [(CONTROL, 1), ("hidden weights", 1), ("output weights", 1)]


def test_of_no_epoch_nothing_is_promised():
    assert set(outcomes(run_of(epochs=0)).values()) == {Outcome.PROMISES_NOTHING}


def test_a_draw_forgotten_at_once():
    """eta * lambda = n leaves exactly nothing of the control group: an infinite rate, no warning, and no premise."""
    assert set(outcomes(run_of(learning_rate=0.1, l2=2000.0)).values()) == {Outcome.PROMISES_NOTHING}


def test_memory_holds_below_the_range_of_single_precision():
    """e^-120 is less than float32 can hold: the control group reads 0, which must not count against the claim."""
    # eta * lambda / n = 0.01, just allowed, and 100 updates an epoch
    run = run_of(n_train=100, batch_size=1, hidden=(), epochs=120, replicates=2, learning_rate=0.1, l2=10.0)
    assert claim.premise(run.hyperparameters)
    assert (run.control_rms[:, -1] == 0).all()
    control = claim.judge(run)[0]
    assert (control.part, control.outcome) == (CONTROL, Outcome.EXACT)
    assert control.epochs == 68  # ln(1e30) / (100 * -ln 0.99) = 68.7


# how long the claim holds


def last_epoch_inside(run, layer, tolerance):
    """Epoch after epoch, until the interval of rms_T / rms_0 over exp(-gamma T) leaves 1 +- tolerance."""
    h = run.hyperparameters
    for epoch in range(1, run.epochs + 1):
        claimed = math.exp(-h.learning_rate * h.l2 / h.batch_size) ** epoch
        ratios = [rms[epoch, layer] / rms[0, layer] / claimed for rms in run.weight_rms]
        low, high = stats.ttest_1samp(ratios, 0).confidence_interval(0.95)
        if not (1 - tolerance <= low and high <= 1 + tolerance):
            return epoch - 1
    return run.epochs


@pytest.mark.parametrize("change", [{}, {"l2": 20.0}, {"l2": 2.0, "hidden": (6, 5)}, NO_GRADIENT, {"batch_size": 30}])
def test_last_epoch_within(change):
    run = run_of(**change)
    for layer in range(run.weight_rms.shape[2]):
        for tolerance in (0.01, 0.05, 0.2):
            assert claim.last_epoch_within(run, layer, tolerance) == last_epoch_inside(run, layer, tolerance)


def test_kept_until_by_hand():
    # one update an epoch of 1 - 1/200 against the claimed exp(-1/400): the ratio is exp(-0.0025125 T), below 0.95 from T = 20.4
    run = run_of(**NO_GRADIENT, batch_size=400, epochs=30)
    assert claim.last_epoch_within(run, 0, 0.05) == 20
    assert claim.last_epoch_within(run, 0, 0.02) == 8  # 0.98 at T = 8.04


def test_kept_until_of_one_replicate():
    """No interval, so nothing is known to be inside it but the start."""
    assert claim.last_epoch_within(run_of(**NO_GRADIENT, replicates=1), 0, 0.05) == 0


def test_kept_until_when_the_claim_is_below_float64():
    """eta * lambda / m = 300 and three epochs: the claim says e^-900. The data keep the weights far above; no warning."""
    run = run_of(learning_rate=0.5, l2=600.0, batch_size=1, epochs=3)
    assert claim.last_epoch_within(run, 0, 0.2) == 0


def test_deviation_from_the_claim():
    run = run_of(l2=20.0)
    for rms in (run.control_rms, run.weight_rms[:, :, 1]):
        found = claim.deviation_from_claim(run.hyperparameters, rms)
        for r in range(4):
            for epoch in range(21):
                expected = rms[r, epoch] / (rms[r, 0] * math.exp(-0.2) ** epoch) - 1
                assert found[r, epoch] == pytest.approx(expected, rel=1e-10, abs=1e-13)


def test_deviation_of_nothing_from_nothing():
    """Claimed e^-900, and less than float32 holds of the control group: no number, and no warning."""
    run = run_of(learning_rate=0.5, l2=600.0, batch_size=1, epochs=3)
    assert (run.control_rms[:, 3] == 0).all()
    assert np.isnan(claim.deviation_from_claim(run.hyperparameters, run.control_rms)[:, 3]).all()


# numbers that the pages print


def test_memory_error():
    run = run_of(l2=5.0)
    exact = (1 - 0.1 * 5.0 / 200) ** (20 * np.arange(21))
    expected = max(abs(rms[t] / rms[0] / exact[t] - 1) for rms in run.control_rms for t in range(21))
    assert claim.memory_error(run) == pytest.approx(expected, rel=1e-6)
    assert claim.memory_error(run) < 2e-6  # float32 rounding, once an epoch
    # a control group that decays by 5 % too much an epoch is seen as such
    off = replace(run, control_rms=run.control_rms * 0.95 ** np.arange(21))
    assert claim.memory_error(off) == pytest.approx(1 - 0.95**20, rel=1e-4)


@pytest.mark.parametrize("e", [1, 1.5, 3])
def test_memory_error_in_every_regime(e):
    assert claim.memory_error(run_of(learning_rate=0.1, l2=e * 2000)) < 2e-6


def test_memory_error_when_l2_is_switched_off():
    """The memory stops to fade at that epoch, exactly."""
    assert claim.memory_error(run_of(l2=5.0, l2_until=7)) < 2e-6


def test_size_left():
    run = run_of(l2=5.0)
    for layer in (0, 1):
        ratios = [rms[20, layer] / rms[0, layer] for rms in run.weight_rms]
        expected = stats.ttest_1samp(ratios, 0).confidence_interval(0.95)
        np.testing.assert_allclose(claim.size_left(run, layer), [np.mean(ratios), *expected], rtol=1e-10)
