"""The contest of exponents: that shipped floors are what training gives, and that exponents are fitted and judged rightly."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets, theory, train
from engine.archive import RESULTS, Store
from engine.defaults import DEFAULTS
from engine.statistics import interval, power_law
from engine.studies import contest
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


@pytest.mark.parametrize("name", contest.VARIED)
def test_every_contest_changes_one_thing_and_has_both_starts(name):
    asked = [h for point in contest.pairs(name) for h in point.values()]
    assert len(asked) == len(set(asked))
    large, scaled = ([h for h in asked if h.initialization == start] for start in ("large", "scaled"))
    assert [replace(h, initialization="scaled") for h in large] == scaled
    assert all(h.replicates >= 5 for h in asked)
    changed = {f.name for f in fields(Hyperparameters) if len({getattr(h, f.name) for h in large}) > 1}
    assert changed - {"epochs"} == {{"widths": "hidden", "lambdas": "l2"}.get(name, "fan_in")}
    assert len(large) >= 4
    for h in asked:
        assert np.exp(-h.learning_rate * h.l2 / h.batch_size * h.epochs) <= np.exp(-contest.FORGOTTEN) * 1.001 or h.epochs == 50


def test_they_are_small():
    assert (RESULTS / contest.FILE).stat().st_size < 3e6


SAMPLE = [("widths", 1), ("widths", 3), ("lambdas", 4), ("teacher-fan-ins", 0), ("copies", 1)]


@pytest.mark.remakes
@pytest.mark.parametrize(("name", "point"), SAMPLE, ids=str)
def test_a_sample_of_the_shipped_floors_is_what_training_gives(name, point):
    asked = contest.pairs(name)[point]
    runs = {start: train(h, cache=None) for start, h in asked.items()}
    last = [run.weight_rms[:, -10:].mean(axis=1) for run in runs.values()]
    # a sweep trains in other stacks; other kernels were measured to come to 6 % of this
    h = asked["large"]
    np.testing.assert_allclose(SHIPPED[name].rms[point], np.mean(last, axis=0), rtol=rounding(h.epochs * h.updates_per_epoch))
    ahead = max(10, -1 / (h.updates_per_epoch * np.log(1 - h.learning_rate * h.l2 / h.n_train)))
    for layer in range(2):
        drifts = [
            interval([ahead * np.polyfit(range(11), np.log(size[-11:]), 1)[0] for size in run.weight_rms[:, :, layer]])
            for run in runs.values()
        ]
        gap = np.exp(interval(np.log(last[0][:, layer] / last[1][:, layer])))
        still = all(moved.low >= -0.03 and moved.high <= 0.03 for moved in drifts)
        assert SHIPPED[name].reached[point, layer] == (still and gap[1] >= 0.97 and gap[2] <= 1.03)


@pytest.mark.remakes
def test_a_sample_on_mnist_is_what_training_gives(mnist_given):
    runs = {start: train(h, cache=None) for start, h in contest.pairs("mnist-fan-ins")[2].items()}
    last = np.mean([run.weight_rms[:, -10:].mean(axis=1) for run in runs.values()], axis=0)
    np.testing.assert_allclose(SHIPPED["mnist-fan-ins"].rms[2], last, rtol=0.01)  # its images may differ in a grey level


@pytest.mark.remakes
def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    points = [replace(contest.BASE, replicates=2)]
    monkeypatch.setattr(contest, "VARIED", {"widths": contest.VARIED["widths"]._replace(points=points)})
    store, heard = Store(tmp_path / "runs.sqlite"), []
    contest.make(store, Here, lambda *what: heard.append(what[:2]), tmp_path)
    assert heard[-1] == (2, 2)
    found = contest.results.__wrapped__(tmp_path)["widths"]
    k = SHIPPED["lambdas"].x.tolist().index(10.0)  # the same networks, of two seeds
    h = found.examples[0]
    np.testing.assert_allclose(found.rms[0], SHIPPED["lambdas"].rms[k, :2], rtol=rounding(h.epochs * h.updates_per_epoch))
    assert found.x.tolist() == [30.0]
    other = contest.VARIED["widths"]._replace(points=[replace(points[0], l2=20.0)])
    monkeypatch.setattr(contest, "VARIED", {"widths": other})
    with pytest.raises(ValueError, match=r"python -m engine\.studies\.contest"):
        contest.results.__wrapped__(tmp_path)


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
    assert {v.meaning: v.outcome for v in judged.judge(found, 0)}["1/√n_w"] == Outcome.PARTLY


def test_what_is_not_at_rest_is_left_out():
    x = SHIPPED["widths"].x
    spoiled = 0.3 * x**-0.5
    spoiled[2] = 9.0
    reached = [True, True, False, True, True, True]
    assert judged.exponent(made_up(spoiled, reached), 0).mean == pytest.approx(-0.5)
    assert judged.resting([made_up(spoiled, reached)]) == (5, 6)
    nothing = judged.judge(made_up(spoiled, [True, True, False, False, False, False]), 0)
    assert {v.outcome for v in nothing} == {Outcome.NOT_AT_REST}


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
    widths, teacher, mnist = (SHIPPED[name] for name in ("widths", "teacher-fan-ins", "mnist-fan-ins"))
    for found in (teacher, mnist):
        assert abs(judged.exponent(found, 1).mean) < 0.1  # "hardly changes"
        assert judged.apart(found, 0) < judged.TOLERANCE  # "cannot tell the two square roots apart"
        outer = next(v for v in judged.judge(found, 1) if v.meaning == "1/√n_w")
        assert outer.outcome == Outcome.FAILS  # "and for the output weights as the inputs grow in number"
    of_book = {v.meaning: v for v in judged.judge(widths, 0)}["1/√n_w"]
    assert not judged.equal(of_book)  # "leaves out"
    narrow, wide = judged.ends(widths, 0)
    assert -0.5 < wide < narrow  # "still on its way"
    assert judged.ends(widths, 1)[1] < -0.5  # "from the other side"
    for found in (widths, judged.wide(widths), teacher):  # "grows"
        squares = judged.lengths(found)[judged.at_rest(found, 0), :, 0].mean(axis=1)
        assert squares.argmax() == len(squares) - 1
        assert squares.argmin() == 0
    hump = judged.lengths(mnist)[np.argsort(mnist.x), :, 0].mean(axis=1)
    assert 0 < hump.argmax() < len(hump) - 1
    with_lambda = {v.outcome for layer in range(2) for v in judged.judge(SHIPPED["lambdas"], layer)}
    assert with_lambda == {Outcome.FAILS}  # "with lambda its exponent fails too"
    first, last = judged.length_ends(SHIPPED["lambdas"], 0)
    assert last < 1.5 * first < 0  # "an average and no power law"


def test_the_same_network_trained_on():
    """The contest has that of the untouched page for more epochs; not of other seeds, and not what it trains no longer."""
    h = DEFAULTS["tail_off"]
    size, epochs = judged.trained_on(SHIPPED["lambdas"], h)
    k = SHIPPED["lambdas"].x.tolist().index(h.l2)
    assert epochs == SHIPPED["lambdas"].examples[k].epochs > h.epochs
    np.testing.assert_allclose(size.mean, SHIPPED["lambdas"].rms[k].mean(axis=0))
    for change in ({"seed": 100}, {"epochs": epochs}, {"l2": 3.0}, {"hidden": (10,)}):
        assert judged.trained_on(SHIPPED["lambdas"], replace(h, **change)) is None
    restless = SHIPPED["lambdas"]._replace(reached=np.zeros_like(SHIPPED["lambdas"].reached))
    assert judged.trained_on(restless, h) is None


# near, yet different


def test_an_exponent_can_be_near_a_candidate_and_yet_differ():
    x = SHIPPED["widths"].x
    near = made_up(0.3 * x**-0.45)
    spread = near.rms * (x[:, None, None] / 20) ** np.array([-0.01, 0.01])[None, :, None]  # two seeds: exponents -0.46, -0.44
    for found, different in ((near, True), (near._replace(rms=spread), False)):
        low, high = stats.t.interval(0.95, 1, *_mean_and_error(found))
        assert different == (not low <= -0.5 <= high)
        equal = {v.meaning: judged.equal(v) for v in judged.judge(found, 0)}
        assert equal == {"1/n_w": False, "1/√n_w": not different, "1/√n_in": False}
    assert {v.meaning: v.outcome for v in judged.judge(near, 0)}["1/√n_w"] == Outcome.HOLDS


def _mean_and_error(found):
    fits = [stats.linregress(np.log(found.x), np.log(found.rms[:, r, 0])).slope for r in range(2)]
    return np.mean(fits), stats.sem(fits)


def test_the_hidden_weights_of_wide_networks_are_near_a_candidate_and_differ_from_it():
    near = next(v for v in judged.judge(judged.wide(SHIPPED["widths"]), 0) if v.meaning == "1/√n_w")
    assert near.outcome == Outcome.HOLDS
    assert not judged.equal(near)


# lengths, and all weights together


def by_hand(found, point, seed):
    """|W|^2 of each layer of one network, added up from its sizes."""
    inputs, units, classes = found.examples[point].sizes
    inner, outer = found.rms[point, seed]
    return inner**2 * inputs * units, outer**2 * units * classes


@pytest.mark.parametrize("name", SHIPPED)
def test_all_weights_together(name):
    found = SHIPPED[name]
    squares = np.array([[by_hand(found, point, seed) for seed in range(8)] for point in range(len(found.x))])
    np.testing.assert_allclose(judged.lengths(found), squares)
    counts = [sum(a * b for a, b in zip(h.sizes, h.sizes[1:])) for h in found.examples]
    np.testing.assert_allclose(judged.whole(found), np.sqrt(squares.sum(axis=2) / np.array(counts)[:, None]))
    np.testing.assert_allclose(judged.whole_length(found), np.sqrt(squares.sum(axis=2)))
    places = [k for k in range(len(found.x)) if found.reached[k, 0] and found.reached[k, 1]]
    if name == "lambdas":  # n_w is the same at all points
        assert np.isnan(judged.whole_exponent(found)).all()
        return
    log_counts = np.log([counts[k] for k in places])
    size = 0.5 * np.log(squares.sum(axis=2)[places]) - 0.5 * log_counts[:, None]
    fits = [stats.linregress(log_counts, size[:, seed]).slope for seed in range(8)]
    measured = judged.whole_exponent(found)
    assert measured.mean == pytest.approx(np.mean(fits))
    assert measured[1:] == pytest.approx(stats.t.interval(0.95, 7, np.mean(fits), stats.sem(fits)))


def between_neighbours(found):
    """The exponent in n_w of all weights together, between each two neighbouring points at rest, mean over seeds."""
    places = judged.all_at_rest(found)
    size = np.log(judged.whole(found)[places].mean(axis=1))
    return np.diff(size) / np.diff(np.log([found.examples[k].n_weights for k in places]))


def test_all_weights_of_a_power_law():
    """Layers whose length does not change with the width make all weights together fall with 1/sqrt(n_w)."""
    found = made_up(3.0 * SHIPPED["widths"].x ** -0.5)
    assert judged.whole_exponent(found).mean == pytest.approx(-0.5)
    np.testing.assert_allclose(between_neighbours(found), -0.5)
    np.testing.assert_allclose(judged.whole_length(found).mean(axis=1), 3.0 * np.sqrt(74), rtol=1e-3)
    few = made_up(found.x**-0.5, [True, True, False, False, False, False])
    assert np.isnan(judged.whole_exponent(few)).all()


def test_how_much_a_length_changes():
    rms = np.array([1.0, 2.0, 1.5, 1.0, 1.0, 9.0]) * SHIPPED["widths"].x ** -0.5
    found = made_up(rms, [True, True, True, True, True, False])
    assert judged.length_change(found, 0) == pytest.approx((4, 4, 4))  # the last, at no rest, is left out
    for name in ("widths", "teacher-fan-ins", "mnist-fan-ins"):
        found = SHIPPED[name]
        squares = [[by_hand(found, point, seed)[0] for seed in range(8)] for point in judged.at_rest(found, 0)]
        means = np.mean(squares, axis=1)
        assert judged.length_change(found, 0).mean == pytest.approx(means.max() / means.min(), rel=1e-3)


def test_wide_networks_have_a_hidden_unit_for_every_output():
    wide = judged.wide(SHIPPED["widths"])
    assert wide.x.tolist() == [x for x in SHIPPED["widths"].x if x >= 10]
    assert [h.hidden for h in wide.examples] == [(x,) for x in wide.x]
    assert len(wide.rms) == len(wide.reached) == len(wide.x) == 5
    np.testing.assert_array_equal(wide.rms, SHIPPED["widths"].rms[-5:])


def test_with_the_width_all_weights_together_follow_1_over_the_root_of_their_number():
    """Nearer than any layer alone, and between any two neighbours; not with the fan-in."""
    found = judged.wide(SHIPPED["widths"])
    off = abs(judged.whole_exponent(found).mean + 0.5)
    assert 10 * off < min(abs(judged.exponent(found, layer).mean + 0.5) for layer in range(2))
    assert (abs(between_neighbours(found) + 0.5) < 0.01).all()
    at_rest = judged.whole_length(found)[judged.all_at_rest(found)].mean(axis=1)
    assert at_rest.max() / at_rest.min() < 1.01
    for name in ("teacher-fan-ins", "mnist-fan-ins"):
        assert abs(judged.whole_exponent(SHIPPED[name]).mean + 0.5) > 10 * off


def test_copies_of_the_pixels_are_the_same_task():
    """Inner products of images, all that a network without a draw could learn from, stay as they are."""
    plain = datasets.load(Hyperparameters())
    for k in (2, 16):
        copied = datasets.load(Hyperparameters(fan_in=64 * k))
        assert copied.x_train.shape == (1440, 64 * k)
        some = slice(0, 1440, 97)
        products = [x[some].astype(float) @ x[some].astype(float).T for x in (plain.x_train, copied.x_train)]
        np.testing.assert_allclose(products[1], products[0], rtol=1e-6)
        np.testing.assert_array_equal(copied.y_train, plain.y_train)
        for name in ("x_train", "x_validation"):
            np.testing.assert_allclose(getattr(copied, name)[:, ::k] * np.sqrt(k), getattr(plain, name), rtol=1e-6)


def test_with_copies_a_layer_shares_its_length_among_more_weights():
    """|W|^2 of both layers stays, to the noise of the seeds: exponents of the rms of -1/2 and 0, and no candidate has both."""
    copies = SHIPPED["copies"]
    assert copies.reached.all()
    lengths = judged.lengths(copies).mean(axis=1)
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[0], lengths.shape), rtol=0.01)
    for layer, slope in enumerate((-0.5, 0.0)):
        assert judged.exponent(copies, layer).mean == pytest.approx(slope, abs=0.002)
