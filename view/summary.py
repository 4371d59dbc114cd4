"""The opening's answer and its verdicts, from the runs of the untouched pages: nothing in it is typed but the words."""

from dataclasses import dataclass, replace
from itertools import pairwise

import streamlit as st

from engine import snapshots, theory
from engine.datasets import load
from engine.defaults import DEFAULTS, UNTIL
from engine.statistics import interval, ratio
from engine.studies import accuracies, book, contest
from engine.verdicts import CONTROL, SAME_SIZE, Outcome, decay_dominates, decay_per_epoch, scaled_start, tail_off
from engine.verdicts import contest as judged_contest
from view import runs, words
from view.words import between, number, percent, points

HIDDEN, OUTPUT = "hidden weights", "output weights"
BARE, BOTH = "accuracy, no L2", "accuracy, scaled start with L2"
"""Meanings beside those of scaled_start: of the large start without L2, and of the scaled start with it."""


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


@dataclass(frozen=True)
class Statement:
    """A few sentences, and the outcomes that they would be false without."""

    text: str
    rests_on: tuple  # of (page, meaning, part, Outcome)


@st.cache_resource(show_spinner=False)
def found():
    """Trained, or taken from the runs that ship with the project; once for all readers."""
    asked = {
        "question": {"run": DEFAULTS["question"]},
        "decay_dominates": {"run": DEFAULTS["decay_dominates"]},
        "decay_per_epoch": {"run": DEFAULTS["decay_per_epoch"]},
        "tail_off": tail_off.arms(DEFAULTS["tail_off"]),
        "scaled_start": scaled_start.arms(DEFAULTS["scaled_start"]),
    }
    trained = {page: {name: runs.cache().train(h) for name, h in arms.items()} for page, arms in asked.items()}
    return Found(trained, {page: judge(trained[page]) for page, judge in JUDGES.items()})


def _dominates(trained):
    run = trained["run"]
    h = run.hyperparameters
    alone = snapshots.decay_alone(h, load(h), [0, decay_dominates.first_epochs(run)])
    return decay_dominates.judge(run, *alone)


def _tails_off(trained):
    h = trained["large"].hyperparameters
    return tail_off.judge(trained, tail_off.collapse(h, load(h).top_singular_value))


def _starts_scaled(trained):
    h, told = trained["large"].hyperparameters, accuracies.results()
    verdicts = [
        scaled_start.judge_accuracy(meaning, h, told.difference(arm, "plain"))
        for meaning, arm in (
            (scaled_start.ACCURACY, "large"),
            (scaled_start.RESCUED, "rescued"),
            (BARE, "bare"),
            (BOTH, "scaled"),
        )
    ]
    for layer, stop in enumerate(scaled_start.stops(h)):
        off = scaled_start.distance(h, scaled_start.faded(h, snapshots.decayed(h, 0), layer), layer)
        verdicts += scaled_start.judge_weights(h, layer, off, scaled_start.distances(h, runs.network(h, stop), layer))
    return [*verdicts, *scaled_start.judge(trained)]


JUDGES = {
    "decay_dominates": _dominates,
    "decay_per_epoch": lambda trained: decay_per_epoch.judge(trained["run"]),
    "tail_off": _tails_off,
    "scaled_start": _starts_scaled,
}


def answer(found):
    """Five Statements: one on each claim, and what follows."""
    return (
        _first_epochs(found),
        _factor(found),
        _floor(found),
        _scaled(found),
        _so(found),
    )


