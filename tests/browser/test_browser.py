"""The article as a reader meets it: a real browser, a real server."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import TimeoutError, expect

from engine import train
from engine.defaults import DEFAULTS

PAGES = {
    "/": "Weight decay and the first draw",
    "/decay_dominates": "Who rules the first epochs?",
    "/decay_per_epoch": "How fast do the weights fade?",
    "/tail_off": "Where do the weights stop?",
    "/scaled_start": "Is decay a slow way to start small?",
    "/why": "Why do the layers part?",
    "/book": "Does it show in the book’s own graphs?",
    "/today": "What is left of your own first draw?",
    "/laboratory": "What if?",
    "/method": "How it was measured",
}
"""Address -> title of every page."""
CLAIMS = {"/decay_dominates": "c1", "/decay_per_epoch": "c2", "/tail_off": "c3", "/scaled_start": "c4"}
"""Address -> prefix of the controls."""
SECOND = "/decay_per_epoch"
PATIENCE = 60_000
"""Milliseconds: a machine that is shared answers when it can."""
expect.set_options(timeout=PATIENCE)
HARMLESS = ("_stcore/health", "_stcore/host-config")  # a deep link probes for the server's base path


@pytest.fixture
def reader(browser):
    """A new session; fails on anything in the console."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(f"{m.text} {m.location['url']}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if urlsplit(r.url).hostname not in ("localhost", None, "") else None)
    yield page
    context.close()
    assert not [c for c in complaints if not any(h in c for h in HARMLESS)]


def visit(page, url):
    page.goto(url)
    expect(page.get_by_role("heading", name=PAGES[urlsplit(url).path], level=1)).to_be_visible()
    settled(page)


def settled(page):
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_attached()
    broken = page.get_by_test_id("stException")
    assert not broken.count(), broken.first.inner_text()


def follow(page, link, path):
    """Turn to the page of that address with a key; again, where a page that is still settling has lost it."""
    title = page.get_by_role("heading", name=PAGES[path], level=1)
    for _ in range(3):
        link.press("Enter")
        try:
            title.wait_for(timeout=PATIENCE / 4)
            break
        except TimeoutError:
            continue
    expect(title).to_be_visible()
    settled(page)


def choose(page, control, choice):
    """A click on one of several; again, where the page moved under it."""
    for _ in range(3):
        page.locator(f".st-key-{control}").get_by_role("radio", name=choice, exact=True).click()
        try:
            page.wait_for_url(re.compile(rf"[?&]{control}={choice}"), timeout=PATIENCE / 4, wait_until="commit")
            break
        except TimeoutError:
            continue
    expect(page).to_have_url(re.compile(rf"[?&]{control}={choice}"))


def press(page, control, key="ArrowRight", times=1):
    slider = page.locator(f".st-key-{control} input[type=range]")
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)


def verdict(page):
    """What it says, once the browser has loaded what writes it."""
    expect(page.locator(".st-key-verdict strong").first).to_be_visible()
    return page.locator(".st-key-verdict").inner_text()


def criteria(page):
    """How the verdict is judged, which is said on hover; again, where the page moved under the pointer."""
    said = page.get_by_test_id("stTooltipContent")
    for _ in range(3):
        page.locator(".st-key-verdict").get_by_test_id("stTooltipHoverTarget").hover()
        try:
            said.wait_for(timeout=PATIENCE / 12)
            break
        except TimeoutError:
            page.mouse.move(0, 0)
    return said


