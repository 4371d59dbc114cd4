"""Claim 2: do the weights decay by a factor exp(-eta*lambda/m) per epoch?"""

from view import frame

frame.enter()

import streamlit as st

from engine import theory, verdicts
from engine.datasets import load
from engine.defaults import DEFAULTS
from engine.statistics import interval
from engine.verdicts import CONTROL
from engine.verdicts import decay_per_epoch as claim
from view import article, controls, regimes, runs, words
from view.figures import decay_per_epoch as figures
from view.tables import decay_per_epoch as tables
from view.words import between, number, percent

PAGE, DEFAULT = "c2", DEFAULTS["decay_per_epoch"]
WHY = "the book’s λ, and long enough for decay alone to reach a twentieth"
MAIN = ("l2", "learning_rate", "batch_size")
MORE = ("dataset", "n_train", "hidden", "initialization", "activation", "cost", "epochs", "replicates", "seed")
TOLERANCES = (0.01, claim.TOLERANCE, 0.2)
GUESSES = (0.05, 0.1, 0.3, 0.6, 1.0)
FEW = 50
"""Training examples, in the text on the limit of many."""


def judgement(run, judged):
    """The verdict in two sentences."""
    h = run.hyperparameters
    eta, lam, n, _ = h.symbols
    if not claim.premise(h):
        step = number(theory.decay_step(eta, lam, n))
        return "The claim promises nothing here.", f"It asks for 0 < ηλ ≪ n, and ηλ/n is {step}."
    whole = [v for v in judged if v.part == CONTROL or v.epochs == run.epochs]
    return f"Over {words.plural(run.epochs, 'epoch')} the claim {article.by_outcome(whole, about)}.", words.sentence(
        near(run)
    ) + "."


def about(v):
    return f"the {v.part}"


def near(run):
    """Until when each layer stays near the claim."""
    h = run.hyperparameters
    if h.replicates == 1:
        return "one seed has no interval, so nothing is said about when a layer leaves the claim"
    until = {name: until_epoch(run, k) for k, name in enumerate(h.layer_names)}
    first, *others = until
    lines = [f"the {first} stay within {percent(claim.TOLERANCE)} of the claimed size {until[first]}"]
    return words.listed(lines + [f"the {name} {until[name]}" for name in others])


def until_epoch(run, layer):
    epoch = claim.last_epoch_within(run, layer, claim.TOLERANCE)
    if epoch == run.epochs:
        return "to the end"
    return f"until epoch {epoch}" if epoch else "for no whole epoch"


def verdict_rows(judged):
    lines = ["| weights | rate per epoch | claim |", "|---|---|---|"]
    for v in judged:
        span = "epoch 1" if v.epochs == 1 else f"epochs 1 to {v.epochs}"

        def rate(value, predicted=v.predicted):
            return words.like(value, predicted)

        lines.append(f"| {v.part}, {span} | {rate(v.measured.mean)} ({between(v.measured, rate)}) | {article.outcome(v)} |")
    return "\n".join(lines)


def near_rows(run):
    """Until which epoch each layer keeps within each tolerance."""
    lines = ["| last epoch within | " + " | ".join(map(percent, TOLERANCES)) + " |", "|---|---|---|---|"]
    for layer, name in enumerate(run.hyperparameters.layer_names):
        until = (str(claim.last_epoch_within(run, layer, tolerance)) for tolerance in TOLERANCES)
        lines.append(f"| {name} | " + " | ".join(until) + " |")
    return "\n".join(lines)


def course(run, judged, layer):
    """What became of one layer, in numbers."""
    name = run.hyperparameters.layer_names[layer]
    eta, lam, n, m = run.hyperparameters.symbols
    own = [v for v in judged if v.part == name]
    first, whole = own[0], own[-1]
    pull = interval(run.norm_change_data[:, 0, layer])
    part = "what the data do to their size cannot be told from these seeds"
    if pull.high < 0:
        part = "the data shrink them too"
    if pull.low > 0:
        part = "the data hold them back"
    decay, data = (interval(changes[:, :, layer].sum(axis=1)).mean for changes in run.ledger)
    took = "took away" if decay <= 0 else "added"
    gave = ("put back" if decay <= 0 else "added") if data > 0 else "took away"
    alone = theory.exact_decay_rate(eta, lam, n, m)
    return (
        f"In the first epoch the rate of the **{name}** is {words.like(first.measured.mean, alone)}. Decay alone gives "
        f"{words.like(alone, alone)}; {part}. Over all {run.epochs} epochs the rate is {words.like(whole.measured.mean, alone)}. "
        f"They end at {percent(claim.size_left(run, layer).mean)} of their first size, where decay alone leaves "
        f"{percent(theory.memory_size(eta, lam, n, m, run.epochs))}. In units of the first $|W|^2$, decay {took} "
        f"{number(abs(decay))} in all and the data {gave} {number(abs(data))}."
    )


