"""The contest of exponents: how floors change with width, fan-in and lambda, and how the three candidates say they do."""

from dataclasses import replace

import numpy as np

from engine import theory
from engine.statistics import interval, power_law, ratio
from engine.verdicts import Outcome, Verdict, judge_between, tail_off

TOLERANCE = 0.1
"""An exponent is near a candidate's where its whole interval is within this of it: a test of equivalence, not of equality."""
FEWEST = 3
"""Points at rest that an exponent needs at least."""


def at_rest(contest, layer):
    """Places of the points that have a floor."""
    return np.flatnonzero(contest.reached[:, layer])


def exponent(contest, layer):
    """Interval over seeds of the exponent of a layer's floor in what is varied; NaN where too few points are at rest."""
    places = at_rest(contest, layer)
    if len(places) < FEWEST:
        return interval(np.full(contest.rms.shape[1], np.nan))
    return interval(power_law(contest.x[places], contest.rms[places, :, layer])[0])


def local_exponents(contest, layer):
    """Exponent between each two neighbouring points at rest, mean over seeds: constant for a power law."""
    places = at_rest(contest, layer)
    size = np.log(contest.rms[places, :, layer].mean(axis=1))
    return np.diff(size) / np.diff(np.log(contest.x[places]))


def ends(contest, layer):
    """The local exponents at both ends."""
    slopes = local_exponents(contest, layer)
    return slopes[0], slopes[-1]


def resting(contests):
    """At how many points all layers are at rest, and of how many."""
    whole = [contest.reached.all(axis=1) for contest in contests]
    return int(sum(r.sum() for r in whole)), sum(len(r) for r in whole)


def predicted(contest, layer):
    """The exponent of each candidate in what is varied, over the same points: what its size has, fitted in the same way."""
    places = at_rest(contest, layer)
    sizes = np.array([tail_off.predicted(contest.examples[k], layer) for k in places])
    return dict(zip(tail_off.CANDIDATES, np.round(power_law(contest.x[places], sizes)[0], 9) + 0.0))


def judge(contest, layer):
    """A Verdict for each candidate, on whether the exponent of a layer is near its own."""
    measured, h = exponent(contest, layer), contest.examples[0]
    return [
        Verdict(candidate, h.layer_names[layer], h.epochs, slope, measured, _outcome(contest, layer, slope, measured))
        for candidate, slope in predicted(contest, layer).items()
    ]


def _outcome(contest, layer, slope, measured):
    """Seeds agree on a fitted slope also where the points lie on no line: then it is near on the whole, and no power law."""
    if len(at_rest(contest, layer)) < FEWEST:
        return Outcome.NOT_AT_REST
    outcome = judge_between(slope - TOLERANCE, slope + TOLERANCE, measured)
    bends = outcome == Outcome.HOLDS and (abs(local_exponents(contest, layer) - slope) > TOLERANCE).any()
    return Outcome.PARTLY if bends else outcome


def equal(verdict):
    """Whether an exponent cannot be told from the candidate's own; one that is near may well be told from it."""
    return bool(verdict.measured.low <= verdict.predicted <= verdict.measured.high)


def fitted(contest, layer):
    """The fitted sizes (points,) at every point, geometric mean over seeds."""
    places = at_rest(contest, layer)
    slope, log_factor = power_law(contest.x[places], contest.rms[places, :, layer])
    return np.exp(log_factor.mean() + slope.mean() * np.log(contest.x))


def length_exponent(contest, layer):
    """Interval over seeds of the exponent of a layer's |W|^2 in what is varied, over the points at rest."""
    places = at_rest(contest, layer)
    return interval(power_law(contest.x[places], lengths(contest)[places, :, layer])[0])


def apart(contest, layer):
    """How far the exponents of the two square roots are from each other."""
    _, per_weight, per_input = predicted(contest, layer).values()
    return abs(per_weight - per_input)


def trained_on(contest, h):
    """Interval of the size of every layer of the network of `h` where the contest trains it longer, to rest, and the epochs.

    None where it does not.
    """
    for k, example in enumerate(contest.examples):
        same = replace(example, epochs=h.epochs) == replace(h, initialization=example.initialization)
        if same and example.epochs > h.epochs and contest.reached[k].all():
            return interval(contest.rms[k]), example.epochs
    return None


def length_ends(contest, layer):
    """The local exponents of |W|^2 at both ends, where the number of weights stays: twice those of the size."""
    first, last = ends(contest, layer)
    return 2 * first, 2 * last


def spread(contest, layer):
    """The least and the largest exponent between neighbouring points at rest."""
    slopes = local_exponents(contest, layer)
    return slopes.min(), slopes.max()


def linear_length_exponent(contest, singular_values):
    """Exponent of |W|^2 in lambda of a linear network on whitened inputs, theory.linear_floor, over the points at rest."""
    examples = [contest.examples[k] for k in at_rest(contest, 0)]
    lengths = np.array([theory.linear_floor(singular_values, h.l2 / h.n_train) for h in examples])
    return float(power_law(np.array([h.l2 for h in examples]), lengths[:, None])[0][0])


# ------------------------------------------------------------------------------------------ lengths, and all weights together


def lengths(contest):
    """|W|^2 of every layer, (points, replicates, layers), whether at rest or not."""
    counts = np.array([[a * b for a, b in zip(h.sizes, h.sizes[1:])] for h in contest.examples])
    return counts[:, None] * contest.rms**2


def length_change(contest, layer):
    """Interval over seeds of a layer's largest |W|^2 over its smallest, of the points at rest: those where the mean is so."""
    squares = lengths(contest)[at_rest(contest, layer), :, layer]
    means = squares.mean(axis=1)
    return ratio(squares[means.argmax()], squares[means.argmin()])


def all_at_rest(contest):
    """Places of the points at which every layer has a floor."""
    return np.flatnonzero(contest.reached.all(axis=1))


def wide(contest):
    """The points whose networks have no fewer hidden units than outputs: a narrower one cannot tell all its outputs apart."""
    kept = np.array([h.sizes[1] >= h.sizes[-1] for h in contest.examples])
    examples = [h for h, keep in zip(contest.examples, kept) if keep]
    return contest._replace(examples=examples, x=contest.x[kept], rms=contest.rms[kept], reached=contest.reached[kept])


def n_weights(contest):
    """n_w at every point, (points,)."""
    return np.array([h.n_weights for h in contest.examples], dtype=float)


def whole_length(contest):
    """|W| of all weights together, (points, replicates), whether at rest or not: sqrt(n_w) times their rms."""
    return np.sqrt(lengths(contest).sum(axis=2))


def whole(contest):
    """rms of all weights together, (points, replicates), whether at rest or not."""
    return whole_length(contest) / np.sqrt(n_weights(contest))[:, None]


def whole_exponent(contest):
    """Interval over seeds of the exponent of `whole` in n_w, over the points where all layers are at rest.

    Of 1/n_w it is -1, of 1/sqrt(n_w) -1/2. NaN where too few points are at rest, or n_w is the same at all.
    """
    places = all_at_rest(contest)
    counts, sizes = n_weights(contest)[places], whole(contest)[places]
    if len(np.unique(counts)) < FEWEST:
        return interval(np.full(contest.rms.shape[1], np.nan))
    return interval(power_law(counts, sizes)[0])
