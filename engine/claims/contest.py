"""What the article says of the contest of exponents, on claim 3's page."""

from engine.studies import contest
from engine.verdicts import Outcome, tail_off
from engine.verdicts.contest import (
    TOLERANCE,
    all_at_rest,
    apart,
    at_rest,
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

BOOK = tail_off.CANDIDATES[1]
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
        "hump": [(mnist.x[k], lengths(mnist)[k, :, HIDDEN].mean()) for k in sorted(at_rest(mnist, HIDDEN), key=mnist.x.take)],
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
