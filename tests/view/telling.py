"""What a page says where its facts are so and so, without a browser or a server."""

import re

from jinja2 import nodes

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


def unreached(page, cases):
    """[(line, "if" or "else", source)] of the branches of a page's Markdown that none of `cases`, facts each, leads to."""
    places, marked, reached = [], [], set()
    for unit in prose.units(page):
        tree, lines = prose.ENVIRONMENT.parse(unit.source), unit.source.splitlines()
        for choice in tree.find_all(nodes.If):
            for name, body in (("if", choice.body), ("else", choice.else_)):
                if body:
                    body.insert(0, nodes.Output([nodes.TemplateData(f"\x00{len(places)}\x00")]))
                    places.append((choice.lineno, name, lines[choice.lineno - 1]))
        code = prose.ENVIRONMENT.compile(tree)
        marked.append((unit, prose.ENVIRONMENT.template_class.from_code(prose.ENVIRONMENT, code, prose.ENVIRONMENT.globals)))
    for facts in cases:
        for unit, template in marked:
            if unit.needs <= facts.keys():
                reached |= {places[int(mark)] for mark in re.findall(r"\x00(\d+)\x00", template.render(facts))}
    shared = prose.ENVIRONMENT.loader.sources[prose.SHARED].splitlines()
    return sorted(place for place in set(places) - reached if place[2] not in shared)
