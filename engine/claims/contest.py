"""What the article says of the contest of exponents, on claim 3's page."""

import numpy as np

from engine import theory
from engine.lengths import at_rest
from engine.studies import contest
from engine.verdicts import Outcome, tail_off
from engine.verdicts.contest import (
    TOLERANCE,
    all_at_rest,
    apart,
    ends,
    equal,
    exponent,
    judge,
    length_change,
    length_ends,
    length_exponent,
    lengths,
    linear_length_exponent,
    predicted,
    resting,
    spread,
    whole_exponent,
    whole_length,
    wide,
)
from engine.verdicts.contest import at_rest as at_rest_points

BOOK = tail_off.CANDIDATES[1]
NEAR_SIZES = (0.05, 0.1)
"""Shares of a size within which the points are counted that rest where the convex problem says."""
HIDDEN, OUTPUT = 0, 1
"""Layers."""


def contest_facts(tested, singular_values):
    """By name in the article; `tested` is name -> Contest, `singular_values` are those of the digits made white."""
    widths, lambdas, teacher, mnist = (tested[name] for name in ("widths", "lambdas", "teacher-fan-ins", "mnist-fan-ins"))
    count, points = resting(tested.values())
    return {
        "example": widths.examples[0],
        "count": count,
        "points": points,
        "forgotten": contest.forgotten(),
        "near": TOLERANCE,
        "exponents": [exponents_of(tested, layer) for layer in (HIDDEN, OUTPUT)],
        "candidates": nearness(tested),
        "width": {
            "exponent": exponent(widths, HIDDEN),
            "book": predicted(widths, HIDDEN)[BOOK],
            "narrow": ends(widths, HIDDEN)[0],
            "wide": ends(widths, HIDDEN)[1],
            "output": ends(widths, OUTPUT)[1],
        },
        "whole": whole_facts(widths),
        "growth": {
            "widths": length_change(widths, HIDDEN).mean - 1,
            "wide": length_change(wide(widths), HIDDEN).mean - 1,
            "teacher": length_change(teacher, HIDDEN).mean - 1,
        },
        "copies": {part: exponent(tested["copies"], layer) for part, layer in (("hidden", HIDDEN), ("output", OUTPUT))},
        "hump": [(mnist.x[k], lengths(mnist)[k, :, HIDDEN].mean()) for k in _by_x(tested)],
        "foretold": foretold(tested),
        "fan_in": {
            "apart": apart(teacher, HIDDEN),
            "spread": spread(mnist, HIDDEN),
            "output": [exponent(found, OUTPUT).mean for found in (teacher, mnist)],
            "book": [predicted(found, OUTPUT)[BOOK] for found in (teacher, mnist)],
        },
        "length": {
            "exponent": length_exponent(lambdas, HIDDEN).mean,
            "linear": linear_length_exponent(lambdas, singular_values),
            "ends": length_ends(lambdas, HIDDEN),
        },
    }


def wide_sizes(contest):
    """rms of every layer at rest if the network were wide and its units straight, (points, layers): without training it."""
    norms = np.array([[at_rest(h)] for h in contest.examples])
    counts = np.array([[a * b for a, b in zip(h.sizes, h.sizes[1:])] for h in contest.examples])
    return theory.wide_rms(norms, counts)


def foretold(tested):
    """How near the sizes at rest come to `wide_sizes`: by contest and layer the least and the largest ratio, and how many."""
    rests = {name: all_at_rest(found) for name, found in tested.items()}
    times = {name: (found.rms.mean(axis=1) / wide_sizes(found))[rests[name]] for name, found in tested.items()}
    whole = np.concatenate(list(times.values()))
    return {
        "ranges": {name: list(zip(each.min(axis=0), each.max(axis=0))) for name, each in times.items()},
        "points": len(whole),
        "within": {share: (abs(whole - 1) <= share).sum(axis=0).tolist() for share in NEAR_SIZES},
        "close": NEAR_SIZES[0],
        "near": NEAR_SIZES[1],
        "hump": [
            wide_sizes(tested["mnist-fan-ins"])[k, HIDDEN] ** 2 * _count(tested["mnist-fan-ins"], k) for k in _by_x(tested)
        ],
    }


def _by_x(tested):
    """Places of MNIST's points at rest, by rising number of pixels."""
    return sorted(at_rest_points(tested["mnist-fan-ins"], HIDDEN), key=tested["mnist-fan-ins"].x.take)


def _count(contest, k):
    """Hidden weights at a point."""
    h = contest.examples[k]
    return h.sizes[0] * h.sizes[1]


def exponents_of(tested, layer):
    """[(name of the contest, measured exponent, [(verdict, whether it is equal)])] of a layer."""
    judged = {name: judge(found, layer) for name, found in tested.items()}
    return [(name, those[0].measured, [(v, equal(v)) for v in those]) for name, those in judged.items()]


def nearness(tested):
    """Candidate -> (contests in which the hidden weights are near it, and those in which they are so on the whole, bent)."""
    found = {c: ([], []) for c in tail_off.CANDIDATES}
    for name, one in tested.items():
        for v in judge(one, HIDDEN):
            if v.outcome in (Outcome.HOLDS, Outcome.PARTLY):
                found[v.meaning][v.outcome == Outcome.PARTLY].append(name)
    return found


def whole_facts(widths):
    """All weights of a network together, as the width varies; and of the networks that are left out as too narrow."""
    kept = wide(widths)
    places = all_at_rest(kept)
    length, units = whole_length(kept)[places].mean(axis=1), kept.x[places]
    all_lengths = whole_length(widths).mean(axis=1)
    return {
        "exponent": whole_exponent(kept),
        "units": (units.min(), units.max()),
        "length": (length.min(), length.max()),
        "narrow": [(widths.x[k], all_lengths[k]) for k in all_at_rest(widths) if widths.x[k] not in kept.x],
    }