def _first_epochs(found):
    page, claim = "decay_dominates", decay_dominates
    run = found.runs[page]["run"]
    share = {
        (meaning, part): percent(found.measured(page, meaning, part).mean)
        for meaning in (claim.NORM, claim.MOVEMENT)
        for part in (HIDDEN, OUTPUT)
    }
    accuracy = found.measured(page, claim.ACCURACY, claim.NETWORK)
    return Statement(
        "In the first epochs weight decay rules the length of the hidden weights, and little else. With the book’s "
        f"$\\lambda={number(run.hyperparameters.l2)}$ it makes {share[claim.NORM, HIDDEN]} of what changes that length over "
        f"{words.plural(claim.first_epochs(run), 'epoch')}. Of what changes the length of the output weights it makes {share[claim.NORM, OUTPUT]}, and of "
        f"the way that the hidden weights move from one epoch to the next {share[claim.MOVEMENT, HIDDEN]}. Of the gain in accuracy decay alone would bring "
        f"{between(accuracy, percent)}.",
        (
            (page, claim.NORM, HIDDEN, Outcome.HOLDS),
            (page, claim.NORM, OUTPUT, Outcome.PARTLY),
            (page, claim.MOVEMENT, HIDDEN, Outcome.PARTLY),
            (page, claim.MOVEMENT, OUTPUT, Outcome.FAILS),
            (page, claim.COST, claim.NETWORK, Outcome.FAILS),
            (page, claim.ACCURACY, claim.NETWORK, Outcome.FAILS),
        ),
    )


def _factor(found):
    page = "decay_per_epoch"
    run = found.runs[page]["run"]
    until = [decay_per_epoch.last_epoch_within(run, layer, decay_per_epoch.TOLERANCE) for layer in (0, 1)]
    return Statement(
        "The factor $\\exp(-\\eta\\lambda/m)$ per epoch is right for what is left of the initial draw, whatever the network learns. Weights on blank pixels "
        "keep to its exact form to within the rounding of single precision. A whole layer need not keep to it. With "
        f"$\\lambda={number(run.hyperparameters.l2)}$ the hidden weights stay within {percent(decay_per_epoch.TOLERANCE)} until "
        f"epoch {until[0]} and the output weights until epoch {until[1]}.",
        (
            (page, "rate", CONTROL, Outcome.EXACT),
            (page, "rate", HIDDEN, Outcome.FAILS),
            (page, "rate", OUTPUT, Outcome.FAILS),
        ),
    )


def _floor(found):
    page = "tail_off"
    h = found.runs[page]["large"].hyperparameters
    post, book, _ = tail_off.CANDIDATES
    times = {(c, part): number(found.verdict(page, c, part).ratio.mean, 2) for c in (post, book) for part in (HIDDEN, OUTPUT)}
    sizes = [number(found.measured(page, post, part).mean, 2) for part in (HIDDEN, OUTPUT)]
    return Statement(
        "The weights stop falling where the data put back what decay takes, at a size that depends on $\\lambda$ and the task. No count of weights alone can give it. "
        f"With $\\lambda={number(h.l2)}$ the hidden weights come to rest near {sizes[0]} and the output weights near {sizes[1]}, from either start. "
        f"That is {times[post, HIDDEN]} and {times[post, OUTPUT]} times $1/n_w$, and {times[book, HIDDEN]} and {times[book, OUTPUT]} times "
        "$1/\\sqrt{n_w}$.",
        tuple((page, c, part, Outcome.FAILS) for c in (post, book) for part in (HIDDEN, OUTPUT)),
    )


def _scaled(found):
    page, claim = "scaled_start", scaled_start
    h = found.runs[page]["large"].hyperparameters
    clocks = [number(clock) for clock in claim.clocks(h)]
    kept = [number(found.measured(page, claim.FORGOTTEN, part).mean, 2) for part in (HIDDEN, OUTPUT)]
    return Statement(
        "With the gradient off, decay turns N(0, 1) into N(0, 1/$n_\\text{in}$), exactly but for the nearest update. For "
        f"$\\lambda={number(h.l2)}$ that takes {clocks[0]} epochs in the hidden weights and {clocks[1]} in the output weights. With the gradient on the "
        "network has learned by then, and its weights are no such draw. Under L2 both starts end at the same size, to within "
        f"{percent(SAME_SIZE)}, after {words.plural(h.epochs, 'epoch')}. Neither layer has forgotten its draw by then: the cosines with it are {kept[0]} and {kept[1]}.",
        tuple(
            (page, meaning, part, outcome)
            for meaning, outcome in (
                (claim.OFF, Outcome.EXACT),
                (claim.ON, Outcome.FAILS),
                (claim.SIZE, Outcome.HOLDS),
                (claim.FORGOTTEN, Outcome.FAILS),
            )
            for part in (HIDDEN, OUTPUT)
        ),
    )


