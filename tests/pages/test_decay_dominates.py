"""The page of claim 1: it says what is measured, and nothing that is false at the ends of its controls."""

import re
from dataclasses import replace

import numpy as np
import pytest

from engine import CACHE, datasets, snapshots, train
from engine.defaults import DEFAULTS
from engine.studies import looks, regimes
from engine.verdicts import decay_dominates as claim
from engine.verdicts import tail_off
from tests.pages.reading import NOT_A_NUMBER, charts, everything, opened, page, pictures, plain, prose, wrong
from view import words

DEFAULT = DEFAULTS["decay_dominates"]


def visit(**values):
    """The page of claim 1, short unless told otherwise."""
    return page("decay_dominates", **{f"c1_{name}": value for name, value in ({"epochs": "10"} | values).items()})


def verdict(at):
    """What is said, and the table below it."""
    said, table = next(m.value for m in at.markdown if "\n\n| what is dominated" in m.value).split("\n\n", 1)
    return plain(said).strip(), plain(table).strip()


def box(at):
    """What the verdict says: the paragraph above its table."""
    return verdict(at)[0]


def shares(at):
    """(what, share, outcome) of each row of the verdict."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in verdict(at)[1].splitlines()[2:]]


@pytest.fixture(scope="module")
def untouched():
    return opened("decay_dominates")


def test_the_untouched_page_says_what_was_measured(untouched):
    text = everything(untouched)
    run, data = train(DEFAULT), datasets.load(DEFAULT)
    judged = claim.judge(run, *snapshots.decay_alone(DEFAULT, data, [0, claim.FIRST]))
    for v, (_, share, outcome) in zip(judged, shares(untouched), strict=True):
        assert share.startswith(plain(f"{words.percent(v.measured.mean)} ("))
        assert str(v.outcome) in outcome
    for t in claim.thresholds(claim.ruler(DEFAULT).split(train(claim.ruler(DEFAULT)))):
        assert f"{t.part} | $\\lambda={words.number(t.measured.mean, 2)}$" in text
    start = snapshots.gradients(snapshots.decayed(DEFAULT, 0), DEFAULT, data)
    assert words.number(start.mean[:, 0].mean(), 2) in text
    pull = (start.relative[:, 0] / (DEFAULT.l2 / DEFAULT.n_train)).mean()
    assert f"the data’s pull on the hidden weights is {words.number(pull, 2)} times as large as that of decay" in text
    way = (run.displacement_data[:, :5, 0].sum(axis=1) / run.displacement_decay[:, :5, 0].sum(axis=1)).mean()
    assert f"the data move these weights {words.number(way, 2)} times as far as decay" in text


def test_nothing_on_the_untouched_page_is_impossible(untouched):
    assert not wrong(untouched)


def test_the_untouched_verdict(untouched):
    assert box(untouched) == (
        "**True of one thing, the length of the hidden weights.** "
        "In two more decay does more than half, which is not “almost entirely”. "
        "It is false of the other three, the cost and the accuracy among them: there decay does less than half."
    )


def test_the_reason_for_the_default_is_true(untouched):
    """The book's lambda, and epochs enough to see what follows the first."""
    assert "because the book has this λ" in everything(untouched)
    (ruled,) = (rows for _, alt, rows in charts(untouched) if alt.startswith("Chart with a logarithmic axis of lambda"))
    assert ruled.loc[ruled["name"] == "your λ, as in the book", "mean"].tolist() == [DEFAULT.l2]
    assert DEFAULT.epochs > claim.FIRST


def test_movement_is_always_read_from_one_epoch_to_the_next(untouched):
    lines = prose(untouched).splitlines()
    head = next(k for k, line in enumerate(lines) if line.startswith("| decay’s share of | every update |"))
    table = lines[head + 2 : head + 6]  # how often one looks
    for row in (line for line in lines if line.startswith("| movement") and line not in table):
        assert row.startswith("| movement from one epoch to the next, ")
    assert any(
        alt.endswith("from one epoch to the next. Dashed levels at one half and nine tenths.")
        for _, alt, _ in charts(untouched)
    )
    found = looks.results()
    shown = list(zip(*([cell.strip() for cell in row.strip("|").split("|")][1:] for row in table)))
    for k, cells in enumerate(shown):
        means = [*found.movement[k].mean(axis=0), *found.length[k].mean(axis=0)]
        assert list(cells) == [plain(words.percent(mean)) for mean in means]
    assert len(shown) == len(found.updates)
    epoch = list(found.updates).index(DEFAULT.updates_per_epoch)  # the page's own way of looking
    np.testing.assert_allclose(found.movement[epoch], claim.movement_share(train(DEFAULT)), rtol=1e-4)  # float32 weights
    hidden = found.length.mean(axis=1)[:, 0]
    assert np.ptp(hidden) < 0.01 < 0.3 < np.ptp(found.movement.mean(axis=1)[:, 0])  # "hardly depends" and "depends"


