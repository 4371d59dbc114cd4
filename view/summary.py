"""The opening's answer and its verdicts, from the runs of the untouched pages: nothing in it is typed but the words."""

from dataclasses import dataclass, replace
from itertools import pairwise

import streamlit as st

from engine import book, contest, snapshots, theory
from engine.datasets import load
from engine.defaults import DEFAULTS, UNTIL
from engine.statistics import interval, ratio
from engine.verdicts import CONTROL, Outcome, decay_dominates, decay_per_epoch, scaled_start, tail_off
from engine.verdicts import contest as judged_contest
from view import article, runs, words
from view.tables.tail_off import LATEX
from view.words import between, number, percent, points

HIDDEN, OUTPUT = "hidden weights", "output weights"

SAME = {
    scaled_start.OFF: "“Decay makes the scaled start”, with the gradient off,",
    scaled_start.ON: "the same with the gradient on",
    scaled_start.SIZE: "“equal sizes at the end”",
    scaled_start.FORGOTTEN: "“the draw is forgotten”",
    scaled_start.ACCURACY: "“equal accuracy”, L2 kept on,",
    scaled_start.RESCUED: "the same with L2 switched off",
}


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
class Sentence:
    """A sentence of the answer, and the outcomes that it would be false without."""

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
        "scaled_start": scaled_start.arms(DEFAULTS["scaled_start"])
        | {
            "rescued": scaled_start.rescue(DEFAULTS["scaled_start"], UNTIL),
            "bare": scaled_start.bare(DEFAULTS["scaled_start"]),
        },
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
    arms = {name: trained[name] for name in ("large", "scaled", "plain")}
    h = arms["large"].hyperparameters
    verdicts = []
    for layer, stop in enumerate(scaled_start.stops(h)):
        off = scaled_start.distance(h, scaled_start.faded(h, snapshots.decayed(h, 0), layer), layer)
        verdicts += scaled_start.judge_weights(h, layer, off, scaled_start.distances(h, runs.network(h, stop), layer))
    return [*verdicts, *scaled_start.judge(arms), scaled_start.judge_rescue(trained["rescued"], arms["plain"])]


JUDGES = {
    "decay_dominates": _dominates,
    "decay_per_epoch": lambda trained: decay_per_epoch.judge(trained["run"]),
    "tail_off": _tails_off,
    "scaled_start": _starts_scaled,
}


def answer(found):
    """The five Sentences."""
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
    length, way = (percent(found.measured(page, meaning, HIDDEN).mean) for meaning in (claim.NORM, claim.MOVEMENT))
    accuracy = found.measured(page, claim.ACCURACY, claim.NETWORK)
    added = [percent(interval(claim.norm_changes(run)[1][:, layer]).mean) for layer in (0, 1)]
    return Sentence(
        "In the first epochs weight decay rules the length of the hidden weights, but neither the way they move nor what the network "
        f"does: over {claim.first_epochs(run)} epochs with $\\lambda={number(run.hyperparameters.l2)}$ it makes {length} of what changes "
        f"their length, {way} of their movement and {between(accuracy, percent)} of the gain in accuracy; in the output weights the data "
        f"outweigh it, adding {added[1]} to $|W|^2$ where they add {added[0]} to that of the hidden weights, which they mostly turn.",
        (
            (page, claim.NORM, HIDDEN, Outcome.HOLDS),
            (page, claim.MOVEMENT, HIDDEN, Outcome.FAILS),
            (page, claim.ACCURACY, claim.NETWORK, Outcome.FAILS),
            (page, claim.NORM, OUTPUT, Outcome.FAILS),
        ),
    )


def _factor(found):
    page = "decay_per_epoch"
    run = found.runs[page]["run"]
    until = [decay_per_epoch.last_epoch_within(run, layer, decay_per_epoch.TOLERANCE) for layer in (0, 1)]
    return Sentence(
        "The factor $\\exp(-\\eta\\lambda/m)$ per epoch is right for what is left of the initial draw, whatever the network learns, and weights "
        f"on blank pixels keep to its exact form within {number(decay_per_epoch.memory_error(run), 1)} of their size; a whole layer need not keep "
        f"to it: with $\\lambda={number(run.hyperparameters.l2)}$ the hidden weights stay within {percent(decay_per_epoch.TOLERANCE)} until "
        f"epoch {until[0]} and the output weights until epoch {until[1]}.",
        (
            (page, "rate", CONTROL, Outcome.HOLDS),
            (page, "rate", HIDDEN, Outcome.FAILS),
            (page, "rate", OUTPUT, Outcome.FAILS),
        ),
    )