def fits(page, width, scheme):
    """Whatever can be unfolded on it is, and nothing scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 850})
    page.emulate_media(color_scheme=scheme)
    expanders = page.get_by_test_id("stExpander")
    for expander in expanders.all():
        if expander.locator("details").get_attribute("open") is None:
            expander.locator("summary").press("Enter")  # a key meets it also while figures find their new width
        expect(expander.get_by_test_id("stExpanderDetails")).to_be_visible()
    settled(page)
    expect(page.get_by_test_id("stMain")).to_have_js_property("scrollWidth", width)
    expect(page.locator(".katex-error")).to_have_count(0)


def the_page_stands_in_its_frame(reader, server, path):
    """After a deep link with values in it."""
    prefix = CLAIMS.get(path, "c2")
    epochs = 60 if path == "/tail_off" else 10  # long enough to be at rest
    reader.goto(f"{server.url}{path}?{prefix}_lambda=20&{prefix}_epochs={epochs}&{prefix}_seeds=2")
    expect(reader.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()
    expect(reader.get_by_test_id("stTopNavLink").first).to_be_visible()
    expect(reader.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(reader.get_by_test_id("stDialog")).to_have_count(0)
    if path in CLAIMS:
        expect(reader.locator(".st-key-verdict")).to_be_visible()
        assert f"{prefix}_lambda=20" in reader.url
        expect(reader.locator(f".st-key-{prefix}_lambda [data-testid=stSliderThumbValue]")).to_have_text("20")
    settled(reader)


def test_a_deep_link_to_a_fresh_server_shows_the_page_in_its_frame(fresh_server, reader):
    """The guard that each page begins with puts it there, once a process; that each has it is seen in its source."""
    the_page_stands_in_its_frame(reader, fresh_server, "/scaled_start")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_entered_fits_two_sizes_answers_and_leads_on(server, reader, path):
    """Every page in one visit; a claim's answers its own controls as well, those that all share are tried on one page."""
    the_page_stands_in_its_frame(reader, server, path)
    fits(reader, 390, "dark")
    fits(reader, 1280, "light")
    if path in CLAIMS:
        the_verdict_follows(reader, CLAIMS[path])
        sliders_can_be_moved(reader, CLAIMS[path], OWN[path])
    follow(reader, reader.get_by_role("link", name="Next:"), [*PAGES, "/"][[*PAGES].index(path) + 1])


def test_the_opening_leads_to_every_claim_and_the_navigation_to_every_page(server, reader):
    visit(reader, server.url + "/")
    leads_to = reader.get_by_test_id("stPageLink-NavLink").filter(has_text=re.compile(r"[1-4] · "))
    first = "/decay_dominates"  # that is the next page, too
    expect(leads_to).to_have_count(5)
    assert [urlsplit(link.evaluate("a => a.href")).path for link in leads_to.all()] == [*CLAIMS, first]
    navigation = reader.get_by_test_id("stTopNavLink")
    assert [urlsplit(link.evaluate("a => a.href")).path for link in navigation.all()] == [*PAGES]
    follow(reader, leads_to.nth(1), SECOND)
    follow(reader, navigation.first, "/")


def test_a_control_changes_figure_verdict_and_address_and_the_address_brings_them_back(server, reader, browser):
    visit(reader, server.url + SECOND)
    before, figure = verdict(reader), reader.get_by_test_id("stVegaLiteChart").first.inner_html()
    press(reader, "c2_lambda")
    expect(reader).to_have_url(re.compile("c2_lambda=10"))
    expect(reader.locator(".st-key-verdict")).not_to_have_text(before)
    settled(reader)  # what is written again under the pointer says nothing
    expect(criteria(reader)).to_contain_text("Claimed: ηλ/m = 0.1 per epoch")
    assert reader.get_by_test_id("stVegaLiteChart").first.inner_html() != figure
    press(reader, "c2_m", "ArrowLeft")
    expect(reader.get_by_text("An epoch has 206 such updates")).to_be_visible()
    settled(reader)
    after, url = verdict(reader), reader.url
    assert parse_qs(urlsplit(url).query) == {"c2_lambda": ["10"], "c2_m": ["7"]}

    other = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    visit(other, url)
    assert verdict(other) == after
    assert other.url == url
    other.context.close()


OWN = {"/decay_dominates": ("epoch", "unit"), "/decay_per_epoch": (), "/tail_off": ("kappa",), "/scaled_start": ("until",)}
"""Sliders that one page alone has, by their names in the address."""
SHARED = ("lambda", "eta", "m", "n", "epochs", "seeds", "seed")


def test_the_controls_that_the_pages_share_and_the_map(server, reader):
    visit(reader, f"{server.url}/decay_dominates?c1_epochs=10&c1_seeds=2")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    reader.get_by_text("More settings").click()
    sliders_can_be_moved(reader, "c1", SHARED)
    a_click_on_the_map_goes_there(reader, "c1")
    every_choice_can_be_made(reader, "c1")


def the_verdict_follows(reader, prefix):
    """What it says, but for formulas, which are drawn late."""
    said = reader.locator(".st-key-verdict table").first
    before = said.inner_text()
    press(reader, f"{prefix}_lambda")
    expect(reader).not_to_have_url(re.compile(f"{prefix}_lambda=20(&|$)"))
    expect(said).not_to_have_text(before, use_inner_text=True)
    settled(reader)
    press(reader, f"{prefix}_lambda", "ArrowLeft")
    expect(reader).to_have_url(re.compile(f"{prefix}_lambda=20(&|$)"))
    expect(said).to_have_text(before, use_inner_text=True)
    settled(reader)


