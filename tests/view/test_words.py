"""Numbers as readers see them, against what a person would write."""

import math

import pytest

from engine.statistics import Interval
from tests.pages.reading import plain
from view import layout, words


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (0.05, 3, "0.05"),
        (1.1749, 3, "1.17"),
        (0.000347222, 3, "0.000347"),
        (-0.2314, 3, "−0.231"),
        (9.996, 3, "10"),
        (1440, 3, "1,440"),
        (100.0, 2, "100"),
        (123456.7, 3, "123,457"),
        (4.2e-7, 3, "4.2 × 10⁻⁷"),
        (6e-8, 1, "6 × 10⁻⁸"),
        (-7.3864e41, 5, "−7.3864 × 10⁴¹"),
        (1e10, 1, "1 × 10¹⁰"),
        (0.0, 3, "0"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (math.nan, 3, "unknown"),
    ],
)
def test_number(value, digits, written):
    assert words.number(value, digits) == written


@pytest.mark.parametrize(
    ("value", "reference", "written"),
    [
        (0.05, 0.05, "0.0500"),
        (0.0017, 0.05, "0.0017"),
        (-0.02, 0.05, "−0.0200"),
        (2.0833, 1, "2.08"),
        (math.nan, 1, "unknown"),
        (-0.00004, 0.05, "0.0000"),
        (-0.00006, 0.05, "−0.0001"),
        (-0.0, 1, "0.00"),
    ],
)
def test_like(value, reference, written):
    assert words.like(value, reference) == written


def test_percent_and_between():
    assert words.percent(0.3013) == "30\N{NO-BREAK SPACE}%"
    assert plain(words.percent(0.00052)) == "0.052 %"
    assert words.between(Interval(1.0, 0.99, 1.01)) == "0.99 to 1.01"
    assert plain(words.between(Interval(0.3, 0.298, 0.306), words.percent)) == "30 % to 31 %"
    assert words.between(Interval(1.0, math.nan, math.nan)) == "no interval"


def test_lists_and_plurals():
    assert words.listed(["a"]) == "a"
    assert words.listed(x for x in "ab") == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.plural(1, "seed") == "1 seed"
    assert words.plural(1440, "epoch") == "1,440 epochs"
    assert words.in_formula(1440) == "1{,}440"
    assert words.sentence("the end") == "The end"


def test_points_and_what_can_be_written():
    assert words.short(0.0786) == "0.079"
    assert words.near_one(1.00912) == "1.009"
    assert words.points(-0.0112) == "−1.1"
    assert words.points(0.00035) == "0.0"
    assert words.points(-0.00035) == "0.0"
    assert words.is_number(0.0)
    assert not words.is_number(math.nan)
    assert not words.is_number(-math.inf)
    assert words.percent(math.nan) == "unknown"
    assert words.listed([]) == ""


def test_a_bound_is_rounded_up():
    told = {0.0058: "0.6 %", 0.005: "0.5 %", 0.03: "3 %", 0.0301: "4 %", 0.0096: "1 %", 0.0: "0 %"}
    assert {share: plain(words.at_most(share)) for share in told} == told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("**Undecided: whether\nthey rest.** Two seeds.", "**Undecided: whether\nthey rest.**"),
        ("It fails. It does. **So.**", "**So.**"),
        ("It fails at 0.5 of λ. It does.", "It fails at 0.5 of λ."),
        ("", ""),
    ],
)
def test_the_one_sentence_of_a_verdict(words, said):
    assert layout.sentence(words) == said


@pytest.mark.parametrize(
    ("value", "says"),
    [(1440, "1{,}440"), (0.999653, "0.999653"), (-33.7, "-33.7"), (3.3e-6, r"3.3\times10^{-6}"), (0.01, "0.01")],
)
def test_numbers_in_formulas(value, says):
    assert words.in_formula(value, 6) == says
