"""What those meet who read with the keyboard, with a screen reader, with weak eyes; and what a pointer is told on hover."""

import re
import tomllib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from engine import train
from engine.defaults import DEFAULTS
from engine.statistics import interval
from engine.studies import regimes
from tests.browser.test_browser import CLAIMS, PAGES, press, reader, settled, visit  # noqa: F401, reader is a fixture
from tests.browser.test_hand import STAGES
from tests.conftest import ROOT
from view import words
from view.claims.regimes.figures import COLOURS, INK

AA = 4.5
"""Least contrast of text, WCAG 2.2, 1.4.3."""
STOPS = 10
RATIOS = """() => {
  const parse = colour => {
    const numbers = colour.match(/[\\d.]+/g).map(Number), unit = colour.startsWith("color(srgb") ? 255 : 1;
    return {rgb: numbers.slice(0, 3).map(x => x * unit), alpha: numbers[3] ?? 1};
  };
  const over = (top, alpha, below) => top.map((x, k) => alpha * x + (1 - alpha) * below[k]);
  const light = rgb => rgb.map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
    .reduce((sum, x, k) => sum + x * [0.2126, 0.7152, 0.0722][k], 0);
  const up = e => e ? [e, ...up(e.parentElement)] : [];
  const found = [];
  for (const e of document.querySelectorAll("[data-testid=stMain] *, [data-testid=stHeader] *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
    if (e.closest("style, script, .katex-mathml, [data-testid=stSliderTickBar]")) continue; // the last fade in on hover
    const style = getComputedStyle(e), figure = e.ownerSVGElement;
    const ink = parse(figure ? style.fill : style.color);
    if (figure && e.getAttribute("fill") === INK) continue; // on cells
    const opacity = up(e).reduce((product, a) => product * getComputedStyle(a).opacity, figure ? +style.fillOpacity : 1);
    if (opacity * ink.alpha === 0) continue;
    const box = e.getBoundingClientRect(), middle = (box.top + box.bottom) / 2;
    const spans = a => a.getBoundingClientRect().top <= middle && middle <= a.getBoundingClientRect().bottom;
    const behind = a => a.matches("[data-testid=stApp]") || spans(a); // what sticks out of a box stands on another ground
    const ground = up(e).filter(behind).reverse().map(a => parse(getComputedStyle(a).backgroundColor))
      .reduce((below, one) => over(one.rgb, one.alpha, below), [255, 255, 255]);
    const [a, b] = [light(over(ink.rgb, ink.alpha * opacity, ground)), light(ground)].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), e.textContent.slice(0, 30), style.color, ground.join()]);
  }
  return found;
}""".replace("INK", f'"{INK}"')
DRAWN = """() => [...document.querySelectorAll("[data-testid=stVegaLiteChart]")]
  .filter(figure => figure.checkVisibility()).every(figure => figure.querySelector("svg.marks"))"""
PLACE = "e => { const r = e.getBoundingClientRect(); return [r.x + 0.4 * r.width, r.y + 0.4 * r.height] }"


def opened(page, server, path):
    """A page with all its figures."""
    visit(page, server.url + path)
    expect(page.get_by_role("link", name="Next:").first).to_be_visible()
    page.wait_for_function(DRAWN)  # asked anew each time: figures that arrive change the places of those before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_text_stands_out_from_its_ground(server, reader, path, scheme):  # noqa: F811
    reader.emulate_media(color_scheme=scheme)
    opened(reader, server, path)
    reader.wait_for_timeout(700)  # what fades has faded
    ratios = reader.evaluate(RATIOS)
    assert len(ratios) > 20
    assert [text for text in ratios if text[0] < AA] == []


def rgb(colour):
    """Red, green and blue from 0 to 1."""
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255


def luminance(colour):
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("outcome", COLOURS)
def test_signs_stand_out_from_the_cells_of_the_map(outcome, scheme):
    """They have the colour of the text, and the cells let the ground through."""
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"][scheme]
    ground, ink, cell = (rgb(colour) for colour in (theme["backgroundColor"], theme["textColor"], COLOURS[outcome]))
    alpha = int(COLOURS[outcome][7:9], 16) / 255
    shades = sorted(luminance(colour) for colour in (ink, alpha * cell + (1 - alpha) * ground))
    assert (shades[1] + 0.05) / (shades[0] + 0.05) >= AA


TOOLBAR = "document.activeElement.closest('[data-testid=stElementToolbar]')"