def _floor(found):
    page = "tail_off"
    h = found.runs[page]["large"].hyperparameters
    post, book, _ = tail_off.CANDIDATES
    times = {(c, part): number(found.verdict(page, c, part).ratio.mean, 2) for c in (post, book) for part in (HIDDEN, OUTPUT)}
    sizes = [number(found.measured(page, post, part).mean) for part in (HIDDEN, OUTPUT)]
    return Sentence(
        "It tails off where the pull of the data balances it, at a size that depends on $\\lambda$ and the task, so that no count of weights alone can give it: with "
        f"$\\lambda={number(h.l2)}$, from either start, the hidden weights come to rest at {sizes[0]} and the output weights at {sizes[1]}, "
        f"which is {times[post, HIDDEN]} and {times[post, OUTPUT]} times $1/n_w$, and {times[book, HIDDEN]} and {times[book, OUTPUT]} times "
        "$1/\\sqrt{n_w}$.",
        tuple((page, c, part, Outcome.FAILS) for c in (post, book) for part in (HIDDEN, OUTPUT)),
    )


def _scaled(found):
    page, claim = "scaled_start", scaled_start
    h = found.runs[page]["large"].hyperparameters
    clocks = [number(clock) for clock in claim.clocks(h)]
    kept = [number(found.measured(page, claim.FORGOTTEN, part).mean, 2) for part in (HIDDEN, OUTPUT)]
    return Sentence(
        f"With the gradient off, decay turns N(0, 1) into N(0, 1/$n_\\text{{in}}$), to the nearest update, after {clocks[0]} epochs in the "
        f"hidden weights and {clocks[1]} in the output weights for $\\lambda={number(h.l2)}$; with the gradient on the network has learned by "
        f"then and its weights are no such draw, and though both starts have the same size after {h.epochs} epochs of L2, neither layer has "
        f"forgotten its draw (cosine {kept[0]} and {kept[1]}).",
        tuple(
            (page, meaning, part, outcome)
            for meaning, outcome in (
                (claim.OFF, Outcome.HOLDS),
                (claim.ON, Outcome.FAILS),
                (claim.SIZE, Outcome.HOLDS),
                (claim.FORGOTTEN, Outcome.FAILS),
            )
            for part in (HIDDEN, OUTPUT)
        ),
    )


def _so(found):
    page, claim = "scaled_start", scaled_start
    arms = found.runs[page]
    gains = {name: claim.gain(arms[name], arms["plain"]) for name in ("bare", "large", "rescued", "scaled")}
    told = {name: f"{points(gain.mean)} ({between(gain, points)})" for name, gain in gains.items()}
    return Sentence(
        "So L2 makes the sizes equal, and it is not a scaled start: in percentage points above the scaled start without L2, the accuracy "
        f"on unseen images is {told['bare']} from N(0, 1) without L2, {told['large']} with L2 kept on, where the scaled start comes to "
        f"{told['scaled']}, and {told['rescued']} with L2 until epoch {UNTIL}.",
        (
            (page, claim.SIZE, HIDDEN, Outcome.HOLDS),
            (page, claim.SIZE, OUTPUT, Outcome.HOLDS),
            (page, claim.ACCURACY, claim.NETWORK, Outcome.UNDECIDED),
            (page, claim.RESCUED, claim.NETWORK, Outcome.HOLDS),
        ),
    )


def lines(found):
    """Page -> its verdict in one line."""
    whole = [v for v in found.verdicts["decay_per_epoch"] if v.epochs > 1]
    told = {
        "decay_dominates": f"It {article.by_outcome(found.verdicts['decay_dominates'], _dominated)}",
        "decay_per_epoch": f"It {article.by_outcome(whole, lambda v: f'the {v.part}')}",
        "tail_off": f"At rest, and within a factor of {number(tail_off.AROUND)}, {words.listed(article.outcomes(found.verdicts['tail_off'], LATEX.get))}",
        "scaled_start": words.listed(article.outcomes(found.verdicts["scaled_start"], SAME.get)),
    }
    return {page: f"{line}." for page, line in told.items()}