# ---------------------------------------------------------------------------------------------------- the claim

article.opening(
    "How fast do the weights fade?",
    "CLAIM 2 OF 4",
    r"Provided $\eta\lambda \ll n$, the weights will decay by a factor of $\exp(-\eta\lambda/m)$ per epoch.",
    "The second of four claims asked about in [Cross Validated 312642](https://stats.stackexchange.com/q/312642); they come "
    "from an exercise in Michael Nielsen’s [*Neural Networks and Deep "
    "Learning*](http://neuralnetworksanddeeplearning.com/chap3.html) (2015), chapter 3.",
)
article.write(
    "Every weight of a network starts as a random draw; in the question, from the standard normal distribution. Training with L2 regularisation then "
    "changes each weight, one mini-batch after another, by a rule with two terms. One shrinks the weight a little, whatever the "
    "data say. The other follows the data."
)
article.equation(theory.UPDATE, 1)
claim_text, bet_place, figure_place = st.container(), st.container(), st.container()

# ---------------------------------------------------------------------------------------------------- controls

h = controls.panel(PAGE, DEFAULT, MAIN, MORE, WHY)
eta, lam, n, m = h.symbols
data = load(h)
many, size = words.in_formula(n), words.in_formula(m)
with claim_text:
    article.write(
        rf"An epoch has {words.plural(h.updates_per_epoch, 'such update')}. Without data each would multiply a weight by "
        rf"$1-\eta\lambda/n$. For $\eta={number(eta)}$, $\lambda={number(lam)}$, $m={size}$ and $n={many}$ training examples that "
        rf"makes a factor of {number(theory.decay_per_epoch(eta, lam, n, m), 5)} per epoch. The claim’s $e^{{-\eta\lambda/m}}$ is "
        rf"{number(theory.claimed_size(eta, lam, m, 1), 5)}. But there are data, and the network learns from them. Do its weights "
        "still fade at the pace of decay?"
    )
