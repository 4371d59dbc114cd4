"""Claim 3's page without the page: its sentences in every case that they have, from runs that are put where the case is."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine import CACHE, Hyperparameters, datasets, train
from engine.claims import contest as contest_claim
from engine.claims import readings, tail_off
from engine.defaults import DEFAULTS
from engine.statistics import Interval
from engine.studies import contest, regimes
from engine.verdicts import Outcome
from engine.verdicts import contest as judged
from engine.verdicts import tail_off as claim
from tests.pages.reading import plain
from tests.view import telling
from view.bets import answer
from view.claims.tail_off import figures, tables


def test_linear_networks_share_one_norm():
    h = DEFAULTS["tail_off"]
    table = tables.linear_networks(h, datasets.load(h), CACHE.read(readings.linear_norms, h, readings.WIDTHS)).iloc[[0, 2]]
    np.testing.assert_allclose(table["simulated"], table["predicted"], rtol=1e-6)
    np.testing.assert_allclose(table["norm"].iloc[0], table["norm"].iloc[1], rtol=1e-6)
    assert table["simulated"].iloc[0] / table["simulated"].iloc[1] == pytest.approx(3, rel=1e-6)  # 9 times the weights


@pytest.mark.parametrize("lam", [0.0, 0.1, 2.0, 1e4])
def test_linear_networks_that_would_mislead_are_not_shown(lam):
    """Too little decay to forget the start in the steps taken, or so much that nothing is left."""
    h = replace(DEFAULTS["tail_off"], l2=lam)
    assert not len(tables.linear_networks(h, datasets.load(h), CACHE.read(readings.linear_norms, h, readings.WIDTHS)))


def test_the_strip_around_rest_is_named_at_its_lower_edge():
    table = tables.unopposed(trained(), 0)
    _, rows = figures.unopposed(table, H.epochs, 0.05)
    strip, name = (rows[rows["kind"] == kind].iloc[0] for kind in ("still", "strip name"))
    assert (strip["low"], strip["high"]) == (-0.05, 0.05)
    assert (name["name"], name["epoch"], name["mean"]) == ("at rest", table["epoch"].max(), strip["low"])


H = Hyperparameters(n_train=100, hidden=(6,), learning_rate=0.5, l2=5.0, epochs=40, replicates=4)  # 444 weights
BOOK = 444**-0.5
REST = dict(sizes=(0.3, 0.6))
SAID = ("weights rest at", "times that")
"""What is said only of weights at rest."""


@cache
def trained(**change):
    return {name: train(arm, cache=None) for name, arm in claim.arms(replace(H, **change)).items()}


def placed(run, sizes, drift=0.0, accuracy=0.9, spread=1e-4):
    """A run whose layers end at `sizes`, after a change by exp(drift) in ten epochs, and are right so often at the end."""
    epochs, seeds = np.arange(run.epochs + 1) - run.epochs, 1 + spread * np.arange(len(run.weight_rms))
    size = (np.exp(drift * epochs / 10) * seeds[:, None])[:, :, None] * np.array(sizes)
    return replace(run, weight_rms=size, validation_accuracy=np.full(run.validation_accuracy.shape, accuracy))


def both(large, scaled=None, **change):
    """Both starts with these arguments of `placed`."""
    runs = trained(**change)
    return {"large": placed(runs["large"], **large), "scaled": placed(runs["scaled"], **(scaled or large))}


def facts(runs, threshold=None):
    """What is known of these runs, of a network whose weights collapse from `threshold` on."""
    h = runs["large"].hyperparameters
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tail_off, "threshold_of", lambda h: threshold)
        found = tail_off.settings_facts(h) | tail_off.run_facts(runs, {})
    return found | {"bet": answer(None, (), found["floors"][0].rms)}


@cache
def of_the_contests():
    """What is told of the contests that ship, and of linear networks."""
    shipped = contest.results()
    found = contest_claim.contest_facts(shipped, tables.whitened_values(datasets.load(shipped["widths"].examples[0])))
    linear = [dict(width=10, norm=1.0, predicted=0.1, simulated=0.1)]
    return found | {"linear": linear, "steps": readings.STEPS, "teacher": 0.1, "unit": {"fan_in": 100, "eta": 1, "m": 1}}


def whole(**change):
    """All that is said, with some facts other than those of runs at rest and of the contests."""
    others = {"unit_seeds": 8} | of_the_contests()
    return telling.told("tail_off", **others | facts(both(REST)) | change)


def said(runs, threshold=None):
    """All that the page says of them."""
    text = plain(whole(**facts(runs, threshold)))
    assert not re.search(r"\b(nan|inf|None)\b", text)
    return text


def told(runs, threshold=None):
    """The verdict and its table."""
    text = said(runs, threshold)
    return telling.paragraph(text, ":::verdict\n"), telling.paragraphs(text, "| weights, and their size at rest | candidate")[0]


def rest_rows(runs):
    """How each layer was found to be at rest, or not."""
    return telling.paragraphs(said(runs), "| weights | size at rest")[0].splitlines()[2:]


def ledger(run):
    """What decay takes near the end, and what the data put back."""
    h = run.hyperparameters
    starts = {"large": run, "scaled": run}
    facts = {"ledger": tail_off.run_facts(starts, {})["ledger"], "h": h}
    return plain(telling.paragraph(telling.told("tail_off", **facts), "The asker is right").split("put it back.")[1]).strip()


def knees(run, floors, resting):
    found = {f.part: claim.knee(run, k, f) for k, f in enumerate(floors) if f in resting}
    return telling.paragraph(whole(knees=found), "The knee (7) is where both parts are equal")


def made_true(runs):
    """What the runs over lambda show of the candidates."""
    text = telling.told("tail_off", grid=True, **tail_off.grid_facts(runs, 25.0))
    start = text.find("By choosing λ a candidate can be made true")
    return plain(text[start if start >= 0 else text.index("On this stretch") :].split("\n\n## ")[0])


MOVES = dict(sizes=(0.3, 0.6), drift=-0.1)
CASES = [
    (dict(large=REST, l2=0.0), None, "without λ there is none"),
    (dict(large=REST), 5.0, "λ = 5 is above 5, from which on a network with all weights at 0 is stable"),
    (dict(large=REST, l2=400.0, learning_rate=0.5, epochs=12), None, "With ηλ/n = 2 decay overshoots 0"),
    (
        dict(large=REST | {"accuracy": 0.1}),
        None,
        "the network is dead.** From both starts it ends right on 10 % of the unseen images",
    ),
    (dict(large=REST, scaled=REST | {"accuracy": 0.11}), None, "dead.** From N(0, 1/$n_\\text{in}$) it ends right on 11 %"),
    (dict(large=REST, replicates=1), None, "**Undecided.** One seed has no interval"),
    (
        dict(large=MOVES, scaled=REST),
        None,
        "weights still shrink: at their present pace by 9.5 % in the next 10 epochs",
    ),
    (
        dict(large=REST, scaled=dict(sizes=(0.3, 0.6), drift=0.9)),
        None,
        "weights still grow: at their present pace to more than twice",
    ),
    (dict(large=REST, scaled=dict(sizes=(0.2, 0.6))), None, "From N(0, 1) the hidden weights are 1.5 times as large as from"),
]


@pytest.mark.parametrize(("case", "threshold", "says"), CASES, ids=lambda what: str(what)[:40])
def test_no_size_is_told_where_there_is_none(case, threshold, says):
    text, rows = told(both(**case), threshold)
    assert says in text
    hidden = "\n".join(row for row in rows.splitlines() if row.startswith("| hidden"))
    assert not any(said in hidden for said in SAID)
    assert "holds" not in hidden
    assert "hidden weights rest" not in text


def test_a_layer_at_rest_beside_one_that_moves():
    """The output weights have met, the hidden weights have not."""
    text, rows = told(both(REST, dict(sizes=(0.2, 0.6))))
    assert text.startswith("**Not yet: the hidden weights have not come to rest.**")
    assert text.endswith("The output weights rest at 0.6.")
    assert [("times that" in row) for row in rows.splitlines()[2:]] == [False] * 3 + [True] * 3


def test_seeds_too_few_to_tell_rest():
    """Of one ratio in four seeds the interval reaches beyond 3 %; no seed is moving."""
    runs = trained()
    apart = placed(runs["large"], (0.3, 0.6), spread=0.02)
    text, _ = told({"large": apart, "scaled": placed(runs["scaled"], (0.3, 0.6))})
    assert text == "**Undecided: whether the hidden weights and the output weights have come to rest, 4 seeds do not tell.**"


def test_weights_at_rest_elsewhere():
    """At 0.3 and 1.2; 1/sqrt(64) is 0.125 and 1/sqrt(6) 0.41."""
    text, rows = told(both(dict(sizes=(0.3, 1.2), drift=0.0049)))
    assert "| hidden weights, 0.299 |" in rows  # mean of the last ten
    assert text.startswith("**The weights do come to rest, but at sizes that neither the question nor the book gives.**")
    assert "At their last pace the next epochs would change their size by at most 0.5 %." in text  # 0.491 %, rounded up
    assert "accident" not in text
    text, _ = told(both(dict(sizes=(0.2, 1.2))))
    assert r"That the hidden weights rest around $1/\sqrt{n_\text{in}}$ is an accident of λ" in text


def test_the_size_of_the_book_with_what_it_costs():
    text, _ = told(both(dict(sizes=(BOOK, 0.9), accuracy=0.14)))
    assert text.startswith(
        r"**True of the hidden weights, which rest around $1/\sqrt{n_w}$.** A network with such weights is right on 14 %"
    )
    text, _ = told(both(dict(sizes=(2 * BOOK, 0.9), spread=0.001)))
    assert text.startswith(r"**Undecided: whether the hidden weights rest around $1/\sqrt{n_w}$, 4 seeds do not tell.**")


def test_training_that_diverges():
    runs = trained()
    early = replace(runs["large"].first(12), diverged_at=13)
    text, rows = told({"large": early, "scaled": runs["scaled"].first(12)})
    assert text.startswith("**From N(0, 1) training diverges.**")
    assert not any(said in rows for said in SAID)
    rows = rest_rows({"large": early, "scaled": runs["scaled"].first(12)})
    assert rows == ["| hidden weights | – | – | – | – |", "| output weights | – | – | – | – |"]


CHANGES = [
    (Interval(0.0, -0.01, 0.01), "−1 % to 1 %"),
    (Interval(0.4, -0.8, 1.6), "the seeds do not tell"),
    (Interval(0.9, -0.8, 2.6), "the seeds do not tell"),
    (Interval(1.6, 0.8, 2.4), "more than doubles"),
    (Interval(-1.6, -2.4, -0.8), "more than halves"),
    (Interval(0.1, np.nan, np.nan), "11 %"),
    (Interval(-0.8, np.nan, np.nan), "more than halves"),
    (Interval(np.nan, np.nan, np.nan), "–"),
]


@pytest.mark.parametrize(("moved", "says"), CHANGES)
def test_a_change_is_told_as_far_as_seeds_tell_it(moved, says):
    """A factor of 2 between the bounds is too wide, and one of 2 too far ahead; ln 2 is 0.69."""
    floor = replace(claim.floors(both(REST))[0], drift={"large": moved})
    facts = dict(floors=[floor], changes={floor.part: [tail_off.told_change(moved)]}, starts=["large"], horizon=10.0)
    (row,) = telling.paragraphs(whole(**facts), "| weights | size at rest")[0].splitlines()[2:]
    assert plain(row).split(" | ")[2] == says


def test_epochs_ahead_are_told_to_two_digits():
    """1/gamma with gamma = -ln(1 - eta lambda/n) times n/m updates an epoch: 14,399.5 and 1,439.5 epochs, and 1.99 of 10."""
    slow = replace(H, n_train=1440, batch_size=1440, l2=10.0)
    for h, says in (
        (replace(slow, learning_rate=0.01), "14,000 epochs"),
        (replace(slow, learning_rate=0.1), "1,400 epochs"),
        (H, "10 epochs"),
        (replace(H, l2=0.0), "the epochs that follow"),
    ):
        facts = dict(horizon=claim.horizon(h), last=claim.LAST)
        text = telling.paragraph(whole(**facts), "Rest is measured")
        assert f"went on like that for {says}, from each start" in text


def test_the_ledger_near_the_end():
    """Of |W|^2 decay takes the same share in every epoch; the rest of what happens to it is the data's."""
    runs = trained()
    taken = 1 - (1 - 0.5 * 5 / 100) ** 20
    norm = runs["large"].norm_squared[:, -11:, 0]
    given = (np.diff(norm, axis=1) / norm[:, :-1]).mean() + taken
    assert abs(given / taken - 1) < 0.03
    said = f"decay takes in each epoch {100 * taken:.0f} % of the $|W|^2$ of the hidden weights. The data put back as much."
    assert said in ledger(runs["large"])
    assert " of the hidden weights of this one seed. The data " in ledger(trained(replicates=1)["large"])
    assert ledger(trained(l2=0.0)["large"]) == ""
    assert ledger(runs["large"].first(5)) == ""
    norm = runs["large"].norm_squared
    for share, says in (
        (-0.5, "take some as well."),
        (0.001, "put next to nothing back."),
        (0.6, "put back 60 % of what it takes."),
        (1.02, "put back as much."),
        (1.5, "add more than that."),
    ):
        put = replace(runs["large"], norm_change_data=share * taken * norm[:, :-1])
        assert ledger(put).endswith(f"The data {says}")
    early = trained(epochs=10, l2=0.1)["scaled"]  # it grows
    assert ledger(early).endswith("The data add more than that.")


