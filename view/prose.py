"""The words of the article: pages/NAME.md, a Jinja template in units, each written once the facts that it needs are known.

In a template `[[ fact | filter ]]` writes a fact, which LaTeX's braces cannot be taken for, and `{% if fact %}` chooses between
sentences. A unit is the shortest run of paragraphs in which tags and containers are closed. Filters write numbers; nothing else
in Python makes a sentence.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, Environment, StrictUndefined, meta, nodes

from view import badges, words

PAGES = Path(__file__).parent.parent / "pages"
SHARED = "shared.md"
"""Macros that every page may use."""
SPECIAL = re.compile(r"([\\`*_\[\]<>$#|~])")


class Markdown(str):
    """Text that may hold Markdown; any other text in a fact is shown as it is."""


def _written(value):
    """What `[[ value ]]` puts into the text."""
    if isinstance(value, Markdown) or not isinstance(value, str):
        return value
    return SPECIAL.sub(r"\\\1", value)


def _markdown(write):
    return lambda *values, **options: Markdown(write(*values, **options))


FILTERS = {
    "factor": words.factor,
    "rate": words.rate,
    "at_most": words.at_most,
    "between": lambda interval, how="number", *rest: words.between(interval, lambda value: FORMATS[how](value, *rest)),
    "written": lambda value, how: FORMATS[how](value),
    "four": words.four,
    "in_formula": words.in_formula,
    "in_words": words.in_words,
    "like": words.like,
    "listed": words.listed,
    "near_one": words.near_one,
    "number": words.number,
    "percent": words.percent,
    "plural": words.plural,
    "points": words.points,
    "sentence": words.sentence,
    "short": words.short,
}
FORMATS = {name: FILTERS[name] for name in ("number", "percent", "short", "four", "points", "near_one", "rate")}
"""How the bounds of an interval may be written: by name, for `interval | between("percent")`."""


class _Files(BaseLoader):
    """All templates, read when this module is: a file that is replaced while the server runs changes nothing half."""

    def __init__(self):
        self.sources = {path.name: path.read_text() for path in PAGES.glob("*.md")}

    def get_source(self, environment, template):
        return self.sources[template], template, lambda: True


ENVIRONMENT = Environment(
    loader=_Files(),
    variable_start_string="[[",
    variable_end_string="]]",
    undefined=StrictUndefined,
    finalize=_written,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
)
ENVIRONMENT.filters |= {name: _markdown(write) for name, write in FILTERS.items()}
ENVIRONMENT.globals["infinity"] = float("inf")
ENVIRONMENT.filters |= {
    "badge": _markdown(badges.badge),
    "markdown": lambda text: Markdown(text.strip()),
    "is_number": words.is_number,
}
TAG = re.compile(r"{%-?\s*(end)?(if|for|macro|call|filter|with)\b")
FENCE = re.compile(r"^:::(\S*)", re.MULTILINE)


@dataclass(frozen=True)
class Unit:
    """A part of a page that is written as a whole."""

    source: str
    needs: frozenset  # names of the facts in it
    lines: int  # of its source, which are about those on the screen

    def written(self, facts):
        """Its Markdown. Raises jinja2.UndefinedError where a fact does not exist."""
        return tidy(_template(self.source).render(facts))


@cache
def _template(source):
    return ENVIRONMENT.from_string(source)


def tidy(text):
    """Without the empty lines and spaces that tags leave: a line ends in no space, paragraphs stand one empty line apart."""
    text = re.sub(r"[ \t]+(?=\n|$)", "", text)
    text = re.sub(r"(?<=\S)  +(?=\S)", " ", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@cache
def units(page):
    """Of a page, from top to bottom. The macros of the page and of SHARED are known in each."""
    macros, found = _source(SHARED), []
    for source in _closed_runs(_source(f"{page}.md")):
        if source.startswith("{% macro"):
            macros += source + "\n"
        else:
            found.append(source)
    return tuple(_unit(macros, source) for source in found)


def _source(name):
    return ENVIRONMENT.loader.sources[name]


def _unit(macros, source):
    names = meta.find_undeclared_variables(ENVIRONMENT.parse(macros + source))
    return Unit(macros + source, frozenset(names - ENVIRONMENT.globals.keys()), source.count("\n") + 1)


def _closed_runs(text):
    """Paragraphs, joined as long as a tag or a container in them is open."""
    open_tags, run = 0, []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        run.append(paragraph)
        open_tags += sum(-1 if end else 1 for end, _ in TAG.findall(paragraph))
        open_tags += sum(1 if name else -1 for name in FENCE.findall(paragraph))
        if not open_tags:
            yield "\n\n".join(run)
            run = []
    if run:
        raise ValueError(f"a tag or a container is not closed: {run[0]}")


def branches(page):
    """The page's units with a mark in every branch, for tests: (marks, units)."""
    marks, found = [], []
    for unit in units(page):
        tree = ENVIRONMENT.parse(unit.source)
        for choice in tree.find_all(nodes.If):
            for body in (choice.body, choice.else_):
                if body:
                    marks.append(f"\x00{page}:{len(marks)}:{choice.lineno}\x00")
                    body.insert(0, nodes.Output([nodes.TemplateData(marks[-1])]))
        found.append((unit, tree))
    return marks, found