@pytest.mark.parametrize("path", STAGES)
def test_lambda_is_near_the_title_for_a_keyboard_and_a_figure_after_it_is_one_stop(server, reader, path):  # noqa: F811
    opened(reader, server, path + "?bets=off")
    name = reader.locator(f".st-key-{STAGES[path]}_lambda input")
    reader.get_by_role("heading", level=1).evaluate("e => { e.tabIndex = -1; e.focus() }")
    reached = []
    while len(reached) < STOPS and not (reached and name.evaluate("e => e === document.activeElement")):
        reader.keyboard.press("Tab")
        assert not reader.evaluate(f"!!{TOOLBAR}")
        reached.append(reader.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    assert name.evaluate("e => e === document.activeElement"), reached
    stops = []
    for _ in range(60):
        reader.keyboard.press("Tab")
        stops.append(reader.evaluate(f"{TOOLBAR} && document.activeElement.getAttribute('aria-label')"))
    figures = [stop for stop in stops if stop]
    assert figures
    assert all(stop.startswith("Fullscreen: ") for stop in figures)
    reader.get_by_test_id("stVegaLiteChart").first.hover()
    expect(reader.get_by_test_id("stElementToolbar").first.get_by_role("button").first).to_be_visible()


def test_a_keyboard_gets_a_figure_as_a_picture_and_as_large_as_the_window(server, reader):  # noqa: F811
    opened(reader, server, "/decay_per_epoch?bets=off")
    reader.mouse.move(0, 0)
    toolbar = reader.get_by_test_id("stElementToolbar").first
    expect(toolbar).to_have_css("opacity", "0")
    reader.locator(".st-key-c2_lambda input").focus()
    for _ in range(20):
        reader.keyboard.press("Tab")
        if reader.evaluate(f"!!{TOOLBAR}"):
            break
    expect(toolbar).to_have_css("opacity", "1")
    assert ring(toolbar.get_by_role("button", name="Fullscreen")) >= 2
    reader.keyboard.press("Shift+Tab")
    reader.keyboard.press("Shift+Tab")
    expect(toolbar.get_by_role("button", name="Download as PNG")).to_be_focused()
    with reader.expect_download() as download:
        reader.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".png")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Tab")
    width = reader.get_by_test_id("stVegaLiteChart").first.bounding_box()["width"]
    reader.keyboard.press("Enter")
    reader.wait_for_function(
        "width => document.querySelector('[data-testid=stVegaLiteChart]').getBoundingClientRect().width > 1.1 * width",
        arg=width,
    )


def test_sketches_have_nothing_to_take_away_and_are_no_stops(server, reader):  # noqa: F811
    opened(reader, server, "/")
    expect(reader.get_by_test_id("stVegaLiteChart")).to_have_count(4)
    for sketch in reader.get_by_test_id("stVegaLiteChart").all():
        sketch.hover()
        expect(reader.get_by_test_id("stElementToolbar").first).to_be_hidden()
    for _ in range(60):
        reader.keyboard.press("Tab")
        assert not reader.evaluate(f"!!{TOOLBAR}")


def ring(element):
    """Width in px of what is drawn around an element that has the focus, or around its thumb."""
    return element.evaluate(
        "e => Math.max(...[e, e.parentElement.parentElement].map(getComputedStyle)"
        ".map(s => ['none', 'auto'].includes(s.outlineStyle) ? 0 : parseFloat(s.outlineWidth)))"
    )


def test_the_place_of_the_keyboard_is_seen(server, reader):  # noqa: F811
    opened(reader, server, "/decay_dominates")
    link = reader.get_by_test_id("stTopNavLink").nth(2)
    assert ring(link) == 0
    places = (
        link,
        reader.locator(".st-key-c1_lambda input"),
        reader.get_by_test_id("stMain").get_by_role("link").first,
        reader.get_by_test_id("stExpander").locator("summary").first,
        reader.get_by_role("link", name="Next:"),
    )
    for element in places:
        element.focus()
        reader.keyboard.press("Shift+Tab")
        reader.keyboard.press("Tab")  # with a key, as the ring is for keys
        expect(element).to_be_focused()
        assert ring(element) >= 2


@pytest.mark.parametrize("path", PAGES)
def test_controls_have_names_of_their_own_in_plain_words(server, reader, path):  # noqa: F811
    """Of sliders, fields, menus and groups of buttons, folded ones as well; what Streamlit adds beside them it names itself."""
    opened(reader, server, path)
    names = reader.get_by_test_id("stMain").evaluate(
        "main => [...main.querySelectorAll('input, select, textarea, [role=radiogroup], [role=toolbar]')]"
        ".filter(e => e.type !== 'radio' && e.type !== 'hidden')"
        ".map(e => e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText)"
    )
    assert all(names)
    assert [name for name in names if re.search(r"[$\\{}]", name)] == []
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert (
        reader.locator(
            "svg.marks [role=graphics-symbol][aria-label]"
            ":not([aria-roledescription=axis], [aria-roledescription=title], [aria-roledescription=legend])"
        ).count()
        == 0
    )


