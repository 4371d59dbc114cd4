"""Claim 4: how does L2 from N(0, 1) relate to a start from N(0, 1/n_in)?"""

from view import frame

frame.enter()

import streamlit as st

from engine import snapshots, theory
from engine.defaults import DEFAULTS, UNTIL
from engine.statistics import interval
from engine.verdicts import scaled_start as claim
from view import article, controls, runs, words
from view.figures import scaled_start as figures
from view.tables import scaled_start as tables
from view.tables import sizes
from view.words import between, number, percent

PAGE, DEFAULT = "c4", DEFAULTS["scaled_start"]
WHY = "the book’s λ, and long enough for the clocks of both layers"
MAIN = ("l2", "learning_rate", "epochs")
MORE = ("batch_size", "n_train", "hidden", "activation", "cost", "replicates", "seed")
GUESSES = (0.05, 0.2, 0.4, 0.6, 0.8)
SWITCHES = (2, 5, 10, 20, 30, 34, 42, 50, 100)


def short(value):
    return number(value, 2)


def fine(value):
    return words.like(value, 1.0, 4)


def points(interval):
    """A difference of accuracies."""
    return f"{words.points(interval.mean)} percentage points ({between(interval, words.points)})"


def judgement(h, judged):
    """The verdict in two sentences."""
    if not (h.l2 and h.learning_rate):
        return "The claim promises nothing here.", "Without decay the large start stays large."
    reach = words.listed(f"{clock_text(clock)} for the {name}" for clock, name in zip(claim.clocks(h), h.layer_names))
    phrases = words.listed(article.outcomes(judged, lambda meaning: f"“{meaning}”"))
    return f"Decay alone needs {reach} to shrink N(0, 1) to N(0, 1/n_in).", f"Being the same as the scaled start: {phrases}."


def clock_text(clock):
    """A number of epochs, or never."""
    return "for ever" if number(clock) == "∞" else f"{number(clock)} epochs"


def value(v):
    """A measurement in the unit of its meaning."""
    if v.meaning in (claim.ACCURACY, claim.RESCUED):
        return f"{words.points(v.measured.mean)} ({between(v.measured, words.points)})"
    if v.meaning == claim.SIZE:
        return f"{fine(v.measured.mean)} ({between(v.measured, fine)})"
    return f"{number(v.measured.mean, 2)} ({between(v.measured, short)})"


def asked(v):
    """What the measurement is compared with."""
    return {
        claim.OFF: f"< {number(v.predicted, 2)}",
        claim.ON: f"< {number(v.predicted, 2)}",
        claim.SIZE: f"1 ± {percent(claim.SAME_SIZE)}",
        claim.FORGOTTEN: f"0 ± {number(claim.NO_OVERLAP)}",
        claim.ACCURACY: f"0 ± {words.points(claim.SAME_ACCURACY)}",
    }[v.meaning]


def verdict_rows(judged):
    lines = ["| the same in | asked | measured | claim |", "|---|---|---|---|"]
    for v in judged:
        part = "" if v.part == claim.NETWORK else f", {v.part}"
        lines.append(f"| {v.meaning}{part} | {asked(v)} | {value(v)} | {article.outcome(v)} |")
    return "\n".join(lines)


def clock_rows(h):
    lines = ["| layer | $n_\\text{in}$ | $1/\\sqrt{n_\\text{in}}$ | $T^*$ |", "|---|---|---|---|"]
    for name, fan_in, target, clock in zip(h.layer_names, h.sizes, claim.targets(h), claim.clocks(h)):
        lines.append(f"| {name} | {fan_in} | {number(target)} | {clock_text(clock)} |")
    return "\n".join(lines)


def sizes_text(run, layer):
    """Where a trained layer is at its T∗, beside decay alone."""
    h, stop = run.hyperparameters, claim.stops(run.hyperparameters)[layer]
    name, target = h.layer_names[layer], claim.targets(h)[layer]
    if stop is None or stop > run.epochs:
        return f"The clock of the {name} lies beyond this run."
    size = interval(run.weight_rms[:, stop, layer])
    return (
        f"At epoch {stop}, when decay alone would have brought the {name} down to {number(target)}, those of the trained network are at "
        f"{number(size.mean)} ({between(size)})."
    )


def prior_text(h):
    """The prior that L2 stands for, beside the two starts."""
    if not h.l2:
        return r"Without L2 there is no such prior."
    fans = words.listed(f"$\\lambda={fan_in}$ for the {name}" for name, fan_in in zip(h.layer_names, h.sizes))
    return (
        f"With $\\lambda={number(h.l2)}$ the prior has the standard deviation {number(theory.prior_deviation(h.l2))}, in every layer. It would "
        f"equal N(0, 1/$n_\\text{{in}}$) only with {fans}: no single $\\lambda$ does."
    )


