"""The height that each part of a page has once everything in it is drawn, kept for it from the first paint on.

So formulas, figures and words that come later move nothing. The heights were measured in a browser: python -m scripts.heights.
A part whose words have changed since has another name, and keeps no place until it is measured again.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

STORE = Path(__file__).parent / "heights.json"
WIDE, PHONE = 1280, 390
"""Widths in px of the windows that they were measured in."""
NARROW = 480
"""Width in px of a window up to which the heights on a phone hold."""


@cache
def stored():
    """Page -> name of a part -> its heights in px, in a wide window and on a phone; none if they cannot be read."""
    try:
        return json.loads(STORE.read_text())
    except (OSError, ValueError):
        return {}


@cache
def name(source, number):
    """Of the part of a page that is written from this source, the one with that number."""
    return f"room-{number}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


@cache
def style(page):
    """The <style> that keeps the places of a page's parts: containers with their names as keys."""
    heights = stored().get(page, {})
    wide, phone = ("".join(f".st-key-{part}{{min-height:{both[k]}px}}" for part, both in heights.items()) for k in (0, 1))
    return f"<style>{wide}@media(max-width:{NARROW}px){{{phone}}}</style>"