def test_knees_of_weights_that_rest_below_their_start():
    runs = both(REST)
    floors = claim.floors(runs)
    assert "no dashed curve" in knees(runs["large"], floors, [])
    below = placed(runs["large"], (0.2, 0.5))
    assert "have none" in knees(below, floors, floors)
    told = knees(trained()["large"], floors, floors)
    assert re.search(r"epoch [\d.]+ for the hidden weights and epoch [\d.]+ for the output weights", told)


ENDS = [((0.2, 2.0), 0.9), ((0.1, 1.5), 0.6), ((0.06, 1.2), 0.3), ((0.02, 0.9), 0.2)]
"""Sizes and accuracy at the end, by rising lambda."""
ALIKE = [((sizes[0], sizes[0]), accuracy) for sizes, accuracy in ENDS]


def over_lambda(ends=ENDS, drift=0.0):
    """Runs that end so, for lambda = 10, 20 and so on."""
    run = trained()["large"]
    for k, (sizes, accuracy) in enumerate(ends):
        h = replace(run.hyperparameters, l2=10.0 * (k + 1))
        yield replace(placed(run, sizes, drift, accuracy), hyperparameters=h)


def test_what_a_candidate_costs():
    """Hidden weights pass 1/sqrt(64) = 0.125 and 1/sqrt(444) = 0.047; output weights pass nothing."""
    text = made_true([*over_lambda()])
    assert r"| hidden weights | $1/\sqrt{n_\text{in}}$ | 10 and 20 | 90 % and 60 % |" in text
    assert r"| hidden weights | $1/\sqrt{n_w}$ | 30 and 40 | 30 % and 20 % |" in text
    assert r"A λ that brings the hidden weights to $1/\sqrt{n_w}$ breaks the network: it is then right less" in text
    assert text.endswith("No layer at rest passes $1/n_w$.")
    assert r"A λ that brings both layers to $1/\sqrt{n_w}$ breaks" in made_true([*over_lambda(ALIKE)])
    falling = [*over_lambda(drift=-0.5)]
    assert made_true(falling) == "On this stretch of λ no layer is seen to pass a candidate at rest."


