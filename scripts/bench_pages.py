"""How long a reader waits: python -m scripts.bench_pages.

First, each page for a browser that has nothing of it, from a warm server. Then the first visitor of a fresh server that is
ready, from the request to the page's finished figures and verdict, and how far what was there moved meanwhile (CLS), medians
of SERVERS. Then a control moved to a value that nobody has asked for, from the key to the new verdict: every run behind it is
trained. Printed with p50 and p95; a machine that is shared answers when it can.
"""

import time

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser import shifts
from tests.browser.serving import Server, chromium
from view.frame import PAGES

LAMBDA = {
    "decay_dominates": "c1_lambda",
    "decay_per_epoch": "c2_lambda",
    "tail_off": "c3_lambda",
    "scaled_start": "c4_lambda",
    "why": "why_lambda",
    "laboratory": "laba_lambda",
}
"""Page -> the slider of lambda on it."""
SIZES = ((1280, 800), (1024, 768), (390, 844))
"""Of windows, in px."""
FIGURES = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
    .every(one => one.querySelector('svg') || one.closest('details:not([open])'))
    && !document.querySelector('[data-testid=stSkeleton]')"""
"""Whether all are drawn that are not folded away."""
SHARE = """([sliders, figure]) => {
    const top = Math.max(figure.getBoundingClientRect().top, sliders?.getBoundingClientRect().bottom ?? 0);
    return (Math.min(innerHeight, figure.getBoundingClientRect().bottom) - top) / figure.getBoundingClientRect().height;
}"""
MOST_STOPS = 120
DIGITS = (2, 2, 0, 0, 3, 0, 2, 2, 2, 2)
"""Of the columns of the first table, behind the point."""
PREFIXES = {"decay_dominates": "c1", "decay_per_epoch": "c2", "tail_off": "c3", "scaled_start": "c4"}
SEEDS = {"decay_dominates": (100, 200), "decay_per_epoch": (300, 400), "tail_off": (100, 200), "scaled_start": (300, 400)}
"""Of pages that may share runs, not the same."""
STEPS = 8
SERVERS = 5
"""Fresh ones, of which each page is visited once."""
FINISHED = "[data-testid='stApp'][data-test-script-state='notRunning']"


def address(server, name):
    return server.url + ("/" if name == next(iter(PAGES)) else f"/{name}")


def cold(browser, server, name):
    """What a visit to a page costs: seconds to the first contentful paint and to all figures, requests, kB, CLS, tab stops to
    lambda, seconds from a key on it to the new verdict, and the share of Figure 1 in sight below the sliders, for SIZES."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(shifts.OBSERVE)
    network, sizes, requests = page.context.new_cdp_session(page), [], []
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda done: (sizes.append(done["encodedDataLength"]), requests.append(1)))
    network.on("Network.webSocketFrameReceived", lambda frame: sizes.append(len(frame["response"]["payloadData"]) * 3 / 4))
    started = time.perf_counter()
    page.goto(address(server, name))
    page.get_by_role("link", name="Next:").first.wait_for(timeout=60_000)  # the last thing on a page
    page.wait_for_function(FIGURES, timeout=60_000)
    figures = time.perf_counter() - started
    page.wait_for_timeout(2000)  # formulas and figures find their width
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    row = [painted, figures, len(requests), sum(sizes) / 1000, shifts.cumulative(page)]
    row += [stops(page, LAMBDA[name]), key_to_verdict(page, LAMBDA[name])] if name in LAMBDA else [None, None]
    row += [share(page, *size) for size in SIZES] if page.get_by_test_id("stVegaLiteChart").count() else [None] * len(SIZES)
    page.context.close()
    return row


