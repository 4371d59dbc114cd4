"""How long a reader waits: python -m scripts.bench_pages.

First, the first visitor of a fresh server, from the request to the page's finished figures and verdict, and how far what was
there moved meanwhile (CLS). Then a control moved
to a value that nobody has asked for, from the key to the new verdict: every run behind it is trained. Printed with p50 and
p95; a machine that is shared answers when it can.
"""

import time

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser import shifts
from tests.browser.serving import Server, chromium
from view.frame import PAGES

PREFIXES = {"decay_dominates": "c1", "decay_per_epoch": "c2", "tail_off": "c3", "scaled_start": "c4"}
SEEDS = {"decay_dominates": (100, 200), "decay_per_epoch": (300, 400), "tail_off": (100, 200), "scaled_start": (300, 400)}
"""Of pages that may share runs, not the same."""
STEPS = 8
FINISHED = "[data-testid='stApp'][data-test-script-state='notRunning']"


def address(server, name):
    return server.url + ("/" if name == next(iter(PAGES)) else f"/{name}")


def first_visit(browser, name):
    """Seconds until the title's page has its first figure and its verdict, and until the script has ended; CLS."""
    server = Server(script="serve.py")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(shifts.OBSERVE)
    try:
        started = time.perf_counter()
        page.goto(address(server, name))
        page.locator(".st-key-verdict" if name in PREFIXES else "h1").first.wait_for(timeout=60_000)
        if name != "method":
            page.get_by_test_id("stVegaLiteChart").first.locator("svg").wait_for(timeout=60_000)
        seen = time.perf_counter() - started
        page.get_by_role("link", name="Next:").wait_for(timeout=60_000)  # the last thing on a page
        ended = time.perf_counter() - started
        page.wait_for_timeout(2000)  # formulas and figures come after the script
        return seen, ended, shifts.cumulative(page)
    finally:
        page.close()
        server.stop()


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
        first_visit(browser, "method")  # warms the disk, not the server
        print(f"\n{'first visitor of a fresh server, s':36}{'verdict':>10}{'all':>10}{'CLS':>10}")
        for name in PAGES:
            print("{:36}{:10.2f}{:10.2f}{:10.3f}".format(name, *first_visit(browser, name)))
        server = Server()
        print(f"\n{'from a key to the verdict, uncached, s':36}{'p50':>10}{'p95':>10}")
        for name, prefix in PREFIXES.items():
            times = answers(browser, server, name, prefix)
            print("{:36}{:10.2f}{:10.2f}".format(name, *np.percentile(times, (50, 95))))
        server.stop()


if __name__ == "__main__":
    main()