def test_an_exponent_is_near_or_equal_or_bent():
    """Made of the shipped widths, with two seeds: slopes of -0.45 that agree, of -0.46 and -0.54, and of a bent line."""
    real = judged.wide(contest.results()["widths"])
    log_x = np.log(real.x / 40)

    def book(slopes, bend=0.0):
        sizes = 0.3 * np.exp(np.outer(log_x, slopes) + bend * (log_x**2)[:, None])
        one = real._replace(rms=np.repeat(sizes[:, :, None], 2, axis=2))
        found = contest_claim.exponents_of({"widths": one}, 0)
        rows = telling.paragraphs(whole(exponents=[found, found]), "| varied")[0].splitlines()
        return next(row for row in rows if "$1/\\sqrt{n_w}$" in row)

    assert "near, not equal" in book([-0.4499, -0.4501])
    assert "near and equal" in book([-0.499, -0.501])
    assert "near on the whole, bent" in book([-0.4999, -0.5001], bend=0.1)
    assert "not near" in book([-0.7, -0.7001])


@pytest.mark.parametrize(
    ("straight", "bent", "says"),
    [
        ([], [], "is near nowhere."),
        (["widths"], [], "is near with the width."),
        ([], ["widths", "lambdas"], "is near with the width and with λ on the whole, along a bent line."),
        (["widths"], ["lambdas"], "is near with the width, and with λ on the whole, along a bent line."),
    ],
)
def test_candidates_are_told_by_how_near_they_are(straight, bent, says):
    text = whole(candidates={"1/n_w": (straight, bent)})
    assert telling.paragraph(text, "For the hidden weights $1/n_w$") == says


