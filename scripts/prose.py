"""How long is a page to read, and which of its sentences say two numbers? python -m scripts.prose [pages ...]

Counts what stands on the untouched page outside what is folded, and prints the sentences, outside tables and captions,
that have more than one number in them.
"""

import re
import sys

from streamlit.testing.v1.element_tree import Block, Markdown

from tests.pages.reading import opened, plain
from view.frame import PAGES

CAPTION = re.compile(r"^:small\[.*\]$", re.DOTALL)
TABLE = re.compile(r"^\s*\|")
NUMBER = re.compile(r"(?<![\w.,/-])[−+±]?\d[\d.,]*(?:\s?[×·]\s?10[⁻⁰-⁹]+)?(?:\s?%)?")
END = re.compile(r"(?<=[.?!:])[*”)]*\s+(?=[*“(]*[A-Z\d])")


def unfolded(block):
    """The Markdown of a block of the page, outside expanders, from the top."""
    for child in block.children.values():
        if isinstance(child, Markdown) and child.type == "markdown":
            yield plain(child.value)
        elif isinstance(child, Block) and child.type != "expander":
            yield from unfolded(child)


def paragraphs(at):
    """What is read of a page: its paragraphs, without displayed formulas and tables."""
    for text in unfolded(at.main):
        for paragraph in re.split(r"\n\s*\n", re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)):
            if paragraph.strip() and not TABLE.match(paragraph):
                yield " ".join(paragraph.split())


def bare(paragraph):
    """Without addresses, formulas and marks."""
    paragraph = re.sub(r"\]\([^)]*\)", "]", paragraph)
    paragraph = re.sub(r"N\(0, [^)]*\)|\$[^$]*\$", "x", paragraph)
    return re.sub(r":(?:small|gray|material/\w+|[a-z-]+)\[|[\[\]*`#]|<[^>]*>", "", paragraph)


def crowded(at):
    """The sentences of more than one number."""
    for paragraph in paragraphs(at):
        if not CAPTION.match(paragraph):
            for sentence in END.split(bare(paragraph)):
                if len(NUMBER.findall(sentence)) > 1:
                    yield sentence


def count(at):
    """Words that stand open."""
    return sum(len(re.findall(r"\w[\w’'-]*", bare(p))) for p in paragraphs(at))


def main(names):
    for name in names or PAGES:
        at = opened(name)
        found = list(crowded(at))
        print(f"{name}: {count(at)} words, {len(found)} sentences of more than one number")
        print(*(f"    {sentence}" for sentence in found), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
