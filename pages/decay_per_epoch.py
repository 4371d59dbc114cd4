"""Claim 2: do the weights decay by a factor exp(-eta*lambda/m) per epoch?"""

from view import frame

frame.enter()

import streamlit as st

from engine import theory
from engine.datasets import load
from engine.defaults import DEFAULTS
from engine.verdicts import decay_per_epoch as claim
from view import article, controls, regimes, runs
from view.decay_per_epoch import found, settings
from view.figures import decay_per_epoch as figures
from view.tables import decay_per_epoch as tables
from view.words import number, percent

PAGE, DEFAULT = "c2", DEFAULTS["decay_per_epoch"]
WHY = "the book’s λ, and long enough for decay alone to reach a twentieth"
MAIN = ("l2", "learning_rate", "batch_size")
MORE = ("dataset", "n_train", "hidden", "initialization", "activation", "cost", "epochs", "replicates", "seed")
GUESSES = (0.05, 0.1, 0.3, 0.6, 1.0)

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
with claim_text:
    article.write(settings.pace(h))
with bet_place:
    guess = article.bet(settings.bet(h), GUESSES, f"{PAGE}_bet")
    reveal_place = st.container()

# ---------------------------------------------------------------------------------------------------- the figure

with figure_place, article.column(article.FIGURE):
    decay_figure = article.Figure(
        "Line chart: size of the weights relative to the start, on a logarithmic axis, by epoch. Dashed: decay as claimed. "
        "One line with its 95 % band for each layer; dots for the weights on blank pixels."
    )
    residual_figure = article.Figure(
        "Line chart: the same sizes divided by the claimed size, minus 1, by epoch, over a strip of 5 percent on either side."
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
    if run.diverged_at is None:
        article.reveal(guess, GUESSES, claim.size_left(run, 0), f"Measured for the {h.layer_names[0]}")
    elif guess is not None:
        article.write("There is no end to measure: this run left the finite numbers.")

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(found.judgement(run, judged), found.verdict_rows(judged), settings.criteria(h))

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("Exact: what is left of the draw")
article.write("Rule (1) shrinks what is there and adds a step. So a weight is at all times the sum of two parts:")
article.equation(theory.MEMORY, 2)
article.write(
    rf"""The first is what is left of the draw. The second collects the steps against the gradient $g_t$, each shrunk since:
${theory.LEARNING}$, from $v_0=0$. The draw shrinks by $\beta=1-\eta\lambda/n$ at every update. An epoch has
$B=\lceil n/m\rceil$ updates, and so it shrinks the draw by"""
)
article.equation(theory.DECAY_PER_EPOCH, 3)
article.write(
    rf"""whatever the network learns. After $T$ epochs $\rho^T$ is left. {settings.exponential(h)}

You need not believe it: the data contain a control group. Of the {h.fan_in} pixels, {blank} are blank in all {n:,} training
images. A weight on such a pixel is always multiplied by 0, so its gradient is 0 and it learns nothing. The dots in Figure 1 are
these weights. {found.checked(run)}"""
)
article.heading("A layer is draw and learning")
article.write(
    "By (2) the size of a layer differs from that of the draw’s part by at most the size of what it has learned, $|v_t|$. Once that is not small "
    "beside the draw, a layer can meet the claim only by accident."
)
article.write(found.courses(run, judged))
if h.replicates > 1 and claim.premise(h):
    article.write(found.near_rows(run))
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
article.write(
    settings.ratios(h)
    + r"""A mini-batch that would hold more than all examples makes one update an epoch. The premise $\eta\lambda\ll n$ does not
exclude it. Try it:"""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "m = 1,000", batch_size=1000)
    controls.preset(PAGE, settings.preset_batch(h), batch_size=settings.LARGEST)
    controls.preset(PAGE, "the book’s m = 10", batch_size=10)

article.heading("The asker’s limit")
article.write(
    r"""The person who asked proposed to let $n\to\infty$ with $\lambda$ fixed. The claimed rate $\gamma$ does not contain $n$: more
examples make more updates in an epoch, each with less decay. What $n$ changes is the error of the exponential, for small errors"""
)
article.equation(theory.RELATIVE_ERROR, 5)
article.write(settings.limit(h))
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, f"n = {settings.FEW}", n_train=settings.FEW)
    controls.preset(PAGE, settings.preset_examples(h), n_train=settings.FEWEST)
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
article.write(
    rf"""With momentum $\mu$, and after some $1/(1-\mu)$ updates, the draw fades at the rate $\gamma/(1-\mu)$, as long as
$\eta\lambda/n\ll(1-\mu)^2${settings.with_momentum(h)}. Decoupled decay, as in SGDW and AdamW ([Loshchilov & Hutter
2019](https://arxiv.org/abs/1711.05101)), multiplies the draw by a fixed factor whatever the gradient. L2 inside Adam does not:
Adam divides the step by the gradient’s own size, so that a weight ruled by decay falls at nearly constant speed. These are
statements of theory; the runs here are plain SGD."""
)
with article.column(), st.expander("Derivation: between which bounds the exact factor lies"):
    st.markdown(
        rf"""For $0<\varepsilon<1$ the integral of $1/(1-x)$ from 0 to $\varepsilon$ lies between its smallest and its largest
integrand times $\varepsilon$: $\varepsilon\le-\ln(1-\varepsilon)\le\varepsilon/(1-\varepsilon)$. Where $m$ divides $n$ an epoch has
$n/m$ updates; multiplying by $-n/m$ and taking the exponential gives

$$
{theory.BRACKET}
$$

so there the true decay is always faster than claimed. Expanding the logarithm gives (4); the rate minus $\gamma$, times $T$,
gives (5).{settings.bounds(h)}"""
    )

article.heading("What to keep")
article.write(
    rf"""Of the initial draw an epoch leaves $(1-\eta\lambda/n)^{{\lceil n/m\rceil}}$, which is close to $\exp(-\eta\lambda/m)$ if
$\eta\lambda\ll n$ and $m$ divides $n$ or is far below it. A layer need not follow. {found.longest(run)}"""
)
article.take_away(
    controls.address(PAGE),
    tables.relative_size(run),
    "decay_per_epoch.csv",
    controls.code(run=h) + "run.weight_rms / run.weight_rms[:, :1]    # (seeds, epochs + 1, layers)\n"
    "run.control_rms / run.control_rms[:, :1]  # (seeds, epochs + 1)\n",
)
article.next_page("tail_off")