def sliders_can_be_moved(reader, prefix, names):
    """All of them there, then all of them back: the address follows."""
    before = parse_qs(urlsplit(reader.url).query)
    keys = {f"{prefix}_{name}": "ArrowLeft" if name == "n" else "ArrowRight" for name in names}
    for control, key in keys.items():
        press(reader, control, key)
    for control in keys:
        value = before.get(control, [""])[0]
        expect(reader).to_have_url(re.compile(rf"[?&]{control}=(?!{value}(&|$))\S"))
    settled(reader)
    for control, key in keys.items():
        press(reader, control, "ArrowLeft" if key == "ArrowRight" else "ArrowRight")
    for control in keys:
        expect(reader).to_have_url(
            re.compile(rf"{control}={before[control][0]}(&|$)") if control in before else re.compile(rf"^(?!.*[?&]{control}=)")
        )
    settled(reader)


def a_click_on_the_map_goes_there(reader, prefix):
    """The cell of eta = 0.03 and lambda = 20, from its place among the cells: column 2, row 8 of 17."""
    cells = reader.locator(f"[class*=st-key-{prefix}_map_hidden] .mark-rect path")
    expect(cells).to_have_count(289)
    cell = cells.nth(2 * 17 + 8)
    cell.evaluate("e => e.scrollIntoView({block: 'center'})")  # not under the sliders, which stick to the top
    reader.wait_for_timeout(500)
    cell.click(force=True)
    expect(reader).to_have_url(re.compile(rf"{prefix}_eta=0.03"))
    expect(reader).to_have_url(re.compile(rf"{prefix}_lambda=20"))
    settled(reader)
    expect(reader.locator(f".st-key-{prefix}_lambda [data-testid=stSliderThumbValue]")).to_have_text("20")
    address = reader.url
    chart = reader.locator(f"[class*=st-key-{prefix}_map_hidden]")
    for other in (chart.locator(".mark-line path").first, chart.locator(".mark-symbol path").first):
        other.click(force=True, position={"x": 1, "y": 1})  # a line of theory, and the ring
        settled(reader)
    assert reader.url.split("?")[0] == address.split("?")[0]


def every_choice_can_be_made(reader, prefix):
    for name, choice in {"hidden": "10", "start": "scaled", "units": "tanh", "cost": "quadratic"}.items():
        choose(reader, f"{prefix}_{name}", choice)
    settled(reader)
    reader.get_by_text("Link, data and code of this figure").click()
    expect(reader.get_by_test_id("stCode").filter(has_text="hidden=(10,)")).to_be_visible()


def the_controls_of_the_book_keep_to_the_address(reader):
    for control in ("book_unit", "book_units", "book_start"):
        press(reader, control)
        expect(reader).to_have_url(re.compile(rf"[?&]{control}="))
        press(reader, control, "ArrowLeft")
        expect(reader).not_to_have_url(re.compile(rf"[?&]{control}="))
    reader.get_by_role("spinbutton").fill("12")
    reader.keyboard.press("Enter")
    expect(reader).to_have_url(re.compile(r"[?&]book_seed=12"))
    expect(reader.get_by_role("button", name="Train seed 12 on MNIST")).to_be_visible()
    settled(reader)


def test_a_run_on_mnist_is_drawn_stopped_left_and_gone_on_with(server, reader):
    """It goes on where it was stopped, and does not go on while its reader is on another page."""

    def epoch():
        training = reader.get_by_text(re.compile(r"Training: epoch [1-9]\d* of 30; [\d.]+ s an epoch, about \d+ s left"))
        expect(training).to_be_visible()
        return int(re.search(r"epoch (\d+)", training.inner_text()).group(1))

    visit(reader, server.url + "/book")
    the_controls_of_the_book_keep_to_the_address(reader)
    charts = reader.get_by_test_id("stVegaLiteChart").count()
    train = reader.get_by_role("button", name="Train seed 12 on MNIST")
    train.click()
    epoch()
    expect(reader.get_by_test_id("stVegaLiteChart")).to_have_count(charts + 1)
    reader.get_by_role("button", name="Stop training").click()
    expect(train).to_be_visible()
    expect(reader.get_by_test_id("stVegaLiteChart")).to_have_count(charts)
    settled(reader)
    train.click()
    left = epoch()
    follow(reader, reader.get_by_test_id("stTopNavLink").filter(has_text="Method"), "/method")
    reader.wait_for_timeout(6_000)  # twenty epochs, if it went on
    reader.get_by_test_id("stTopNavLink").filter(has_text="The book").press("Enter")
    expect(reader.get_by_role("heading", name=PAGES["/book"], level=1)).to_be_visible()
    assert epoch() <= left + 12
    expect(reader.get_by_text("Seed 12 reads")).to_be_visible()
    reader.get_by_role("button", name="Put it away").click()
    expect(reader.get_by_test_id("stVegaLiteChart")).to_have_count(charts)
    settled(reader)


