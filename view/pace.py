"""How long a page takes to read, worked out from its Markdown before any fact is known."""

import re
from functools import cache

from jinja2 import nodes

from view import prose

PACE = 238
"""Words of non-fiction in English that are silently read in a minute; Brysbaert 2019."""
WORD = re.compile(r"\w[\w’'-]*")
FORMULA = re.compile(r"(?<!\$)\$(?!\$)[^$]*\$")
"""In a line, where it is read as a word."""
ADDRESS = re.compile(r"(?<=\])\([^)]*\)")
WORDLESS = re.compile(r"\||::(?!bet|warning)|\$\$")
"""Begins of paragraphs that are not read as text: tables, what is drawn, formulas."""


@cache
def minutes(*pages):
    """To read these pages; at least 1. Whole ones that have passed, for `length` is the most that there may be to read."""
    return max(1, int(sum(map(length, pages)) / PACE))


@cache
def length(page):
    """Words of a page outside its tables and what is folded.

    Where facts choose between sentences the longest counts, and what is said of each of several counts twice.
    """
    macros, sources = prose.parts(page)
    known = {macro.name: macro for macro in prose.ENVIRONMENT.parse(macros).find_all(nodes.Macro)}
    text = "\n\n".join(_text(prose.ENVIRONMENT.parse(source), known) for source in sources)
    text = FORMULA.sub("x", ADDRESS.sub("", text))
    return sum(len(WORD.findall(paragraph)) for paragraph in _unfolded(text) if not WORDLESS.match(paragraph))


def _text(node, macros):
    """The text of a node of a template, with a word for each fact."""
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Output):
        return "".join(_text(child, macros) for child in node.nodes)
    if isinstance(node, nodes.Expr):
        return "".join(_text(macros[name], macros) for name in _called(node) if name in macros) or "fact"
    if isinstance(node, nodes.If):
        branches = node.body, *(choice.body for choice in node.elif_), node.else_
        return max(("".join(_text(part, macros) for part in branch) for branch in branches), key=len)
    body = "".join(_text(part, macros) for part in getattr(node, "body", ()))
    return body * 2 if isinstance(node, nodes.For) else body


def _called(expression):
    """Names of the macros and functions that are called in an expression."""
    calls = [expression] * isinstance(expression, nodes.Call) + list(expression.find_all(nodes.Call))
    return [call.node.name for call in calls if isinstance(call.node, nodes.Name)]


def _unfolded(text):
    """The paragraphs outside `:::fold`."""
    inside, lines = [], []
    for line in text.splitlines():
        if not line.startswith(":::"):
            lines += [line] * ("fold" not in inside)
            continue
        lines.append("")  # a paragraph ends here
        if name := prose.FENCE.match(line)[1]:
            inside.append(name)
        else:
            inside.pop()
    return re.split(r"\n\s*\n", "\n".join(lines).strip())