def _dominated(v):
    return f"the {v.meaning}" + ("" if v.part == decay_dominates.NETWORK else f" of the {v.part}")


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
    two = found.runs["decay_per_epoch"]["run"].hyperparameters
    error, updates = theory.claim_error(*two.symbols, two.epochs), theory.memory_updates(*two.symbols[:3])
    three = found.runs["tail_off"]["large"].hyperparameters
    threshold = tail_off.collapse(three, data.top_singular_value)
    grid = tail_off.collapse_grid(three, threshold)
    saved = found.measured("scaled_start", scaled_start.RESCUED, scaled_start.NETWORK)
    passed = tail_off.passed(grid.split(runs.cache().train(grid)), 0)
    return f"""**On 1: “the mean gradient is often about 0.”** Not in size. From N(0, 1) the mean gradient over all examples has at the
start an rms of {number(interval(pulls["large"].mean[:, 0]).mean, 2)} in the hidden weights, {number(absolute, 2)} times that from the scaled start. Relative to the weight it is
{number(relative, 2)} times. Decay is proportional to the weight and the gradient is not; that is what favours decay while weights are large.

**On 2: let $n\\to\\infty$ with $\\lambda$ fixed.** It makes the exponential exact, for the draw; the error here is {percent(error)} after
{two.epochs} epochs. It does not make it right for a layer: the draw takes $n/(\\eta\\lambda)$ updates to fade by a factor $e$, here {number(updates)}, and
the network learns in each.

**On 3: “cannot see why.”** A count of weights alone cannot give the size. Under another $\\lambda$ the same weights stop elsewhere, and the
hidden weights can be made to stop at {words.listed(map(LATEX.get, passed))} by choosing one. Above $\\lambda={number(threshold)}$ the data cannot hold
them, and little is left.

**On 4: perhaps L2 cuts the weights and so emulates N(0, 1/$n_\\text{{in}}$).** With the gradient switched off, exactly so, with one clock for each layer.
With it on, the network learns while its weights shrink, and arrives somewhere else. With L2 switched off after epoch {UNTIL}
its accuracy less that of the scaled start is {points(saved.mean)} percentage points ({between(saved, points)})."""


def book_line():
    """What became of the book's own smaller network, from the runs that ship."""
    h = book.arms((30,), book.EPOCHS)["large"]
    run = book.audit().run(h)
    hidden, output = (percent(decay_per_epoch.size_left(run, layer).mean) for layer in range(2))
    return f"The book’s {'-'.join(map(str, h.sizes))} network on MNIST, from N(0, 1), {words.plural(h.replicates, 'seed')}: after the {h.epochs} epochs of the book’s graph the {h.layer_names[0]} are at {hidden} of their start, the {h.layer_names[1]} at {output}."


def slip(found):
    """1/n_w for 1/sqrt(n)."""
    h = found.runs["tail_off"]["large"].hyperparameters
    post, book, _ = tail_off.predicted(h, 0)
    return f"""The question has $1/n_w$ in its third claim. The exercise in the book has $1/\\sqrt{{n}}$, and there, for once, $n$ is the total number of
weights. For the {h.n_weights:,} weights of this network that is {number(book)} instead of {number(post)}. The article tests both, and the
$1/\\sqrt{{n_\\text{{in}}}}$ to which the usual argument really leads. Everywhere in it $n$ is the number of training examples and $n_w$ that of the weights."""


def contest_line(found):
    """What the floors of many networks say about the exponent in the width."""
    times = next(v for v in found.verdicts["tail_off"] if v.meaning == tail_off.CANDIDATES[1]).ratio.mean
    widths = contest.results()["widths"]
    measured, said = judged_contest.exponent(widths, 0), judged_contest.predicted(widths, 0)
    post, book_says, _ = (said[c] for c in tail_off.CANDIDATES)
    return (
        f"Floors of many networks can tell the two apart: as the width grows, those of the hidden weights fall with the exponent {number(measured.mean, 2)} "
        f"({between(measured, words.short)}), where the post’s would be {number(post, 2)} and the book’s {number(book_says, 2)}. So for the hidden "
        f"weights the book’s exponent is nearly right as the width grows; its size is {number(times, 2)} times too small in the network above. With λ, and for the output "
        "weights as the inputs grow in number, its exponent fails too. The page of claim 3 has the contest."
    )


def weights(h):
    """How many each layer has, in words."""
    return words.listed(f"{a * b:,} {name}" for (a, b), name in zip(pairwise(h.sizes), h.layer_names))
