"""LaTeX of an equation as a page shows it: the terms of decay and of the data in their colours, values under their braces."""

import re

from view.figures import DATA, DECAY, IN_EQUATIONS

WHOSE = {
    **dict.fromkeys(("decay", "draw", "left of the draw"), DECAY),
    **dict.fromkeys(("data", "learned", "pull", "heat"), DATA),
}
"""What is written under a brace -> whose colour the brace and all above it have."""


def coloured(latex, values=""):
    r"""The LaTeX, with `values` under its braces: "decay LATEX; data LATEX". Raises ValueError where no brace has the name."""
    for name, value in (one.strip().split(" ", 1) for one in values.split(";") if one.strip()):
        if rf"\text{{{name}}}" not in latex:
            raise ValueError(f"no brace is named {name}")
        latex = latex.replace(rf"\text{{{name}}}", rf"\text{{{name}: }}{value}")
    for name, whose in WHOSE.items():
        for mark in reversed([*re.finditer(rf"}}_\{{\\text\{{{name}(?:: )?\}}", latex)]):
            begin = _partner(latex, mark.start(), -1) - len(r"\underbrace")
            end = _partner(latex, mark.start() + 2, 1) + 1
            latex = rf"{latex[:begin]}\textcolor{{{IN_EQUATIONS[whose]}}}{{{latex[begin:end]}}}{latex[end:]}"
    return latex


def _partner(latex, place, step):
    """Place of the brace that belongs to the one there, to its left (step -1) or right (1)."""
    depth = 0
    while True:
        depth += {"{": step, "}": -step}.get(latex[place], 0)
        if depth == 0:
            return place
        place += step
