"""A page is read in a few minutes, and a sentence of it says one number: as a reader finds it, before anything is moved."""

import pytest

from tests.pages import counts
from tests.pages.reading import opened
from view.frame import PAGES

LEAST, MOST = 700, 900
"""Words that stand open on a page."""
SHORT = {"question": 500, "laboratory": 300}
"""Pages that are to have fewer: that which only opens the article, and that on which there is more to do than to read."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_long_as_one_likes_to_read(name):
    least, most = (0, SHORT[name]) if name in SHORT else (LEAST, MOST)
    assert least <= counts.words(opened(name)) <= most


@pytest.mark.parametrize("name", PAGES)
def test_a_sentence_says_one_number(name):
    assert counts.crowded(opened(name)) == []


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("They are equal at $\\lambda=0.14$ (0.13 to 0.16).", ["0.14", "0.13", "0.16"]),
        ("The dots of Figure 1 are claim 2 by (3): the hidden weights keep 5 %.", ["5 %"]),
        ("From N(0, 1) and from N(0, 1/$n_\\text{in}$) $W=0$ is at 3 × 10⁻⁷ of [it](why?a=5).", ["0", "3 × 10⁻⁷"]),
        ("A 64-30-10 network has $\\sigma'(0)$ and $e^{-2T}$.", ["64"]),
    ],
)
def test_what_counts_as_a_number(sentence, told):
    assert counts.numbers(counts.bare(sentence)) == told
