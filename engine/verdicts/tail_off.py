"""Claim 3: the decay tails off when the weights are down to a size around 1/n_w; the book has 1/sqrt(n_w).

Beside them stands 1/sqrt(n_in), what the usual argument about saturated units gives.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine import theory
from engine.grid import LambdaGrid
from engine.statistics import Interval, interval, ratio, slope
from engine.verdicts import EVEN, SAME_SIZE, Outcome, Verdict, judge_between

CANDIDATES = ("1/n_w", "1/√n_w", "1/√n_in")
AROUND = 2.0
"""`Around` a size is within this factor of it."""
LAST = 10
"""Epochs over which rest is measured, the last of the run."""
GUESSING = 1.2
"""A network that is right at most so many times as often as a guess has learned nothing that is left."""
SHARES = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.1, 1.4)
"""lambda over the collapse threshold, in the runs on either side of it."""
STEADY = 0.5
"""Largest share of a weight that decay may take per update in a picture of weights at rest."""
OVERSHOOT = 2.0
"""eta*lambda/n from which on an update of decay alone leaves a weight no smaller."""
ERROR_IS_DIFFERENCE = ("cross-entropy", "log-likelihood")


def arms(h):
    """The same run from both starts, by name: the same draw, scaled, and the same mini-batches."""
    return {start: replace(h, initialization=start) for start in ("large", "scaled")}


def collapse(h, top_singular_value):
    """lambda from which on W = 0 is stable; None where the formula does not apply."""
    if len(h.hidden) != 1 or h.activation not in theory.SLOPES or h.cost not in ERROR_IS_DIFFERENCE:
        return None
    return theory.collapse_threshold(h.n_train, top_singular_value, theory.SLOPES[h.activation])


@lru_cache(maxsize=256)  # its settings are checked one by one
def collapse_grid(h, threshold):
    """Runs of the large start on either side of the threshold."""
    base = replace(h, initialization="large", l2=0.0, l2_until=None, epochs=30, replicates=min(h.replicates, 4))
    return LambdaGrid(base, tuple(float(f"{share * threshold:.3g}") for share in SHARES))


def largest_grid(h):
    """A grid as large as any `collapse_grid` of `h`, whatever the threshold; raises ValueError where that is too large."""
    return collapse_grid(h, 1.0)


def steady(grid):
    """Whether decay alone is far from overshooting for every lambda of a grid."""
    return theory.decay_step(grid.learning_rate, max(grid.l2), grid.n_train) <= STEADY


def premise(h, threshold):
    """ "Supposing lambda is not too large": below the threshold of collapse where there is one; decay shrinks throughout."""
    on = 0 < theory.decay_step(h.learning_rate, h.l2, h.n_train) < OVERSHOOT
    return on and (h.l2_until is None or h.l2_until >= h.epochs) and (threshold is None or h.l2 < threshold)


@dataclass(frozen=True)
class Floor:
    """Where a layer came to rest, or did not, over the last epochs of the run."""

    part: str
    rest: Outcome  # HOLDS at rest: hardly moving, and at the same size from both starts; else NOT_AT_REST, UNDECIDED, DIVERGED
    rms: Interval  # of both starts together
    drift: dict  # start -> Interval of the `drift`
    unopposed: dict  # start -> Interval of the unopposed share
    gap: Interval  # rms from the large start over that from the scaled one

    @property
    def reached(self):
        return self.rest == Outcome.HOLDS


def floors(runs):
    """The Floor of every layer, from the runs of both arms."""
    large, scaled = runs["large"], runs["scaled"]
    epochs = min(large.epochs, scaled.epochs)
    last = slice(max(0, epochs - LAST), epochs)
    found = []
    for layer, part in enumerate(large.hyperparameters.layer_names):
        rms = [run.weight_rms[:, max(0, epochs + 1 - LAST) : epochs + 1, layer].mean(axis=1) for run in (large, scaled)]
        moves = {name: interval(drift(run, layer)) for name, run in runs.items()}
        unopposed = {name: interval(_unopposed(run, last, layer)) for name, run in runs.items()}
        gap, rest = ratio(*rms), Outcome.DIVERGED
        if not any(run.diverged_at for run in runs.values()):
            same = [judge_between(1 - SAME_SIZE, 1 + SAME_SIZE, gap)]
            rest = _rest(same + [judge_between(-SAME_SIZE, SAME_SIZE, moved) for moved in moves.values()])
        found.append(Floor(part, rest, interval(np.mean(rms, axis=0)), moves, unopposed, gap))
    return found


def _rest(asked):
    """Whether all that rest asks for holds."""
    if Outcome.FAILS in asked:
        return Outcome.NOT_AT_REST
    return Outcome.UNDECIDED if Outcome.UNDECIDED in asked else Outcome.HOLDS


def horizon(h):
    """Epochs that a size must last: those in which decay alone would take a weight to 1/e, LAST at least."""
    rate = theory.exact_decay_rate(*h.symbols)
    return max(1 / rate, LAST) if rate > 0 else np.inf


def drift(run, layer):
    """Relative change of a layer's size in the next `horizon` epochs, at the pace of the last LAST epochs, (replicates,).

    The pace is the slope of ln rms by epoch, least squares; NaN in a run that is too short, or has no decay. While it is small
    it is the unopposed share, with its sign turned, wherever the horizon is 1/gamma: ln rms changes by -gamma times that share.
    """
    size = run.weight_rms[:, -LAST - 1 :, layer]
    if run.epochs < LAST or not np.isfinite(horizon(run.hyperparameters)):
        return np.full(len(size), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):  # a layer that an update of decay alone leaves at 0 has no pace
        return horizon(run.hyperparameters) * slope(np.arange(LAST + 1), np.log(size.T))


def still_share(h):
    """The unopposed share with which a size changes by SAME_SIZE in `horizon` epochs: (1 - rho^2)/2 of it an epoch."""
    rho = theory.decay_per_epoch(*h.symbols)
    return 2 * SAME_SIZE / (horizon(h) * (1 - rho**2)) if np.isfinite(horizon(h)) else np.nan


def dead(runs):
    """The starts from which the network ends, in the mean, hardly more often right than a guess among its outputs.

    Asked once decay has taken the draw, all but SAME_SIZE of it: before that the network may not have learned yet.
    """
    h, epochs = runs["large"].hyperparameters, min(run.epochs for run in runs.values())
    early = theory.memory_size(*h.symbols, epochs) > SAME_SIZE
    return [] if early else [name for name, run in runs.items() if _guesses(run)]


def _guesses(run):
    return run.validation_accuracy[:, -1].mean() <= GUESSING / run.hyperparameters.sizes[-1]


def balance(run, layer):
    """What decay takes of a layer's |W|^2 in an epoch, and what the data put back: shares, means over seeds and last epochs."""
    before = run.norm_squared[:, -LAST - 1 : -1, layer]
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing is taken of a layer at 0
        decay, data = (c[:, -LAST:, layer] / before for c in (run.norm_change_decay, run.norm_change_data))
    return -decay.mean(), data.mean()


