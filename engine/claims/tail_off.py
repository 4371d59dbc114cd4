"""Claim 3: the decay tails off when the weights are down to a size of about 1/n_w."""

from engine.datasets import load
from engine.hyperparameters import Hyperparameters
from engine.verdicts.tail_off import arms, collapse, judge

NAME, PREFIX, TITLE = "tail_off", "c3", "Claim 3: the floor"
STATEMENT = (
    r"Supposing $\lambda$ is not too large, the weight decay will tail off when the weights are down to a size around $1/n_w$, "
    r"where $n_w$ is the total number of weights."
)
DEFAULT = Hyperparameters(l2=10.0, epochs=50)

runs = arms
"""What the page trains: name -> hyperparameters."""


def judged(runs):
    """The verdicts on its runs."""
    h = runs["large"].hyperparameters
    return judge(runs, collapse(h, load(h).top_singular_value))
