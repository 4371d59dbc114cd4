"""What a reader's hand meets: sliders stay with their figure, nothing runs away under a key, marks tell no raw fields."""

import re
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import shifts
from tests.browser.serving import Server
from tests.browser.test_browser import CLAIMS, PAGES, follow, press, reader, settled, visit  # noqa: F401, reader is a fixture
from tests.conftest import ROOT

STAGES = CLAIMS | {"/why": "why"}
"""Address -> prefix of the controls, of every page whose sliders stand over a figure."""
TOP = "e => e.getBoundingClientRect().top"
BOTTOM = "e => e.getBoundingClientRect().bottom"
SELECTOR = re.compile(r"^\s*([^@{}/\n][^{}\n]*?) \{", re.MULTILINE)
RARE = ("stStatusWidget", "data-stale", "vega-bind", ".tag", "stMarkdownBadge", "table", "film", "katex", "mark-rect")
RARE += ("stSkeleton", "#glossary", "Sketch", ":focus", ":hover", "fill=", "stCode", "primary", ".portraits")
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


def value(page, control):
    """What a slider shows."""
    return page.locator(f".st-key-{control} [data-testid=stSliderThumbValue]").inner_text()


def copied(page):
    """The link that the button copies; pressed again where its word, there for 2.5 s, was missed, or the page written anew."""
    said = page.locator("output[aria-live=polite]").filter(has_text="Copied")
    expect(said).to_have_count(0)  # of another time
    for patience in (5_000, 5_000, 60_000):
        page.get_by_role("button", name="Copy link").click()
        with suppress(AssertionError):
            expect(said).to_be_visible(timeout=patience)
            return page.evaluate("navigator.clipboard.readText()")
    raise AssertionError("nothing was copied")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/decay_dominates", "c1_lambda=20&c1_epoch=50"),
        ("/decay_per_epoch", "c2_lambda=20&c2_n=50"),
        ("/tail_off", "c3_lambda=30&c3_kappa=0.03"),
        ("/scaled_start", "c4_lambda=20&c4_until=10"),
        ("/why", "why_lambda=20&why_epochs=20"),
        ("/book", "book_units=100&book_seed=12"),
        ("/today", "today_eta=0.2&today_updates=500"),
        ("/laboratory", "laba_lambda=20&labb_eta=0.2"),
    ],
)
def test_a_link_with_every_value_is_copied_and_a_reset_leaves_a_bare_address(server, reader, path, query):  # noqa: F811
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(reader, f"{server.url}{path}?{query}")
    expect(reader.get_by_role("link", name="Next:").first).to_be_visible()
    link = urlsplit(copied(reader))
    kept = dict(parse_qsl(link.query))
    assert link.path == path
    assert dict(parse_qsl(query)).items() <= kept.items()
    bound = reader.locator("[class*='st-key-']").filter(has=reader.locator("input[type=range], input[type=number]"))
    keys = {name.removeprefix("st-key-") for one in bound.all() for name in one.get_attribute("class").split()}
    assert {key for key in keys if key.startswith(query.split("_")[0]) and not key.endswith("_bet")} <= kept.keys()
    reader.get_by_role("button", name="Reset").click()
    expect(reader).to_have_url(f"{server.url}{path}")
    settled(reader)
    reset = dict(parse_qsl(urlsplit(copied(reader)).query))
    assert reset.keys() == kept.keys()
    assert not set(parse_qsl(query)) & set(reset.items())


def test_a_number_that_is_not_offered_shows_the_nearest_and_says_so_at_the_controls(server, reader):  # noqa: F811
    visit(reader, server.url + "/decay_per_epoch?c2_lambda=4&c2_eta=2e-1&c2_m=20.0")
    assert [value(reader, f"c2_{name}") for name in ("lambda", "eta", "m")] == ["5", "0.2", "20"]
    said = reader.locator(".st-key-sliders").get_by_text("is not offered")
    expect(said).to_have_count(1)
    expect(said).to_have_text("c2_lambda=4 is not offered, so the nearest is shown: 5")
    expect(reader).to_have_url(re.compile(r"\?c2_eta=0.2&c2_m=20$"))


