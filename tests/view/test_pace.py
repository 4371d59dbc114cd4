"""How long a page takes to read: what is counted, and what is not."""

import pytest

from view import pace, prose
from view.frame import PAGES


@pytest.fixture
def written(monkeypatch):
    """A function that gives the number of words of a page with that source."""

    def words(source):
        monkeypatch.setitem(prose.ENVIRONMENT.loader.sources, "page.md", source)
        pace.length.cache_clear()
        return pace.length("page")

    yield words
    pace.length.cache_clear()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("# A title\n\nThree more words.", 5),
        ("One [[ fact | number ]] more.", 3),
        ("{% if a %}one{% elif b %}one two three{% else %}one two{% endif %}", 3),
        ("{% for a in b %}\none two\n{% endfor %}", 4),
        ("{% macro m(a) %}\none two\n{% endmacro %}\n\nThen [[ m(1) | markdown ]] again.", 4),
        ("one\n\n| a | table |\n|---|---|\n| b | c |\n\n$$\nx\n$$\n\n::figure name\nwhat it shows", 1),
        ("::bet\nHow much?", 3),
        ("A [link](https://example.org/a/b) to $a + b$.", 4),
        ("one\n\n:::fold Not this\nnor this\n\nor this\n:::\n\ntwo", 2),
        (":::row 480\n:::card\none\n\n:::fold Not this\nnor this\n:::\n:::\n\n:::card\ntwo\n:::\n:::\n\nthree", 3),
    ],
)
def test_words_that_stand_open_are_counted(written, source, words):
    assert written(source) == words


def test_a_minute_is_the_least_and_pages_add_up():
    assert pace.minutes("laboratory") == 1
    assert pace.minutes(*PAGES) == sum(map(pace.length, PAGES)) // pace.PACE
