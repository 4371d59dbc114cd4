"""What an outcome looks like wherever it stands: a sign, a word and a colour, never colour alone."""

from engine.verdicts import Outcome

SIGNS = {
    Outcome.HOLDS: "✓",
    Outcome.PARTLY: "◐",
    Outcome.FAILS: "×",
    Outcome.UNDECIDED: "?",
    Outcome.EXACT: "=",
    Outcome.NOT_AT_REST: "~",
    Outcome.DIVERGED: "∞",
    Outcome.PROMISES_NOTHING: "–",
}
COLOURS = {  # as Streamlit names them
    Outcome.HOLDS: "green",
    Outcome.EXACT: "green",
    Outcome.PARTLY: "orange",
    Outcome.FAILS: "red",
}
MEANINGS = {
    Outcome.HOLDS: "the whole interval lies where the claim says",
    Outcome.PARTLY: "known, and between what holds and what fails",
    Outcome.FAILS: "the whole interval lies where the claim does not allow it",
    Outcome.UNDECIDED: "the interval is too wide to say; more seeds could decide it",
    Outcome.EXACT: "true by construction; what is measured checks the simulation",
    Outcome.NOT_AT_REST: "the claim speaks of weights at rest, and these still move",
    Outcome.DIVERGED: "a weight left the finite numbers",
    Outcome.PROMISES_NOTHING: "the premise of the claim is not met",
}


def badge(outcome, word=None):
    """In Markdown; another `word` where the outcome is of another kind than a claim's."""
    return f":{COLOURS.get(outcome, 'gray')}-badge[{SIGNS[outcome]} {word or outcome}]"
