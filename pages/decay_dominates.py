"""Claim 1: are the first epochs dominated by weight decay?"""

from view import frame

frame.enter()

import streamlit as st

from engine import measurements, snapshots, theory, verdicts
from engine.datasets import load
from engine.defaults import DEFAULTS
from engine.initialization import INITIALIZATIONS
from engine.statistics import interval, ratio
from engine.verdicts import Outcome
from engine.verdicts import decay_dominates as claim
from view import article, controls, regimes, runs, words
from view.figures import decay_dominates as figures
from view.tables import decay_dominates as tables
from view.tables import reach as reach_of
from view.words import between, number, percent

PAGE, DEFAULT = "c1", DEFAULTS["decay_dominates"]
WHY = "because there the two layers part: one shrinks, the other grows"
MAIN = ("l2", "learning_rate", "batch_size")
MORE = ("dataset", "n_train", "hidden", "initialization", "activation", "cost", "epochs", "replicates", "seed")
GUESSES = (0.1, 0.3, 0.5, 0.7, 0.9)
EPOCHS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
SEEN = (0, 5, 10, 20, 50)
AHEAD = {
    "decay": "decay ahead on the whole ruler",
    "the data": "the data ahead on the whole ruler",
    "neither": "the data shrink the weights as well, or who is ahead changes with the seed",
}
UNITS = tuple(range(1, 11))
LAYERS = DEFAULT.layer_names
BOOK = 5.0
MEANING = {
    claim.NORM: "length",
    claim.MOVEMENT: "movement",
    claim.COST: "fall of the cost",
    claim.ACCURACY: "gain in accuracy",
}


def about(v):
    """What a verdict is about."""
    return f"the {MEANING[v.meaning]}" + ("" if v.part == claim.NETWORK else f" of the {v.part}")


def judgement(run, judged):
    """The verdict in two sentences."""
    h = run.hyperparameters
    if not claim.premise(h):
        kept = percent(claim.left(h), 4)
        return (
            "The claim promises nothing here.",
            f"It supposes that λ is not too small, and that decay is decay: over {words.plural(claim.FIRST, 'epoch')} these values leave {kept} of the size "
            "of a weight that sees no data.",
        )
    first = judged[0].part
    length, way = (next(v for v in judged if (v.meaning, v.part) == (m, first)) for m in (claim.NORM, claim.MOVEMENT))
    return (
        f"Over the first {words.plural(claim.first_epochs(run), 'epoch')} the claim {article.by_outcome(judged, about)}.",
        f"Of what changes the length of the {first}, decay makes {percent(length.measured.mean)}; of the way they move, "
        f"{percent(way.measured.mean)}.",
    )


def verdict_rows(judged):
    lines = ["| what is dominated | decay’s share | claim |", "|---|---|---|"]
    for v in judged:
        part = "" if v.part == claim.NETWORK else f", {v.part}"
        share = f"{percent(v.measured.mean)} ({between(v.measured, percent)})"
        lines.append(f"| {MEANING[v.meaning]}{part} | {share} | {article.outcome(v)} |")
    return "\n".join(lines)


def course(run, layer):
    """What became of a layer in the first epochs, in numbers."""
    name, first = run.hyperparameters.layer_names[layer], claim.first_epochs(run)
    decay, data = (interval(change[:, layer]) for change in claim.norm_changes(run))
    part = f"the data’s part cannot be told from 0 ({between(data, percent)})"
    if data.low > 0:
        part = f"the data added {percent(data.mean)}"
    if data.high < 0:
        part = f"the data took away {percent(abs(data.mean))} more"
    way, angle = interval(claim.data_way(run)[:, layer]), interval(run.alignment[:, 0, layer])
    lost = "took away" if decay.mean <= 0 else "added"
    told = f"Over {words.plural(first, 'epoch')} decay {lost} {percent(abs(decay.mean))} of $|W|^2$ of the **{name}**, and {part}. "
    if words.is_number(way.mean):
        told += f"On the way the data moved them {number(way.mean, 2)} times as far as decay did. "
    if words.is_number(angle.mean):
        told += f"In the first epoch the cosine of the angle between the data’s movement and the weights is {number(angle.mean, 2)}."
    return told


