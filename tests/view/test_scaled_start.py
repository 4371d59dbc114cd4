"""The sentences of claim 4's page: each is said where it is true."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine import Hyperparameters, RunCache, train
from engine.claims import scaled_start as claim
from engine.statistics import Interval
from engine.studies import accuracies
from tests.view.telling import paragraph, paragraphs, told, unreached
from view import words
from view.bets import answer

SMALL = Hyperparameters(n_train=200, hidden=(6,), epochs=8, replicates=4, l2=40.0)
SAME, LESS, MORE = (Interval(mean, mean - 0.001, mean + 0.001) for mean in (0.0, -0.02, 0.02))
WIDE = Interval(0.0, -0.1, 0.1)


@cache
def runs_of(**change):
    h = replace(SMALL, **change)
    asked = claim.runs(h) | claim.rescue_runs(h, 2)
    return {name: train(arm, cache=None) for name, arm in asked.items()}


def facts(runs):
    """All that is known of these runs."""
    race = {name: runs[name] for name in ("large", "scaled", "plain", "bare")}
    found = claim.run_facts(race, claim.at_clock(race, RunCache()))
    found |= claim.settings_facts(runs["large"].hyperparameters) | claim.rescue_facts(race, runs)
    return found | {"until": 2, "bet": answer(None, (), found["direction"])}


def page(runs):
    """All that is said of them."""
    return told("scaled_start", **facts(runs))


def judgement(runs):
    return paragraph(page(runs), ":::verdict\n")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (dict(l2=0.0), r"\*\*The claim promises nothing here\.\*\* Without decay the large start stays large\.$"),
        (
            dict(l2=500.0, learning_rate=5.0, n_train=20),
            r"promises nothing here\.\*\* Decay alone never makes .* by −124 at every",
        ),
        (
            dict(l2=1.0),
            r"^\*\*The two starts do not end equal in size: the hidden weights and the output weights still differ\.\*\*",
        ),
        (
            dict(l2=1.0, replicates=1),
            r"^\*\*These seeds do not tell whether the two starts end equal in size\.\*\*$",
        ),
    ],
    ids=str,
)
def test_the_verdict_says_what_was_found(change, says):
    assert re.search(says, judgement(runs_of(**change)))


def test_each_layer_has_its_clock():
    """ln(8) and ln(6) / 2, over -20 ln(1 - 0.02)."""
    text = page(runs_of())
    assert "| hidden weights | 64 | 0.125 | 5.15 epochs |" in text
    assert "| output weights | 6 | 0.408 | 2.22 epochs |" in text
    assert "Decay alone brings each layer down" in text
    at_once = page(runs_of(l2=200.0, learning_rate=1.0))  # nothing is left of a weight after one update
    assert judgement(runs_of(l2=200.0, learning_rate=1.0)).endswith("it multiplies a weight by 0 at every update.")
    assert "Decay alone brings" not in at_once


def test_equal_sizes_are_told_beside_the_draw():
    """The large run in place of the scaled one is of its size; its cosine is set."""
    run = runs_of()["large"]
    for cosine, says in (
        ([0.5] * 4, "In their weights they do not: they still point partly along their draw."),
        ([0.0] * 4, "In size the two starts end equal, and the draw is forgotten."),
        ([-0.3, 0.3, 0.1, 0.0], "Whether the draw is forgotten, these seeds do not tell."),
    ):
        set_so = run.cosine.copy()
        set_so[:, -1] = np.array(cosine)[:, None]
        large = replace(run, cosine=set_so)
        assert says in judgement(runs_of() | {"large": large, "scaled": replace(large)})


def test_a_race_that_diverges_has_no_end():
    runs = runs_of()
    runs = runs | {"scaled": replace(runs["scaled"], diverged_at=7)}
    assert judgement(runs) == (
        "**The weights diverge.** A run left the finite numbers in epoch 7, so there is no end to compare."
    )
    assert "The accuracies at the end are not compared here" not in page(runs)


def test_a_clock_is_told_by_where_it_runs_out():
    assert at_clock(page(runs_of(l2=5.0))) == [[name, "beyond this run", "–", "–"] for name in LAYERS]
    at_once = page(runs_of(l2=500.0, learning_rate=0.3, n_train=160))
    assert at_clock(at_once) == [[name, "within half an epoch", "–", "–"] for name in LAYERS]
    run = runs_of()["large"]
    alone, size, right = at_clock(page(runs_of()))[1][1:]  # nearest to 2.22 epochs is the second
    assert (alone, size) == (words.number(0.98**40), words.number(run.weight_rms[:, 2, 1].mean()))
    assert right == words.percent(run.validation_accuracy[:, 2].mean())
    none = page(runs_of(l2=0.0))
    assert at_clock(none) == [[name, "there is no $T^*$", "–", "–"] for name in LAYERS]
    assert none.count("There is no T∗, so there is nothing to compare.") == 2
    assert "| hidden weights | 64 | 0.125 | never |" in none


LAYERS = ("hidden weights", "output weights")


def at_clock(text):
    """Cells of the table of what the weights are at T*."""
    rows = text.split("| at $T^*$ |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


# accuracies


def set_differences(monkeypatch, runs, **found):
    """From the scaled start without L2, by name of the run."""
    names = {id(run): name for name, run in runs.items()}
    monkeypatch.setattr(accuracies, "difference", lambda run, other, epoch=-1: found.get(names[id(run)]))


def with_differences(monkeypatch, runs, **found):
    """What is said with these."""
    set_differences(monkeypatch, runs, **found)
    return page(runs)


@pytest.mark.parametrize(
    ("bare", "says"),
    [
        (SAME, "**There was nothing to rescue.** Without L2 the large start ends as accurate as the scaled start."),
        (LESS, "**Without L2 the large start does not end as accurate as the scaled start.**"),
        (WIDE, "**Whether there was anything to rescue, these seeds do not tell.**"),
    ],
)
@pytest.mark.parametrize(("scaled", "costs"), [(LESS, True), (SAME, False), (MORE, False)])
def test_the_rescue_is_told_by_what_was_measured(monkeypatch, bare, says, scaled, costs):
    text = with_differences(monkeypatch, runs_of(), bare=bare, large=LESS, scaled=scaled)
    said = paragraph(text, ":::verdict verdict_rescue\n")
    loss = " L2 kept on costs accuracy here, and from both starts. So the loss comes from this λ and not from the start."
    assert said == says + loss * costs
    assert "For L2 until epoch 2 it was not measured with so many seeds; for epoch 42 it was." in text
    assert paragraphs(text, "The accuracies at the end are not compared") == []
    assert "until epoch 2 | " not in text


def test_nothing_is_told_of_a_rescue_without_its_runs(monkeypatch):
    """L2 may keep a network from diverging that diverges without."""
    runs = runs_of()
    runs = runs | {"bare": replace(runs["bare"], diverged_at=3)}
    text = with_differences(monkeypatch, runs, large=LESS, scaled=LESS)
    assert "verdict_rescue" not in text
    assert "are not compared here" not in text


def test_few_seeds_do_not_carry_a_difference():
    for seeds, carry in (
        (4, "4 seeds and 357 unseen images cannot carry"),
        (1, "1 seed and 357 unseen images cannot even begin"),
    ):
        text = page(runs_of(replicates=seeds))
        assert text.count(carry) == 2
        assert text.count("percentage points") == 1
        assert "At the values with which the page opens it was measured with 256 seeds. There, in percentage points" in text


RUNS = [
    dict(),
    dict(l2=0.0),
    dict(l2=1.0),
    dict(l2=5.0),
    dict(l2=1.0, replicates=1),
    dict(l2=500.0, learning_rate=0.3, n_train=160),
    dict(l2=500.0, learning_rate=5.0, n_train=20),
    dict(l2=300.0, learning_rate=1.0),  # decay turns the sign
    dict(l2=200.0, learning_rate=1.0),  # and leaves nothing
    dict(hidden=(6, 6), l2=20.0),
]


@pytest.mark.parametrize(
    ("no_draw", "like_a_draw", "says"),
    [
        (["hidden weights", "output weights"], [], r"so its weights are no such draw by then\. \S"),
        (["hidden weights"], [], r"so its hidden weights are no such draw by then\. \S"),
        (
            ["output weights"],
            ["hidden weights"],
            r"so its output weights are no such draw by then\. Of a network .*, the hidden weights cannot be told from",
        ),
        ([], ["hidden weights"], r"time of its own\. Of a network that learns meanwhile, the hidden weights cannot be told"),
        ([], [], r"this run does not decide\."),
    ],
    ids=str,
)
def test_what_to_keep_says_which_layers_are_no_draw(no_draw, like_a_draw, says):
    found = facts(runs_of()) | {"no_draw": no_draw, "like_a_draw": like_a_draw}
    (said,) = paragraphs(told("scaled_start", **found), "Decay alone brings each layer down")
    assert re.search(says, " ".join(said.split()) + " .")


def test_accuracy_did_not_need_the_decay_where_the_large_start_ends_alike_without(monkeypatch):
    runs = runs_of()
    for bare, needless in ((SAME, True), (LESS, False)):
        set_differences(monkeypatch, runs, bare=bare, large=LESS, scaled=LESS, rescue=SAME)
        assert ("accuracy did not need the decay" in told("scaled_start", **facts(runs))) == needless


def unlikely():
    """Facts of runs that are put where training, or so few seeds, would not take them."""
    runs = runs_of()
    for bare in (SAME, LESS, WIDE):
        with pytest.MonkeyPatch.context() as patch:
            set_differences(patch, runs, bare=bare, large=LESS, scaled=LESS, rescue=SAME)
            yield facts(runs)
    with pytest.MonkeyPatch.context() as patch:
        set_differences(patch, runs, bare=SAME, large=LESS, scaled=SAME)
        yield facts(runs)
    yield facts(runs | {"scaled": replace(runs["scaled"], diverged_at=7)})
    found = facts(runs)
    for draw in ("fails", "undecided", "holds"):
        yield found | {"size": "holds", "draw": draw}
    yield found | {"cosines": []}
    yield found | {"until": 8, "no_draw": ["hidden weights"], "like_a_draw": ["output weights"]}
    yield found | {"no_draw": ["hidden weights", "output weights"], "like_a_draw": []}
    layer = found["courses"][0]
    yield found | {"courses": [layer | {"left": 1.1}, layer | {"learned": "against"}]}


@pytest.mark.sweeps
def test_every_branch_is_reached():
    assert unreached("scaled_start", [*(facts(runs_of(**change)) for change in RUNS), *unlikely()]) == []
