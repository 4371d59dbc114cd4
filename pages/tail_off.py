"""Claim 3: where does the decay tail off?"""

from view import frame

frame.enter()

import streamlit as st

from engine import theory
from engine.datasets import load
from engine.defaults import DEFAULTS
from engine.studies import contest
from engine.studies import erf_unit as erf_study
from engine.verdicts import SAME_SIZE
from engine.verdicts import contest as judged_contest
from engine.verdicts import tail_off as claim
from view import article, controls, regimes, runs, words
from view.figures import contest as contest_figures
from view.figures import tail_off as figures
from view.tables import contest as contest_tables
from view.tables import sizes
from view.tables import tail_off as tables
from view.tail_off import exponents, found, over_lambda
from view.words import number, percent

PAGE, DEFAULT = "c3", DEFAULTS["tail_off"]
WHY = "because there both starts come to rest within the run"
MAIN = ("l2", "learning_rate", "epochs")
MORE = ("dataset", "n_train", "batch_size", "hidden", "activation", "cost", "replicates", "seed")
GUESSES = (0.0005, 0.02, 0.1, 0.2, 0.5)
KAPPAS = (0.003, 0.01, 0.03, 0.1)
WIDTHS = (10, 30, 90)
CALM = dict(learning_rate=0.1, batch_size=10, epochs=50)
"""The setting of most presets."""


def network_rows(table):
    lines = [
        "| hidden units | $|W_1|^2$ | rms predicted | rms, gradient descent |".replace("|W_1|", r"\lVert W_1\rVert"),
        "|---|---|---|---|",
    ]
    for row in table.itertuples():
        lines.append(f"| {row.width} | {number(row.norm)} | {number(row.predicted)} | {number(row.simulated)} |")
    return "\n".join(lines)


@st.cache_data(max_entries=len(KAPPAS), show_spinner=False)
def erf_unit(kappa):
    return tables.erf_unit(kappa)


@st.cache_data(max_entries=32, show_spinner=False)
def linear_networks(h):
    return tables.linear_networks(h, load(h), WIDTHS)


@st.cache_data(show_spinner=False)
def whitened_values(h):
    return tables.whitened_values(load(h))


# ---------------------------------------------------------------------------------------------------- the claim

article.opening(
    "Where do the weights stop?",
    "CLAIM 3 OF 4",
    r"Supposing $\lambda$ is not too large, the weight decay will tail off when the weights are down to a size around $1/n_w$, where "
    r"$n_w$ is the total number of weights.",
    "The third of four claims asked about in [Cross Validated 312642](https://stats.stackexchange.com/q/312642). The exercise that it comes "
    "from, in Michael Nielsen’s [*Neural Networks and Deep Learning*](http://neuralnetworksanddeeplearning.com/chap3.html) (2015), has "
    r"$1/\sqrt{n}$, with $n$ the total number of weights: the question slipped.",
)
article.write(
    r"""Weights that only decay would go on to 0. They do not: after some time a network’s weights come to rest. At what size? Three candidates
are about. The question has $1/n_w$ and the book $1/\sqrt{n_w}$. And the usual argument, that weights stop once the units are no longer
saturated, leads to neither: a unit adds up $n_\text{in}$ terms, so it asks for $1/\sqrt{n_\text{in}}$, layer by layer."""
)
claim_text, bet_place, figure_place = st.container(), st.container(), st.container()
h = controls.panel(PAGE, DEFAULT, MAIN, MORE, WHY, also=claim.largest_grid)
data = load(h)
arms = claim.arms(h)
threshold = claim.collapse(h, data.top_singular_value)
layers = range(len(h.layer_names))
with claim_text:
    post, book, fan_in = claim.predicted(h, 0)
    article.write(
        rf"For the {h.n_weights:,} weights of this network they are {number(post)}, {number(book)} and, for the "
        rf"{h.layer_names[0]}, {number(fan_in)}. If there is such a size it must not depend on where the weights came from. So the network is "
        r"trained twice, from N(0, 1) and, with the same draw scaled down, from N(0, 1/$n_\text{in}$). "
        f"A layer is at rest where both sizes agree within {percent(SAME_SIZE)}, and would change by less than that if they went on for a while as they do at the end."
    )
