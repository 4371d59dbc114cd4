"""The picture that others show of a link to a page, its first figure: python -m scripts.previews. serve.py sends it."""

from playwright.sync_api import sync_playwright

from tests.browser.serving import Server, chromium
from tests.conftest import ROOT
from view.frame import PAGES

FOLDER = ROOT / "view/previews"
WINDOW, SCALE = {"width": 1000, "height": 525}, 0.6
"""Of a picture of 600 x 315 px, the least that is shown large."""
FIRST = (".st-key-film", "[data-testid=stVegaLiteChart] svg", "h1")
"""What a picture shows, if the page has it."""
SETTLE = 6000
"""Milliseconds that figures take after the script has ended."""
FREE = """
[data-testid=stHeader], .st-key-beside, div:has(> .st-key-guess) { display: none }
div:has(> .st-key-sliders) { position: static !important }
.st-key-guessed * { visibility: visible !important }"""


def main():
    FOLDER.mkdir(exist_ok=True)
    server = Server(script="serve.py")
    try:
        with sync_playwright() as playwright:
            browser = chromium(playwright)
            for k, name in enumerate(PAGES):
                page = browser.new_page(viewport=WINDOW, device_scale_factor=SCALE, color_scheme="light")
                page.goto(server.url + ("/" if k == 0 else f"/{name}"))
                page.get_by_role("link", name="Next:").first.wait_for(timeout=60_000)
                page.add_style_tag(content=FREE)
                page.wait_for_timeout(SETTLE)
                at = next(filter(lambda one: one.count(), map(page.locator, FIRST))).first
                at.evaluate("e => e.scrollIntoView({block: 'center'})")
                page.wait_for_timeout(500)
                page.screenshot(path=FOLDER / f"{name}.png")
                page.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
