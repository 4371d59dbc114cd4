"""The words of the article: pages/NAME.md, a Jinja template in units, each written once the facts that it needs are known.

In a template `[[ fact | filter ]]` writes a fact, which LaTeX's braces cannot be taken for, and `{% if fact %}` chooses between
sentences. A unit is the shortest run of paragraphs in which tags and containers are closed; texts and equations that follow one
another and wait for the same facts are one unit. Filters write numbers; nothing else in Python makes a sentence.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, pairwise
from pathlib import Path

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, meta, nodes

from view import badges, matter, words

FOLDER = Path(__file__).parent.parent / "pages"
SHARED = "shared.md"
"""Macros that every page may use."""
TEXTS = 2000
"""What is made of so many texts is kept: an untouched page has some fifty, the same for all readers."""
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
    "rounded": words.rounded,
    "sentence": words.sentence,
    "short": words.short,
    "unbroken": words.unbroken,
}
FORMATS = {name: FILTERS[name] for name in ("number", "percent", "short", "four", "points", "near_one", "rate", "like")}
"""How the bounds of an interval may be written: by name, for `interval | between("percent")`."""


class _Files(BaseLoader):
    """All templates, read when this module is: a file that is replaced while the server runs changes nothing half."""

    def __init__(self):
        self.sources = {path.name: path.read_text() for path in FOLDER.glob("*.md")}

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
ENVIRONMENT.tests["is_number"] = words.is_number
ENVIRONMENT.globals |= {"infinity": float("inf"), "cite": _markdown(matter.cite), "term": _markdown(matter.term)}
ENVIRONMENT.filters |= {
    "badge": _markdown(badges.badge),
    "lines": lambda text: Markdown(text.strip().replace("\n", "\\\n")),  # of a ::code
    "markdown": lambda text: Markdown(text.strip()),
    "is_number": words.is_number,
}
TAG = re.compile(r"{%-?\s*(end)?(if|for|macro|call|filter|with)\b")
KEPT = re.compile(r"\||::|#|- |\d+\. |\$\$|$")
"""Begins of lines that are not joined with others."""
BLOCK = re.compile(r"^::+(\w+)", re.MULTILINE)
FENCE = re.compile(r"^:::(\S*)", re.MULTILINE)
JOINED = {"part", "equation", "take_away", "way"}
"""Blocks of units that are joined with others: they are as high when they are written as they stay."""


@dataclass(frozen=True)
class Unit:
    """A part of a page that is written as a whole."""

    source: str
    template: Template
    needs: frozenset  # names of the facts in it
    blocks: frozenset  # names of the blocks in it

    def written(self, facts):
        """Its Markdown. Raises jinja2.UndefinedError where a fact does not exist."""
        return tidy(self.template.render(facts))


@lru_cache(TEXTS)
def tidy(text):
    """A paragraph in one line, whatever its tags leave of it: rows, items and blocks keep theirs.

    No space stands alone, nor does a %.
    """
    text = re.sub(r"[ \t]+(?=\n|$)", "", text)
    lines = re.sub(r"\n{3,}", "\n\n", text).strip().split("\n")
    joined = lines[:1]
    for before, line in pairwise(lines):
        if before and line and not before.endswith("\\") and not KEPT.match(before) and not KEPT.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return re.sub(r"(?<=\d) %", f"{words.NO_BREAK}%", re.sub(r"(?<=\S)  +(?=\S)", " ", "\n".join(joined)))


@cache
def units(page, told=frozenset()):
    """Of a page, from top to bottom, where the facts of those names are told before it is written.

    The macros of the page and of SHARED are known in each.
    """
    macros, sources = parts(page)
    known = vars(compiled(ENVIRONMENT.parse(macros)).module)
    runs = groupby(enumerate(sources), lambda placed: _waits(*placed, known.keys() | told))
    joined = ["\n\n".join(source for _, source in run) for _, run in runs]
    return tuple(unit(source, ENVIRONMENT.parse(source), known) for source in joined)


def _waits(place, source, known):
    """What the unit at a place of the page waits for, where that and all in it may be joined with others; else the place."""
    tree = ENVIRONMENT.parse(source)
    return _needs(tree, known) if _blocks(tree) <= JOINED else place


def parts(page):
    """The source of all macros that a page may use, and that of each of its shortest units."""
    macros, found = _source(SHARED), []
    for source in _closed_runs(_source(f"{page}.md")):
        if source.startswith("{% macro"):
            macros += source + "\n"
        else:
            found.append(source)
    return macros, found


def shared(name, **facts):
    """What a macro of SHARED writes."""
    return tidy(getattr(_macros(), name)(**facts))


@cache
def _macros():
    """The module of the macros of SHARED."""
    return compiled(ENVIRONMENT.parse(_source(SHARED))).module


def _source(name):
    return ENVIRONMENT.loader.sources[name]


def compiled(tree, known=None):
    """The template of a parsed source, in which the names of `known` have those values."""
    names = dict(ENVIRONMENT.make_globals(known))  # flat: they are copied whenever it is written
    return Template.from_code(ENVIRONMENT, ENVIRONMENT.compile(tree), names)


def unit(source, tree, known):
    return Unit(source, compiled(tree, known), _needs(tree, known.keys()), _blocks(tree))


def _needs(tree, known):
    return frozenset(meta.find_undeclared_variables(tree) - known - ENVIRONMENT.globals.keys())


def _blocks(tree):
    return frozenset(BLOCK.findall("\n".join(part.data for part in tree.find_all(nodes.TemplateData))))


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