with bet_place:
    guess = article.bet(
        f"A bet before you look. At what size (rms) do the {h.layer_names[0]} come to rest?", GUESSES, f"{PAGE}_bet", number
    )
    reveal_place = st.container()

# ---------------------------------------------------------------------------------------------------- the figure

size_figures, share_figures = [], []
with figure_place, article.column(article.FIGURE):
    for layer, place in zip((0, -1), st.columns(2)):
        with place:
            st.markdown(f"**{words.sentence(h.layer_names[layer])}, from two starts**")
            size_figures.append(
                article.Figure(
                    "Line chart for one layer: rms of the weights by epoch on a logarithmic axis, from both starts with their 95 percent bands. "
                    "Dashed levels for the three candidates; a dashed curve for a fading draw above the measured floor."
                )
            )
            share_figures.append(
                article.Figure(
                    "Line chart for one layer: the unopposed share of decay by epoch, from both starts, 0 where the weights come to rest; a grey "
                    "strip around 0, in which their size hardly changes."
                )
            )
with figure_place, article.column():
    status = st.caption("Training")


def draw(followed):
    followed = dict(zip(arms, followed.values()))
    floors = claim.floors(followed) if followed["large"].epochs else []
    for layer, size_figure, share_figure in zip((0, -1), size_figures, share_figures):
        course = tables.course(followed, layer, floors[layer]) if floors else tables.no_course()
        size_figure.draw(*figures.sizes(sizes(followed, layer, tables.START), tables.candidates(h, layer), course, h.epochs))
        share_figure.draw(*figures.unopposed(tables.unopposed(followed, layer), h.epochs, claim.still_share(h)))


asked = {f"tail {name}": arm for name, arm in arms.items()}
followed = dict(zip(arms, runs.follow(asked, draw, status).values()))
run = followed["large"]
floors = claim.floors(followed)
judged = claim.judge(followed, threshold)
stopped = [floor for floor in floors if floor.reached] if claim.promised(followed, threshold) else []
drawn = "one seed" if h.replicates == 1 else f"means of {h.replicates} seeds with their 95 % bands"
with figure_place:
    article.caption(
        f"**Figure 1.** Size of the weights of a {'-'.join(map(str, h.sizes))} network that learns to read handwritten digits, from two starts "
        rf"(thick: N(0, 1), thin: N(0, 1/$n_\text{{in}}$)); {drawn}. Dashed: the three candidates, and the course of a draw that fades above the measured "
        "floor. Below, the unopposed share: of what decay takes from $|W|^2$ in an epoch, the part that the data do not put back. It is 1 where decay "
        f"meets no resistance and 0 at a standstill; in the grey strip the size would change by less than {percent(SAME_SIZE)} in {found.while_at_rest(h)}."
    )
with reveal_place:
    if floors[0] in stopped:
        article.reveal(guess, GUESSES, floors[0].rms, f"Measured for the {h.layer_names[0]}", number)

# ---------------------------------------------------------------------------------------------------- the verdict

