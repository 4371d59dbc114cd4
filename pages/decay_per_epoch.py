"""Claim 2: do the weights decay by a factor exp(-eta*lambda/m) per epoch?"""

from view import frame

frame.enter()

from itertools import cycle

import streamlit as st

from engine import theory, verdicts
from engine.datasets import load
from engine.defaults import DEFAULTS
from engine.statistics import interval
from engine.verdicts import Outcome
from view import article, controls, figures, runs, tables, words
from view.words import between, number, percent

PAGE, DEFAULT = "c2", DEFAULTS["decay_per_epoch"]
MAIN = ("l2", "learning_rate", "batch_size")
MORE = ("n_train", "hidden", "initialization", "activation", "cost", "epochs", "replicates", "seed")
TOLERANCES = (verdicts.TOLERANCE, 0.2)
GUESSES = (0.05, 0.1, 0.3, 0.6, 1.0)


def judgement(run, judged):
    """The verdict in two sentences."""
    h = run.hyperparameters
    eta, lam, n, _ = h.symbols
    if not verdicts.decay_premise(h):
        step = number(theory.decay_step(eta, lam, n))
        return "The claim promises nothing here.", f"It asks for 0 < ηλ ≪ n, and ηλ/n is {step}."
    found = []
    for outcome in Outcome:
        named = [
            part for part, v in {v.part: v for v in judged}.items() if v.outcome == outcome
        ]  # a part's last is of all epochs
        if named:
            found.append(f"{outcome} for the {words.listed(named)}")
    return f"Over {words.plural(run.epochs, 'epoch')} the claim {words.listed(found)}.", words.sentence(kept(run)) + "."


def kept(run):
    """Until when each layer stays near the claim."""
    until = {name: verdicts.kept_until(run, k, verdicts.TOLERANCE) for k, name in enumerate(run.hyperparameters.layer_names)}
    first, *others = until
    lines = [f"the {first} stay within {percent(verdicts.TOLERANCE)} of the claimed size until epoch {until[first]}"]
    return words.listed(lines + [f"the {name} until epoch {until[name]}" for name in others])


def verdict_rows(judged):
    lines = ["| weights | rate per epoch | claim |", "|---|---|---|"]
    for v in judged:
        span = "epoch 1" if v.epochs == 1 else f"epochs 1 to {v.epochs}"

        def rate(value, predicted=v.predicted):
            return words.like(value, predicted)

        lines.append(f"| {v.part}, {span} | {rate(v.measured.mean)} ({between(v.measured, rate)}) | {article.outcome(v)} |")
    return "\n".join(lines)


def course(run, judged, layer):
    """What became of one layer, in numbers."""
    name = run.hyperparameters.layer_names[layer]
    eta, lam, _, m = run.hyperparameters.symbols
    decay, data = (interval(part[:, layer]).mean for part in run.ledger)
    own = [v for v in judged if v.part == name]
    first, whole = own[0], own[-1]
    left = verdicts.size_left(run, layer)

    def rate(verdict):
        return words.like(verdict.measured.mean, verdict.predicted)

    gave = f"the data put back {number(data)}" if data > 0 else f"the data took away another {number(abs(data))}"
    pace = "as decay alone would make them"
    if first.measured.low > first.predicted:
        pace = "faster than decay alone would make them, for the data shrink them too"
    if first.measured.high < first.predicted:
        pace = "slower than decay alone would make them"
    return (
        f"In the first epoch the {name} shrink at a rate of {rate(first)}, {pace}; over all {run.epochs} at {rate(whole)}, where "
        f"{number(whole.predicted)} is claimed. They end at {percent(left.mean)} of their first size, "
        f"not at {percent(theory.claimed_size(eta, lam, m, run.epochs))}. In units of the first $|W|^2$ "
        f"decay took away {number(abs(decay))} in all, and {gave}."
    )


# ---------------------------------------------------------------------------------------------------- the claim

