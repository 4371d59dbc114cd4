"""Tables of the opening: what each claim says should happen to the size of a weight, from theory alone.

Of the network whose settings its page opens with. Rows are of kinds: course, the size by epoch over that at the start; shade,
epochs up to `right`; level, a size; other, the course of the other start; meeting, where both are one; name, what is written
where.
"""

import numpy as np
import pandas as pd

from engine import theory
from engine.claims import decay_dominates, decay_per_epoch, scaled_start, tail_off
from engine.verdicts import scaled_start as fourth
from engine.verdicts import tail_off as third
from engine.verdicts.decay_dominates import FIRST
from view.tables import subscripts, together

HIDDEN = 0
"""The layer that the opening shows."""
POINTS = 61
"""In a course."""


def only_decay(h):
    """kind, epoch, mean, right, name: the first epochs, shaded, and what decay alone does in them."""
    shade = pd.DataFrame({"kind": ["shade"], "epoch": [0.0], "right": [float(FIRST)]})
    return together(shade, _course(h, FIRST), _name("only decay?", 0.0, 0.4)), 3 * FIRST


def factor(h):
    """kind, epoch, mean, name: a fall by the claimed factor in every epoch."""
    epoch = np.linspace(0, h.epochs, POINTS)
    left = theory.claimed_size(h.learning_rate, h.l2, h.batch_size, epoch)
    at = POINTS // 5
    return together(_rows(epoch, left), _name("× exp(−ηλ/m) an epoch", epoch[at], left[at])), h.epochs


def tail(h):
    """kind, epoch, mean, name: decay, down to the post's size and no further."""
    name, size = third.CANDIDATES[0], third.predicted(h, HIDDEN)[0]
    last = 1.3 * theory.decay_time(*h.symbols, size)
    epoch = np.linspace(0, last, POINTS)
    course = theory.size_course(1.0, size, theory.memory_size(*h.symbols, epoch))
    return together(_level(size), _rows(epoch, course), _name(subscripts(name), 0.0, size)), last


def two_starts(h):
    """kind, epoch, mean, name: decay from N(0, 1) until it meets the scaled start, which stays where it is without L2."""
    clock, size = fourth.clocks(h)[HIDDEN], fourth.targets(h)[HIDDEN]
    meeting = pd.DataFrame({"kind": ["meeting"], "epoch": [clock], "mean": [size]})
    other = pd.DataFrame({"kind": "other", "epoch": [0.0, h.epochs], "mean": size})
    return together(other, _course(h, clock), meeting, _name(subscripts("1/√n_in, no L2"), 0.0, size)), h.epochs


PROMISES = {
    decay_dominates.NAME: only_decay,
    decay_per_epoch.NAME: factor,
    tail_off.NAME: tail,
    scaled_start.NAME: two_starts,
}
"""Claim -> rows of its sketch and the last epoch on its axis, of the hyperparameters of its page."""


def _course(h, until):
    """Decay alone up to that epoch."""
    epoch = np.linspace(0, until, POINTS)
    return _rows(epoch, theory.memory_size(*h.symbols, epoch))


def _rows(epoch, size):
    return pd.DataFrame({"kind": "course", "epoch": epoch, "mean": size})


def _level(size):
    return pd.DataFrame({"kind": ["level"], "mean": [size]})


def _name(name, epoch, size):
    return pd.DataFrame({"kind": ["name"], "name": [name], "epoch": [epoch], "mean": [size]})