limit = f", here {number(threshold)}" if threshold else "; for this network no formula for it is known here"
article.verdict(
    found.judgement(followed, judged, threshold),
    found.verdict_rows(judged, floors),
    f"At rest: if the size went on as over the last {claim.LAST} epochs, it would change by less than {percent(SAME_SIZE)} in {found.while_at_rest(h)}, from both "
    f"starts, and the sizes from the two agree within {percent(SAME_SIZE)}; each with the whole 95 % interval. “Around” is read as within a factor of "
    f"{number(claim.AROUND)}: the claim holds where the whole interval of the rms is, and fails where none of it is. Premise: 0 < λ, decay that shrinks, λ below "
    f"the threshold of collapse{limit}, and a network that is not dead. Dead is one that ends right at most {number(claim.GUESSING)} times as often as a guess, "
    "though decay has had the time to take the draw. Intervals are not corrected for the number of verdicts.",
)

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("A balance, not a count")
article.write(
    r"""At rest, what an update takes from a weight it gives back on average. Where each weight is at rest on average, the mean pull of all
examples balances decay. (What is measured here is that the size of a layer rests; its weights may still turn.)"""
)
article.equation(theory.STATIONARY, 1)
article.write(
    r"""There is no number of weights in this. A weight that no example pulls never stops. One that the data pull hard stops early. A larger
$\lambda$ asks for smaller weights.

The asker supposes that the part of decay vanishes in later epochs, and that the weights, thanks to the gradient, need not go to 0. The second is right. The
first is not: decay takes its share at every update, and is cancelled where the data put it back. """
    + found.ledger(run)
)
article.write(
    f"Rest is measured over the last {claim.LAST} epochs: what the size would change if it went on like that for {found.while_at_rest(h)}, from each start, and the "
    f"ratio of the two sizes.\n\n{found.floor_rows(h, floors)}"
)
tested = contest.results()
article.write(f"So rest is said of a while, not for ever. {found.trained_on(tested, h)}")
article.write(
    r"""On the way down a layer is a fading draw on top of what the network has learned. If the two were perpendicular their squares would add.
With $\sigma_0$ at the start, $\sigma_f$ at the floor and the rate $\gamma$ of decay:"""
)
article.equation(theory.SIZE_COURSE, 2)
article.equation(theory.KNEE, 3)
article.write(found.knees(run, floors, stopped))

article.heading("λ chooses the size")
article.write("Is the floor near a candidate for a reason, or by chance? Let λ vary and look where the weights stop.")
grid_place = st.container()
grid = claim.collapse_grid(h, threshold) if threshold else None
if grid and claim.steady(grid):
    with grid_place, article.column(article.FIGURE):
        lambda_figure = article.Figure(
            "Line chart on two logarithmic axes: rms of the weights of each layer at the end of training against lambda, with 95 percent bands. "
            "Dashed levels for the candidates, a dashed vertical line at the threshold of collapse, one at your lambda."
        )
        accuracy_figure = article.Figure(
            "Line chart: accuracy on unseen images at the end of training against lambda, falling to chance."
        )
    with grid_place, article.column():
        grid_status = st.caption("Training")

    def draw_grid(followed):
        table = tables.by_lambda(grid, grid.split(followed["tail grid"]))
        lambda_figure.draw(*figures.by_lambda(table, tables.all_candidates(h), threshold, h.l2))
        accuracy_figure.draw(*figures.accuracy(table, threshold))

    grid_runs = grid.split(runs.follow({"tail grid": grid}, draw_grid, grid_status)["tail grid"])
    with grid_place:
        article.caption(
            f"**Figure 2.** Size of the weights after {grid.epochs} epochs from N(0, 1) against λ, and accuracy on unseen images. Dashed: the "
            "candidates, and the λ from which on the weights collapse, computed from the data."
        )
    article.write(over_lambda.made_true(grid_runs))
    article.write(
        r"""“Not too large” has an end that can be computed.
Near $W=0$ each layer grows only through the other, and a hidden unit passes back the slope $\sigma'(0)$. With the largest singular value $s_1$
of the covariance of labels and inputs, and in the mean, small weights grow for $\lambda$ below, and fade for $\lambda$ above"""
    )
    article.equation(theory.COLLAPSE, 4)
    article.write(
        rf"""which is {number(threshold)} for these data. So from there on $W=0$ is stable. That is said of small weights: it does not exclude that
larger ones hold themselves above. Hidden biases other than 0 lower the slope, and the threshold with it. {over_lambda.both_sides(grid_runs, threshold)} The noise of
the mini-batches keeps the weights a little away from 0."""
    )
elif grid:
    with grid_place:
        article.write(
            rf"With this learning rate, near the threshold of collapse, {number(threshold)}, a single update would take more than "
            f"{percent(claim.STEADY)} of a weight. That is no picture of weights at rest, so none is drawn."
        )
else:
    with grid_place:
        article.write(
            "For one hidden layer of sigmoid or tanh units, and outputs with the cross-entropy or the log-likelihood, theory gives the λ from which "
            "on the weights collapse, and this page draws the floor on both sides of it. For the network chosen it does not apply."
        )
