"""Figures and equations are numbered by page, one after another, and what mentions one leads to it."""

import re

import pytest

from tests.pages.reading import opened, prose
from view.frame import PAGES
from view.layout import numbered


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_numbered_in_their_order_and_mentions_lead_to_one(name):
    text, page = prose(opened(name)), [*PAGES].index(name)
    before = f"{page}." if page else ""
    found = re.findall(r'<span id="figure-([\d-]+)"></span>\*\*Figure ([\d.]+)\.\*\*', text)
    assert [number for _, number in found] == [f"{before}{k + 1}" for k in range(len(found))]
    places = {number: place for place, number in found}
    assert all(place == number.replace(".", "-") for number, place in places.items())
    mentions = re.findall(r"\[Figure ([\d.]+)\]\(#figure-([\d-]+)\)", text)
    assert all(places[number] == place for number, place in mentions)
    assert text.count("Figure ") == len(found) + len(mentions)
    assert bool(found) == (name != "method")


EQUATION = r'<span id="equation-([\d-]+)"></span>\n\n\$\$\n[^$]*? \\tag\{([\d.]+)\}\n\$\$'
MENTION = r"\[\(([\d.]+)\)\]\(#equation-([\d-]+)\)"


@pytest.mark.parametrize("name", PAGES)
def test_equations_are_numbered_in_their_order_and_mentions_lead_to_one(name):
    text, page = prose(opened(name)), [*PAGES].index(name)
    found = re.findall(EQUATION, text)
    assert text.count(r"\tag{") == len(found)
    assert sorted(number for _, number in found) == [f"{page}.{k + 1}" for k in range(len(found))]
    places = {number: place for place, number in found}
    assert all(place == number.replace(".", "-") for number, place in places.items())
    assert all(places[number] == place for number, place in re.findall(MENTION, text))


@pytest.mark.parametrize("name", PAGES)
def test_an_equation_has_a_number_where_it_is_mentioned(name):
    text = prose(opened(name))
    assert {place for place, _ in re.findall(EQUATION, text)} == {place for _, place in re.findall(MENTION, text)}


def test_a_caption_gets_a_place_and_a_mention_a_link():
    assert numbered(":small[**Figure 2.** As Figure 1.]", 3) == (
        ':small[<span id="figure-3-2"></span>**Figure 3.2.** As [Figure 3.1](#figure-3-1).]'
    )
    assert numbered("By (2), $f(1)$ is $\\sigma'(1)$; $(1)$ is none, nor N(0, 1) or [x](2).", 3) == (
        "By [(3.2)](#equation-3-2), $f(1)$ is $\\sigma'(1)$; $(1)$ is none, nor N(0, 1) or [x](2)."
    )
    assert numbered("**Figure 1.** Film", 0) == '<span id="figure-1"></span>**Figure 1.** Film'
