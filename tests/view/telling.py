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
    places, reached = [], set()

    def marked(source):
        """Parsed, with the number of its place written at the start of every branch."""
        tree = prose.ENVIRONMENT.parse(source)
        for choice in tree.find_all(nodes.If):
            for name, body in (("if", choice.body), ("else", choice.else_)):
                if body:
                    body.insert(0, nodes.Output([nodes.TemplateData(f"\x00{len(places)}\x00")]))
                    places.append((choice.lineno, name, source.splitlines()[choice.lineno - 1]))
        return tree

    macros, sources = prose.parts(page)
    known = vars(prose.compiled(marked(macros)).module)
    units = [prose.unit(source, marked(source), known) for source in sources]
    for facts in cases:
        for unit in units:
            if unit.needs <= facts.keys():
                reached |= set(map(int, re.findall(r"\x00(\d+)\x00", unit.template.render(facts))))
    shared = prose.ENVIRONMENT.loader.sources[prose.SHARED].splitlines()
    return [place for k, place in enumerate(places) if k not in reached and place[2] not in shared]
