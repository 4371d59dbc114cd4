"""How long is a page to read, and which of its sentences say two numbers? python -m scripts.prose [pages ...]

Counts what stands open on the untouched page, and prints the sentences, outside tables and captions, that have more than one
number in them.
"""

import sys

from tests.pages.counts import crowded, words
from tests.pages.reading import opened
from view.frame import PAGES


def main(names):
    for name in names or PAGES:
        at = opened(name)
        found = crowded(at)
        print(f"{name}: {words(at)} words, {len(found)} sentences of more than one number")
        print(*(f"    {sentence}" for sentence in found), sep="\n", end="\n" * bool(found))


if __name__ == "__main__":
    main(sys.argv[1:])