def _so(found):
    page, claim, told = "scaled_start", scaled_start, accuracies.results()
    ahead = {arm: found.measured(page, meaning, claim.NETWORK) for meaning, arm in ((BARE, "bare"), (claim.ACCURACY, "large"))}
    bare, large = (f"{points(gain.mean)} ({between(gain, points)})" for gain in ahead.values())
    return Statement(
        "So L2 makes the sizes equal, and it is no scaled start. Nor was there anything to rescue: without L2 the large start ends as accurate as the scaled start, "
        f"to within {points(claim.SAME_ACCURACY)} of a percentage point; the difference is {bare}, over {len(told.seeds)} seeds and the same {told.n_validation} unseen images. "
        f"L2 kept on costs accuracy at this $\\lambda$, from either start: from N(0, 1) the difference is {large}.",
        (
            (page, claim.SIZE, HIDDEN, Outcome.HOLDS),
            (page, claim.SIZE, OUTPUT, Outcome.HOLDS),
            (page, BARE, claim.NETWORK, Outcome.HOLDS),
            (page, claim.ACCURACY, claim.NETWORK, Outcome.FAILS),
            (page, BOTH, claim.NETWORK, Outcome.FAILS),
        ),
    )


def lines(found):
    """Page -> its verdict as a person would say it: a Statement."""
    first, factor, floor, scaled, so = answer(found)
    return {
        "decay_dominates": Statement(
            "True of one thing, the length of the hidden weights. Of the output weights’ length, and of the hidden weights’ movement, decay makes half or "
            "more, not nearly all. Of the accuracy that is gained it makes next to nothing.",
            first.rests_on,
        ),
        "decay_per_epoch": Statement(
            "Exact for what is left of the draw. False for a layer, once it has learned.", factor.rests_on
        ),
        "tail_off": Statement(
            "False: it tails off at a size that no count of weights gives, and that λ moves.", floor.rests_on
        ),
        "scaled_start": Statement(
            "In size the two starts end equal. In their weights they do not. L2 left on costs accuracy, from either start.",
            (*scaled.rests_on, *so.rests_on),
        ),
    }


def replies(found):
    """To what the asker noted on each claim."""
    h = found.runs["decay_dominates"]["run"].hyperparameters
    data = load(h)
    pulls = {}
    for start in ("large", "scaled"):
        own = replace(h, initialization=start)
        pulls[start] = snapshots.gradients(snapshots.decayed(own, 0), own, data)
    absolute, relative = (
        ratio(getattr(pulls["large"], of)[:, 0], getattr(pulls["scaled"], of)[:, 0]).mean for of in ("mean", "relative")
    )
    run = found.runs["decay_dominates"]["run"]
    beside, along = (interval(times).mean for times in decay_dominates.pulls_over_decay(h, pulls["large"]))
    way = interval(decay_dominates.data_way(run)[:, 0]).mean
    two = found.runs["decay_per_epoch"]["run"].hyperparameters
    error, updates = theory.claim_error(*two.symbols, two.epochs), theory.memory_updates(*two.symbols[:3])
    resting = found.runs["tail_off"]["large"]
    taken, given = tail_off.balance(resting, 0)
    three = resting.hyperparameters
    threshold = tail_off.collapse(three, data.top_singular_value)
    rescued = found.measured("scaled_start", scaled_start.RESCUED, scaled_start.NETWORK)
    return f"""**On 1, that the mean gradient is often about 0.** Not in size. From N(0, 1) the mean gradient over all examples has at the
start an rms of {number(interval(pulls["large"].mean[:, 0]).mean, 2)} in the hidden weights, {number(absolute, 2)} times that from the scaled start. Nor is it small beside
decay: at the first update the pull of the data on the hidden weights is {number(beside, 2)} times that of decay. But only {number(along, 2)} times that of decay points along the weights,
where it changes their length. And from update to update it turns, while decay keeps its direction: from one epoch to the next, over the first {decay_dominates.FIRST}, the data
move the hidden weights {number(way, 2)} times as far as decay does. What favours decay is that it is proportional to the weight and the gradient is not: relative to the weight, the
gradient from N(0, 1) is {number(relative, 2)} times that from the scaled start.

**On 2: let $n\\to\\infty$ with $\\lambda$ fixed.** It makes the exponential exact, for the draw; the error here is {percent(error)} after
{two.epochs} epochs. It does not make it right for a layer: the draw takes $n/(\\eta\\lambda)$ updates to fade by a factor $e$, here {number(updates)}, and
the network learns in each.

**On 3, why the decay should stop at $1/n_w$, and whether it vanishes in later epochs.** Decay never vanishes: it takes the same share of every weight at every update. It is cancelled.
At the end of the untouched page of claim 3 it takes {percent(taken)} of the hidden weights’ $|W|^2$ in an epoch, and the data put {percent(given)} back. That much of the thought is right: thanks to the
gradient, weights need not go to 0. But where they stop no count of weights can say. Under another $\\lambda$ the same weights stop elsewhere, and above
$\\lambda={number(threshold)}$ they collapse towards 0.

**On 4, that L2 may cut the weights down and so emulate N(0, 1/$n_\\text{{in}}$).** With the gradient switched off, exactly so, with one clock for each layer.
With it on, the network learns while its weights shrink, and arrives somewhere else. With L2 switched off after epoch {UNTIL}
its accuracy minus that of the scaled start is {points(rescued.mean)} percentage points ({between(rescued, points)}), over {len(accuracies.SEEDS)} seeds."""