def _unopposed(run, last, layer):
    """(decay + data) / decay of the ledger over some epochs, (replicates,); NaN without decay."""
    decay, data = (change[:, last, layer].sum(axis=1) for change in (run.norm_change_decay, run.norm_change_data))
    return np.divide(decay + data, decay, out=np.full_like(decay, np.nan), where=decay != 0)


def grid_end(runs):
    """rms of every layer and accuracy on unseen examples at the end of the runs of a grid, (lambdas, replicates, ...) each."""
    return np.stack([run.weight_rms[:, -1] for run in runs]), np.stack([run.validation_accuracy[:, -1] for run in runs])


class End(NamedTuple):
    """Of a layer in the run of one lambda of a grid; means over seeds."""

    l2: float
    rms: float
    drift: float  # see `drift`
    accuracy: float  # on unseen examples
    guesses: bool  # whether that is hardly more than a guess

    @property
    def still(self):
        return abs(self.drift) <= SAME_SIZE


def ends(runs, layer):
    """The Ends of a grid, by rising lambda. A grid has one start, so there is no other to agree with."""
    return [
        End(
            run.hyperparameters.l2,
            run.weight_rms[:, -1, layer].mean(),
            drift(run, layer).mean(),
            run.validation_accuracy[:, -1].mean(),
            _guesses(run),
        )
        for run in runs
    ]


def passed(runs, layer):
    """Candidate -> the two neighbouring Ends of a grid between whose sizes at rest it lies, for those that a layer passes.

    Of sizes at rest this is known without rest: where the larger does not shrink and the smaller does not grow any more.
    """
    found = {}
    for candidate, size in zip(CANDIDATES, predicted(runs[0].hyperparameters, layer)):
        for larger, smaller in pairwise(ends(runs, layer)):
            apart = larger.drift >= -SAME_SIZE and smaller.drift <= SAME_SIZE
            if smaller.rms <= size <= larger.rms and apart:
                found[candidate] = larger, smaller
    return found


def broken(runs, pair):
    """Whether on both sides the network is right less than half as often as with the least lambda of the grid."""
    best = runs[0].validation_accuracy[:, -1].mean()
    return all(end.accuracy < EVEN * best for end in pair)


def beside_threshold(runs, threshold):
    """The Ends of the first layer on either side: the first above, the second below the threshold; next to it nothing rests."""
    found = ends(runs, 0)
    below, above = ([end for end in found if (end.l2 < threshold) == side] for side in (True, False))
    return below[-2], above[0]


def agrees(below, above):
    """Whether training shows a threshold between two Ends: weights held still, with something learned, and nothing left."""
    return below.still and not below.guesses and above.guesses


def knee(run, layer, floor):
    """The epoch at which what is left of the draw is as large as the floor, from the layer's own start; NaN if above it."""
    start = run.weight_rms[:, 0, layer].mean()
    if start <= floor.rms.mean:
        return np.nan
    return theory.knee(start, floor.rms.mean, theory.exact_decay_rate(*run.hyperparameters.symbols))


def predicted(h, layer):
    """The size that each candidate gives a layer."""
    return theory.candidates(h.n_weights, h.sizes[layer])


def promised(runs, threshold):
    """Whether the claim says anything of these runs: its premise is met, and lambda has not left a dead network."""
    diverged = any(run.diverged_at for run in runs.values())
    return premise(runs["large"].hyperparameters, threshold) and (diverged or not dead(runs))


def judge(runs, threshold):
    """For every layer and candidate whether the floor is around it; nothing is promised where lambda leaves a dead network."""
    h, says = runs["large"].hyperparameters, promised(runs, threshold)
    judged = []
    for layer, floor in enumerate(floors(runs)):
        for candidate, size in zip(CANDIDATES, predicted(h, layer)):
            outcome = judge_between(size / AROUND, size * AROUND, floor.rms) if floor.reached else floor.rest
            outcome = outcome if says else Outcome.PROMISES_NOTHING
            judged.append(Verdict(candidate, floor.part, runs["large"].epochs, size, floor.rms, outcome))
    return judged
