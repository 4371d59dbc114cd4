"""How much a page gives to read, and which of its sentences say two numbers: of a page visited without a browser.

What is read is what stands open: text outside tables, displayed formulas and whatever is folded. Captions of figures are
read too, but may hold as many numbers as a figure has.
"""

import re

from streamlit.testing.v1.element_tree import Block, Markdown

from tests.pages.reading import plain

CAPTION = re.compile(r"^:small\[.*\]$", re.DOTALL)
TABLE = re.compile(r"^\s*\|")
REFERENCE = re.compile(r"\b(?:Figures?|[Cc]laims?) \d(?:\.\d)?|\(\d(?:\.\d)?\)")
"""What names a figure, a claim or an equation by its number, and tells no amount."""
VALUE = re.compile(r"\$[^$=]*=\s*(−?\d[\d.,{}]*)\$")
"""A formula that only gives a symbol its value: a number to whoever reads it."""
NUMBER = re.compile(r"(?<![\w.,/-])[−+±]?\d[\d.,]*(?:\s?[×·]\s?10[⁻⁰-⁹]+)?(?:\s?%)?")
END = re.compile(r"(?<=[.?!:])[*”)]*\s+(?=[*“(]*[A-Z\d])")


def _unfolded(block):
    """The Markdown of a block of the page, outside expanders, from the top."""
    for child in block.children.values():
        if isinstance(child, Markdown) and child.type == "markdown":
            yield plain(child.value)
        elif isinstance(child, Block) and child.type != "expander":
            yield from _unfolded(child)


def paragraphs(at):
    """What is read of a page: its paragraphs."""
    for text in _unfolded(at.main):
        for paragraph in re.split(r"\n\s*\n", re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)):
            if paragraph.strip() and not TABLE.match(paragraph):
                yield " ".join(paragraph.split())


def bare(paragraph):
    """Without addresses, formulas and marks; a formula that gives a value is that value."""
    paragraph = re.sub(r"\]\([^)]*\)", "]", paragraph)
    paragraph = VALUE.sub(r"\1", re.sub(r"N\(0, 1(?:/(?:\$[^$]*\$|nᵢₙ))?\)", "x", paragraph))
    paragraph = re.sub(r"\$[^$]*\$", "x", paragraph)
    return re.sub(r":(?:small|gray|material/\w+|[a-z-]+)\[|[\[\]*`#]|<[^>]*>", "", paragraph)


def words(at):
    """How many words stand open."""
    return sum(len(re.findall(r"\w[\w’'-]*", bare(p))) for p in paragraphs(at))


def numbers(sentence):
    """The amounts that it tells."""
    return NUMBER.findall(REFERENCE.sub("", sentence))


def crowded(at):
    """The sentences, outside captions, of more than one number."""
    told = (paragraph for paragraph in paragraphs(at) if not CAPTION.match(paragraph))
    return [s for paragraph in told for s in END.split(bare(paragraph)) if len(numbers(s)) > 1]