def crossing_text(t):
    if t.measured is not None:
        return f"$\\lambda={number(t.measured.mean, 2)}$ ({between(t.measured, words.short)})"
    if t.ahead:
        return f"no crossing, {AHEAD[t.ahead]}"
    return f"a crossing in {t.crossings} of the seeds only"


def ruler_rows(thresholds):
    lines = ["| equal in | decay and data are equal at |", "|---|---|"]
    lines += [f"| {MEANING[t.meaning]}, {t.part} | {crossing_text(t)} |" for t in thresholds]
    return "\n".join(lines)


def slope_rows(h, slopes, data):
    """Measured slopes of the hidden units at the start, and the closed forms beside them where they apply."""
    lines = ["| first weights | mean slope | predicted | mean squared slope | predicted |", "|---|---|---|---|---|"]
    for name, s in slopes.items():
        variance = claim.preactivation_variance(h, name, data.mean_norm_squared)
        closed = (theory.mean_slope(variance), theory.mean_squared_slope(variance)) if h.activation == "sigmoid" else None
        predicted = [number(value, 2) for value in closed] if closed else ["–", "–"]
        cells = [number(interval(s.slope).mean), predicted[0], number(interval(s.squared_slope).mean), predicted[1]]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def gradient_rows(pulls):
    lines = ["| first weights | gradient of a hidden weight (rms) | relative to the weight |", "|---|---|---|"]
    for name, pull in pulls.items():
        size, relative = interval(pull.mean[:, 0]), interval(pull.relative[:, 0])
        lines.append(
            f"| {name} | {number(size.mean, 2)} ({between(size, words.short)}) | {number(relative.mean, 2)} ({between(relative, words.short)}) |"
        )
    return "\n".join(lines)


def errors_fall(run):
    """What becomes of the cost, and so of the pull, in the first epoch."""
    if not run.epochs:
        return ""
    start, end = (interval(run.training_cost[:, epoch]).mean for epoch in (0, 1))
    return f"In the first epoch alone the cost per example goes from {number(start)} to {number(end)}, and the pull changes with it."


def gradient_text(h, pulls):
    """Whether the gradient is about 0, in absolute size and relative to the weights."""
    absolute = ratio(pulls["large"].mean[:, 0], pulls["scaled"].mean[:, 0])
    relative = ratio(pulls["large"].relative[:, 0], pulls["scaled"].relative[:, 0])
    against = ratio(pulls["large"].relative[:, 0], claim.decay_steps(h))

    def compared(r):
        if h.replicates == 1:
            return f"{number(r.mean, 2)} times that of the scaled start (one seed, no interval)"
        side = "larger" if r.low > 1 else "smaller" if r.high < 1 else "not told apart by these seeds"
        return f"{number(r.mean, 2)} times that of the scaled start ({between(r, words.short)}): {side}"

    beside = (
        f" From N(0, 1), at the very first update, the data’s pull on a hidden weight (rms) is {number(against.mean, 2)} times that of decay; decay "
        "can rule the length only where the data mostly pull sideways."
        if h.l2
        else ""
    )
    return (
        "A small slope is not yet a small gradient. The error that comes back to a hidden unit has passed through the output weights, and these "
        f"are large too. In absolute size the initial hidden gradient from N(0, 1) is {compared(absolute)}. Relative to the weight it is {compared(relative)}.{beside} What "
        "the argument should say: decay is proportional to the weight and the gradient is not, so large weights tilt the balance."
    )


