"""The address of a page: what of it is used, what is said of the rest, and what the link below a page keeps."""

import re
from urllib.parse import parse_qsl

import pytest

from tests.pages.reading import PREFIX, page
from view import controls

PREFIXES = PREFIX | {"book": "book"}
QUICK = {"epochs": "10", "seeds": "2", "n": "200", "hidden": "10", "m": "20", "lambda": "2"}
"""Values that no page opens with, and that train fast."""


def widgets(at, prefix):
    """Every control that the address has a name for: all but buttons and bets."""
    found = [*at.select_slider, *at.button_group, *at.number_input]
    return {w.key: w for w in found if w.key.startswith(f"{prefix}_") and w.key != f"{prefix}_bet"}


def other(widget):
    """A value that the control does not show."""
    if widget.type == "number_input":
        return widget.value + 7
    values = [QUICK.get(widget.key.split("_")[1]), *widget.options]
    return next(v for v in values if v in widget.options and v != widget.value)


def link(at, prefix):
    """Names and values of the address that the page gives to keep."""
    (given,) = (c.value for c in at.code if f"?{prefix}_" in c.value)
    return dict(parse_qsl(given.split("?")[1], strict_parsing=True))


def said(at):
    return [c.value for c in at.caption if re.match("Not accepted|Given more than once", c.value)]


@pytest.mark.parametrize("name", PREFIXES)
def test_the_address_keeps_every_value(name, mnist_folder):
    prefix = PREFIXES[name]
    at = page(name)
    opened = {key: w.value for key, w in widgets(at, prefix).items()}
    for key, w in widgets(at, prefix).items():
        if key != f"{prefix}_data" or name == "decay_per_epoch":  # one page is enough for the slow images
            w.set_value(other(w))
    at.run()
    changed = {key: w.value for key, w in widgets(at, prefix).items()}
    assert sum(opened[key] == changed[key] for key in opened) == (name not in ("decay_per_epoch", "book"))
    kept = link(at, prefix)
    assert set(kept) == set(changed)
    again = page(name, **kept)
    assert {key: w.value for key, w in widgets(again, prefix).items()} == changed
    assert not said(again)
    assert link(again, prefix) == kept


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("1e3", 1000),  # the field reads it, so it is used and nothing is said
        ("1000", 1000),
        ("12.5", 12),
        ("9" * 4400, 10),
        ("inf", 10),
        ("-inf", 10),
        ("nan", 10),
        ("-3", 10),
        ("1e400", 10),
        ("seven", 10),
        ("", 10),
    ],
    ids=lambda value: str(value)[:10],
)
def test_a_number_is_used_or_it_is_said_what_is(given, used):
    at = page("book", book_seed=given)
    assert at.number_input(key="book_seed").value // 1 == used
    assert link(at, "book")["book_seed"] == str(used)
    assert any(f"--seed {used}" in c.value for c in at.code)
    expected = [] if used == 1000 else [f"Not accepted, so {used} is used: `book_seed={given[:20]}`"]
    assert said(at) == expected


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ({"c2_lambda": ["5", "7"]}, "5"),
        ({"c2_lambda": ["7", "7"]}, "5"),
        ({"c2_units": ["tanh", "relu"]}, "tanh"),
        ({"c2_units": ["x", "relu"]}, "sigmoid"),
        ({"c2_units": ["relu"] * 4}, "relu"),
        ({"book_seed": ["1000", "2000"]}, "2000"),
        ({"book_unit": ["3", "4"]}, "1"),
    ],
    ids=str,
)
def test_of_several_values_it_is_said_which_is_used(url, used):
    ((key, given),) = url.items()
    prefix = key.split("_")[0]
    at = page("book", **url) if prefix == "book" else page("decay_per_epoch", **url, c2_epochs="10", c2_seeds="2")
    listed = ", ".join([f"{key}={one}" for one in given][:3] + ["…"] * (len(given) > 3))
    assert said(at) == [f"Given more than once, so {used} is used: `{listed}`"]
    assert link(at, prefix)[key] == used


@pytest.mark.parametrize(
    "given",
    [
        "[x](//evil.io)",
        "https://evil.io",
        "<b onclick=1>",
        "`[x](//evil.io)`",
        "``[x](/y)",
        "a\n\n# b",
        "$\\alpha$",
        ":red[x] :smile:",
        "**b** | c",
        "```\nx",
        "\\`[x](/y)",
    ],
)
def test_what_is_echoed_is_not_read_as_markdown(given):
    (line,) = controls.refused("c2_lambda", [given], lambda one: False, "5")
    assert line.count("`") == 2  # one span of code, which nothing inside it can end
    before, span, after = line.split("`")
    assert span.startswith("c2_lambda=")
    assert "\n" not in line
    assert len(span) <= len("c2_lambda=") + controls.SHOWN
    assert (before, after) == ("Not accepted, so 5 is used: ", "")


@pytest.mark.parametrize("name", PREFIXES)
def test_every_control_quotes_what_it_does_not_accept(name):
    prefix, given = PREFIXES[name], "[x](//evil.io)" * 100
    names = {f"{prefix}_{control.url}" for control in controls.CONTROLS.values()} | {"book_unit"}
    at = page(name, **dict.fromkeys(names, given))
    lines, keys = said(at), names & set(widgets(at, prefix))
    assert len(lines) == len(keys)
    for key in keys:
        assert sum(f"is used: `{key}={given[: controls.SHOWN]}`" in line for line in lines) == 1
    assert all(len(line) < 250 for line in lines)