# ---------------------------------------------------------------------------------------------------- the claim

article.opening(
    "Is decay a slow way to start small?",
    "CLAIM 4 OF 4",
    r"How does all this relate to starting from N(0, 1/$n_\text{in}$), without regularisation?",
    "The last of four points of [Cross Validated 312642](https://stats.stackexchange.com/q/312642). The asker’s own guess: L2 cuts the weights down "
    "and so emulates the scaled start. The book says that L2 sometimes “automatically gives us something similar” ([Nielsen "
    "2015](http://neuralnetworksanddeeplearning.com/chap3.html), chapter 3).",
)
article.write(
    r"""The usual advice is to draw the weights into a unit with $n_\text{in}$ inputs from N(0, 1/$n_\text{in}$), so that its sum has unit
variance. The old way is N(0, 1), for every weight. Decay shrinks weights. If one starts large and lets L2 work, does one end up where the scaled
start begins?"""
)
claim_text, bet_place, figure_place = st.container(), st.container(), st.container()
h, values = controls.panel(PAGE, DEFAULT, MAIN, MORE, WHY)
arms = claim.arms(h)
layers = range(len(h.layer_names))
with claim_text:
    article.write(
        r"Three networks race. They have the same draw, which the scaled start multiplies by $1/\sqrt{n_\text{in}}$, and see the same mini-batches: "
        rf"one from N(0, 1) with $\lambda={number(h.l2)}$, one from N(0, 1/$n_\text{{in}}$) with the same $\lambda$, and one from N(0, 1/$n_\text{{in}}$) "
        "without L2."
    )
with bet_place:
    guess = article.bet(
        f"A bet before you look. After {words.plural(h.epochs, 'epoch')} with L2, how much of the direction of their draw do the {h.layer_names[-1]} "
        "from N(0, 1) keep, as a cosine?",
        GUESSES,
        f"{PAGE}_bet",
        number,
    )
    reveal_place = st.container()

# ---------------------------------------------------------------------------------------------------- the race

size_figures = []
with figure_place, article.column(article.FIGURE):
    for layer, place in zip((0, -1), st.columns(2)):
        with place:
            st.markdown(f"**{words.sentence(h.layer_names[layer])}**")
            size_figures.append(
                article.Figure(
                    "Line chart for one layer: rms of the weights by epoch on a logarithmic axis, for the three networks with their 95 percent bands. "
                    "Dashed: decay alone from N(0, 1), the size of the scaled start, and a vertical line at T star, where the two cross."
                )
            )
    left, right = st.columns(2)
    with left:
        st.markdown("**Aligned by epoch**")
        accuracy_figure = article.Figure(
            "Line chart: accuracy on unseen images by epoch of the three networks, with 95 percent bands."
        )
    with right:
        st.markdown("**Aligned by size**")
        aligned_figure = article.Figure(
            "Line chart: accuracy on unseen images of the three networks against the rms of their hidden weights, which falls from left to right, a dot "
            "an epoch; a dashed vertical line at the size of the scaled start."
        )
with figure_place, article.column():
    status = st.caption("Training")


def draw(followed):
    followed = dict(zip(arms, followed.values()))
    for figure, layer in zip(size_figures, (0, -1)):
        clock = claim.clocks(h)[layer]
        figure.draw(
            *figures.sizes(sizes(followed, layer, tables.ARMS), tables.level(h, layer), tables.decay_alone(h), h.epochs, clock)
        )
    accuracy_figure.draw(*figures.accuracies(tables.accuracies(followed), h.epochs))
    aligned_figure.draw(*figures.by_size(tables.by_size(followed), claim.targets(h)[0]))


followed = dict(zip(arms, runs.follow({f"race {name}": arm for name, arm in arms.items()}, draw, status).values()))
large, scaled, plain = followed["large"], followed["scaled"], followed["plain"]
stops = [stop if stop is not None and stop <= large.epochs else None for stop in claim.stops(h)]
weights, at_clock = [], {}
for layer, stop in enumerate(stops):
    off = on = None
    if stop is not None:
        at_clock[layer] = {tables.OFF: snapshots.decayed(arms["large"], stop), tables.ON: runs.network(arms["large"], stop)}
        off, on = (claim.distances(h, network, layer) for network in at_clock[layer].values())
    weights += claim.judge_weights(h, layer, off, on)
