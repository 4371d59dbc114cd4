"""Claim 4: decay is a slow way to the scaled start."""

from engine import accuracies
from engine.verdicts.scaled_start import arms, judge

NAME, PREFIX, TITLE = "scaled_start", "c4", "Claim 4: scaled start"
STATEMENT = r"How does all this relate to starting from N(0, 1/$n_\text{in}$), without regularisation?"
DEFAULT = accuracies.BASE

runs = arms
"""What the page trains: name -> hyperparameters."""


def judged(runs):
    """The verdicts on its runs."""
    return judge(runs)
