"""Claim 1: the first epochs of training are dominated almost entirely by weight decay."""

from engine import looks, snapshots
from engine.datasets import load
from engine.verdicts.decay_dominates import first_epochs, judge

NAME, PREFIX, TITLE = "decay_dominates", "c1", "Claim 1: first epochs"
STATEMENT = (
    r"Supposing $\lambda$ is not too small, the first epochs of training will be dominated almost entirely by weight decay."
)
DEFAULT = looks.BASE


def runs(h):
    """What the page trains: name -> hyperparameters."""
    return {"run": h}


def judged(runs):
    """The verdicts on its runs."""
    run = runs["run"]
    h = run.hyperparameters
    return judge(run, *snapshots.decay_alone(h, load(h), [0, first_epochs(run)]))