judged = [*weights, *claim.judge(followed)]
drawn = "one seed" if h.replicates == 1 else f"means of {h.replicates} seeds with their 95 % bands"
with figure_place:
    article.caption(
        f"**Figure 1.** A {'-'.join(map(str, h.sizes))} network learns to read handwritten digits, from the same draw large and scaled; {drawn}. Thick: "
        "N(0, 1) with L2; thin: N(0, 1/n_in) with L2; pale: N(0, 1/n_in) without. Dashed: decay alone, the size of the scaled start, and T∗, where they "
        "cross. Below, accuracy on unseen images by epoch, and against the size of the hidden weights."
    )
with reveal_place:
    article.reveal(guess, GUESSES, interval(large.cosine[:, -1, -1]), f"Measured for the {h.layer_names[-1]}", number)

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(
    *judgement(h, judged),
    verdict_rows(judged),
    "Weights at T∗: Kolmogorov-Smirnov distance from N(0, 1/n_in), against what a true draw of as many weights exceeds once in twenty; T∗ is rounded to "
    "whole epochs, and has to lie within the run. Size: rms from N(0, 1) over rms from N(0, 1/n_in), both with L2. Draw: cosine of the weights from N(0, "
    "1) with their draw. Accuracy: from N(0, 1) with L2 less that of the scaled start without, on unseen images, in percentage points. All but T∗ at the last epoch. Intervals are "
    f"95 %, over {words.plural(h.replicates, 'seed')}, in pairs where two runs are compared.",
)

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("With the gradient off")
article.write(
    r"""Without data a weight shrinks by $\rho$ an epoch, every weight by the same factor. A draw from N(0, 1) becomes, after $T$ epochs, a draw from
N(0, $\rho^{2T}$): the same draw, scaled. Decay reaches a share $r$ of the size after"""
)
article.equation(theory.DECAY_TIME, 1)
article.write(
    r"""epochs, and with $r=1/\sqrt{n_\text{in}}$ it has made the scaled start, to rounding. That is the true core of the guess. But each layer has its own
clock:"""
)
article.write(clock_rows(h))
article.write(
    "No single moment serves both. When the one with more inputs is down to its size, decay has made the other too small. And biases do not decay: "
    "they begin as a draw from N(0, 1) in every network here, and only the data move them."
)
article.heading("With the gradient on")
article.write(
    "The network does not wait until decay has prepared its start. It learns from the first mini-batch on, with the weights that it has. "
    + " ".join(sizes_text(large, layer) for layer in layers)
)
with article.column(article.FIGURE):
    for layer, place in zip((0, len(stops)), st.columns(2)):
        index = layers[layer and -1]
        with place:
            st.markdown(
                f"**{words.sentence(h.layer_names[index])}**" + (f", epoch {stops[index]}" if index in at_clock else "")
            )
            if index in at_clock:
                article.Figure(
                    "Histogram of the weights of one layer at T star: with the gradient off as an outline, with the gradient on filled, over the dashed "
                    "density of the scaled start."
                ).draw(*figures.histogram(tables.histogram(h, at_clock[index], index), h.layer_names[index]))
            else:
                st.markdown("T∗ lies beyond this run, so there is nothing to compare.")
article.caption(
    "**Figure 2.** Weights at T∗, all seeds: with the gradient off they follow the density of N(0, 1/n_in), dashed; with the gradient on (filled) they do not "
    "have to. The distances are in the verdict."
)

article.heading("The rescue: switch L2 off")
article.write(
    r"""L2 that stays on is a second difference: it keeps pulling long after the weights are small. So let it go. Train from N(0, 1) with L2 until epoch $T$,
then without, and compare with the scaled start that never had any."""
)
rescue_place = st.container()
with rescue_place, article.column(article.FIGURE):
    until = controls.choice(PAGE, "until", "L2 is switched off after epoch $T$", SWITCHES, UNTIL)
    left, right = st.columns(2)
    with left:
        st.markdown(f"**Size of the {h.layer_names[0]}**")
        rescue_size = article.Figure(
            "Line chart: rms of the hidden weights by epoch on a logarithmic axis, from N(0, 1) with L2 until epoch T, and from the scaled start without L2."
        )
    with right:
        st.markdown("**Accuracy**")
        rescue_accuracy = article.Figure(
            "Line chart: accuracy on unseen images by epoch of the same two networks, with 95 percent bands."
        )
with rescue_place, article.column():
    rescue_status = st.caption("Training")
names = {"rescued": tables.RESCUED, "plain": tables.ARMS["plain"]}


