"""What claim 3's page says of the runs over lambda: which candidates they pass, and what becomes of the network."""

from engine.verdicts import tail_off as claim
from view import words
from view.tables.tail_off import LATEX
from view.words import number, percent


def made_true(runs):
    """Which candidates some lambda makes true, and at what price."""
    found = [(part, claim.passed(runs, layer)) for layer, part in enumerate(runs[0].hyperparameters.layer_names)]
    if not any(passed for _, passed in found):
        return "On this stretch of λ no layer is seen to pass a candidate at rest."
    broken = words.listed(
        f"{LATEX[candidate]} for the {part}"
        for part, passed in found
        for candidate, pair in passed.items()
        if claim.broken(runs, pair)
    )
    lines = ["| weights | pass | between λ = | right on unseen images |", "|---|---|---|---|"]
    for part, passed in found:
        for candidate, pair in passed.items():
            at, right = (words.listed([write(end) for end in pair]) for write in (_at, _right))
            lines.append(f"| {part} | {LATEX[candidate]} | {at} | {right} |")
    never = [c for c in claim.CANDIDATES if not any(c in passed for _, passed in found)]
    said = [
        "A candidate can be made true by choosing λ. What is then left of the network stands beside it.",
        "\n\n" + "\n".join(lines) + "\n\n",
    ]
    if broken:
        said.append(
            f"To rest at {broken}, λ has to break the network: it is right less than half as often as at the smallest λ of the figure."
        )
    if never:
        said.append(f"No layer at rest passes {' or '.join(map(LATEX.get, never))}.")
    return " ".join(said)


def _at(end):
    return number(end.l2)


def _right(end):
    return percent(end.accuracy)


def both_sides(runs, threshold):
    """What training shows of the threshold."""
    below, above = claim.beside_threshold(runs, threshold)
    h = runs[0].hyperparameters
    if claim.agrees(below, above):
        return (
            f"Training agrees here. With $\\lambda={number(below.l2)}$, below, the {h.layer_names[0]} stand still at {number(below.rms)} after "
            f"{h.epochs} epochs, and the network is right on {percent(below.accuracy)} of the unseen images. With $\\lambda={number(above.l2)}$, "
            f"above, they are at {number(above.rms)}, and the network guesses."
        )
    return (
        f"With your settings {h.epochs} epochs of training do not show it. With $\\lambda={number(below.l2)}$, below, the {h.layer_names[0]} "
        f"end at {number(below.rms)}, and with $\\lambda={number(above.l2)}$, above, at {number(above.rms)}."
    )
