"""What stands around the text, in a browser: sections that are linked, words that explain themselves, paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import reader, visit  # noqa: F401

HANDS = ("stHeader", "stSlider", "stButton", "stButtonGroup", "stElementToolbar", "stTooltipIcon", "stHeaderActionElements")
"""What is of no use on paper."""


def wheel(page):
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -1500)


def key(page):
    page.get_by_test_id("stMain").get_by_role("link").first.focus()  # which shows it
    page.keyboard.press("Tab")


@pytest.mark.parametrize("move", [wheel, key])
def test_the_link_to_a_section_shows_it_also_where_parts_above_it_come_later(server, reader, move):  # noqa: F811
    section = reader.get_by_role("heading", name="Glossary")
    reader.goto(f"{server.url}/method#glossary")
    expect(section).to_be_in_viewport()
    reader.add_style_tag(content="[data-testid='stMain'] { overflow-anchor: none } h1 { margin-top: 2000px !important }")
    expect(section).to_be_in_viewport()
    move(reader)
    expect(section).not_to_be_in_viewport()
    reader.add_style_tag(content="h1 { margin-top: 100px !important }")
    reader.wait_for_timeout(500)
    expect(section).not_to_be_in_viewport()  # who moves is not taken back


def test_references_and_terms_explain_themselves_on_hover(server, reader):  # noqa: F811
    visit(reader, f"{server.url}/book")
    reference = reader.locator("a[href='method#references']").first
    expect(reference).to_have_text(re.compile(r"^\d+$"))
    expect(reference).to_have_attribute("title", re.compile("^M. Nielsen, “Neural Networks and Deep Learning”"))
    term = reader.locator("a[href='method#glossary']").first
    expect(term).to_have_text("scaled start")
    expect(term).to_have_attribute("title", re.compile("^First weights from"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_and_has_nothing_for_hands(server, reader, scheme):  # noqa: F811
    reader.emulate_media(color_scheme=scheme)
    visit(reader, f"{server.url}/decay_per_epoch")
    expect(reader.locator(".st-key-way")).to_be_visible()
    reader.emulate_media(color_scheme=scheme, media="print")
    for hand in HANDS:
        for one in reader.get_by_test_id(hand).all():
            expect(one).to_be_hidden()
    expect(reader.locator(".st-key-way")).to_be_hidden()
    expect(reader.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    expect(reader.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    text = reader.get_by_test_id("stMain").get_by_test_id("stMarkdownContainer").locator("p").first
    expect(text).to_have_css("color", "rgb(36, 36, 36)")  # in the dark once the server knows of it
    chart = reader.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_have_css("break-inside", "avoid")
    turned = "invert(1) hue-rotate(180deg)" if scheme == "dark" else "none"
    expect(chart.locator("svg.marks")).to_have_css("filter", turned)
