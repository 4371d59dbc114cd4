"""A bet hides its figure on the screen, not on paper, and nothing moves when it is shown."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import reader, visit  # noqa: F401, reader is a fixture

HIDDEN = {"/decay_dominates": 1, "/decay_per_epoch": 2, "/tail_off": 1, "/scaled_start": 1, "/why": 1, "/book": 1}
"""Address -> figures that the bet of the page is about."""
PLACES = """all => all.map(e => {
  const top = document.querySelector("h1").getBoundingClientRect().y, box = e.getBoundingClientRect();
  return [box.x, box.y - top, box.width, box.height];
})"""


def places(page):
    page.wait_for_timeout(1000)  # figures find their width
    return page.locator("[data-testid=stVegaLiteChart]:not(details *), .st-key-verdict, .st-key-guessed").evaluate_all(PLACES)


@pytest.mark.parametrize("path", HIDDEN)
def test_the_figure_of_a_bet_is_behind_its_panel_until_it_is_skipped(server, reader, path):  # noqa: F811
    visit(reader, server.url + path)
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    figures, panel = reader.locator(".st-key-guessed [data-testid=stVegaLiteChart]"), reader.locator(".st-key-guess")
    expect(figures).to_have_count(HIDDEN[path])
    for figure in figures.all():
        expect(figure.locator("svg")).to_be_attached()
        expect(figure).to_be_hidden()
    others = reader.locator("[data-testid=stVegaLiteChart]:not(.st-key-guessed *)")
    expect(others.first).to_be_visible()
    expect(panel).to_contain_text("Guess first")
    box, room = panel.bounding_box(), reader.locator(".st-key-guessed").bounding_box()
    assert box == pytest.approx(room)
    assert room["height"] > 200
    before = places(reader)
    reader.emulate_media(media="print")
    expect(panel).to_be_hidden()
    expect(figures.first).to_be_visible()
    reader.emulate_media(media="screen")
    expect(figures.first).to_be_hidden()
    reader.get_by_role("button", name="Show me").press("Enter")
    expect(panel).to_have_count(0)
    for figure in figures.all():
        expect(figure).to_be_visible()
    assert places(reader) == before
