"""The page on lengths: what it says and draws is what the engine measures."""

import pytest

from engine import CACHE, train
from engine.claims import lengths as claim
from engine.verdicts import lengths as verdicts
from tests.pages.reading import charts, everything, opened, page, presets, prose, wrong
from view import words


def test_the_untouched_page_says_what_the_engine_judges():
    text, runs = prose(opened("why")), {name: train(h) for name, h in claim.runs(claim.DEFAULT).items()}
    for name, start in (("large", "N(0, 1)"), ("scaled", r"N(0, 1/$n_\text{in}$)")):
        (v,) = verdicts.judge_law(runs[name], claim.ratios(runs[name].hyperparameters, CACHE).end)
        row = f"| ratio [(5.4)](#equation-5-4), from {start} | {v.measured.mean:.3f} | {v.predicted:.3f} | "
        assert row in text
        assert f"{v.outcome}]" in text.split(row)[1].splitlines()[0]
        assert v.outcome == "holds"
    for law, (v,) in (
        ("equality [(5.2)](#equation-5-2)", verdicts.judge_relu(runs["relu"])),
        ("clock [(5.3)](#equation-5-3)", verdicts.judge_clock(runs["relu"])),
    ):
        (row,) = (line for line in text.splitlines() if line.startswith(f"| {law}, ReLU"))
        assert f"| {v.measured.mean:.3f} |" in row
        assert f"{v.outcome}]" in row
    for v in verdicts.judge_size(runs["large"], claim.predicted(claim.DEFAULT)):
        row = f"| size [(5.5)](#equation-5-5), {v.part} | {words.number(v.measured.mean)} | {words.number(v.predicted)} |"
        assert row in text
        assert f"{v.outcome}]" in text.split(row)[1].splitlines()[0]


def test_the_lengths_of_the_first_figure_are_those_of_the_table():
    rows = charts(opened("why"))[0][2]
    ends = rows[(rows["kind"] == "measured") & (rows["epoch"] == claim.DEFAULT.epochs)]
    run = train(claim.DEFAULT)
    drawn = ends[(ends["part"] == "output weights") & (ends["start"] == "from N(0, 1)")]["mean"].item()
    assert drawn == pytest.approx(run.norm_squared[:, -1, 1].mean())
    assert (rows["kind"] == "level").sum() == 1


def test_a_bet_is_answered_and_an_address_is_kept():
    at = page("why", {"why_bet": 1.4}, why_lambda="20", why_epochs="30", why_seeds="2")
    assert "You said 1.4." in prose(at)
    assert "why_lambda=20" in at.code[0].value
    assert wrong(at) == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ({"why_lambda": "0"}, "The law promises nothing here"),
        ({"why_lambda": "1"}, "Not yet: a layer is still on its way"),
        ({"why_lambda": "500", "why_eta": "5", "why_m": "1", "why_seeds": "1"}, "With ReLU units training diverges"),
        ({"why_hidden": "30-30", "why_seeds": "2"}, "hidden weights 1 and hidden weights 2"),
        ({"why_units": "relu", "why_seeds": "2"}, "because [(5.5)](#equation-5-5) does not speak of this network"),
        ({"why_cost": "quadratic", "why_seeds": "2"}, "because [(5.5)](#equation-5-5) does not speak of this network"),
        ({"why_units": "tanh", "why_seeds": "2"}, "Dashed: what [(5.5)](#equation-5-5) predicts without training"),
    ],
    ids=str,
)
def test_the_ends_of_the_controls(url, says):
    at = page("why", why_epochs="10", **url)
    assert says in everything(at)
    assert wrong(at) == []


def test_every_preset_is_accepted():
    at = page("why", why_seeds="2", why_epochs="10")
    labels = presets(at)
    assert len(labels) >= 2
    for label in labels:
        at.button(key=f"why_preset_{label}").click().run()
        assert not at.exception
        assert not any("Not accepted" in c.value for c in at.caption)


def test_the_code_of_the_page_makes_its_runs():
    at = page("why", why_lambda="5", why_epochs="10", why_seeds="2")
    scope = {}
    exec(at.code[1].value, scope)
    assert scope["relu"].hyperparameters.activation == "relu"
    assert scope["large"].norm_squared.shape == (2, 11, 2)