with bet_place:
    guess = article.bet(
        f"A bet before you look. After {h.epochs} epochs decay alone leaves "
        f"{percent(theory.memory_size(eta, lam, n, m, h.epochs))} of a weight. How much of their size do the "
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


def draw(followed):
    run = followed["decay"]
    decay_figure.draw(*figures.decay(tables.relative_size(run), h.epochs))
    residual_figure.draw(*figures.residual(tables.residual(run), claim.TOLERANCE, h.epochs))


run = runs.follow({"decay": h}, draw, status)["decay"]
judged = claim.judge(run)
blank = int(data.unused_inputs.sum())
network = "-".join(map(str, h.sizes))
drawn = "one seed" if h.replicates == 1 else f"mean of {h.replicates} seeds with its 95 % band"
with figure_place:
    article.write(
        f":small[**Figure 1.** Size (rms) of the weights of a {network} network that learns to read handwritten digits, relative to "
        f"the start; {drawn}. Dashed: the claim; dotted: exact decay, where it differs. Dots: weights on the {blank} pixels that are "
        "blank in every training image; they see no data and show decay alone. Below, the size over the claim, with a grey strip of "
        f"{percent(claim.TOLERANCE)} on either side.]"
    )
with reveal_place:
    article.reveal(guess, GUESSES, claim.size_left(run, 0), f"Measured for the {h.layer_names[0]}")

# ---------------------------------------------------------------------------------------------------- the verdict

rate = theory.decay_rate(eta, lam, m)
article.verdict(
    *judgement(run, judged),
    verdict_rows(judged),
    f"Claimed: ηλ/m = {number(rate)} per epoch; measured: ln(rms at the start / rms at the end) / epochs. The claim holds where the "
    f"whole 95 % interval over {words.plural(h.replicates, 'seed')} lies within {percent(claim.TOLERANCE)} of it, and fails where "
    "the whole interval lies outside. The table judges the rate, the sentence above it the size; while ηλT/m is below 1 the rate is the stricter. "
    f"Premise: ηλ/n = {number(theory.decay_step(eta, lam, n))}, to be at most {number(verdicts.MUCH_LESS)}.",
)

# ---------------------------------------------------------------------------------------------------- the argument

step, exponential = theory.decay_step(eta, lam, n), r"$e^{-\eta\lambda/m}$"
article.heading("Exact: what is left of the draw")
article.write("Rule (1) shrinks what is there and adds a step. So a weight is at all times the sum of two parts:")
article.equation(theory.MEMORY, 2)
article.write(
    rf"""The first is what is left of the draw. The second collects the steps against the gradient $g_t$, each shrunk since:
${theory.LEARNING}$, from $v_0=0$. The draw shrinks by $\beta=1-\eta\lambda/n$ at every update. An epoch has
$B=\lceil n/m\rceil$ updates, and so it shrinks the draw by"""
)
article.equation(theory.DECAY_PER_EPOCH, 3)
error = theory.claim_error(eta, lam, n, m, h.epochs)
steady = 0 < step < 1
cost = rf"which is no approximation for $\eta\lambda/n={number(step)}$"
if steady:
    cost = f"which makes a difference of {percent(error)} after {h.epochs} epochs"
if step == 0:
    cost = "and without decay the two are the same"
article.write(
    rf"""whatever the network learns. After $T$ epochs $\rho^T$ is left. About this part the claim is a theorem, but for the step
from $\rho$ to {exponential}, {cost}.

You need not believe it: the data contain a control group. Of the {h.fan_in} pixels, {blank} are blank in all {n:,} training
images. A weight on such a pixel is always multiplied by 0, so its gradient is 0 and it learns nothing. The dots in Figure 1 are
these weights. Wherever single precision can hold their size they keep to $|\rho|^T$, over all epochs and seeds, to
{percent(claim.memory_error(run), 1)}. Had the simulation got the decay wrong, it would show here."""
)
article.heading("A layer is draw and learning")
article.write(
    "By (2) the size of a layer differs from that of its fading draw by at most the size of what it has learned, $|v_t|$. Once that is not small "
    "beside the draw, a layer can meet the claim only by accident."
)
if run.epochs:
    article.write("\n\n".join(course(run, judged, layer) for layer in range(len(h.layer_names))))
if h.replicates > 1 and claim.premise(h):
    article.write(near_rows(run))
article.write(
    r"""Two things are at work. For $0<\eta\lambda/n<2$ the draw fades by the same factor every epoch, and what the network keeps
learning does not. And decay is proportional to the weight, while the pull of the data is not: the smaller the weight, the less
it takes to hold it. A straight start on a logarithmic axis therefore shows that little has been learned so far, not that the
factor will last."""
)

article.heading("What “per epoch” means")
article.write(
    r"""Decay acts once per update. If $m$ does not divide $n$, the last mini-batch of an epoch is smaller, but its decay is not. With
$\varepsilon=\eta\lambda/n$ between 0 and 1 and the claimed rate $\gamma=\eta\lambda/m$, the exact rate per epoch is"""
)
article.equation(theory.EXACT_RATE, 4)
ratios = words.listed(
    f"at {words.like(theory.rate_ratio(eta, lam, n, other), 1)} times the claimed rate for $m={words.in_formula(other)}$"
    for other in (10, 1000, 3000)
)
fades = rf"With $\eta={number(eta)}$, $\lambda={number(lam)}$ and the {n:,} examples of Figure 1 the draw fades {ratios}. "
article.write(
    (fades if steady else "")
    + r"""A mini-batch that would hold more than all examples makes one update an epoch. The premise $\eta\lambda\ll n$ does not
exclude it. Try it:"""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "m = 1,000", batch_size=1000)
    controls.preset(PAGE, "m = 3,000, more than n", batch_size=3000)
    controls.preset(PAGE, "the book’s m = 10", batch_size=10)

article.heading("The asker’s limit")
article.write(
    r"""The person who asked proposed to let $n\to\infty$ with $\lambda$ fixed. The claimed rate $\gamma$ does not contain $n$: more
examples make more updates in an epoch, each with less decay. What $n$ changes is the error of the exponential, for small errors"""
)
article.equation(theory.RELATIVE_ERROR, 5)
few = "" if n == FEW else f" and would be {percent(theory.claim_error(eta, lam, FEW, m, h.epochs))} with {FEW}"
here = f" It is {percent(error)} after {h.epochs} epochs with {n:,} examples{few}." if steady else ""
updates = f", here {number(theory.memory_updates(eta, lam, n))}," if steady else ""
article.write(
    rf"""and $\frac\varepsilon2\gamma T$ where $m$ divides $n$.{here} So the limit makes the claim exact for the draw. For a layer it makes
things worse: while the draw fades by a factor $e$ some $n/(\eta\lambda)$ updates pass{updates} and the network learns in each."""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "n = 50", n_train=FEW)
    controls.preset(PAGE, "n = 20, too few for λ = 5", n_train=20)
    controls.preset(PAGE, "n = 1,440", n_train=1440)

# ---------------------------------------------------------------------------------------------------- where it stops

article.heading("Where the premise breaks")
article.write(
    r"""The premise wants $\eta\lambda/n$ far below 1. Drag it up to see what happens as it grows. Up to 1 decay is steady, though ever
faster than the dashed exponential. At 1 one update leaves nothing. Beyond 1 the weight overshoots and changes sign, but still
shrinks, as fast as it would at the same distance below 1. At 2 it flips for ever, and beyond it grows without end."""
)
with article.column(article.FIGURE):
    article.Figure(
        "Line chart with a slider for eta lambda over n: a weight that sees no data after 0 to 14 updates, relative to its "
        "start, and the dashed exponential of the claim. Below 1 it shrinks steadily, at 1 it is 0 after one update, between "
        "1 and 2 it alternates and shrinks, at 2 it alternates for ever, above 2 it grows."
    ).draw(*figures.repeated_decay())
article.write(
    r":small[**Figure 2.** A weight that sees no data, update by update: $(1-\eta\lambda/n)^t$, and what the claim makes of it, "
    r"$e^{-\eta\lambda t/n}$. The slider works while you drag it.]"
)

article.write("And with data? Over η and λ, the verdict on the rate of the first epoch:")
regimes.show(
    PAGE, "decay_per_epoch", "rate", DEFAULT.layer_names, h, "Whether the weights decay at the claimed rate in epoch 1,"
)

article.heading("Five meanings of λ")
article.write(
    "The same decay has other names and scales elsewhere. With the values of Figure 1, $\\lambda$ as the book counts it is the same as:"
)
article.write(
    "\n".join(
        ["| where | factor per update | value |", "|---|---|---|"]
        + [f"| {where} | ${factor}$ | {number(value)} |" for where, factor, value in theory.conventions(eta, lam, n, m)]
    )
)
momentum = (
    f": for $\\mu=0.9$ and the values above an update then leaves {number(theory.momentum_decay_factor(eta, lam, n, 0.9), 6)} of it "
    f"instead of {number(theory.decay_factor(eta, lam, n), 6)}"
    if lam and theory.momentum_is_monotone(eta, lam, n, 0.9)
    else ""
)
article.write(
    rf"""With momentum $\mu$, and after some $1/(1-\mu)$ updates, the draw fades at the rate $\gamma/(1-\mu)$, as long as
$\eta\lambda/n\ll(1-\mu)^2${momentum}. Decoupled decay, as in SGDW and AdamW ([Loshchilov & Hutter
2019](https://arxiv.org/abs/1711.05101)), multiplies the draw by a fixed factor whatever the gradient. L2 inside Adam does not:
Adam divides the step by the gradient’s own size, so that a weight ruled by decay falls at nearly constant speed. These are
statements of theory; the runs here are plain SGD."""
)
low, high = theory.decay_bracket(eta, lam, n, m)
bounds = f" For the values of Figure 1 the bounds are {number(low, 7)} and {number(high, 7)}." if steady else ""
with article.column(), st.expander("Derivation: between which bounds the exact factor lies"):
    st.markdown(
        rf"""For $0<\varepsilon<1$ the integral of $1/(1-x)$ from 0 to $\varepsilon$ lies between its smallest and its largest
integrand times $\varepsilon$: $\varepsilon\le-\ln(1-\varepsilon)\le\varepsilon/(1-\varepsilon)$. Where $m$ divides $n$ an epoch has
$n/m$ updates; multiplying by $-n/m$ and taking the exponential gives

$$
{theory.BRACKET}
$$

so the true decay is always faster than claimed. Expanding the logarithm gives (4); the rate less $\gamma$, times $T$,
gives (5).{bounds}"""
    )

article.heading("What to keep")
here = f": here {near(run)}" if claim.premise(h) else ""
article.write(
    rf"""Of the initial draw an epoch leaves $(1-\eta\lambda/n)^{{\lceil n/m\rceil}}$, which is $\exp(-\eta\lambda/m)$ if
$\eta\lambda\ll n$ and $m$ divides $n$ or is far below it. A layer need not follow{here}."""
)
article.take_away(
    controls.address(PAGE),
    tables.relative_size(run),
    "decay_per_epoch.csv",
    controls.code(run=h) + "run.weight_rms / run.weight_rms[:, :1]    # (seeds, epochs + 1, layers)\n"
    "run.control_rms / run.control_rms[:, :1]  # (seeds, epochs + 1)\n",
)
article.next_page("tail_off")
