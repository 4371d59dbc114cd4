"""A bet hides its figure, and nothing else, until it is answered or skipped, or the address has a value in it."""

import pytest

from tests.pages.reading import page
from tests.pages.test_article import GUESS, PREFIX

BETS = {name: (prefix, GUESS[name]) for name, prefix in PREFIX.items()} | {"why": ("why", 1), "book": ("book", 0.5)}
"""Page -> prefix of its controls, and a guess."""


def hidden(at, prefix):
    """Whether the panel with its button stands over the figure."""
    return [button.label for button in at.button if button.key == f"{prefix}_skip"] == ["Show me"]


@pytest.mark.parametrize("name", BETS)
def test_a_figure_is_shown_once_its_bet_is_answered_or_skipped_and_stays(name):
    prefix, guess = BETS[name]
    at = page(name)
    assert hidden(at, prefix)
    at.button_group(key=f"{prefix}_bet").set_value(guess).run()
    assert not at.exception
    assert not hidden(at, prefix)
    at.button_group(key=f"{prefix}_bet").set_value(None).run()
    assert not hidden(at, prefix)
    skipped = page(name)
    skipped.button(key=f"{prefix}_skip").click().run()
    assert not skipped.exception
    assert not hidden(skipped, prefix)
    assert "You said" not in "".join(m.value for m in skipped.markdown)


def test_an_address_with_a_value_shows_its_figure_at_once():
    for url in ({"c2_lambda": "10"}, {"bets": "off"}):
        assert not hidden(page("decay_per_epoch", **url), "c2")