article.write("Try:")
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "λ = 10", l2=10, **CALM)
    controls.preset(PAGE, "λ = 30, hidden weights near 1/√n_in", l2=30, **CALM)
    controls.preset(PAGE, "λ = 75, hidden weights near 1/√n_w", l2=75, learning_rate=0.2, batch_size=10, epochs=100)
    controls.preset(PAGE, "λ = 100, beyond the collapse", l2=100, **CALM)
    controls.preset(PAGE, "λ = 2, not at rest after 50 epochs", l2=2, **CALM)

article.write(
    r"""η matters too: decay takes $\eta\lambda/m$ of a weight in an epoch, so with a small η no floor is reached within the run, and larger steps
make the mini-batches noisier. Over both, the verdict on the book’s $1/\sqrt{n_w}$:"""
)
regimes.show(
    PAGE,
    "tail_off",
    claim.CANDIDATES[1],
    DEFAULT.layer_names,
    h,
    f"Whether the weights rest within a factor of {number(claim.AROUND)} of 1/√n_w,",
)

article.write(
    "Not at rest is a layer that still moves at the end, or has another size from each start. A cross is a layer that rests at another size. The claim promises "
    "nothing beyond the collapse, and where the network is dead: with large steps that begins below the threshold."
)

article.heading("What counting can say")
article.write(
    r"""There is a network whose floor can be computed: two linear layers, squared cost, inputs of variance 1 in every direction. With $s_k$ the singular
values of the covariance of labels and inputs it comes to rest at"""
)
article.equation(theory.LINEAR_FLOOR, 5)
article.write(
    "whatever its width. The task and λ fix the total length of a layer. How many weights share it decides the size of one:"
)
article.equation(theory.LINEAR_RMS, 6)
networks = linear_networks(h)
if len(networks):
    article.write(network_rows(networks))
    article.write("This is gradient descent on the training images, made white, with your λ.")
else:
    article.write(
        f"With your λ there is nothing to see: either decay is too weak for gradient descent to forget its start in {tables.STEPS:,} steps, or so "
        "strong that (5) is 0."
    )
article.write(
    r"""As the width varies, the size falls with the number of weights in the layer to the power $-\frac12$, the book’s exponent. The factor in
front is $|W_1|$, a property of the task and of $\lambda$, which no counting of weights gives.

Desaturation asks another question: how small must weights be so that a unit’s sum has unit variance? For inputs with the correlation $c$ the least
size that gives it is"""
)
article.equation(theory.COHERENT_SIZE, 7)
article.write(
    rf"""Independent inputs, $c=0$, make that $1/\sqrt{{n_\text{{in}}}}$, here {number(theory.coherent_size(h.fan_in, 0.0))}; inputs that all say the same,
$c=1$, make it $1/n_\text{{in}}$, here {number(theory.coherent_size(h.fan_in, 1.0))}. That is a road to an exponent of $-1$, and it leads to the
fan-in, not to the number of weights."""
)

# ---------------------------------------------------------------------------------------------------- the contest

article.heading("The contest of exponents")
examples = [example for one in tested.values() for example in one.examples]
resting, points = judged_contest.resting(tested.values())
article.write(
    rf"""A single network has one $n_w$. That its floor is, or is not, near a candidate does not say whether floors fall as $1/n_w$, $1/\sqrt{{n_w}}$
or $1/\sqrt{{n_\text{{in}}}}$. So vary one thing at a time, and leave $\eta={number(examples[0].learning_rate)}$, $\lambda={number(examples[0].l2)}$ and $m={examples[0].batch_size}$ as they are: the
width on the digits, the fan-in with the teacher’s inputs and with MNIST’s images at fewer pixels (which also changes what a pixel shows), and $\lambda$. Every network is trained from both starts and {words.plural(examples[0].replicates, "seed")} until decay alone would have
shrunk the draw to {percent(contest.forgotten())} or less. At {resting} of {points} points both layers come to rest."""
)
with article.column(article.FIGURE):
    for pair in (("widths", "lambdas"), ("teacher-fan-ins", "mnist-fan-ins")):
        for name, place in zip(pair, st.columns(2)):
            with place:
                st.markdown(f"**{exponents.VARIED[name][0]}**")
                article.Figure(
                    "Chart with two logarithmic axes: size of the weights of both layers at rest against what is varied, dots with their fitted "
                    "straight lines, and, dashed, the slopes of the three candidates from the first dot of the hidden weights on."
                ).draw(
                    *contest_figures.law(
                        contest_tables.floors(tested[name]),
                        contest_tables.slopes(tested[name], 0),
                        exponents.labels(tested[name]),
                        exponents.VARIED[name][1],
                    )
                )
