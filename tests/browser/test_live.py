"""Figure 1 follows a slider that the mouse holds, from runs that ship, and shows what the page opened at that value shows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import reader, settled, visit  # noqa: F401, reader is a fixture

FOLLOWED = {
    "/decay_dominates": ("c1", 4),
    "/decay_per_epoch": ("c2", 2),
    "/tail_off": ("c3", 4),
    "/scaled_start": ("c4", 4),
    "/why": ("why", 1),
}
"""Address -> prefix of its controls, and charts of its Figure 1, the first on the page."""
DRAWN = """chart => {
    const plot = chart.querySelector(".background").getBoundingClientRect();
    const place = (x, y) => [(x - plot.left) / plot.width, (y - plot.top) / plot.height];
    const drawn = selector => [...chart.querySelectorAll(selector)].filter(one => one.getAttribute("d") ?? one.textContent);
    const end = line => line.getPointAtLength(line.getTotalLength()).matrixTransform(line.getScreenCTM());
    const corners = box => [...place(box.left, box.top), ...place(box.right, box.bottom)];
    return {
        words: drawn("text").map(one => [one.textContent, corners(one.getBoundingClientRect())]).sort(),
        lines: drawn(".mark-line path").map(line => [end(line).x, end(line).y]).map(([x, y]) => place(x, y)),
        bars: drawn(".mark-rect path").map(one => corners(one.getBoundingClientRect())),
    };
}"""
ALIKE = 0.004
"""Of the plot's width or height: a pixel or two, by which drawings of one run may differ."""
STAYS = "not trained yet"


@pytest.fixture
def sent(reader):  # noqa: F811
    """What the page has sent to its server."""
    frames = []
    reader.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    return frames


def drawn(page, count):
    """What each chart of Figure 1 shows, in parts of its plot."""
    charts = page.get_by_test_id("stVegaLiteChart")
    return [charts.nth(k).evaluate(DRAWN) for k in range(count)]


def assert_alike(one, other):
    for a, b in zip(one, other, strict=True):
        assert [word for word, _ in a["words"]] == [word for word, _ in b["words"]]
        for (_, here), (_, there) in zip(a["words"], b["words"]):
            assert here == pytest.approx(there, abs=ALIKE)
        for what in ("lines", "bars"):
            assert len(a[what]) == len(b[what])
            for here, there in zip(a[what], b[what]):
                assert here == pytest.approx(there, abs=ALIKE)


def said(charts):
    """Whether one of them says that it stays."""
    return any(word == STAYS for chart in charts for word, _ in chart["words"])


def touched(page, url, slider):
    """Opened, with the pointer over the slider, until Figure 1 follows it."""
    visit(page, url)
    expect(page.get_by_role("link", name="Next:")).to_be_visible()
    place = page.locator(f".st-key-{slider}")
    place.scroll_into_view_if_needed()
    place.hover()
    page.wait_for_timeout(500)
    settled(page)
    page.wait_for_timeout(500)


def hold(page, slider):
    """Press the mouse on the thumb; a function that moves it to so many values from where it was, and what it shows there."""
    shown = page.locator(f".st-key-{slider} [data-testid=stSliderThumbValue]")
    thumb, track = shown.locator("xpath=..").bounding_box(), page.locator(f".st-key-{slider}").bounding_box()
    step = (track["width"] - thumb["width"]) / int(page.locator(f".st-key-{slider} input[type=range]").get_attribute("max"))
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()

    def move(places):
        before = shown.inner_text()
        page.mouse.move(x + places * step, y, steps=6)
        expect(shown).not_to_have_text(before)
        page.wait_for_timeout(300)
        return shown.inner_text()

    return move


@pytest.mark.parametrize("path", FOLLOWED)
@pytest.mark.parametrize(("name", "places"), [("lambda", 4), ("eta", -3)])
def test_a_slider_that_is_held_shows_what_the_page_opened_there_shows(server, reader, sent, path, name, places):  # noqa: F811
    prefix, count = FOLLOWED[path]
    slider = f"{prefix}_{name}"
    touched(reader, f"{server.url}{path}?bets=off", slider)
    opened, address = drawn(reader, count), reader.url
    move = hold(reader, slider)
    before = len(sent)
    held_at = move(places)
    held = drawn(reader, count)
    assert any(a["lines"] != b["lines"] for a, b in zip(opened, held))
    assert reader.url == address
    assert len(sent) == before  # the server has not heard of it
    other = reader.context.new_page()
    visit(other, f"{server.url}{path}?{slider}={held_at}")
    expect(other.get_by_role("link", name="Next:")).to_be_visible()
    settled(other)
    other.wait_for_timeout(1000)  # figures find their width
    alone = drawn(other, count)
    other.close()
    assert_alike(held, alone)
    reader.mouse.up()
    expect(reader).to_have_url(re.compile(rf"{slider}={held_at}(&|$)"))
    settled(reader)
    reader.wait_for_timeout(1000)  # the figure is drawn anew
    assert_alike(drawn(reader, count), alone)


@pytest.mark.parametrize("path", FOLLOWED)
def test_beyond_what_ships_the_last_figure_stays_and_says_so(server, reader, sent, path):  # noqa: F811
    prefix, count = FOLLOWED[path]
    touched(reader, f"{server.url}{path}?bets=off", f"{prefix}_eta")
    charts = reader.get_by_test_id("stVegaLiteChart")
    move = hold(reader, f"{prefix}_eta")
    before = len(sent)
    assert move(6) == "1"
    last = drawn(reader, count)
    assert not said(last)
    assert move(8) == "2"
    for k in range(count):
        expect(charts.nth(k).get_by_text(STAYS)).to_have_count(1)
    beyond = drawn(reader, count)
    for one in beyond:
        one["words"] = [(word, place) for word, place in one["words"] if word != STAYS]
    assert_alike(beyond, last)
    assert move(-2) == "0.05"
    assert not said(drawn(reader, count))
    move(0)
    assert len(sent) == before
    reader.mouse.up()
