"""Measure the height of every part of the untouched pages: python -m scripts.heights. view/rooms keeps it for them.

Of the parts from the sliders to the verdict it is the greatest that any preset of the page gives them: nobody is to lose the
next heading by a click.
"""

import json

from playwright.sync_api import sync_playwright

from engine.files import written_whole
from tests.browser.serving import Server, chromium
from view import rooms
from view.frame import PAGES

PART = "[class*='st-key-room-']"
FREE = f"{PART} {{ min-height: 0 !important }}"
HEIGHTS = """parts => Object.fromEntries(parts.map(part => [
    [...part.classList].find(name => name.startsWith('st-key-room-')).slice('st-key-'.length),
    Math.floor(part.getBoundingClientRect().height)]))"""
PRESETS = "[class*='_presets'] button"
FINISHED = "[data-testid='stApp'][data-test-script-state='notRunning']"
SETTLE = 3000
"""Milliseconds that figures and formulas take after the script has ended."""


def heights(page, address):
    """Name of a part -> its heights in px, at both widths."""
    found = []
    for width in (rooms.WIDE, rooms.PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        page.get_by_role("link", name="Next:").first.wait_for(timeout=120_000)
        page.locator(FINISHED).wait_for(state="attached", timeout=120_000)
        page.add_style_tag(content=FREE)
        page.wait_for_timeout(SETTLE)
        page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
        one = page.locator(PART).evaluate_all(HEIGHTS)
        for preset in range(page.locator(PRESETS).count()):
            page.locator(PRESETS).nth(preset).click()
            page.locator(FINISHED).wait_for(state="attached", timeout=120_000)
            page.wait_for_timeout(SETTLE)
            stage = page.locator(f".st-key-stage {PART}").evaluate_all(HEIGHTS)
            one |= {part: max(one.get(part, 0), height) for part, height in stage.items()}
        found.append(one)
    return {part: [one[part] for one in found] for part in found[0]}


def main():
    server = Server()
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page()
        measured = {name: heights(page, f"{server.url}/{name}") for name in PAGES}
        browser.close()
    server.stop()
    with written_whole(rooms.STORE, "w") as file:
        json.dump(measured, file, indent=0)


if __name__ == "__main__":
    main()