def book_line():
    """What became of the book's own smaller network, from the runs that ship."""
    h = book.arms((30,), book.EPOCHS)["large"]
    run = book.results().run(h)
    hidden, output = (percent(decay_per_epoch.size_left(run, layer).mean) for layer in range(2))
    return f"The book’s {'-'.join(map(str, h.sizes))} network on MNIST, from N(0, 1), {words.plural(h.replicates, 'seed')}: after the {h.epochs} epochs of the book’s graph the {h.layer_names[0]} are at {hidden} of their start, the {h.layer_names[1]} at {output}."


def slip(found):
    """1/n_w for 1/sqrt(n)."""
    h = found.runs["tail_off"]["large"].hyperparameters
    post, book, _ = tail_off.predicted(h, 0)
    return f"""The question has $1/n_w$ in its third claim. The exercise in the book has $1/\\sqrt{{n}}$, and there, for once, $n$ is the total number of
weights. For the {h.n_weights:,} weights of this network that is {number(book)} instead of {number(post)}. The article tests both, and the
$1/\\sqrt{{n_\\text{{in}}}}$ to which the usual argument really leads. Everywhere in it $n$ is the number of training examples and $n_w$ that of the weights."""


def contest_line():
    """What the sizes at rest of many networks say about the exponent in the number of weights."""
    widths = judged_contest.wide(contest.results()["widths"])
    measured, length = judged_contest.whole_exponent(widths), judged_contest.whole_length(widths).mean(axis=1)
    units = words.listed(f"{x:.0f}" for x in (widths.x.min(), widths.x.max()))
    return (
        f"Many networks can tell the two apart. Between {units} hidden units, the size at rest of all weights together falls with their number $n_w$ with the exponent "
        f"{number(measured.mean, 4)} ({between(measured, words.four)}). The post’s would be −1, and the book’s −½ is missed by {number(abs(measured.mean + 0.5), 1)}. The size "
        f"itself is not the book’s: it is {number(length.min())} to {number(length.max())} times $1/\\sqrt{{n_w}}$, a factor that the task and $\\lambda$ set. The page of claim 3 has the "
        "contest, with the layers apart and with other things varied, where no count keeps its exponent."
    )


def weights(h):
    """How many each layer has, in words."""
    return words.listed(f"{a * b:,} {name}" for (a, b), name in zip(pairwise(h.sizes), h.layer_names))