def test_a_page_is_found_as_it_was_left_by_back_forward_and_the_navigation(server, reader):  # noqa: F811
    navigation = reader.get_by_test_id("stTopNavLink")

    def arrived(path, **shown):
        expect(reader.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()
        settled(reader)
        for control, text in shown.items():
            expect(reader.locator(f".st-key-{control} [data-testid=stSliderThumbValue]")).to_have_text(text)
            expect(reader).to_have_url(re.compile(rf"{path}\?.*{control}={text}(&|$)"))

    visit(reader, server.url + "/decay_per_epoch")
    press(reader, "c2_lambda")
    arrived("/decay_per_epoch", c2_lambda="10")
    follow(reader, navigation.filter(has_text="Method"), "/method")
    reader.go_back()
    arrived("/decay_per_epoch", c2_lambda="10")
    reader.go_forward()
    arrived("/method")
    follow(reader, navigation.nth([*PAGES].index("/decay_per_epoch")), "/decay_per_epoch")
    arrived("/decay_per_epoch", c2_lambda="10")
    follow(reader, navigation.nth([*PAGES].index("/tail_off")), "/tail_off")
    press(reader, "c3_lambda")
    arrived("/tail_off", c3_lambda="20")
    reader.go_back()
    arrived("/decay_per_epoch", c2_lambda="10")
    reader.go_forward()
    arrived("/tail_off", c3_lambda="20")
    visit(reader, server.url + "/decay_per_epoch")  # typed: a new session
    expect(reader.locator(".st-key-c2_lambda [data-testid=stSliderThumbValue]")).to_have_text("5")


def test_one_step_back_leaves_the_page_whatever_was_moved_on_it(server, reader):  # noqa: F811
    navigation, length = reader.get_by_test_id("stTopNavLink"), "history.length"

    def arrived(path, query):
        expect(reader.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()
        expect(reader).to_have_url(server.url + path + query)
        settled(reader)
        reader.wait_for_timeout(1000)  # what else is done to the address

    visit(reader, server.url + "/decay_per_epoch")
    expect(reader.get_by_role("button", name="Copy link")).to_be_visible()
    opened = reader.evaluate(length)
    press(reader, "c2_lambda")
    arrived("/decay_per_epoch", "?c2_lambda=10")
    reader.locator(".st-key-c2_presets").get_by_text("m = 3,000", exact=True).click()
    arrived("/decay_per_epoch", "?c2_lambda=10&c2_m=3000")
    assert reader.evaluate(length) == opened
    ways = (("/method", ""), ("/decay_per_epoch", "?c2_lambda=10&c2_m=3000"), ("/tail_off", ""))
    for k, (path, query) in enumerate(ways):
        follow(reader, navigation.nth([*PAGES].index(path)), path)
        arrived(path, query)
        assert reader.evaluate(length) == opened + k + 1
    for path, query in (*ways[1::-1], ways[1]):
        reader.go_back()
        arrived(path, query)
    for path, query in ways:
        reader.go_forward()
        arrived(path, query)


PLACES = """() => {
    const way = document.querySelector("[data-testid=stMain]").scrollTop;
    const shown = "[data-testid=stVegaLiteChart], .st-key-sliders, .st-key-beside, .st-key-verdict";
    return [...document.querySelectorAll(shown)].slice(0, 4).map(one => one.getBoundingClientRect().top + way);
}"""
"""From the top of the page: of the sliders, their line of presets, and the first figures."""


@pytest.mark.parametrize("path", CLAIMS)  # whose sliders lead to runs that ship
def test_controls_and_figure_stay_where_they_are_whatever_is_moved(server, reader, path):  # noqa: F811
    prefix = CLAIMS[path]
    visit(reader, server.url + path)
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    expect(reader.locator(".st-key-verdict")).to_be_visible()
    reader.wait_for_timeout(2000)  # formulas and figures find their width
    reader.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, 0)")  # where nothing sticks
    before = reader.evaluate(PLACES)

    def stays(what):
        settled(reader)
        reader.wait_for_timeout(700)
        reader.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, 0)")
        assert reader.evaluate(PLACES) == pytest.approx(before, abs=1), what

    reader.locator(f".st-key-{prefix}_bet").get_by_role("radio").nth(1).click()
    stays("bet")
    for slider, key in (("lambda", "ArrowRight"), ("lambda", "Home"), ("eta", "ArrowLeft")):
        press(reader, f"{prefix}_{slider}", key)
        expect(reader).to_have_url(re.compile(f"{prefix}_{slider}="))
        stays((slider, key))
        reader.get_by_role("button", name="Reset").click()
        expect(reader).to_have_url(server.url + path)
        stays("reset")
    last = reader.locator(f".st-key-{prefix}_presets button").last
    last.click()
    expect(last).to_have_attribute("kind", "primary")
    stays("preset")


