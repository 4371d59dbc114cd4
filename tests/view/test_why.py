"""The sentences of the page on lengths: each is said where it is true."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine import CACHE, Hyperparameters
from engine.claims import lengths as claim
from engine.claims import readings
from engine.lengths import at_rest
from engine.statistics import Interval
from engine.verdicts import Outcome
from tests.view.telling import paragraph, told, unreached
from view.bets import answer
from view.claims.why import figures, tables

PRESETS = {name: {"l2": 1, "learning_rate": 0.1} for name in ("one", "five", "small", "early")}
SHORT = Hyperparameters(l2=20.0, epochs=40, replicates=4)
OPENING = Hyperparameters(l2=2.0, epochs=60)


@cache
def runs_of(**change):
    return {name: CACHE.train(h) for name, h in claim.runs(replace(SHORT, **change)).items()}


def facts(runs, found=None, guess=None):
    h = runs["large"].hyperparameters
    found = found or {name: claim.ratios(run.hyperparameters, CACHE) for name, run in runs.items()}
    settled = claim.settings_facts(h) | claim.prediction_facts() | claim.opening_facts(CACHE.train(OPENING))
    settled |= claim.left_over_facts()
    measured = claim.run_facts(runs, found)
    return settled | measured | {"bet": answer(guess, (0.15, 1.4), measured["relative"]), "presets": PRESETS}


def placed(first=400.0, second=500.0, drift=0.0, relu=(200.0, 200.0), **change):
    """Runs whose squared lengths at the end are as given, moving by `drift` an epoch."""
    runs = runs_of(**change)

    def at(run, ends):
        counts = np.array([a * b for a, b in zip(run.hyperparameters.sizes, run.hyperparameters.sizes[1:])])
        rms = run.weight_rms.copy()
        pace = np.exp(drift * np.arange(-20, 1))[None, :, None]
        seeds = 1 + 1e-4 * np.arange(len(rms))[:, None, None]
        rms[:, -21:] = np.sqrt(np.array(ends) / counts) * pace * seeds
        return replace(run, weight_rms=rms)

    return {name: at(run, relu if name == "relu" else (first, second)) for name, run in runs.items()}


def asking(k, relu=1.0, seeds=4):
    """Ratios that ask for K = k."""

    def one(value):
        end = np.full((seeds, 1), value)
        return claim.Ratios({1: end, 40: end}, end, end)

    return {"large": one(k), "scaled": one(k), "relu": one(relu)}


def verdict(of):
    return paragraph(told("why", **of), ":::verdict\n")


CASES = {
    "holds": (placed, {}, asking(0.8), "**The layers rest in the ratio that the data set.**"),
    "fails": (placed, {}, asking(0.6), "**The ratio at rest is not the one that the data set.**"),
    "travels": (placed, {"drift": -0.1}, asking(0.8), "**Not yet: a layer is still on its way.**"),
    "unequal": (placed, {"relu": (240.0, 200.0)}, asking(0.8), "With ReLU units they are not equally long."),
    "by heat": (
        placed,
        {"relu": (240.0, 200.0)},
        asking(0.8, 1.2),
        "would be equally long, but for the noise of the mini-batches",
    ),
    "equal": (placed, {}, asking(0.8), "With ReLU units they are equally long."),
    "no decay": (runs_of, {"l2": 0.0, "epochs": 3, "replicates": 2}, None, "**The law promises nothing here.**"),
    "one seed": (runs_of, {"replicates": 1, "epochs": 25}, None, "**These seeds cannot tell"),
    "deep": (runs_of, {"hidden": (10, 10), "epochs": 12, "replicates": 2}, None, "**Not yet: a layer is still on its way.**"),
}


@cache
def of_case(name):
    make, change, found, _ = CASES[name]
    return facts(make(**change), found)


@pytest.mark.rests
@pytest.mark.parametrize("name", CASES)
def test_the_verdict_says_what_was_found(name):
    assert CASES[name][3] in verdict(of_case(name))


def test_a_deeper_network_has_a_row_for_every_two_neighbours():
    rows = [line for line in told("why", **of_case("deep")).splitlines() if line.startswith("| ")]
    for pair in ("hidden weights 1 and hidden weights 2", "hidden weights 2 and output weights"):
        assert sum(pair in row for row in rows) == 4


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("holds", "The difference of the two squared lengths then fades as fast as under decay alone."),
        ("fails", "The difference of the two squared lengths then does not fade as fast as under decay alone."),
        (
            "undecided",
            "Whether the difference of the two squared lengths then fades as fast as under decay alone, these seeds cannot",
        ),
    ],
)
def test_the_clock_is_told_as_it_is_judged(outcome, says):
    assert says in verdict(of_case("holds") | {"ticks": Outcome(outcome)})


def test_a_size_is_met_by_one_layer_or_by_both_or_by_none():
    size = claim.predicted(SHORT)
    both, one, none = (
        verdict(facts(placed(first, second), asking(first / second)))
        for first, second in ((size, size), (size, 2 * size), (2 * size, 2 * size))
    )
    assert "The predicted length is met." in both
    assert "The length itself is predicted for one layer and missed for the other." in one
    assert "The predicted length is missed." in none


def test_runs_that_diverge_are_told_as_such():
    change = dict(l2=500.0, learning_rate=5.0, n_train=20, batch_size=1, epochs=10, replicates=2)
    for activation in ("relu", "sigmoid"):
        of = facts(runs_of(**change, activation=activation), guess=1.4)
        said = told("why", **of)
        assert ("Training diverges" in said) == (of["law"] == Outcome.DIVERGED)
        assert not re.search(r"\b(nan|None)\b", said)


def test_which_layer_falls_and_which_rises():
    rises, falls, grows = (told("why", **facts(placed(*ends), asking(1.0))) for ends in ((400, 500), (100, 100), (3000, 3000)))
    assert "For the first layer that is a fall, for the last a rise." in rises
    assert "Here it is a fall for both." in falls
    assert "Here the first layer grows." in grows


@pytest.mark.sweeps
def test_every_branch_is_reached():
    cases = [of_case(name) for name in CASES]
    size = claim.predicted(SHORT)
    for ends in ((size, size), (size, 2 * size), (2 * size, 2 * size), (100, 100), (3000, 3000)):
        cases.append(facts(placed(*ends), asking(1.0), 1.4))
    cases.append(cases[0] | {"relu": Outcome.UNDECIDED, "ticks": Outcome.UNDECIDED})
    cases.append(cases[0] | {"ticks": Outcome.FAILS})
    cases.append(cases[0] | {"ticks": Outcome.HOLDS, "relu": Outcome.DIVERGED})
    change = dict(activation="relu", learning_rate=5.0, l2=500.0, n_train=20, batch_size=1, epochs=10, replicates=2)
    cases.append(facts(runs_of(**change), guess=1.4))
    unknown = Interval(np.nan, np.nan, np.nan)
    blank = {name: [replace(v, measured=unknown) for v in cases[0][name]] for name in ("equal", "clock", "sizes")} | {
        "judged": {"large": [replace(v, measured=unknown, predicted=np.nan) for v in cases[0]["judged"]["large"]]}
    }
    cases.append(cases[0] | blank)
    assert unreached("why", cases) == []


def test_the_prediction_is_compared_with_what_was_trained():
    """The mean squared length of both layers over the prediction, from the sizes that ship."""
    told_facts, (tested, _, _) = claim.prediction_facts(), claim.over_lambda()
    counts = np.array([64 * 30, 30 * 10])
    for row, rms in zip(told_facts["over_lambda"], tested.rms):
        both = (counts * rms**2).mean()
        assert row["off"] == pytest.approx(both / row["predicted"] - 1)
    off = [abs(row["off"]) for row in told_facts["over_lambda"] if row["at_rest"]]
    assert told_facts["near_sizes"] == sum(one <= 0.1 for one in off)
    assert abs(told_facts["furthest_off"]["off"]) == max(off)
    assert all((size == 0) == (lam >= told_facts["collapse"]) for lam, size in claim.prediction().items())


def test_tables_hold_what_the_runs_measured():
    runs = runs_of()
    lengths = tables.lengths(runs)
    first = lengths[(lengths["part"] == "hidden weights") & (lengths["start"] == "from N(0, 1)")].sort_values("epoch")
    np.testing.assert_allclose(first["mean"], (1920 * runs["large"].weight_rms[:, :, 0] ** 2).mean(axis=0))
    h = runs["relu"].hyperparameters
    network = CACHE.network(h, 40)
    units = tables.units(CACHE.read(readings.units, h, (0, 40)))
    units = units[units["name"] == tables.LAST]
    squares = [(w.astype(float) ** 2).sum(axis=axis).ravel() for w, axis in zip(network.weights, (2, 1))]
    np.testing.assert_allclose(units[["into", "out"]].to_numpy().T, squares)
    left = tables.clock(h).set_index("epoch")["mean"]
    assert left[10] == pytest.approx((1 - 0.1 * 20 / 1440) ** (2 * 10 * 144))
    relu = tables.differences(runs)
    relu = relu[relu["part"] == tables.RELU].set_index("epoch")["mean"]
    assert relu[5] == pytest.approx(left[5], rel=0.03)


def test_figures_leave_out_what_has_no_logarithm():
    runs = runs_of()
    for spec, rows in (
        figures.differences(tables.differences(runs), tables.clock(SHORT), 40),
        figures.lengths(tables.lengths(runs), None, 40),
    ):
        assert (rows.loc[rows["kind"] == "measured", ["mean", "low"]] > 0).all().all()
        assert spec["layer"]


def test_what_is_left_over_is_told_from_the_run_itself():
    """The untouched page's ReLU run, in single precision, leaves as much of the difference at its end."""
    run = CACHE.train(claim.runs(claim.DEFAULT)["relu"])
    apart = run.norm_squared[:, :, 0] - run.norm_squared[:, :, 1]
    left = apart[:, -1] / apart[:, 0] - (1 - 0.1 * 2 / 1440) ** (2 * 144 * 300)
    rest = claim.left_over_facts()["rest"]
    assert rest["measured"] == pytest.approx(left.mean(), abs=2 * left.std() / np.sqrt(len(left)))
    assert rest["measured"] == pytest.approx(rest["heat"] + rest["biases"], rel=1e-9)
    drawn = tables.left_over().groupby("part")["mean"].last()
    np.testing.assert_allclose(drawn[["measured", tables.SUM]], rest["measured"], rtol=1e-9)


def test_no_size_is_told_that_would_have_to_be_solved_for():
    assert claim.predicted(replace(SHORT, n_train=200)) is None
    assert claim.predicted(replace(SHORT, activation="relu")) is None
    assert claim.predicted(SHORT) == pytest.approx(at_rest(SHORT))