def test_mnist_and_back_on_a_page_of_a_claim(server, reader):
    visit(reader, server.url + SECOND + "?c2_epochs=10&c2_seeds=2")
    reader.get_by_text("More settings").click()
    images = reader.locator(".st-key-c2_data")
    images.get_by_role("radio", name="mnist", exact=True).click()
    expect(reader.get_by_text("784-30-10 network").first).to_be_visible()
    press(reader, "c2_n", "ArrowRight")
    expect(reader.get_by_text(re.compile("pixels are blank in every training image"))).to_be_visible()
    images.get_by_role("radio", name="digits", exact=True).click()
    expect(reader.get_by_text("64-30-10 network").first).to_be_visible()
    settled(reader)
    expect(reader.get_by_text("Not accepted, so 1440 is used: c2_n=5000")).to_be_visible()  # there are not so many digits
    expect(reader.locator(".st-key-c2_n [data-testid=stSliderThumbValue]")).to_have_text("1440")


def test_a_visit_to_claim_2(server, reader):
    visit(reader, server.url + SECOND)
    the_second_figure_follows_its_slider_without_the_server(reader)
    the_bet_is_answered(reader)
    presets_lead_there_and_back(reader)
    a_superseded_run_is_given_up(reader)


def the_bet_is_answered(reader):
    reader.get_by_role("radio", name="10 %", exact=True).click()
    expect(reader.get_by_text("You said 10 %")).to_be_visible()


def presets_lead_there_and_back(reader):
    presets = reader.locator(".st-key-c2_presets")
    presets.get_by_text("m = 3,000", exact=True).click()
    expect(reader).to_have_url(re.compile("c2_m=3000"))
    expect(reader.get_by_text("An epoch has 1 such update.")).to_be_visible()
    presets.get_by_text("m = 10", exact=True).click()
    expect(reader).not_to_have_url(re.compile("c2_m"))
    settled(reader)


def the_second_figure_follows_its_slider_without_the_server(reader):
    chart = reader.get_by_test_id("stVegaLiteChart").nth(4)
    slider = chart.locator("input[type=range]")
    for value, says in (
        (0.5, "shrinks steadily"),
        (1, "forgets everything"),
        (1.5, "and shrinks"),
        (2, "for ever"),
        (2.1, "grows"),
    ):
        slider.evaluate(
            "(e, v) => { Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(e, v);"
            " e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})) }",
            str(value),
        )
        expect(chart.get_by_text(says)).to_be_visible()
    assert "c2_" not in reader.url


def a_superseded_run_is_given_up(reader):
    """Six steps of a slider leave one run to wait for, not six; nothing is shown of the others."""
    press(reader, "c2_lambda", times=5)
    expect(reader).to_have_url(re.compile("c2_lambda=50"))
    settled(reader)
    expect(criteria(reader)).to_contain_text("Claimed: ηλ/m = 0.5 per epoch")


def test_a_bad_address_says_what_was_not_accepted(server, reader):
    visit(reader, server.url + SECOND + "?c2_lambda=<script>&c2_m=99999999&c2_n=NaN&nonsense=1")
    for used, given in ((5, "c2_lambda=<script>"), (10, "c2_m=99999999"), (1440, "c2_n=NaN")):
        expect(reader.get_by_text(f"Not accepted, so {used} is used: {given}")).to_be_visible()
    assert "epochs 1 to 60" in verdict(reader)


def test_the_data_of_a_figure_are_made_when_they_are_asked_for(server, reader):
    visit(reader, server.url + SECOND + "?c2_epochs=10&c2_seeds=2")
    reader.get_by_test_id("stExpander").filter(has_text="Link, data and code").locator("summary").click()
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Data as CSV").click()
    rows = pd.read_csv(download.value.path())
    run = train(replace(DEFAULTS["decay_per_epoch"], epochs=10, replicates=2))
    drawn = rows[rows["part"] == "hidden weights"].sort_values("epoch")["mean"]
    np.testing.assert_allclose(drawn, (run.weight_rms / run.weight_rms[:, :1])[:, :, 0].mean(axis=0), rtol=1e-6)
    assert download.value.suggested_filename == "decay_per_epoch c2_epochs=10 c2_seeds=2.csv"