@pytest.mark.parametrize("path", STAGES)
def test_a_new_verdict_is_said_once_in_a_region_that_was_there_before(server, reader, path):  # noqa: F811
    prefix = STAGES[path]
    opened(reader, server, path)
    region = reader.locator(".st-key-sentence[role=status]")
    expect(region).to_have_count(1)
    expect(region).to_have_attribute("aria-live", "polite")
    before = region.inner_text()
    region.evaluate("e => { e.kept = true }")
    reader.locator(f".st-key-{prefix}_lambda input").focus()
    reader.keyboard.press("Home")  # without L2
    expect(region).not_to_have_text(before)
    settled(reader)
    assert region.evaluate("e => e.kept")
    assert region.inner_text().strip() in reader.locator(".st-key-verdict").inner_text()


def tooltip(page, mark):
    """Title -> text of what a mark tells at a place near its middle."""
    mark.evaluate("e => e.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(300)
    x, y = mark.evaluate(PLACE)
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    told = page.locator("#vg-tooltip-element.visible")
    expect(told).to_be_visible()
    rows = told.locator("tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))")
    return {title.rstrip(":"): text for title, text in rows}


def test_a_cell_and_a_line_tell_what_the_engine_says(server, reader):  # noqa: F811
    opened(reader, server, "/decay_dominates?c1_epochs=20&c1_seeds=4")
    run = train(replace(DEFAULTS["decay_dominates"], epochs=20, replicates=4))
    figure = reader.get_by_test_id("stVegaLiteChart").filter(has_text="decay’s share of the way").first
    place = figure.locator("svg .mark-symbol path").nth(4)
    found = tooltip(reader, place)
    layer, epoch = run.hyperparameters.layer_names.index(found["weights"]), int(found["epoch"])
    share = interval(run.displacement_share[:, epoch - 1, layer])
    title = "decay’s share of the way"
    assert found == {
        "weights": run.hyperparameters.layer_names[layer],
        "epoch": str(epoch),
        title: words.percent(share.mean, 3),
        "95\N{NO-BREAK SPACE}% interval": words.between(share, lambda bound: words.percent(bound, 3)),
    }
    etas, lambdas = regimes.axes()
    cells = reader.locator(".st-key-c1_map_hidden\\ weights, [class*='st-key-c1_map_hidden']").first.locator(
        "svg .mark-rect path"
    )
    k, j = 3, 7
    cell = cells.nth(k * len(lambdas) + j)
    found = tooltip(reader, cell)
    judged, share = (of["decay_dominates"]["length, hidden weights"][k, j] for of in (regimes.results(), regimes.measured()))
    told = {"verdict": regimes.KINDS[judged], "mean of the seeds": f"{words.percent(share, 3)} by decay"}
    assert found == {"η": f"{etas[k]:g}", "λ": f"{lambdas[j]:g}"} | told


@pytest.mark.parametrize("path", PAGES)
def test_a_window_of_320_px_scrolls_one_way(server, reader, path):  # noqa: F811
    """As wide as one of 1280 px at 400 %: WCAG 2.2, 1.4.10."""
    reader.set_viewport_size({"width": 320, "height": 700})
    opened(reader, server, path)
    expect(reader.get_by_test_id("stMain")).to_have_js_property("scrollWidth", 320)
    empty = "tables => tables.filter(th => !th.textContent.trim()).length"
    assert reader.locator("th").evaluate_all(empty) == 0


def test_a_formula_is_copied_once(server, reader):  # noqa: F811
    opened(reader, server, "/decay_dominates")
    copied = (
        reader.get_by_test_id("stMain")
        .locator("p:has(.katex)")
        .first.evaluate("p => { getSelection().selectAllChildren(p); return getSelection().toString() }")
    )
    assert copied.count("λ") + copied.count("𝜆") == 1


@pytest.mark.parametrize("path", ["/tail_off", "/scaled_start", "/book"])
def test_figures_write_their_subscripts(server, reader, path):  # noqa: F811
    opened(reader, server, path)
    expect(reader.locator("svg.marks text").filter(has_text="nᵢₙ").first).to_be_attached()
    assert [text for text in reader.locator("svg.marks text").all_text_contents() if "_" in text] == []


def test_axes_have_all_their_levels(server, reader):  # noqa: F811
    opened(reader, server, "/decay_dominates?bets=off")
    axis = (
        reader.get_by_test_id("stVegaLiteChart")
        .filter(has_text="decay’s share of the way")
        .first.locator(".role-axis-label text")
    )
    expect(axis.first).to_be_attached()
    shown = axis.evaluate_all("texts => texts.filter(t => getComputedStyle(t).opacity > 0).map(t => t.textContent)")
    assert {"0%", "even", "90%", "100%"} <= set(shown)


def test_the_name_of_the_data_says_their_settings(server, reader):  # noqa: F811
    opened(reader, server, "/decay_per_epoch?c2_epochs=10&c2_seeds=2")
    press(reader, "c2_lambda")
    expect(reader).to_have_url(re.compile("c2_lambda=10"))
    settled(reader)
    reader.get_by_test_id("stExpander").filter(has_text="Link, data and code").locator("summary").click()
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Data as CSV").click()
    assert download.value.suggested_filename == "decay_per_epoch c2_lambda=10 c2_epochs=10 c2_seeds=2.csv"
