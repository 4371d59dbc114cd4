"""The law of lengths: where the squared lengths |W_l|^2 of a network's layers come to rest, and why they differ.

    from engine.lengths import at_rest, ratio
    ratio(h, 60)  # (replicates, layers - 1): |W_l|^2 / |W_(l+1)|^2 at rest, from the data
    at_rest(h)  # |W_l|^2 of both layers of a wide network, without training one

The closed forms are in engine.theory.lengths, the convex solver in engine.nuclear.
"""

from engine.lengths.balance import Balance, balance, course, measured_ratio, ratio, squared, unit_lengths
from engine.lengths.clock import Clock, clock
from engine.lengths.rest import at_rest, known_at_rest

__all__ = [
    "Balance",
    "Clock",
    "at_rest",
    "balance",
    "clock",
    "course",
    "known_at_rest",
    "measured_ratio",
    "ratio",
    "squared",
    "unit_lengths",
]
