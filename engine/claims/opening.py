"""What the opening says, the answer in short and the replies to the asker, from the runs of the untouched pages."""

from dataclasses import dataclass, replace

from engine import snapshots, theory
from engine.claims import CLAIMS, decay_dominates, decay_per_epoch, scaled_start, tail_off
from engine.datasets import load
from engine.statistics import interval, ratio
from engine.studies import accuracies, book, contest, film
from engine.studies.accuracies import UNTIL
from engine.verdicts import CONTROL, Outcome
from engine.verdicts import contest as judged_contest
from engine.verdicts import decay_dominates as first
from engine.verdicts import decay_per_epoch as second
from engine.verdicts import scaled_start as fourth
from engine.verdicts import tail_off as third

NAME = "question"
HIDDEN, OUTPUT = "hidden weights", "output weights"
BARE, BOTH = "accuracy, no L2", "accuracy, scaled start with L2"
"""Meanings beside those of claim 4: of the large start without L2, and of the scaled start with it."""
POST, BOOK, _ = third.CANDIDATES

RESTS_ON = {
    decay_dominates.NAME: (
        (first.NORM, HIDDEN, Outcome.HOLDS),
        (first.NORM, OUTPUT, Outcome.PARTLY),
        (first.MOVEMENT, HIDDEN, Outcome.PARTLY),
        (first.MOVEMENT, OUTPUT, Outcome.FAILS),
        (first.COST, first.NETWORK, Outcome.FAILS),
        (first.ACCURACY, first.NETWORK, Outcome.FAILS),
    ),
    decay_per_epoch.NAME: (
        ("rate", CONTROL, Outcome.EXACT),
        ("rate", HIDDEN, Outcome.FAILS),
        ("rate", OUTPUT, Outcome.FAILS),
    ),
    tail_off.NAME: tuple((c, part, Outcome.FAILS) for c in (POST, BOOK) for part in (HIDDEN, OUTPUT)),
    scaled_start.NAME: (
        *(
            (meaning, part, outcome)
            for meaning, outcome in (
                (fourth.OFF, Outcome.EXACT),
                (fourth.ON, Outcome.FAILS),
                (fourth.SIZE, Outcome.HOLDS),
                (fourth.FORGOTTEN, Outcome.FAILS),
            )
            for part in (HIDDEN, OUTPUT)
        ),
        (BARE, first.NETWORK, Outcome.HOLDS),
        (fourth.ACCURACY, first.NETWORK, Outcome.FAILS),
        (BOTH, first.NETWORK, Outcome.FAILS),
    ),
}
"""Claim -> (meaning, part, outcome) of the verdicts without which a sentence of the answer would be false."""


@dataclass(frozen=True)
class Found:
    """What the untouched pages measure."""

    runs: dict  # page -> name -> Run
    verdicts: dict  # page -> its verdicts

    def verdict(self, page, meaning, part):
        """The one of that meaning and part over the most epochs."""
        return max((v for v in self.verdicts[page] if (v.meaning, v.part) == (meaning, part)), key=lambda v: v.epochs)

    def measured(self, page, meaning, part):
        return self.verdict(page, meaning, part).measured


def runs():
    """What the untouched pages train: page -> name -> hyperparameters."""
    return {claim.NAME: claim.runs(claim.DEFAULT) for claim in CLAIMS}


def found(runs, network):
    """Of the Runs of `runs`; network(h, epoch) gives the network of a run after so many epochs."""
    verdicts = {claim.NAME: claim.judged(runs[claim.NAME]) for claim in CLAIMS}
    of_weights = _of_claim_4(runs[scaled_start.NAME]["large"].hyperparameters, network)
    return Found(runs, verdicts | {scaled_start.NAME: [*of_weights, *verdicts[scaled_start.NAME]]})


