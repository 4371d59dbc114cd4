"""Figures are numbered by page, one after another, and what mentions one leads to it."""

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


def test_a_caption_gets_a_place_and_a_mention_a_link():
    assert numbered(":small[**Figure 2.** As Figure 1.]", 3) == (
        ':small[<span id="figure-3-2"></span>**Figure 3.2.** As [Figure 3.1](#figure-3-1).]'
    )
    assert numbered("**Figure 1.** Film", 0) == '<span id="figure-1"></span>**Figure 1.** Film'