def stops(page, slider):
    """Times that Tab is pressed from the top of a page until its slider has the focus."""
    page.evaluate("document.activeElement.blur()")
    for count in range(1, MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("key => !!document.activeElement.closest(`.st-key-${key}`)", slider):
            return count
    return MOST_STOPS


def key_to_verdict(page, slider):
    """Seconds, to a value of the slider that ships; None where no verdict stands on the page."""
    said = page.locator(".st-key-verdict").first
    if not said.count():
        return None
    page.locator(f".st-key-{slider} input[type=range]").focus()
    before, started = said.inner_text(), time.perf_counter()
    page.keyboard.press("ArrowRight")
    while said.inner_text() == before:
        if time.perf_counter() - started > 60:
            return None
        page.wait_for_timeout(5)
    taken = time.perf_counter() - started
    page.locator(FINISHED).wait_for(state="attached", timeout=60_000)
    return taken


def share(page, width, height):
    """Of the first figure, what is seen below the sliders once it has been scrolled to them."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(700)
    figure, sliders = page.get_by_test_id("stVegaLiteChart").first, page.locator(".st-key-sliders")
    covered = 60 + (sliders.evaluate("e => e.getBoundingClientRect().height") if sliders.count() else 0)
    top = figure.evaluate("e => e.getBoundingClientRect().top")
    page.get_by_test_id("stMain").evaluate("(e, way) => e.scrollBy(0, way)", top - covered - 8)
    page.wait_for_timeout(300)
    both = [sliders.element_handle() if sliders.count() else None, figure.element_handle()]
    return page.evaluate(SHARE, both)


def first_visit(browser, server, name):
    """Seconds until the page has its first figure and its verdict, and until it has all figures; CLS."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(shifts.OBSERVE)
    started = time.perf_counter()
    page.goto(address(server, name))
    page.locator(".st-key-verdict" if name in PREFIXES else "h1").first.wait_for(timeout=60_000)
    if name != "method":
        page.get_by_test_id("stVegaLiteChart").first.locator("svg").wait_for(state="attached", timeout=60_000)  # under a bet
    seen = time.perf_counter() - started
    page.get_by_role("link", name="Next:").wait_for(timeout=60_000)  # the last thing on a page
    page.wait_for_function(FIGURES, timeout=60_000)
    ended = time.perf_counter() - started
    page.wait_for_timeout(2000)  # formulas and figures find their width
    moved = shifts.cumulative(page)
    page.close()
    return seen, ended, moved


def answers(browser, server, name, prefix):
    """Seconds from a key on the slider of lambda to the new verdict, for runs that are not cached."""
    page, times = browser.new_page(viewport={"width": 1280, "height": 900}), []
    for seed in SEEDS[name]:
        page.goto(f"{address(server, name)}?{prefix}_seed={seed}&{prefix}_lambda=0.5")
        page.get_by_role("link", name="Next:").wait_for(timeout=60_000)
        page.locator(FINISHED).wait_for(state="attached")
        for _ in range(STEPS):
            before = page.locator(".st-key-verdict").inner_text()
            slider = page.locator(f".st-key-{prefix}_lambda input[type=range]")
            slider.focus()
            started = time.perf_counter()
            page.keyboard.press("ArrowRight")
            while page.locator(".st-key-verdict").inner_text() == before:
                page.wait_for_timeout(5)
            times.append(time.perf_counter() - started)
            page.locator(FINISHED).wait_for(state="attached", timeout=60_000)
            page.wait_for_timeout(200)
    page.close()
    return times


def main():
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        server = Server(script="serve.py")
        server.wait_until_ready()
        cold(browser, server, "method")  # warms the disk
        names = ("FCP", "figures", "requests", "kB", "CLS", "tabs", "verdict", *(f"{w}x{h}" for w, h in SIZES))
        print(f"\n{'cold browser, warm server':26}", *(f"{name:>9}" for name in names))
        for name in PAGES:
            row = cold(browser, server, name)
            print(f"{name:26}", *("        –" if one is None else f"{one:9.{d}f}" for one, d in zip(row, DIGITS)))
        server.stop()
        visits = {name: [] for name in PAGES}
        for _ in range(SERVERS):
            server = Server(script="serve.py")
            server.wait_until_ready()
            try:
                for name in PAGES:
                    visits[name].append(first_visit(browser, server, name))
            finally:
                server.stop()
        print(f"\n{f'first visit, p50 of {SERVERS} servers, s':36}{'verdict':>10}{'all':>10}{'CLS':>10}")
        for name, of in visits.items():
            print("{:36}{:10.2f}{:10.2f}{:10.3f}".format(name, *np.median(of, axis=0)))
        server = Server()
        print(f"\n{'from a key to the verdict, uncached, s':36}{'p50':>10}{'p95':>10}")
        for name, prefix in PREFIXES.items():
            times = answers(browser, server, name, prefix)
            print("{:36}{:10.2f}{:10.2f}".format(name, *np.percentile(times, (50, 95))))
        server.stop()


if __name__ == "__main__":
    main()