def effect_text(run, judged):
    """What decay alone does for cost and accuracy."""
    first = claim.first_epochs(run)
    start, trained = (interval(run.training_cost[:, epoch]).mean for epoch in (0, first))
    right, learned = (interval(run.validation_accuracy[:, epoch]).mean for epoch in (0, first))
    cost, accuracy = (v.measured for v in judged[-2:])
    return (
        f"What does the network do after {words.plural(first, 'epoch')}? Trained, its cost per example went from {number(start)} to "
        f"{number(trained)} and its accuracy on unseen images from {percent(right)} to {percent(learned)}. Decay alone, with the gradient "
        f"switched off, brings {percent(cost.mean)} of that change of the cost ({between(cost, percent)}) and {percent(accuracy.mean)} of "
        f"that of the accuracy ({between(accuracy, percent)}). Smaller weights can make a wrong answer less costly; to be right, the network "
        "needs the data. In this sense decay dominates only where there is nothing else: where the data do next to nothing."
    )


def keep_text(run, judged, thresholds):
    """Two sentences."""
    told = [v for v in judged if v.outcome in (Outcome.HOLDS, Outcome.FAILS)]
    told = f"Over the first epochs of this network the claim {article.by_outcome(told, about)}." if told else ""
    equal = [t for t in thresholds if t.measured is not None]
    if not equal:
        return f"{told} On the ruler decay and the data are nowhere equal for every seed."
    least, most = (choose(equal, key=lambda t: t.measured.mean) for choose in (min, max))
    points = " to ".join(f"{crossing_text(t)} for the {MEANING[t.meaning]} of the {t.part}" for t in (least, most))
    return f"{told} “Not too small” has no single value: decay and the data are equal at anything from {points}."


# ---------------------------------------------------------------------------------------------------- the claim

article.opening(
    "Who rules the first epochs?",
    "CLAIM 1 OF 4",
    r"Supposing $\lambda$ is not too small, the first epochs of training will be dominated almost entirely by weight decay.",
    "The first of four claims asked about in [Cross Validated 312642](https://stats.stackexchange.com/q/312642), after an "
    "exercise in Michael Nielsen’s [*Neural Networks and Deep Learning*]"
    "(http://neuralnetworksanddeeplearning.com/chap3.html) (2015), chapter 3.",
)
article.write(
    "Two things change a weight at every update: decay, which shrinks it a little, and the data, which move it down the slope of "
    "the cost."
)
article.equation(theory.UPDATE, 1)
article.write(
    "To say that one of them dominates, one has to say in what. In the **length** of a layer’s weights, $|W|$? In the **movement** "
    "of the weights, wherever it leads? Or in what the network **does**, its cost and its accuracy? The three questions need "
    "not have the same answer."
)
bet_place, figure_place = st.container(), st.container()
h = controls.panel(PAGE, DEFAULT, MAIN, MORE, WHY, also=claim.ruler)
eta, lam, n, m = h.symbols
data = load(h)
with bet_place:
    guess = article.bet(
        f"A bet before you look. Over the first {words.plural(claim.FIRST, 'epoch')}, what share of the way that the "
        f"{h.layer_names[0]} travel is the work of decay?",
        GUESSES,
        f"{PAGE}_bet",
    )
    reveal_place = st.container()

# ---------------------------------------------------------------------------------------------------- the figure

ledger_figures = []
with figure_place, article.column(article.FIGURE):
    for name, place in zip((h.layer_names[0], h.layer_names[-1]), st.columns(2)):
        with place:
            st.markdown(f"**{words.sentence(name)}: who changes their length**")
            ledger_figures.append(
                article.Figure(
                    "Bar chart for one layer, epoch by epoch: the change of the squared length of its weights by decay, downwards, and by "
                    "the data beside it, with a dot for both together. The first epochs are shaded."
                )
            )
    left, right = st.columns(2)
    with left:
        st.markdown("**Who moves them**")
        movement_figure = article.Figure(
            "Line chart by epoch, a line with its 95 percent band for each layer: the share of decay in the way that the weights moved. "
            "Dashed levels at one half and nine tenths."
        )
    with right:
        st.markdown("**What the network learns**")
        accuracy_figure = article.Figure(
            "Line chart by epoch: accuracy on unseen images of the trained network, and, dashed, of a network whose weights only decay."
        )