def test_the_map_bears_what_is_said_of_dead_networks():
    """ "With large steps that begins below the threshold": where nothing is promised though lambda is below it."""
    threshold = claim.collapse(regimes.MAP, datasets.load(regimes.MAP).top_singular_value)
    cells = regimes.results()["tail_off"]["1/√n_w, hidden weights"]
    promises_nothing = np.array(cells) == regimes.KINDS.index("promises nothing")  # (etas, lambdas)
    below = promises_nothing[:, np.array(regimes.axes()[1]) < threshold].any(axis=1)
    assert below.any()
    assert (np.diff(below.astype(int)) >= 0).all()  # from some eta on
    assert promises_nothing[:, np.array(regimes.axes()[1]) >= threshold].all()


def unlikely():
    """Facts of runs that are put where each sentence is."""
    runs, of_lambda = trained(), [tail_off.grid_facts([*over_lambda(ends)], 25.0) for ends in (ENDS, ALIKE)]
    for case, threshold, _ in CASES:
        yield facts(both(**case), threshold) | of_lambda[0]
    yield facts(both(REST, dict(sizes=(0.2, 0.6))), 25.0) | of_lambda[1] | {"grid": claim.collapse_grid(H, 25.0)}
    yield facts(both(REST), 25.0) | of_lambda[1] | {"grid": claim.collapse_grid(H, 25.0), "never": ["1/n_w", "1/√n_w"]}
    yield facts(both(dict(sizes=(0.3, 0.6), drift=-0.9)), 80.0) | tail_off.grid_facts(None, 80.0)
    for ends in (dict(drift=-0.5), dict(ends=[ENDS[0], ENDS[1], *((sizes, 0.1) for sizes, _ in ENDS[2:])])):
        yield facts(both(REST), 25.0) | tail_off.grid_facts([*over_lambda(**ends)], 25.0)
    for large, scaled in ((0.02, 1e-4), (1e-4, 1e-4)):  # of one ratio in four seeds the interval reaches beyond 3 %, or not
        yield facts({name: placed(runs[name], (0.3, 0.6), spread=of) for name, of in zip(runs, (large, scaled))})
    yield facts({"large": replace(runs["large"].first(12), diverged_at=13), "scaled": runs["scaled"].first(12)})
    for sizes in ((BOOK, 0.9), (2 * BOOK, 0.9), (BOOK, 2 * BOOK)):
        found = facts(both(dict(sizes=sizes, spread=0.001)))
        yield found | {"undecided": 3 * found["undecided"]}
    found = facts(both(REST))
    for kind in ("nothing", "takes", "adds"):
        yield found | {"ledger": found["ledger"] | {kind: True}}
    yield found | {"changes": {part: [tail_off.told_change(moved) for moved, _ in CHANGES] for part in found["changes"]}}
    yield found | {"knees": dict.fromkeys(found["knees"], np.nan), "longer": (Interval([0.3, 0.6], [], []), 900)}
    yield found | {"unsure": found["floors"], "moving": found["floors"], "apart": found["floors"][0]}
    yield found | {"unsure": found["floors"][:1], "at_rest": found["floors"][1:]}


def of_contests():
    """Facts of the contests that ship, and of some that come out otherwise."""
    shipped = contest.results()
    found = of_the_contests() | {"unit_seeds": 8}
    name, measured, those = found["exponents"][0][0]
    outcomes = [(replace(those[0][0], outcome=outcome), equal) for outcome in Outcome for equal in (True, False)]
    rest = facts(both(REST))
    yield found | rest
    yield found | rest | {"exponents": 2 * [[(name, measured, outcomes)]], "linear": [], "foretold_size": 3.0}
    yield found | rest | {"candidates": {"1/n_w": (list(shipped), []), "1/√n_w": ([], list(shipped))}}
    yield found | rest | {"whole": found["whole"] | {"narrow": [(5, 9.0), (7, 10.0)]}}


def test_every_branch_is_reached():
    assert telling.unreached("tail_off", [*unlikely(), *of_contests()]) == []