article.caption(
    "**Figure 3.** Sizes at which each layer comes to rest, mean of both starts and all seeds, with 95 % intervals mostly smaller than the dots; open where a "
    "layer is not at rest, which no fit uses. Lines: fitted power laws, with their exponents. Dashed: how the candidates say the hidden weights "
    "change, from their first floor on."
)
article.write(exponents.rows(tested, 0))
article.write(exponents.criteria())
article.write(exponents.candidates_text(tested))
article.write(exponents.width_text(tested["widths"]))
article.write(exponents.together_text(tested["widths"]))
article.write(exponents.length_text(tested))
article.write(exponents.fan_in_text(tested))
article.write(exponents.lambda_text(tested["lambdas"], whitened_values(examples[0])))
with article.column(), st.expander("The same for the output weights"):
    st.markdown(exponents.rows(tested, 1))

article.heading("All stages in one unit")
article.write(
    r"""One unit that learns from another shows pure decay, knee and floor, and can be solved. Its output is $\mathrm{erf}(J\cdot x/\sqrt2)$, its teacher has
weights $B$ of length 1, and every update sees fresh samples. For many inputs the squared length $Q=|J|^2$ and the overlap $R=J\cdot B$ follow two
equations, in which $N$ is the number of inputs, $\kappa=\lambda/n$, and the dot means the change per update:"""
)
article.equation(theory.ERF_COURSE, 8)
with article.column(article.FIGURE):
    kappa = controls.choice(PAGE, "kappa", "Decay of the unit, $\\kappa$", KAPPAS, erf_study.KAPPA)
    article.Figure(
        "Line chart: rms of the weights of an erf unit by update on a logarithmic axis, a run of SGD with its 95 percent band, the dashed solution of "
        "the equations over it, and dotted the line of decay alone, which they leave at the knee."
    ).draw(*figures.erf_unit(erf_unit(kappa)))
    stops = tables.erf_floor(erf_unit(kappa))
article.caption(
    f"**Figure 4.** One erf unit with {erf_study.UNIT['fan_in']} inputs, from N(0, 1): a run of SGD ({erf_study.REPLICATES} seeds, "
    f"$\\eta={number(erf_study.UNIT['eta'])}$, $m={erf_study.UNIT['m']}$), the equations (8) dashed over it, decay alone dotted."
)
with article.column(), st.expander("The three functions of the equations"):
    st.markdown(
        f"With inputs from N(0, 1), after [Saad & Solla 1995](https://doi.org/10.1103/PhysRevE.52.4225):\n\n$$\n{theory.ERF_DRIFTS}\n$$"
    )
article.write(
    rf"""The unit stops at an rms of {number(stops)}. Its teacher has $1/\sqrt{{N}}$, {number(theory.coherent_size(erf_study.UNIT["fan_in"], 0.0))}; decay keeps the
unit below it, the more the larger $\kappa$. For this one unit the candidate with the fan-in is of the right size, because the teacher was made to have
length 1."""
)

article.heading("What to keep")
article.write(found.to_keep(stopped))
article.take_away(
    controls.address(PAGE),
    tables.all_layers(followed),
    "tail_off.csv",
    controls.code(**arms) + "large.weight_rms, scaled.weight_rms            # (seeds, epochs + 1, layers)\n"
    "large.unopposed_share, scaled.unopposed_share  # (seeds, epochs, layers)\n",
)
article.next_page("scaled_start")
