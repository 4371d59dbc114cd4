"""Pictures of every page, desktop, dark and phone: python -m scripts.pictures [folder]."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.serving import Server, chromium
from tests.conftest import ROOT
from view.frame import PAGES

BEGINNINGS = {
    ("question", "desktop"): "readme.png",
    ("decay_dominates", "desktop"): "readme-claim-1.png",
    ("scaled_start", "dark"): "readme-claim-4.png",
}
"""What the README shows, and the only pictures that are kept in the repository."""
LOOKS = {"desktop": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}


def whole_page(page, width):
    """The page from top to bottom: the window is made as high as its content, so that nothing scrolls."""
    page.wait_for_timeout(1000)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(1000)
    return page.screenshot()


def beginning(page):
    """What a reader sees first, for the README."""
    page.set_viewport_size({"width": 1280, "height": 1560})
    page.wait_for_timeout(1000)
    return page.screenshot()


def main(folder=ROOT / "pictures"):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    server = Server()
    try:
        with sync_playwright() as playwright:
            browser = chromium(playwright)
            for k, name in enumerate(PAGES):
                for look, (width, scheme) in LOOKS.items():
                    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    page.goto(server.url + ("/" if k == 0 else f"/{name}"))
                    page.get_by_role("link", name="Next:").wait_for(timeout=60_000)  # the last thing on a page
                    (folder / f"{name}-{look}.png").write_bytes(whole_page(page, width))
                    if (name, look) in BEGINNINGS:
                        (folder / BEGINNINGS[name, look]).write_bytes(beginning(page))
                    page.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