refused = controls.refused(PAGE, MAIN + MORE)
article.opening(
    "How fast do the weights fade?",
    "CLAIM 2 OF 4",
    r"Provided $\eta\lambda \ll n$, the weights will decay by a factor of $\exp(-\eta\lambda/m)$ per epoch.",
    "The second of four claims asked about in [Cross Validated 312642](https://stats.stackexchange.com/q/312642); they come "
    "from an exercise in Michael Nielsen’s [*Neural Networks and Deep "
    "Learning*](http://neuralnetworksanddeeplearning.com/chap3.html) (2015), chapter 3.",
)
article.write(
    "Every weight of a network starts as a random draw, in the question from the standard normal distribution. Training with L2 regularisation then "
    "changes each weight, one mini-batch after another, by a rule with two terms. One shrinks the weight a little, whatever the "
    "data say. The other follows the data."
)
article.equation(theory.UPDATE, 1)
claim_text, bet_place, figure_place = st.container(), st.container(), st.container()

# ---------------------------------------------------------------------------------------------------- controls

values = {}
with article.column(article.FIGURE):
    for name, place in zip(MAIN, st.columns(len(MAIN), gap="large")):
        with place:
            values[name] = controls.draw(PAGE, name, DEFAULT)
    with st.expander("More: examples, network, start, epochs, seeds"):
        for name, place in zip(MORE, cycle(st.columns(2, gap="large"))):
            with place:
                values[name] = controls.draw(PAGE, name, DEFAULT)
    h, problem = controls.hyperparameters(DEFAULT, values)
    for line in [*refused, *([problem] if problem else [])]:
        st.caption(f"Not accepted, so the default is shown: {line}")

eta, lam, n, m = h.symbols
data = load(h)
with claim_text:
    article.write(
        rf"An epoch has {h.updates_per_epoch:,} such updates. Were there no data, it would multiply a weight "
        rf"{h.updates_per_epoch:,} times by $1-\eta\lambda/n$. For $\eta={number(eta)}$, $\lambda={number(lam)}$, $m={m}$ "
        rf"and $n={n:,}$ training examples that makes a factor of {number(theory.decay_per_epoch(eta, lam, n, m), 5)} per epoch. "
        rf"The claim’s $e^{{-\eta\lambda/m}}$ is {number(theory.claimed_size(eta, lam, m, 1), 5)}. But there are data, and the "
        "network learns from them. Do its weights still fade at the pace of decay?"
    )
with bet_place:
    guess = article.bet(
        f"A bet before you look. After {h.epochs} epochs decay alone leaves "
        f"{percent(theory.claimed_size(eta, lam, m, h.epochs))} of a weight. How much of their size do the "
        f"{h.layer_names[0]} of the trained network keep?",
        GUESSES,
        f"{PAGE}_bet",
    )
    reveal_place = st.container()

# ---------------------------------------------------------------------------------------------------- the figure

with figure_place, article.column(article.FIGURE):
    decay_figure = article.Figure(
        "Line chart: size of the weights relative to the start, on a logarithmic axis, by epoch. Dashed: decay as claimed. "
        "One line with its 95 % band for each layer; dots for the weights on blank pixels."
    )
    residual_figure = article.Figure(
        "Line chart: the same sizes divided by the claimed size, less 1, by epoch, over a strip of 5 percent on either side."
    )
with figure_place, article.column():
    status = st.caption("Training")


def draw(run):
    decay_figure.draw(*figures.decay(tables.relative_size(run), h.epochs))
    residual_figure.draw(*figures.residual(tables.residual(run), TOLERANCES, h.epochs))


run = runs.follow(h, "decay", draw, status)
judged = verdicts.decay_per_epoch(run)
blank = int(data.unused_inputs.sum())
network = "-".join(map(str, h.sizes))
with figure_place:
    article.write(
        f":small[**Figure 1.** Size (rms) of the weights of a {network} network that learns to read handwritten digits, relative "
        f"to the start; mean of {words.plural(h.replicates, 'seed')} with its 95 % band. Dashed: the claim. Dots: weights on the "
        f"{blank} pixels that are blank in every training image; they see no data and show decay alone. Below, the same divided "
        f"by the claim, over a grey strip of {percent(verdicts.TOLERANCE)} on either side.]"
    )
