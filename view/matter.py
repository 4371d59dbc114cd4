"""What stands around the text of the pages, as pages/matter.toml has it: byline, references, glossary, the way on."""

import tomllib
from pathlib import Path

MATTER = tomllib.loads((Path(__file__).parent.parent / "pages" / "matter.toml").read_text())
PULLS = MATTER["pulls"]
"""Page -> the sentence that it is read for."""
REFERENCES = {name: {"number": k, **one} for k, (name, one) in enumerate(MATTER["references"].items(), start=1)}
"""Name -> number in the list, what it is for, text, address."""
GLOSSARY = MATTER["glossary"]
"""Term -> its sentence."""


def cite(name):
    """Markdown of the number of a reference, [1], which leads to the list and says on hover what it is.

    Raises KeyError for a name that is not in REFERENCES.
    """
    reference = REFERENCES[name]
    return rf'\[[{reference["number"]}](method#references "{reference["text"]}")\]'


def term(name, said=None):
    """Markdown of a term, or of what is `said` for it, which leads to the glossary and says on hover what it means.

    Raises KeyError for a term that is not in GLOSSARY.
    """
    return f'[{said or name}](method#glossary "{GLOSSARY[name]}")'


def byline():
    """date as a person would write it, version."""
    date = MATTER["date"]
    return {"date": f"{date.day} {date:%B %Y}", "version": MATTER["version"]}


def bibtex():
    """title, author, year, version and note of an entry."""
    return {key: MATTER[key] for key in ("title", "authors", "version", "note")} | {"year": MATTER["date"].year}
