"""What a page says where its facts are so and so, without a browser or a server."""

import re

from view import prose


def told(page, **facts):
    """The Markdown of a page, without the units that need facts which are not given."""
    units = [unit for unit in prose.units(page) if unit.needs <= facts.keys()]
    return "\n\n".join(filter(None, (unit.written(facts) for unit in units)))


def paragraphs(text, start):
    """Those that begin so, in a row of a table or not; what comes after the start."""
    return re.findall(rf"^{re.escape(start)}(.*?)(?=\n\n|\n:::|\Z)", text, re.MULTILINE | re.DOTALL)


def paragraph(text, start):
    """The only one that begins so, in one line."""
    (found,) = paragraphs(text, start)
    return " ".join(re.split(r"[ \n]+", found)).strip()