with reveal_place:
    article.reveal(guess, GUESSES, verdicts.size_left(run, 0), f"Measured for the {h.layer_names[0]}")

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(
    *judgement(run, judged),
    verdict_rows(judged),
    f"Claimed: ηλ/m = {number(theory.decay_rate(eta, lam, m))} per epoch; measured: ln(rms at the start / rms at the end) / "
    f"epochs. The claim holds where the whole interval over {words.plural(h.replicates, 'seed')} lies within "
    f"{percent(verdicts.TOLERANCE)} of it. Premise: ηλ/n = {number(theory.decay_step(eta, lam, n))}, to be at most "
    f"{number(verdicts.MUCH_LESS)}.",
)

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("Exact: what is left of the draw")
article.write("The decay term of (1) is proportional to $w$, and so a weight is at all times the sum of two parts:")
article.equation(theory.MEMORY, 2)
article.write(
    "The first is what is left of the draw. The second is all that the data ever taught: it starts at 0, and every update "
    r"shrinks it and adds a step against the gradient $g_t$, so that $" + theory.LEARNING + "$. The draw shrinks by "
    r"$\beta=1-\eta\lambda/n$ at every update, and so by"
)
article.equation(theory.DECAY_PER_EPOCH, 3)
article.write(
    rf"""per epoch, whatever the network learns. About this part the claim is a theorem, but for the step from $\rho$ to
$e^{{-\eta\lambda/m}}$, and that costs {percent(theory.claim_error(eta, lam, n, m, h.epochs))} after {h.epochs} epochs.

You need not believe it: the data contain a control group. Of the {h.fan_in} pixels, {blank} are
blank in all {n:,} training images. A weight on such a pixel is always multiplied by 0, so its gradient is 0 and
it learns nothing. The dots in Figure 1 are these weights. Over all epochs and seeds they keep to $\rho^T$ to
{percent(verdicts.memory_error(run), 1)}, the rounding of single precision. Had the simulation got the decay wrong, it would
show here."""
)
article.heading("A layer is draw and learning")
article.write("A layer keeps to the claim as long as the second part of (2) is small beside the first.")
article.write("\n\n".join(course(run, judged, layer) for layer in range(len(h.layer_names))))
article.write(
    """Two things are at work. What is left of the draw shrinks by the same factor every epoch, so whatever has been learned
overtakes it sooner or later. And decay is proportional to the weight, while the pull of the data is not: the smaller a weight
has become, the less it takes to hold it. A straight start on a logarithmic axis is therefore no evidence for the claim. It
says only that the layer is still mostly its draw."""
)

article.heading("What “per epoch” means")
article.write(
    r"""Decay acts once per update. An epoch has $n/m$ updates if $m$ divides $n$, and $\lceil n/m\rceil$ otherwise, the last
with a smaller mini-batch but with no smaller decay. The exact rate is"""
)
article.equation(theory.EXACT_RATE, 4)
article.write(
    rf"""With $\eta={number(eta)}$, $\lambda={number(lam)}$ and the {n:,} examples of Figure 1 the draw fades """
    + words.listed(
        f"at {words.like(theory.rate_ratio(eta, lam, n, size), 1)} times the claimed rate for $m={size:,}$"
        for size in (10, 1000, 3000)
    )
    + """. A mini-batch larger than the training set still makes one update, of all examples. The premise
$\\eta\\lambda\\ll n$ does not exclude this. Try it:"""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "m = 1,000", batch_size=1000)
    controls.preset(PAGE, "m = 3,000, more than n", batch_size=3000)
    controls.preset(PAGE, "the book’s m = 10", batch_size=10)

article.heading("The asker’s limit")
article.write(
    r"""The person who asked proposed to let $n\to\infty$ with $\lambda$ fixed. The claimed rate $\gamma=\eta\lambda/m$ does not
contain $n$: more examples make more updates in an epoch, each with less decay. What $n$ changes is the error of the
exponential,"""
)
article.equation(theory.RELATIVE_ERROR, 5)
article.write(
    rf"""which is {percent(theory.claim_error(eta, lam, n, m, h.epochs))} after {h.epochs} epochs with {n:,} examples, and would be
{percent(theory.claim_error(eta, lam, 20, m, h.epochs))} with 20. So the limit makes the claim exact for the draw. It does
nothing for what has been learned."""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "n = 20", n_train=20)
    controls.preset(PAGE, "all 1,440 examples", n_train=1440)

