"""What stands around the text of each page: byline, and the ways to the pages before and after."""

import re

import pytest
from streamlit.testing.v1.element_tree import Block, Markdown

from tests.pages.reading import opened, plain
from view import matter, pace
from view.frame import PAGES

NAMES = [*PAGES]


def captions(name):
    return [caption.value for caption in opened(name).caption]


@pytest.mark.parametrize("name", PAGES)
def test_the_byline_says_when_it_was_written_and_how_long_it_takes(name):
    date = matter.MATTER["date"]
    (byline,) = (
        one.replace("\N{NO-BREAK SPACE}", " ")
        for one in captions(name)
        if one.startswith("By [its authors](method#how-to-cite) ·")
    )
    assert f" · {date.day} {date:%B} {date.year} · version {matter.MATTER['version']} · " in byline
    here, everywhere = map(int, re.search(r"(\d+) minutes? to read, (\d+) for all pages", byline).groups())
    assert 0 <= everywhere - sum(pace.minutes(page) for page in PAGES) <= len(PAGES)  # each of them is rounded down
    assert abs(here - standing_open(opened(name).main) / pace.PACE) <= 1


def standing_open(block):
    """How many words stand open in a block of a page, outside tables and displayed formulas."""
    words = 0
    for child in block.children.values():
        if isinstance(child, Markdown) and child.type == "markdown":
            text = re.sub(r"\$\$.*?\$\$|^\|[^\n]*", "", plain(child.value), flags=re.DOTALL | re.MULTILINE)
            words += len(re.findall(r"\w[\w’'-]*", re.sub(r"\$[^$]*\$", "x", re.sub(r"\]\([^)]*\)", "", text))))
        elif isinstance(child, Block) and child.type != "expander":
            words += standing_open(child)
    return words


@pytest.mark.parametrize("name", PAGES)
def test_it_leads_back_and_on_and_says_what_for(name):
    labels = [link.proto.label for link in opened(name).get("page_link")]
    here = NAMES.index(name)
    following = NAMES[(here + 1) % len(NAMES)]
    assert labels[-1] == f"Next: {PAGES[following]}"
    assert captions(name)[-1] == matter.PULLS[following]
    if here:
        assert labels[-2] == f"Before: {PAGES[NAMES[here - 1]]}"
        assert captions(name)[-2] == matter.PULLS[NAMES[here - 1]]
    else:
        assert not any(label.startswith("Before:") for label in labels)
