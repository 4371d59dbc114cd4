"""The Markdown of the pages: what may stand in it, and how it is written."""

import re

import pytest

from tests.conftest import ROOT
from view import prose
from view.frame import PAGES

NAMES = (
    r"\{[{%#].*?[}%#]\}",  # tags
    r"\[\[ *[a-z(\"].*?\]\]",  # facts
    r"\$\$.*?\$\$|\$[^$]*\$",  # formulas
    r"“[^”]*”",  # quotations
    r"^::(equation|page) .*|^:::row .*",
    r"^.*(https?://|note = ).*$",  # references
    r"\b([Ff]igures?|chapter|[Cc]laims?|On|epoch) \d\b",  # what is numbered
    r"\d+ by \d+ pixels|Python \d|grey level in 255|BY 4\.0",
    r"N\(0, 1(/nᵢₙ)?\)|1/√?n_\w+|L2\b|95 (%|percent)|−½|−1\b",  # names, and the level of every interval
    r"\b[012]\b(?! %)",  # of formulas: 0, 1 and twice
    r"\((\d|\d[’]?)\)",  # equations
    r"\b(19|20)\d\d\b",  # years
    r"^\d\. |\*\*\d, ",  # items
    r"`[^`]*`|--l2 |\\tag\{\d\}",  # code
)


def typed(text):
    """Lines of a text with a digit that is no name."""
    for name in NAMES:
        text = re.sub(name, " ", text, flags=re.MULTILINE)
    return [line for line in text.splitlines() if re.search(r"\d", line)]


@pytest.mark.parametrize("page", [*PAGES, "shared"])
def test_no_number_is_typed(page):
    assert typed((ROOT / "pages" / f"{page}.md").read_text()) == []


def test_a_typed_number_is_found():
    false = "The layer keeps 30 % of it."
    assert typed(f"{false}\n\nIn 2015 [[ x | percent ]] of $2^3$, says Figure 2.") == [false]


def test_a_paragraph_is_joined_and_what_is_laid_out_in_lines_is_not():
    """A displayed formula in one line with its text would be an inline one."""
    kept = "| a | b |\n|---|---|\n| c | d |\n\n$$\nx \\tag{1}\n$$\n\n- one\n- two\n\n::figure f\nalt\n\nhard\\\nbreak"
    assert prose.tidy(kept) == kept
    assert prose.tidy("one \n two\nthree\n\n\n\nfour") == "one two three\n\nfour"


def test_texts_that_wait_for_the_same_facts_are_written_together(monkeypatch):
    """A figure comes later than the words around it, and keeps a place of its own."""
    page = "one\n\ntwo [[ a ]]\n\nthree [[ a ]]\n\n::figure f\nalt\n\nfour [[ a ]] [[ b ]]\n\nfive"
    monkeypatch.setitem(prose.ENVIRONMENT.loader.sources, "made up.md", page)

    def joined(*told):
        return [re.findall("one|two|three|figure|four|five", unit.source) for unit in prose.units("made up", frozenset(told))]

    assert joined() == [["one"], ["two", "three"], ["figure"], ["four"], ["five"]]
    assert joined("a") == [["one", "two", "three"], ["figure"], ["four"], ["five"]]
    assert joined("a", "b") == [["one", "two", "three"], ["figure"], ["four", "five"]]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_a_page_is_left_out(page):
    _, sources = prose.parts(page)
    assert "\n\n".join(unit.source for unit in prose.units(page)) == "\n\n".join(sources)


def test_a_percent_sign_stays_with_its_number():
    assert (
        prose.tidy("a band of 95 % around\nit; per cent % alone")
        == "a band of 95\N{NO-BREAK SPACE}% around it; per cent % alone"
    )
