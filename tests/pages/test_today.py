"""The page on the recipes of today: its fields, its address, and what it says of what it cannot accept."""

import math
from urllib.parse import parse_qs

import pytest

from engine.recipes import published
from engine.theory.recipe import answer
from tests.nonsense import Nonsense
from tests.pages.reading import charts, everything, opened, page, prose, wrong
from view import words
from view.claims.today.tables import MINE
from view.recipe import URLS
from view.snippets import YOUR_RUN


def address(at):
    """The permanent link's values."""
    (link,) = (block.value for block in at.code if "today_preset=" in block.value)
    return {name: value for name, (value,) in parse_qs(link.split("?")[1]).items()}


def left(at):
    """The rows of the figure of what is left."""
    (rows,) = (rows for _, alt, rows in charts(at) if "what is left of the coefficient" in alt)
    return rows


def mine(at):
    """The course that is drawn for the reader."""
    rows = left(at)
    return rows[(rows["kind"] == "mine")]


def refusals(at):
    return [c.value for c in at.caption if c.value.startswith(("Not accepted", "Given more"))]


@pytest.mark.parametrize("name", published())
def test_a_preset_shows_what_was_published(name):
    at = page("today", today_preset=name)
    found = answer(published()[name].recipe)
    assert f"| {words.number(found.total)} |\n| left of the draw | $e^{{-S}}$ | {words.number(found.left)} |" in prose(at)
    assert mine(at)["left"].iloc[-1] == pytest.approx(max(found.left, 1e-4))
    assert wrong(at) == []
    assert refusals(at) == []


def test_picking_a_preset_fills_the_fields_and_the_address():
    at = page("today", today_eta="0.5", today_k="0.5")
    at.selectbox(key="today_preset").set_value("resnet50-imagenet").run()
    recipe = published()["resnet50-imagenet"].recipe
    assert at.number_input(key="today_eta").value == recipe.learning_rate
    assert address(at)["today_preset"] == "resnet50-imagenet"
    assert float(address(at)["today_eta"]) == recipe.learning_rate
    assert "Thick: ResNet-50, ImageNet." in prose(at)


def test_own_values_are_summed_and_kept_in_the_address():
    url = dict(eta="0.002", k="0.05", opt="sgdw", mu="0.8", schedule="linear", warmup="10", updates="1000", rms="0.5")
    at = page("today", **{f"today_{name}": value for name, value in url.items()})
    total = sum(1e-4 * (t / 10 if t < 10 else 1 - (t - 10) / 990 * 0.9) for t in range(1000))  # to a tenth at the end
    assert f"| decay in all | $S=\\sum_t\\eta_t k$ | {words.number(total)} |" in prose(at)
    kept = address(at)
    assert set(kept) == {f"today_{name}" for name in (*URLS.values(), "preset")}
    assert {name: kept[f"today_{name}"] for name in url} == url
    again = page("today", **kept)
    assert prose(again) == prose(at)


def test_examples_batch_and_epochs_stand_for_updates():
    at = page("today", today_examples="50000", today_batch="128", today_epochs="200", today_schedule="cosine")
    assert "| divided by 391 updates an epoch |" in prose(at)
    assert "| divided by 78,200 updates |" in prose(at)


def test_adam_with_l2_has_no_clock_and_no_line():
    at = page("today", today_opt="adam")
    assert "S is no clock here" in prose(at)
    assert MINE not in set(left(at)["name"])
    assert wrong(at) == []


@pytest.mark.parametrize("field", ["eta", "k", "mu", "updates", "warmup", "final", "rms", "examples", "batch", "epochs"])
@pytest.mark.parametrize("given", ["nan", "-1", "9" * 10_000, "inf", "x", "[x](//evil.io)"])
def test_what_is_no_number_of_the_field_is_said_in_a_line(field, given):
    at = page("today", **{f"today_{field}": given})
    (line,) = refusals(at)
    assert f"`today_{field}={given[:20]}`" in line
    assert prose(at) == prose(opened("today"))


@pytest.mark.parametrize(("field", "given"), [("preset", "gpt5"), ("opt", "lion"), ("schedule", "zigzag")])
def test_what_is_not_on_a_menu_is_said_in_a_line(field, given):
    at = page("today", **{f"today_{field}": given})
    (line,) = refusals(at)
    assert f"`today_{field}={given}`" in line


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ({"opt": "momentum", "mu": "0.999", "k": "1"}, "must be below 0.00000025 here"),
        ({"eta": "100", "k": "100"}, "must be below 1 here, or the draw swings"),
        ({"schedule": "cosine", "warmup": "600000"}, "The warm-up must be from 0 to 599,999."),
        ({"batch": "5"}, "A batch cannot hold more examples than there are."),
        ({"epochs": "5"}, "Epochs need a number of examples and a batch size."),
        ({"examples": "1e9", "batch": "1", "epochs": "100"}, "The number of updates must be from 2 to 3,000,000."),
    ],
    ids=str,
)
def test_values_that_make_no_recipe_are_answered_with_a_sentence(url, says):
    at = page("today", **{f"today_{name}": value for name, value in url.items()})
    (warning,) = (w.value for w in at.warning)
    assert says in warning
    assert "Thick: nanoGPT, GPT-2 124M." in prose(at)
    assert wrong(at) == []


def test_any_address_leaves_the_page_standing():
    nonsense = Nonsense(21)
    for _ in range(15):
        at = page("today", **{f"today_{url}": nonsense.text() for url in (*URLS.values(), "preset")})
        assert wrong(at) == []
        assert len(charts(at)) >= 1


def test_the_lines_to_copy_and_the_lines_of_the_engine_stand_there():
    at = opened("today")
    assert YOUR_RUN.strip() in [block.value for block in at.code]
    scope = {}
    exec(next(block.value for block in at.code if "engine.recipes" in block.value), scope)
    assert math.isfinite(scope["answer"](scope["run"].recipe).total)
    assert "print(run.label" not in everything(at)


def test_what_was_measured_stands_there_whatever_the_recipe_is():
    at, other = opened("today"), page("today", today_preset="book", today_opt="adam")
    for one in (at, other):
        drawn = [alt for _, alt, rows in charts(one) if {"measured", "dots"} & set(rows.get("kind", ()))]
        assert len(drawn) == 5
        assert "With Adam + L2 the decay of unused weights does not depend on λ at all." in prose(one)
        assert "Under SGD the layer rests where the law says." in prose(one)
    assert wrong(other) == []
