"""The order in which runs are trained: least work first, and nobody's second run before another's first."""

import heapq
import time
from dataclasses import dataclass, field

AGEING = 0.1
"""Seconds of work that a second of waiting makes up for: a call of half a second passes a run of ten that has waited for 90."""


@dataclass(eq=False)
class Place:
    """A run that waits, or has its turn."""

    readers: set = field(default_factory=set)  # who wants it
    seconds: float = 0.0  # that it still takes, as far as is known
    since: float = field(default_factory=time.monotonic)  # when it was asked for


def order(waiting, serving=(), now=None):
    """Yields the Places of `waiting` in the order of their turns.

    A place ranks by the work that its reader will have got with it, what is being served and what stands before it included,
    less AGEING times the time that it has waited: so small runs pass large ones, nobody gets more by asking more, and
    everybody's turn comes. A place of several readers has the rank of the best of them.
    """
    now = time.monotonic() if now is None else now
    work = {}  # reader -> seconds

    def add(place):
        for reader in place.readers:
            work[reader] = work.get(reader, 0.0) + place.seconds

    def rank(place):
        before = min((work.get(reader, 0.0) for reader in place.readers), default=0.0)
        return before + place.seconds - AGEING * (now - place.since)

    for place in serving:
        add(place)
    ranked = [(rank(place), k, place) for k, place in enumerate(waiting)]
    heapq.heapify(ranked)
    while ranked:
        known, k, place = heapq.heappop(ranked)
        if (now_at := rank(place)) > known:  # its reader has got more meanwhile: a rank falls back, and never comes forward
            heapq.heappush(ranked, (now_at, k, place))
        else:
            yield place
            add(place)
