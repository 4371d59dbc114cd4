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
    broken = {c: [part for part, passed in found if c in passed and claim.broken(runs, passed[c])] for c in claim.CANDIDATES}
    broken = words.listed(
        f"{LATEX[candidate]} for {'both layers' if len(parts) == len(found) else f'the {parts[0]}'}"
        for candidate, parts in broken.items()
        if parts
    )
    lines = ["| weights | pass | between λ = | right on unseen images |", "|---|---|---|---|"]
    for part, passed in found:
        for candidate, (larger, smaller) in passed.items():
            right = f"{percent(larger.accuracy)} and {percent(smaller.accuracy)}"
            lines.append(f"| {part} | {LATEX[candidate]} | {number(larger.l2)} and {number(smaller.l2)} | {right} |")
    never = [c for c in claim.CANDIDATES if not any(c in passed for _, passed in found)]
    said = []
    if broken:
        said.append(
            f"To rest at {broken}, λ has to break the network. It is right less than half as often as at the smallest λ of the "
            "figure."
        )
    if never:
        said.append(f"No layer at rest passes {' or '.join(map(LATEX.get, never))}.")
    return "\n".join(
        [
            "A candidate can be made true by choosing λ. What is then left of the network stands beside it.",
            "",
            *lines,
            "",
            " ".join(said),
        ]
    )


def both_sides(runs, threshold):
    """What training shows of the threshold."""
    below, above = claim.beside_threshold(runs, threshold)
    h = runs[0].hyperparameters
    if claim.agrees(below, above):
        return (
            f"Training agrees here. With $\\lambda={number(below.l2)}$, below, the {h.layer_names[0]} stand still at "
            f"{number(below.rms)} after {h.epochs} epochs, and the network is right on {percent(below.accuracy)} of the unseen "
            f"images. With $\\lambda={number(above.l2)}$, above, they are at {number(above.rms)}, and the network guesses."
        )
    return (
        f"With your settings {h.epochs} epochs of training do not show it. With $\\lambda={number(below.l2)}$, below, the "
        f"{h.layer_names[0]} end at {number(below.rms)}, and with $\\lambda={number(above.l2)}$, above, at {number(above.rms)}."
    )