def test_nothing_moves_for_the_first_visitor_of_a_fresh_server(browser):
    """Streamlit shows the files of pages/ in a sidebar until st.navigation was called once in the process."""
    server = Server(script="serve.py")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(shifts.OBSERVE)
    try:
        page.goto(server.url + "/tail_off")
        page.get_by_role("link", name="Next:").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        assert shifts.cumulative(page) < 0.05
    finally:
        page.close()
        server.stop()


WIDER = """() => [...document.querySelectorAll("[data-testid=stVegaLiteChart]")].filter(one => one.checkVisibility()).filter(
    one => one.querySelector("svg.marks").getBoundingClientRect().width > one.getBoundingClientRect().width + 0.5).length"""
"""Charts that are wider than their places."""


def test_every_figure_fits_a_window_that_became_narrower(server, reader):  # noqa: F811
    """At these widths the new place of a map, 354 px, is as wide as the plot without its axes was in the old one, 481 px."""
    visit(reader, server.url + "/decay_dominates?bets=off")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    expect(reader.locator("[class*=st-key-c1_map] svg.marks")).to_have_count(2)
    reader.wait_for_timeout(1000)  # figures find their width
    for width in (390, 1280, 390):
        reader.set_viewport_size({"width": width, "height": 850})
        reader.wait_for_timeout(1000)
        reader.wait_for_function(f"({WIDER})() === 0")


def test_a_picture_of_weights_is_drawn_pixel_by_pixel(server, reader):  # noqa: F811
    visit(reader, server.url + "/decay_dominates")
    pictures = reader.locator(".portraits img")
    expect(pictures.first).to_be_visible()
    assert pictures.evaluate_all("all => all.map(one => [one.naturalWidth, one.width, one.height])") == [[8, 144, 144]] * 6
    expect(pictures.first).to_have_css("image-rendering", "pixelated")


BUTTONS = """() => [...document.querySelectorAll(".st-key-beside button")].map(one => one.getBoundingClientRect()).map(
    ({left, right, top}) => [left, right, top].map(Math.round))"""
"""Left, right and top of every preset and of Reset."""


@pytest.mark.parametrize("path", STAGES)
def test_on_a_phone_all_presets_are_in_sight_and_none_moves_under_a_finger(server, reader, path):  # noqa: F811
    reader.set_viewport_size({"width": 390, "height": 844})
    visit(reader, server.url + path + "?bets=off")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    expect(reader.locator(".st-key-beside button").nth(4)).to_be_visible()
    reader.locator(".st-key-sliders").evaluate("e => e.scrollIntoView()")
    before, least = reader.evaluate(BUTTONS), 24  # px of a target for a finger, as WCAG 2.2 has it
    assert min(left for left, _, _ in before) >= 0
    assert max(right for _, right, _ in before) <= 390
    presets = reader.locator(".st-key-beside [class*=_presets] button")
    assert min(box["height"] for box in map(lambda one: one.bounding_box(), presets.all())) >= least
    assert reader.locator(".st-key-sliders").evaluate(BOTTOM) <= 844 / 3
    presets.first.click()
    expect(presets.first).to_have_attribute("data-testid", "stBaseButton-primary")
    settled(reader)
    assert reader.evaluate(BUTTONS) == before


@pytest.mark.parametrize("path", STAGES)
def test_what_colours_code_is_loaded_once_code_is_unfolded(server, reader, path):  # noqa: F811
    loaded = []
    reader.on("request", lambda request: loaded.append(request.url) if "SyntaxHighlighter" in request.url else None)
    visit(reader, server.url + path)
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    reader.wait_for_load_state("networkidle")
    assert not loaded
    reader.get_by_text("Link, data and code of this figure").click()
    code = reader.get_by_test_id("stCode").filter(has_text="from engine import")
    expect(code.locator("span[class*=token]").first).to_be_visible()
    expect(code.locator("button[aria-label='Copy to clipboard']")).to_be_attached()
    assert loaded


def test_figures_in_a_fold_are_drawn_once_it_is_unfolded(server, reader):  # noqa: F811
    visit(reader, server.url + "/tail_off")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    fold = reader.get_by_test_id("stExpander").filter(has_text="Layer by layer, and over λ and the fan-in")
    expect(fold.locator("strong", has_text="Teacher, the fan-in")).to_be_attached()
    assert not fold.get_by_test_id("stVegaLiteChart").count()
    fold.locator("summary").press("Enter")
    expect(fold.get_by_test_id("stVegaLiteChart").locator("svg.marks")).to_have_count(3)
    fold.locator("summary").press("Enter")
    expect(fold.get_by_test_id("stVegaLiteChart")).to_have_count(0)