def test_only_words_of_the_claim_stand_in_quotation_marks(untouched):
    source = next(m.value for m in untouched.markdown if m.value.startswith("*Supposing"))
    quoted = set(re.findall("“(.*?)”", prose(untouched))) - {"equal"}  # the name of a line on the map
    assert quoted
    for quotation in quoted:
        assert quotation.lower() in source


def test_some_settings_beyond_the_collapse_hold():
    """So says the sentence below the map."""
    threshold = tail_off.collapse(regimes.MAP, datasets.load(regimes.MAP).top_singular_value)
    beyond = np.array(regimes.axes()[1]) > threshold
    for part in DEFAULT.layer_names:
        outcomes = regimes.results()["decay_dominates"][f"{claim.NORM}, {part}"]
        assert (outcomes[:, beyond] == regimes.KINDS.index("holds")).any()


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"lambda": "0"}, "promises nothing here.** It supposes that λ is not too small, and without λ there is no decay."),
        ({"lambda": "0.1"}, "of a weight that sees no data 5 epochs of this decay leave 99.5 %."),
        ({"lambda": "2"}, "It is false of the other five, the cost and the accuracy among them"),
        ({"lambda": "100"}, "True of three things out of six.** In two more decay does more than half"),
        ({"lambda": "500"}, "About the gain in accuracy these seeds cannot tell."),
        ({"start": "scaled"}, "**True of nothing that is measured here.** Of each of the six decay does less than half."),
        ({"eta": "10"}, "**"),  # another processor rounds to another verdict: there is one
        ({"eta": "10", "lambda": "200"}, "True of four things out of six."),
        ({"eta": "10", "lambda": "500", "m": "1440"}, "every update throws a weight past 0 and further out than it was"),
        ({"n": "20"}, "**True of the length of every layer.**"),
        ({"m": "3000"}, "promises nothing here.** It supposes that λ is not too small"),
        ({"seeds": "1"}, "Not judged: one seed has no interval."),
        ({"seeds": "2", "hidden": "30-30"}, "True of one thing, the length of the hidden weights 1.** In one more"),
        ({"units": "relu"}, "About the length of the output weights these seeds cannot tell. It is false of the other four"),
        (
            {"units": "relu", "cost": "log-likelihood", "hidden": "30-30", "m": "1", "n": "100", "eta": "10", "lambda": "0.1"},
            "**Nothing to judge: the run diverged.** In epoch 1 a weight left the finite numbers.",
        ),
    ],
    ids=str,
)
def test_the_ends_of_the_controls(values, verdict):
    at = visit(**values)
    text = everything(at)
    assert verdict in box(at)
    assert not re.search(NOT_A_NUMBER + "|unknown", text)
    assert ("no interval" in text) == (values.get("seeds") == "1")
    for what, share, _ in shares(at):
        for number in re.findall(r"−?[\d.]+(?= %)", share):
            assert what.startswith(("fall", "gain")) or 0 <= float(number) <= 100
        assert not re.search(r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+ %", share)  # nothing that only rounding leaves
    for cosine in re.findall(r"and the weights is (−?[\d.]+)\.", text):
        assert abs(float(cosine.replace("−", "-"))) <= 1
    assert not re.search(r"(took away|added) \d+ %", text)  # units of the first |W|^2, which may be more than 1
    assert ("the data’s pull on the" in text) == (values.get("lambda") != "0")


def test_one_seed_has_no_interval_and_what_does_not_change_stays():
    at = visit(seeds="1", n="200", eta="0.01", m="3000")
    text = everything(at)
    assert re.search(r"\| accuracy on 357 unseen images \| ([\d.]+ %) \| \1 \|", text)
    assert "over the first 5 epochs, from one seed." in text
    assert "over 1 seed" not in text + "".join(m.proto.help for m in at.markdown)  # on hover, too
    closing = prose(visit(seeds="1", n="200"))
    assert re.search(r"In this one seed they are equal at \$\\lambda=[\d.]+\$ in the ", closing)
    assert "no single value" not in closing
    assert not wrong(at)


def test_decay_that_only_turns_the_sign_is_told_as_such():
    at = visit(seeds="2", n="100", eta="1", **{"lambda": "200"})
    assert box(at).endswith("decay turns a weight’s sign at every update, and never shrinks it.")
    assert prose(at).count("of this decay leave") == 0  # nor in the closing words
    assert {share for what, share, _ in shares(at) if what.startswith("length")} == {"0 %"}  # and no interval without width
    assert not wrong(at)


def test_a_share_below_none_and_a_factor_of_one_are_said_in_words():
    at = visit(seeds="2", n="200", units="relu", cost="log-likelihood", hidden="30-30")
    assert "| about as far as decay |" in prose(at)
    _, share, outcome = shares(at)[-1]
    assert re.fullmatch(r"none that is seen \([\d.]+ % at most\)", share)
    assert "fails" in outcome
    assert not wrong(at)
    harmed = visit(seeds="2", n="200", units="tanh", cost="quadratic", hidden="30-30")
    assert shares(harmed)[-1][1] == "none, decay alone does harm"
    _, _, rows = next(chart for chart in charts(at) if "accuracy on unseen" in chart[1])
    bounds = rows[["low", "high"]].dropna().to_numpy()
    assert bounds.min() >= 0
    assert bounds.max() <= 1


def test_two_points_on_the_ruler_that_are_one_are_not_called_two():
    assert "no single value" in prose(visit())
    for values in ({"n": "20"}, {"m": "3000"}):
        text = prose(visit(**values))
        assert "in one meaning and layer only" in text
        assert "no single value" not in text


def test_a_share_without_a_change_is_no_number():
    at = visit(**{"lambda": "100"})
    what, share, outcome = shares(at)[-1]
    assert (what, share) == ("gain in accuracy", "no change that these seeds tell from 0")
    assert "undecided" in outcome
    # in its place, what the network does with and without the data
    cost, accuracy = snapshots.decay_alone(replace(DEFAULT, l2=100.0), datasets.load(DEFAULT), [claim.FIRST])
    for kind, alone in (("cost per example", words.number(cost.mean())), ("accuracy on 357", words.percent(accuracy.mean()))):
        (row,) = (line for line in prose(at).splitlines() if line.startswith(f"| {kind}"))
        assert row.endswith(plain(f"| {alone} |"))


def test_estimates_stand_only_beside_a_saturated_layer_and_never_on_the_ruler(untouched):
    tables = [prose(at) for at in (untouched, visit(start="scaled"), visit(units="tanh"), visit(cost="quadratic"))]
    assert ["inward pull, estimated" in text for text in tables] == [True, False, False, False]
    rows = next(rows for *_, rows in charts(untouched) if "row" in rows)
    assert set(rows["kind"]) == {"measured", "mark"}


def test_the_ruler_keeps_its_rows_with_two_hidden_layers():
    at = visit(hidden="30-30", seeds="1", units="relu")
    specification, _, rows = next(chart for chart in charts(at) if "row" in chart[2])
    layers = ("hidden 1", "hidden 2", "output")
    expected = [f"{meaning}, {layer}" for meaning in ("length", "movement") for layer in layers]
    assert list(rows["row"].dropna()) == expected  # each once
    domains = re.findall(r"'domain': (\[[^\]]*hidden 1[^\]]*\])", str(specification))
    assert domains == [str(expected)] * len(domains) != []
    assert not re.search(r"\b1 seeds", " ".join(rows["name"].dropna()) + prose(at))


def test_the_pictures_are_the_weights_on_the_scale_of_the_first():
    at = visit(unit="3")
    h = replace(DEFAULT, epochs=10)
    expected = {f", epoch {k}": CACHE.network(h, k).weights[0][0, 2].reshape(8, 8) for k in (0, 5, 10)}
    reach = np.abs(expected[", epoch 0"]).max()
    for (alt, solid), (name, weights) in zip(pictures(at), expected.items(), strict=True):
        assert alt.endswith(name)
        np.testing.assert_allclose(solid, np.minimum(255 * np.abs(weights) / reach, 255), atol=1)