with figure_place, article.column():
    status = st.caption("Training")

stops = [epoch for epoch in EPOCHS if epoch < h.epochs] + [h.epochs]
accuracy_alone = snapshots.decay_alone(h, data, stops)[1]


def draw(followed):
    run = followed["dominates"]
    first = claim.first_epochs(run)
    for figure, layer in zip(ledger_figures, (0, -1)):
        table = tables.ledger(run, layer)
        figure.draw(*figures.ledger(table, h.layer_names[layer], first, h.epochs))
    movement_figure.draw(*figures.movement(tables.movement(run), h.epochs))
    accuracy_figure.draw(*figures.accuracy(tables.accuracy(run, stops, accuracy_alone), h.epochs))


run = runs.follow({"dominates": h}, draw, status)["dominates"]
first = claim.first_epochs(run)
judged = claim.judge(run, *snapshots.decay_alone(h, data, [0, first]))
drawn = "one seed" if h.replicates == 1 else f"means of {h.replicates} seeds with their 95 % bands"
with figure_place:
    article.caption(
        f"**Figure 1.** A {'-'.join(map(str, h.sizes))} network learns to read handwritten digits; {drawn}. Above: what decay (grey) and "
        r"the data (colour) do to $|W|^2$ in each epoch, in units of its start; the dot is both together. Below, left: decay’s share "
        "of the movement. Right: accuracy on unseen images, and what decay alone would give, with the gradient switched off."
    )
with reveal_place:
    article.reveal(guess, GUESSES, interval(claim.movement_share(run)[:, 0]), f"Measured for the {h.layer_names[0]}")

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(
    *judgement(run, judged),
    verdict_rows(judged),
    f"Over epochs 1 to {first}. Length: decay’s part of the two changes of |W|², by size. Movement: |D| / (|D| + |G|), defined below. "
    "Cost and accuracy: the change that decay alone would bring, over that of training. The claim holds where the whole 95 % interval "
    f"over {words.plural(h.replicates, 'seed')} is at {percent(verdicts.MOST)} or above, and fails where it is below "
    f"{percent(verdicts.EVEN)}. Premise, “λ not too small”: over these epochs decay takes at least "
    f"{percent(verdicts.MUCH_LESS)} of a weight that sees no data.",
)

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("An epoch, split exactly")
article.write(
    r"""No estimate is needed to part the two. Let $W$ be a layer’s weights at the start of an epoch, $W'$ at its end, and $\rho$ the
factor by which an epoch of decay alone shrinks a weight. Decay moves the weights by $D$ and the data by $G$, the rest:"""
)
article.equation(measurements.DISPLACEMENTS, 2)
article.write("Taking squares gives a ledger of the length with two entries that add up exactly:")
article.equation(measurements.LEDGER, 3)
article.write(
    r"""Decay points straight at the origin: all of its movement goes into the length. The data have a whole space of directions to
go to. If they move the weights sideways, they turn $W$ and hardly change its length; then $\langle W,G\rangle$ is small and only
$|G|^2$ counts."""
)
if run.epochs:
    article.write("\n\n".join(course(run, layer) for layer in range(len(h.layer_names))))
slogan = "**Decay sets the length, the data set the direction.** " if claim.shortens_while_data_turn(judged) else ""
article.write(
    "So the sentence “training is dominated by decay” can be true of a layer’s length while most of its movement is the data’s. "
    + slogan
    + "(What decay does within an epoch to what the same epoch learned is counted with the data.)"
)

# ---------------------------------------------------------------------------------------------------- the ruler

article.heading("Not too small: a ruler for λ")
article.write(
    r"""How large is “not too small”? Train the same network, from the same draws and with the same mini-batches, under many values of
$\lambda$, and look where decay and the data are equal over the first epochs. In length that is where $|W|$ neither grows nor
shrinks, in movement where $|D|=|G|$."""
)
ruler_place = st.container()
with ruler_place, article.column(article.FIGURE):
    ruler_figure = article.Figure(
        "Chart with a logarithmic axis of lambda and a row for each layer, for length and for movement: a dot with its 95 percent interval "
        "where decay and the data are equal, dashed ticks for closed-form estimates, vertical lines for your lambda and the book’s."
    )
