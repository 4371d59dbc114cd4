"""Claims judged from measurements: premise, prediction, measurement with its interval over seeds, tolerance.

What all verdicts share; each claim has a module, named as its page.
"""

from dataclasses import dataclass
from enum import StrEnum

from engine.statistics import Interval

MUCH_LESS = 0.01
"""`a << b` is read as a <= MUCH_LESS * b."""
MOST, EVEN = 0.9, 0.5
"""Something dominates with nine tenths of a whole, and does not with less than half."""
SAME_SIZE = 0.03
"""Two sizes are the same where they differ by at most this share: of two starts, and of one start now and later."""
CONTROL = "weights on blank pixels"
"""What the pages call the first-layer weights whose input is 0 in every training example."""


class Outcome(StrEnum):
    HOLDS = "holds"
    PARTLY = "partly"  # known, and between what holds and what fails: more seeds would not change it
    FAILS = "fails"
    UNDECIDED = "undecided"  # the interval is too wide to say: more seeds could change it
    EXACT = "exact"  # true by construction, whatever the seeds; what is measured checks the simulation
    NOT_AT_REST = "not at rest"  # the claim is about weights at rest, and these move
    DIVERGED = "diverged"  # a weight or the cost left the finite numbers before there was anything to measure
    PROMISES_NOTHING = "promises nothing"  # the premise of the claim is not met


@dataclass(frozen=True)
class Verdict:
    """One meaning of a claim, judged for one part of the network."""

    meaning: str  # what is compared, in a few words
    part: str  # of the network
    epochs: int  # the last epoch that was measured
    predicted: float  # a value, or the threshold of a comparison
    measured: Interval
    outcome: Outcome

    @property
    def ratio(self):
        """Measured over predicted."""
        return Interval(*(bound / self.predicted for bound in self.measured))


def judge_between(low, high, measured):
    """HOLDS when the whole interval lies between low and high, FAILS when it lies outside, UNDECIDED across an edge.

    So a true value that is on no edge is decided once there are seeds enough, and decided wrongly only where the interval
    misses it: as seldom as its level says.
    """
    if low <= measured.low and measured.high <= high:
        return Outcome.HOLDS
    if measured.high < low or measured.low > high:
        return Outcome.FAILS
    return Outcome.UNDECIDED


def judge_equality(predicted, measured, tolerance):
    """Of a value: between predicted * (1 +- tolerance)."""
    return judge_between(*sorted((predicted * (1 - tolerance), predicted * (1 + tolerance))), measured)


def judge_comparison(threshold, other_side, measured):
    """HOLDS when the whole interval is at `threshold` or above, FAILS when it is below `other_side`, PARTLY between the two."""
    if measured.low >= threshold:
        return Outcome.HOLDS
    if measured.high < other_side:
        return Outcome.FAILS
    return Outcome.PARTLY if measured.low >= other_side and measured.high < threshold else Outcome.UNDECIDED
