"""What a reader's hand meets: sliders stay with their figure, nothing runs away under a key, marks tell no raw fields."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import shifts
from tests.browser.serving import Server
from tests.browser.test_browser import CLAIMS, PAGES, press, reader, settled, visit  # noqa: F401, reader is a fixture
from tests.conftest import ROOT

STAGES = CLAIMS | {"/why": "why"}
"""Address -> prefix of the controls, of every page whose sliders stand over a figure."""
TOP = "e => e.getBoundingClientRect().top"
BOTTOM = "e => e.getBoundingClientRect().bottom"
SELECTOR = re.compile(r"^\s*([^@{}/\n][^{}\n]*?) \{", re.MULTILINE)
RARE = ("stStatusWidget", "data-stale", "vega-bind", ".tag", "stMarkdownBadge", "table", "film", "katex", "mark-rect")
RARE += (":focus", ":hover", "fill=", "stCode", "primary")
"""In selectors of what is there only while a run lasts, under a hand, once it is unfolded, or on some pages only."""


@pytest.fixture(scope="module")
def served(mnist_files, browser):
    """A server that is warm: its first visitor waits for what is imported then."""
    server = Server(mnist=mnist_files, script="serve.py")
    page = browser.new_page()
    page.goto(server.url)
    page.get_by_role("link", name="Next:").first.wait_for(timeout=60_000)
    page.close()
    yield server
    server.stop()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_from_the_first_paint_to_the_last_number(served, reader, path):  # noqa: F811
    """Cold, for a browser that has nothing of the page. Red after words have changed: python -m scripts.heights."""
    reader.add_init_script(shifts.OBSERVE)
    visit(reader, served.url + path)
    expect(reader.get_by_role("link", name="Next:").first).to_be_visible()
    expect(reader.get_by_test_id("stSkeleton")).to_have_count(0)
    reader.wait_for_timeout(1000)  # figures find their width
    assert shifts.cumulative(reader) < 0.05


def selectors():
    return SELECTOR.findall(re.sub(r"/\*.*?\*/", "", (ROOT / "view/article.css").read_text(), flags=re.DOTALL))


@pytest.mark.parametrize("path", STAGES)
def test_sliders_sentence_and_figure_are_seen_together_and_stay(server, reader, path):  # noqa: F811
    prefix = STAGES[path]
    visit(reader, server.url + path)
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    expect(reader.locator(".st-key-guessed svg").first).to_be_attached()
    assert [one for one in selectors() if not any(r in one for r in RARE) and not reader.locator(one).count()] == []
    visit(reader, server.url + path + "?bets=off")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    sliders, sentence = reader.locator(".st-key-sliders"), reader.locator(".st-key-sentence")
    figure, header = reader.get_by_test_id("stVegaLiteChart").first, reader.get_by_test_id("stHeader")
    expect(figure.locator("svg")).to_be_visible()
    expect(sentence).not_to_be_empty()
    marks = figure.locator("svg [aria-roledescription$=mark], svg .mark-rect [aria-label], svg .mark-symbol [aria-label]")
    expect(marks).to_have_count(0)
    assert sliders.locator("input[type=range]").first.evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
    for width, height in ((1280, 800), (1024, 768), (390, 800)):
        reader.set_viewport_size({"width": width, "height": height})
        reader.wait_for_timeout(500)  # figures find their width
        below = header.evaluate(BOTTOM) + sliders.evaluate("e => e.getBoundingClientRect().height")
        reader.get_by_test_id("stMain").evaluate("(e, way) => e.scrollBy(0, way)", figure.evaluate(TOP) - below - 8)
        reader.wait_for_timeout(200)
        assert sliders.evaluate(TOP) >= header.evaluate(BOTTOM) - 1
        assert sliders.evaluate(BOTTOM) <= figure.evaluate(TOP)
        assert figure.evaluate(BOTTOM) <= height
        assert reader.get_by_test_id("stMain").evaluate("e => e.scrollWidth") == width
    reader.set_viewport_size({"width": 1280, "height": 800})
    reader.wait_for_timeout(500)
    slider = reader.locator(f".st-key-{prefix}_lambda")
    slider.locator("input").focus()
    before = slider.evaluate(TOP), figure.evaluate(TOP)
    press(reader, f"{prefix}_lambda")
    expect(reader).to_have_url(re.compile(f"{prefix}_lambda="))
    settled(reader)
    reader.wait_for_timeout(500)
    assert (slider.evaluate(TOP), figure.evaluate(TOP)) == pytest.approx(before, abs=1)