with ruler_place, article.column():
    ruler_status = st.caption("Training")
grid = claim.ruler(h)
at_start = snapshots.gradients(runs.network(h, 0), h, data)
estimates = claim.estimates(h, data.mean_norm_squared, at_start.variance)


def draw_ruler(followed):
    run = followed["ruler"]
    if run.epochs:
        table = tables.ruler(claim.thresholds(grid.split(run)), estimates, lam, BOOK)
        ruler_figure.draw(*figures.ruler(table, grid.l2))


ruler_run = runs.follow({"ruler": grid}, draw_ruler, ruler_status)["ruler"]
thresholds = claim.thresholds(grid.split(ruler_run))
with ruler_place:
    dashes = (
        " Dashed ticks: estimates of the data’s pull at the very start, from closed forms."
        if estimates
        else " The closed-form estimates are for one hidden layer of sigmoid units and the cross-entropy; none is shown here."
    )
    article.caption(
        f"**Figure 2.** The λ at which decay and the data are equal over epochs 1 to {claim.FIRST}, with its 95 % interval over "
        f"{words.plural(h.replicates, 'seed')}; to its right decay is ahead.{dashes} It does not depend on your λ."
    )
article.write(ruler_rows(thresholds))
if estimates:
    article.write(
        r"""At initialisation one can estimate where the two are equal in length. The hidden pre-activations $z$ have, for weights of standard
deviation $\sigma_w$, an input $x$ and a bias from N(0, 1), the variance"""
    )
    article.equation(theory.PREACTIVATION_VARIANCE, 4)
    article.write(
        r"""and those of the outputs, $z_o$, follow from it. With $\overline{x^2}$ the mean square of an input, $n_\text{out}$ outputs, $\sigma_o$ the
standard deviation of the output weights and $v$ the variance of one weight’s gradient over the examples, the data’s pull along the weights, and the
noise of the mini-batches, which heats the weights up, are as large as decay at"""
    )
    article.equation(theory.HIDDEN_PULL, 5)
    article.equation(theory.OUTPUT_PULL, 6)
    article.equation(theory.NOISE_HEATING, 7)
    numbers = words.listed(f"{number(value, 2)} for the {part} ({kind})" for part, kind, value in estimates)
    article.write(
        f"""The values are {numbers}. They are sizes at the very start; on average over draws both pulls point inward,
as decay does. {errors_fall(run)} Compare the dashed ticks with the dots before you trust an
estimate made at initialisation. By the formulas the λ that balances the pull falls as $s^{{-3}}$ in a saturating hidden layer, for given output weights, and only as
$1/s_o$ in an output layer under the cross-entropy, with $s_o^2$ the variance of $z_o$. They would let decay win the hidden layer first, as the dots may or may
not have it; the exponents themselves are not measured here."""
    )
article.write(
    rf"""The book’s $\lambda={number(BOOK)}$ is marked. It was used with 50,000 examples; here there are {n:,}. With
the book’s $\eta$ and $m$ the same $\lambda$ decays a weight as much in an epoch, $\eta\lambda/m$, in fewer updates. Try:"""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "λ = 0.1, too small to promise anything", l2=0.1)
    controls.preset(PAGE, "λ = 2", l2=2)
    controls.preset(PAGE, "the book’s λ = 5", l2=5)
    controls.preset(PAGE, "λ = 100", l2=100)

article.write(
    r"""λ and η together decide how much decay there is in an epoch. Over both, and for each layer, the verdict on the length:"""
)
regimes.show(PAGE, "decay_dominates", claim.NORM, LAYERS, h, f"Whether decay dominates the length over {claim.FIRST} epochs,")
article.write(
    "The claim holds as well where λ is beyond the collapse and there is little left to train: that decay dominates does not mean that the network learns."
)