def draw_rescue(found):
    both = {"rescued": found["rescue"], "plain": plain}
    table = sizes(both, 0, names)
    rescue_size.draw(*figures.sizes(table, tables.level(h, 0), tables.decay_alone(h), h.epochs, until, "T"))
    rescue_accuracy.draw(*figures.accuracies(tables.accuracies(both, names), h.epochs))


rescued = runs.follow({"rescue": claim.rescue(h, until)}, draw_rescue, rescue_status)["rescue"]
saved = claim.judge_rescue(rescued, plain)
with rescue_place:
    article.caption(
        f"**Figure 3.** From N(0, 1) with L2 until epoch {until} (thick), beside N(0, 1/n_in) without L2 (pale); {drawn}. Dashed: decay alone, the scaled "
        "size, and T."
    )
    kept = claim.gain(large, plain)
    article.write(
        f"At the end the accuracy of the rescued network less that of the scaled start is {points(saved.measured)}; that the two are the same "
        f"within {words.points(claim.SAME_ACCURACY)} point {article.outcome(saved)}. With L2 left on the difference is {points(kept)}."
    )

article.heading("How long the draw is remembered")
article.write(
    r"""Does it matter, in the end, where one started? A network that has forgotten its draw has weights perpendicular to it. Decay makes the draw fade as
$\rho^T$. But the network learns starting from the draw, and what it learns need not be perpendicular to it."""
)
with article.column(article.FIGURE):
    article.Figure(
        "Line chart by epoch: cosine of each layer’s weights with their own first draw, from the large start thick and from the scaled start thin, with 95 "
        "percent bands; dashed at 0, where the draw would be forgotten."
    ).draw(*figures.cosines(tables.cosines(followed), h.epochs))
end = words.listed(
    f"{number(interval(run.cosine[:, -1, layer]).mean, 2)} for the {h.layer_names[layer]} {start}"
    for layer in layers
    for start, run in (("from N(0, 1)", large), (r"from the scaled start", scaled))
)
article.caption(
    f"**Figure 4.** Cosine of the weights with their own draw, with L2; thick from N(0, 1), thin from N(0, 1/n_in). At the end it is {end}."
)
article.write(
    "Two networks of the same size can therefore still differ in what they remember: compare the sizes in the verdict with these cosines. The second "
    "panel of Figure 1 compares the accuracy of networks whose hidden weights are equally large."
)

article.heading("The other reading: a prior")
article.write(
    r"""Read as statistics, L2 is a prior on the weights, and training looks for the most probable ones (descent does not draw from the posterior). With the
cost summed over the examples the prior of each weight is"""
)
article.equation(theory.PRIOR, 2)
article.write(prior_text(h))
with article.column(), st.expander("Where this was studied"):
    st.markdown(
        """Scaled starts go back to [LeCun et al. 1998](https://doi.org/10.1007/3-540-49430-8_2), [Glorot & Bengio
2010](https://proceedings.mlr.press/v9/glorot10a.html) and [He et al. 2015](https://arxiv.org/abs/1502.01852). That decay matters in the early, transient
epochs, and may be switched off later, was found by [Golatkar, Achille & Soatto 2019](https://arxiv.org/abs/1905.13277). The time $1/(\\eta\\lambda)$ after
which it has done its work is in [Lewkowycz & Gur-Ari 2020](https://arxiv.org/abs/2006.08643), and weights as an average over the last
$m/(\\eta\\lambda)$ epochs are in [Wang & Aitchison 2024](https://arxiv.org/abs/2405.13698)."""
    )
article.write("Try:")
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "λ = 5", l2=5)
    controls.preset(PAGE, "λ = 10, both clocks early", l2=10)
    controls.preset(PAGE, "λ = 1, T∗ beyond the run", l2=1)
    controls.preset(PAGE, "λ = 50, too much to keep on", l2=50)

article.heading("What to keep")
reach = words.listed(clock_text(clock) for clock in claim.clocks(h))
article.write(
    f"Decay alone turns N(0, 1) into N(0, 1/n_in) exactly, after {reach} for the layers in turn; a network that learns meanwhile is somewhere else by then. "
    f"At the end its accuracy differs from that of the scaled start by {points(kept)} with L2 kept on, and by {points(saved.measured)} with L2 until "
    f"epoch {until}."
)
article.take_away(
    controls.address(PAGE, values),
    tables.all_layers(followed),
    "scaled_start.csv",
    controls.code(**arms, rescued=claim.rescue(h, until)) + "large.weight_rms, large.cosine  # (seeds, epochs + 1, layers)\n"
    "large.validation_accuracy - plain.validation_accuracy  # (seeds, epochs + 1)\n",
)
article.next_page("method")
