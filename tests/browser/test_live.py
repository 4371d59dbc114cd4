"""Figure 1 follows a slider while the mouse holds it, from runs that ship, and shows then what it shows after the release."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import reader, settled, visit  # noqa: F401, reader is a fixture

FOLLOWED = {"/decay_per_epoch": "c2", "/tail_off": "c3"}
FIGURES = (0, 1)
"""Of the page, those in sight beside the sliders."""
ENDS = """chart => {
    const height = chart.querySelector(".background").getBBox().height;
    const drawn = [...chart.querySelectorAll(".mark-line path")].map(line => line.getAttribute("d")).filter(d => d);
    return drawn.map(d => d.split(",").at(-1) / height);
}"""
MOVED, ALIKE = 0.02, 0.003
"""Of the height of the plot: what the end of some line moves at least, and a pixel, by which drawings of one run may differ."""


def ends(page, figure):
    """Heights of the last points of a figure's lines, 0 at the top of the plot and 1 at its bottom."""
    return np.array(page.get_by_test_id("stVegaLiteChart").nth(figure).evaluate(ENDS))


def hold(page, slider, places):
    """Move the thumb by so many values and do not let it go; what is shown above it."""
    shown = page.locator(f".st-key-{slider} [data-testid=stSliderThumbValue]")
    thumb, track = shown.locator("xpath=..").bounding_box(), page.locator(f".st-key-{slider}").bounding_box()
    step = (track["width"] - thumb["width"]) / int(page.locator(f".st-key-{slider} input[type=range]").get_attribute("max"))
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + places * step, y, steps=6)
    return shown


@pytest.mark.parametrize("path", FOLLOWED)
@pytest.mark.parametrize(("name", "places"), [("lambda", 4), ("eta", -3)])
def test_the_lines_follow_a_slider_that_is_held(server, reader, path, name, places):  # noqa: F811
    slider = f"{FOLLOWED[path]}_{name}"
    visit(reader, server.url + path)
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    place = reader.locator(f".st-key-{slider}")
    place.scroll_into_view_if_needed()
    place.hover()
    reader.wait_for_timeout(500)
    settled(reader)
    opened, address = [ends(reader, figure) for figure in FIGURES], reader.url
    shown = hold(reader, slider, places)
    reader.wait_for_timeout(300)
    held_at = shown.inner_text()
    held = [ends(reader, figure) for figure in FIGURES]
    assert any(len(a) != len(b) or np.abs(a - b).max() > MOVED for a, b in zip(opened, held))
    assert reader.url == address  # the server has not heard of it
    reader.mouse.up()
    expect(reader).to_have_url(re.compile(rf"{slider}={held_at}(&|$)"))
    settled(reader)
    reader.wait_for_timeout(1000)  # the figure is drawn anew
    for before, figure in zip(held, FIGURES):
        np.testing.assert_allclose(ends(reader, figure), before, atol=ALIKE)