# ---------------------------------------------------------------------------------------------------- where it stops

article.heading("Where the premise breaks")
article.write(
    r"""Drag $\eta\lambda/n$ away from 0. Up to 1 decay is steady, though faster and faster than the dashed exponential. At
1 every update forgets everything. Beyond 1 the weight overshoots and changes sign, but still shrinks, as fast as it would at
the same distance below 1. At 2 it flips for ever, and beyond it grows without end."""
)
with article.column(article.FIGURE):
    article.Figure(
        "Line chart with a slider for eta lambda over n: a weight that sees no data after 0 to 14 updates, relative to its "
        "start, and the dashed exponential of the claim. Below 1 it shrinks steadily, at 1 it is 0 after one update, between "
        "1 and 2 it alternates and shrinks, at 2 it alternates for ever, above 2 it grows."
    ).draw(*figures.repeated_decay())
article.write(
    ":small[**Figure 2.** A weight that sees no data, update by update: $(1-\\eta\\lambda/n)^t$, and what the claim makes of it. "
    "The slider works while you drag it.]"
)

article.heading("Five meanings of λ")
article.write("The same decay has other names and scales elsewhere. With the values of Figure 1 the book’s $\\lambda$ becomes:")
article.write(
    "\n".join(
        ["| where | factor per update | value |", "|---|---|---|"]
        + [f"| {where} | ${factor}$ | {number(value)} |" for where, factor, value in theory.conventions(eta, lam, n, m)]
    )
)
article.write(
    rf"""Momentum $\mu$ makes the draw fade at $\gamma/(1-\mu)$, as long as $\eta\lambda/n\ll(1-\mu)^2$: for $\mu=0.9$ and the
values above an update leaves {number(theory.momentum_decay_factor(eta, lam, n, 0.9), 6)} of it instead of
{number(theory.decay_factor(eta, lam, n), 6)}. Decoupled decay, as in SGDW and AdamW, is exponential whatever the gradient. L2
inside Adam is not: Adam divides the penalty’s gradient by its own size, and while decay dominates a weight falls at constant
speed ([Loshchilov & Hutter 2019](https://arxiv.org/abs/1711.05101)). These are statements of theory; the runs here are plain
SGD."""
)
low, high = theory.decay_bracket(eta, lam, n, m)
with article.column(), st.expander("Derivation: between which bounds the exact factor lies"):
    st.markdown(
        rf"""For $0<\varepsilon<1$ the integral of $1/(1-x)$ from 0 to $\varepsilon$ lies between its smallest and its largest
integrand times $\varepsilon$: $\varepsilon\le-\ln(1-\varepsilon)\le\varepsilon/(1-\varepsilon)$. With
$\varepsilon=\eta\lambda/n$ and $n/m$ updates in an epoch, multiplying by $-n/m$ and taking the exponential gives

$$
{theory.BRACKET}
$$

so the true decay is always a little faster than claimed. Expanding the logarithm gives (4); its second term, over $T$ epochs,
gives (5). For the values of Figure 1 and $m$ dividing $n$ the bounds are {number(low, 7)} and
{number(high, 7)}."""
    )

article.heading("What to keep")
article.write(
    rf"""The factor $\exp(-\eta\lambda/m)$ per epoch is the law of what is left of the initial draw, and for that it is as good as
exact. A layer obeys it only while it is mostly draw: here {kept(run)}."""
)
article.take_away(
    controls.address(PAGE, values),
    tables.relative_size(run),
    "decay_per_epoch.csv",
    controls.code(h) + "run.weight_rms / run.weight_rms[:, :1]    # (seeds, epochs + 1, layers)\n"
    "run.control_rms / run.control_rms[:, :1]  # (seeds, epochs + 1)\n",
)
