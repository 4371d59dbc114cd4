"""The article as a reader meets it: a real browser, a real server."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

PAGES = {"/": "How fast do the weights fade?"}
"""Address -> title of every page."""
HARMLESS = ("_stcore/health", "_stcore/host-config")  # a deep link probes for the server's base path


@pytest.fixture
def reader(browser):
    """A new session; fails on anything in the console."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(f"{m.text} {m.location['url']}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if urlsplit(r.url).hostname not in ("localhost", None, "") else None)
    yield page
    context.close()
    assert not [c for c in complaints if not any(h in c for h in HARMLESS)]


def visit(page, url, title=None):
    page.goto(url)
    expect(page.get_by_role("heading", name=title or PAGES["/"], level=1)).to_be_visible()
    settled(page)


def settled(page):
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_attached(timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def press(page, control, key="ArrowRight", times=1):
    slider = page.locator(f".st-key-{control} input[type=range]")
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)


def verdict(page):
    return page.locator(".st-key-verdict").inner_text()


def seconds_until(change, page):
    """How long `change` takes from now, seen every 5 ms in the page itself."""
    started = time.perf_counter()
    while not change(page):
        assert time.perf_counter() - started < 30
        page.wait_for_timeout(5)
    return time.perf_counter() - started


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_a_deep_link_to_a_fresh_server_shows_the_page_in_its_frame(fresh_server, reader, path, title):
    started = time.perf_counter()
    reader.goto(fresh_server.url + path + "?c2_lambda=10")
    expect(reader.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(reader.locator(".st-key-verdict")).to_be_visible()
    print(f"\nfirst visitor of a fresh server, verdict after {time.perf_counter() - started:.2f} s")
    settled(reader)
    assert "c2_lambda=10" in reader.url
    expect(reader.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(reader.get_by_test_id("stDialog")).to_have_count(0)
    expect(reader).to_have_title(re.compile("Claim 2"))
    expect(reader.locator(".st-key-c2_lambda [data-testid=stSliderThumbValue]")).to_have_text("10")


def test_a_control_changes_figure_verdict_and_address_and_the_address_brings_them_back(server, reader, browser):
    visit(reader, server.url)
    before, figure = verdict(reader), reader.get_by_test_id("stVegaLiteChart").first.inner_html()
    press(reader, "c2_lambda")
    expect(reader).to_have_url(re.compile("c2_lambda=10"))
    expect(reader.locator(".st-key-verdict")).not_to_have_text(before)
    expect(reader.get_by_text("Claimed: ηλ/m = 0.1 per epoch")).to_be_visible()
    settled(reader)
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


def test_every_control_can_be_moved(server, reader):
    visit(reader, server.url)
    reader.get_by_text("More: examples, network, start, epochs, seeds").click()
    for control in ("c2_lambda", "c2_eta", "c2_m", "c2_n", "c2_epochs", "c2_seeds", "c2_seed"):
        press(reader, control, "ArrowLeft" if control == "c2_n" else "ArrowRight")
        expect(reader).to_have_url(re.compile(rf"[?&]{control}="))
        press(reader, control, "ArrowRight" if control == "c2_n" else "ArrowLeft")
        expect(reader).not_to_have_url(re.compile(rf"[?&]{control}="))
    for control, choice in (("hidden", "10"), ("start", "scaled"), ("units", "tanh"), ("cost", "quadratic")):
        reader.locator(f".st-key-c2_{control}").get_by_role("radio", name=choice, exact=True).click()
        expect(reader).to_have_url(re.compile(rf"[?&]c2_{control}={choice}"))
        settled(reader)
    expect(reader.get_by_text("64-10-10 network")).to_be_visible()


def test_presets_and_the_bet(server, reader):
    visit(reader, server.url)
    reader.get_by_role("button", name="m = 3,000, more than n").click()
    expect(reader).to_have_url(re.compile("c2_m=3000"))
    expect(reader.get_by_text("An epoch has 1 such update.")).to_be_visible()
    reader.get_by_role("button", name="the book’s m = 10").click()
    expect(reader).not_to_have_url(re.compile("c2_m"))
    reader.get_by_role("radio", name="10 %", exact=True).click()
    expect(reader.get_by_text("You said 10 %")).to_be_visible()


def test_the_second_figure_follows_the_slider_without_the_server(server, reader):
    visit(reader, server.url)
    chart = reader.get_by_test_id("stVegaLiteChart").nth(2)
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


def test_a_superseded_run_is_given_up(server, reader):
    """Six steps of a slider leave one run to wait for, not six; nothing is shown of the others."""
    visit(reader, server.url + "/?c2_epochs=100&c2_seed=200")
    started = time.perf_counter()
    press(reader, "c2_lambda", times=5)
    expect(reader).to_have_url(re.compile("c2_lambda=200"))
    expect(reader.get_by_text("8 seeds, 100 epochs each")).to_be_visible(timeout=30_000)
    expect(reader.get_by_text("Claimed: ηλ/m = 2 per epoch")).to_be_visible()
    print(f"\nfive steps of a slider, 100 epochs each if all were run: {time.perf_counter() - started:.2f} s")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways(server, browser, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 850}, color_scheme=scheme)
    page = context.new_page()
    visit(page, server.url)
    for expander in page.get_by_test_id("stExpander").all():
        expander.locator("summary").click()
    page.wait_for_timeout(500)
    inner, outer = page.evaluate("[document.querySelector('[data-testid=stMain]').scrollWidth, window.innerWidth]")
    assert inner <= outer
    context.close()


def test_a_bad_address_says_what_was_not_accepted(server, reader):
    visit(reader, server.url + "/?c2_lambda=<script>&c2_m=99999999&c2_n=NaN&nonsense=1")
    for name in ("c2_lambda=<script>", "c2_m=99999999", "c2_n=NaN"):
        expect(reader.get_by_text(f"Not accepted, so the default is shown: {name}")).to_be_visible()
    assert "Over 60 epochs the claim holds" in verdict(reader)


def test_time_from_a_control_to_its_answer(server, reader):
    """Printed, not asserted: a machine that is shared answers when it can."""
    visit(reader, server.url + "/?c2_seed=300")
    new, cached, partial = [], [], []
    for _ in range(4):
        before = verdict(reader)
        press(reader, "c2_lambda")
        new.append(seconds_until(lambda page, old=before: verdict(page) != old, reader))
        settled(reader)
    for _ in range(4):
        before = verdict(reader)
        press(reader, "c2_lambda", "ArrowLeft")
        cached.append(seconds_until(lambda page, old=before: verdict(page) != old, reader))
        settled(reader)
    visit(reader, server.url + "/?c2_seed=300&c2_epochs=300")
    for _ in range(3):
        press(reader, "c2_lambda")
        partial.append(seconds_until(lambda page: page.get_by_text("Training: epoch").count() > 0, reader))
        seconds_until(lambda page: page.get_by_text("300 epochs each").count() > 0, reader)
        settled(reader)
    for what, times in (
        ("verdict, uncached", new),
        ("verdict, cached", cached),
        ("first partial figure of 300 epochs", partial),
    ):
        print(f"\n{what}: {', '.join(f'{t:.2f}' for t in sorted(times))} s", end="")