# ---------------------------------------------------------------------------------------------------- the gradient

article.heading("Is the gradient about 0?")
article.write(
    r"""The asker’s own argument: with weights from N(0, 1) the units are saturated, so the gradient is about 0, and only decay is left.
A sigmoid unit passes back the slope $\sigma'(z)$ at its pre-activation $z$. The spread (4) of $z$ makes the slope small, on
average and in the square:"""
)
if not estimates:
    article.equation(theory.PREACTIVATION_VARIANCE, 4)
article.equation(theory.MEAN_SLOPE, 8)
article.equation(theory.MEAN_SQUARED_SLOPE, 9)
starts = {name: claim.with_start(h, name) for name in INITIALIZATIONS}
slopes = {name: snapshots.saturation(snapshots.decayed(start, 0), start, data) for name, start in starts.items()}
pulls = {name: snapshots.gradients(snapshots.decayed(start, 0), start, data) for name, start in starts.items()}
article.write(slope_rows(h, slopes, data))
article.write(gradient_rows(pulls))
article.write(gradient_text(h, pulls))
sampled = "all training images" if n <= snapshots.SAMPLE else f"the first {snapshots.SAMPLE:,} training images"
epoch_place = st.container()
with epoch_place, article.column(article.FIGURE):
    chosen = controls.choice(PAGE, "epoch", "Pre-activations after epoch", EPOCHS, 20)
    shown = min(chosen, run.epochs)
    histogram_figure = article.Figure(
        "Histogram of the pre-activations of the hidden units over training images and seeds, at the start as an outline and after the "
        "chosen epoch filled, over the dashed slope of the unit, which is high only near 0."
    )
    networks = {"start": runs.network(h, 0), "chosen": runs.network(h, shown)}
    histogram_figure.draw(*figures.histogram(tables.histogram(networks, data, h.activation), shown))
article.caption(
    f"**Figure 3.** What the hidden units add up, over {sampled}: at the start (outline) and after the chosen epoch (filled). "
    "Dashed: the slope that a unit passes back. A unit learns where the two overlap."
)

# ---------------------------------------------------------------------------------------------------- one unit

article.heading("One hidden unit, seen")
article.write(
    "The weights into a hidden unit are as many as the pixels; they can be drawn as an image. On blank pixels, at the border, only "
    f"decay acts, and {percent(theory.memory_size(eta, lam, n, m, run.epochs))} of the draw is left after {words.plural(run.epochs, 'epoch')}. Where "
    "the pixels vary, the data change the picture."
)
with article.column(article.FIGURE):
    unit = controls.choice(PAGE, "unit", "Hidden unit", UNITS, 1)
    epochs = [epoch for epoch in SEEN if epoch < run.epochs] + [run.epochs]
    images = {epoch: tables.image(runs.network(h, epoch), unit) for epoch in epochs}
    reach = reach_of(images[0])
    with st.container(horizontal=True, gap="small"):
        for epoch, table in images.items():
            with st.container(width=148):
                article.Figure(f"Image of the weights into one hidden unit after epoch {epoch}, one square a pixel.").draw(
                    *figures.image(table, reach, f"epoch {epoch}")
                )
article.caption(
    f"**Figure 4.** Weights into hidden unit {unit} of the first seed: blue positive, orange negative, grey 0, one scale for all epochs."
)

# ---------------------------------------------------------------------------------------------------- where it stops

article.heading("What decay alone cannot do")
article.write(effect_text(run, judged))

article.heading("What to keep")
article.write(keep_text(run, judged, thresholds))
article.take_away(
    controls.address(PAGE),
    tables.all_layers(run),
    "decay_dominates.csv",
    controls.code(run=h) + "run.norm_change_decay, run.norm_change_data  # (seeds, epochs, layers)\n"
    "run.displacement_share                       # (seeds, epochs, layers)\n",
)
article.next_page("decay_per_epoch")