def _of_claim_4(h, network):
    """What is told of claim 4 from more seeds than its page trains, and of the weights when L2 is switched off."""
    told = accuracies.results()
    arms = ((fourth.ACCURACY, "large"), (fourth.RESCUED, "rescued"), (BARE, "bare"), (BOTH, "scaled"))
    verdicts = [fourth.judge_accuracy(meaning, h, told.difference(arm, "plain")) for meaning, arm in arms]
    for layer, stop in enumerate(fourth.stops(h)):
        off = fourth.distance(h, fourth.faded(h, snapshots.decayed(h, 0), layer), layer)
        verdicts += fourth.judge_weights(h, layer, off, fourth.distances(h, network(h, stop), layer))
    return verdicts


def facts(found):
    """By name in the article."""
    return {
        "film": {"h": film.BASE, "units": film.UNITS, "full": film.FULL, "blank": book.results().unused_inputs},
        "one": _first_epochs(found),
        "two": _factor(found),
        "three": _floor(found),
        "so": _accuracies(found),
        "replies": _replies(found),
        "graphed": _graphed(),
        "contest": _contest(),
    }


def _first_epochs(found):
    return {"length": found.measured(decay_dominates.NAME, first.NORM, HIDDEN).mean}


def _factor(found):
    run = found.runs[decay_per_epoch.NAME]["decay"]
    return {
        "h": run.hyperparameters,
        "until": [second.last_epoch_within(run, layer, second.TOLERANCE) for layer in (0, 1)],
    }


def _floor(found):
    h = found.runs[tail_off.NAME]["large"].hyperparameters
    return {
        "h": h,
        "post": found.verdict(tail_off.NAME, POST, HIDDEN).ratio.mean,
        "candidates": third.predicted(h, 0),
    }


def _accuracies(found):
    page, told = scaled_start.NAME, accuracies.results()
    return {
        "same": fourth.SAME_ACCURACY,
        "rescued": found.measured(page, fourth.RESCUED, fourth.NETWORK),
        "seeds": len(told.seeds),
        "images": told.n_validation,
        "until": UNTIL,
    }


def _replies(found):
    """To what the asker noted on each claim."""
    run = found.runs[decay_dominates.NAME]["run"]
    h = run.hyperparameters
    data, pulls = load(h), {}
    for start in ("large", "scaled"):
        own = replace(h, initialization=start)
        pulls[start] = snapshots.gradients(snapshots.decayed(own, 0), own, data)
    beside, along = (interval(times).mean for times in first.pulls_over_decay(h, pulls["large"]))
    two = found.runs[decay_per_epoch.NAME]["decay"].hyperparameters
    resting = found.runs[tail_off.NAME]["large"]
    taken, given = third.balance(resting, 0)
    return {
        "pull": interval(pulls["large"].mean[:, 0]).mean,
        "absolute": ratio(pulls["large"].mean[:, 0], pulls["scaled"].mean[:, 0]).mean,
        "relative": ratio(pulls["large"].relative[:, 0], pulls["scaled"].relative[:, 0]).mean,
        "beside": beside,
        "along": along,
        "first": first.FIRST,
        "way": interval(first.data_way(run)[:, 0]).mean,
        "error": theory.claim_error(*two.symbols, two.epochs),
        "updates": theory.memory_updates(*two.symbols[:3]),
        "taken": taken,
        "given": given,
        "threshold": third.collapse(resting.hyperparameters, data.top_singular_value),
    }


def _graphed():
    """What became of the book's own smaller network, from the runs that ship."""
    h = book.arms((30,), book.EPOCHS)["large"]
    run = book.results().run(h)
    return {"h": h, "left": [second.size_left(run, layer).mean for layer in (0, 1)]}


def _contest():
    """What the sizes at rest of many networks say about the exponent in the number of weights."""
    widths = judged_contest.wide(contest.results()["widths"])
    exponent, length = judged_contest.whole_exponent(widths), judged_contest.whole_length(widths).mean(axis=1)
    return {
        "units": (widths.x.min(), widths.x.max()),
        "exponent": exponent,
        "missed": abs(exponent.mean + 0.5),
        "length": (length.min(), length.max()),
    }
