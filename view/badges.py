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


def badge(outcome, word=None):
    """In Markdown; another `word` where the outcome is of another kind than a claim's."""
    return f":{COLOURS.get(outcome, 'gray')}-badge[{SIGNS[outcome]} {word or outcome}]"
