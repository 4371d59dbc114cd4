"""Claim 1: are the first epochs dominated by weight decay?"""

from view import frame

frame.enter()

import streamlit as st

from engine import measurements, snapshots, theory, verdicts
from engine.datasets import SHAPES, load
from engine.defaults import DEFAULTS
from engine.initialization import INITIALIZATIONS
from engine.statistics import interval, ratio
from engine.studies import looks
from engine.verdicts import Outcome
from engine.verdicts import decay_dominates as claim
from view import article, controls, regimes, runs, words
from view.badges import badge
from view.figures import decay_dominates as figures
from view.tables import decay_dominates as tables
from view.tables import reach as reach_of
from view.words import between, number, percent

PAGE, DEFAULT = "c1", DEFAULTS["decay_dominates"]
WHY = "because the book has this λ, and so many epochs show what follows the first"
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
BOOK, EXAMPLES = 5.0, SHAPES["mnist"].n_train
MEANING = {
    claim.NORM: "length",
    claim.MOVEMENT: "movement from one epoch to the next",
    claim.COST: "fall of the cost",
    claim.ACCURACY: "gain in accuracy",
}
COUNT = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight")


def about(what):
    """What a verdict or a threshold is about."""
    named = {
        claim.NORM: f"length of the {what.part}",
        claim.MOVEMENT: f"movement of the {what.part} from one epoch to the next",
    }
    return f"the {named.get(what.meaning, MEANING[what.meaning])}"


def judgement(run, judged):
    """What a person would say of the verdicts."""
    h = run.hyperparameters
    if not claim.premise(h):
        return f"**The claim promises nothing here.** {unpromised(h)}"
    of = {outcome: [v for v in judged if v.outcome == outcome] for outcome in Outcome}
    if of[Outcome.DIVERGED]:
        return f"**Nothing to judge: the run diverged.** In epoch {run.diverged_at} a weight left the finite numbers."
    if h.replicates == 1:
        return "**Not judged: one seed has no interval.** The table has what this seed shows."
    said = [held(judged, of[Outcome.HOLDS], of[Outcome.UNDECIDED])]
    if of[Outcome.PARTLY]:
        some = "thing" if len(of[Outcome.PARTLY]) == 1 else "things"
        where = f"{COUNT[len(of[Outcome.PARTLY])]} {'more' if of[Outcome.HOLDS] else some}"
        said.append(f"In {where} decay does more than half, which is not almost all.")
    if of[Outcome.UNDECIDED]:
        said.append(f"About {untold(of[Outcome.UNDECIDED])} these seeds cannot tell.")
    if of[Outcome.PROMISES_NOTHING]:
        said.append(f"There is no {words.listed(MEANING[v.meaning] for v in of[Outcome.PROMISES_NOTHING])} to have a share in.")
    if of[Outcome.FAILS]:
        said.append(failed(of[Outcome.FAILS], len(judged), len(said) > 1 or of[Outcome.HOLDS]))
    return " ".join(said)


def untold(undecided):
    """What more seeds could decide."""
    return COUNT[len(undecided)] if len(undecided) > 2 else words.listed(map(about, undecided))


def unpromised(h):
    """Why the premise, that λ is not too small, is not met."""
    if not h.l2:
        return "It supposes that λ is not too small, and without λ there is no decay."
    first = words.plural(claim.FIRST, "epoch")
    if theory.decay_step(*h.symbols[:3]) == 2:
        return "It supposes that decay shrinks a weight, and here decay turns a weight’s sign at every update, and never shrinks it."
    if claim.left(h) > 1:
        return "It supposes that decay is decay, and at these values every update throws a weight past 0 and further out than it was."
    return f"It supposes that λ is not too small, and of a weight that sees no data {first} of this decay leave {percent(claim.left(h), 4)}."


def held(judged, true, open_):
    """Of how much the claim is true."""
    lengths = [v for v in judged if v.meaning == claim.NORM]
    if len(true) == len(judged):
        return "**True of everything that is measured here.**"
    if not true:
        return "**Shown of nothing that is measured here.**" if open_ else "**True of nothing that is measured here.**"
    if len(true) == 1:
        return f"**True of one thing, {about(true[0])}.**"
    if true == lengths:
        return "**True of the length of every layer.**"
    return f"**True of {COUNT[len(true)]} things out of {COUNT[len(judged)]}.**"


def failed(false, count, after):
    """Of how much of `count` things it is false; `after` something else was said."""
    if len(false) == count:
        return f"Of each of the {COUNT[count]} decay does less than half."
    if len(false) == 1:
        return f"It is false of {about(false[0])}, of which decay does less than half."
    learned = {claim.COST, claim.ACCURACY} <= {v.meaning for v in false}
    among = ", the cost and the accuracy among them" if learned else ""
    return f"It is false of {'the other ' if after else ''}{COUNT[len(false)]}{among}: there decay does less than half."


def share_text(run, v):
    """Decay's share, or why there is none."""
    if not run.epochs:
        return "–"
    if not words.is_number(v.measured.mean):
        return "one seed cannot tell" if run.hyperparameters.replicates == 1 else "no change that these seeds tell from 0"
    measured = tables.written(v)
    if measured.mean < 0:  # decay alone would undo some of what training does
        return "none, decay alone does harm" if measured.high < 0 else f"none that is seen ({percent(measured.high)} at most)"
    if measured.low == measured.high:
        return percent(measured.mean)
    return f"{percent(measured.mean)} ({between(measured, percent)})"


def verdict_rows(run, judged):
    lines = ["| what is dominated | decay’s share | claim |", "|---|---|---|"]
    for v in judged:
        part = "" if v.part == claim.NETWORK else f", {v.part}"
        lines.append(f"| {MEANING[v.meaning]}{part} | {share_text(run, v)} | {badge(v.outcome)} |")
    return "\n".join(lines)


def times_as(value, much, other):
    """How many times as large, or as far, as something else."""
    factor = number(value, 2)
    return f"about as {much} as {other}" if factor == number(1) else f"{factor} times as {much} as {other}"


def became(start, end, write):
    """From what to what something goes, as far as it is written."""
    before, after = write(start), write(end)
    return f"stays at {after}" if before == after else f"goes from {before} to {after}"


def course(run, layer):
    """What became of a layer in the first epochs, in numbers."""
    h, name, first = run.hyperparameters, run.hyperparameters.layer_names[layer], claim.first_epochs(run)
    way, angle = interval(claim.data_way(run)[:, layer]), interval(run.alignment[:, 0, layer])
    told = [f"**{words.sentence(name)}.** {length_text(h, first, *(interval(c[:, layer]) for c in claim.norm_changes(run)))}"]
    if words.is_number(way.mean):
        told.append(f"From one epoch to the next the data moved them {times_as(way.mean, 'far', 'decay did')}.")
    if words.is_number(angle.mean):
        told.append(
            f"In the first epoch the cosine of the angle between the data’s movement and the weights is {number(angle.mean, 2)}."
        )
    return " ".join(told)


def length_text(h, first, decay, data):
    """What decay and the data did to |W|^2 of a layer, in Intervals over seeds."""
    epochs, changed = words.plural(first, "epoch"), number(abs(data.mean), 2)
    learned = f"the data {'added' if data.mean > 0 else 'took away'} {changed}"
    if not h.l2:
        return f"There is no decay. Over {epochs} {learned}, in units of the first $|W|^2$."
    if decay.low <= 0 <= decay.high:
        return f"Over {epochs} the seeds differ too much for a mean of what decay and the data did to $|W|^2$."
    decayed = f"decay {'took away' if decay.mean < 0 else 'added'} {number(abs(decay.mean), 2)}"
    if data.low <= 0 <= data.high:
        return f"In units of the first $|W|^2$, {decayed} over {epochs}. What the data did to the length cannot be told from 0."
    return f"In units of the first $|W|^2$, {decayed} over {epochs}, and {learned}."


def look_rows(found):
    parts = ("decay’s share of", *(f"{meaning}, {part}" for meaning in ("movement", "length") for part in LAYERS))
    head, *rows = zip(parts, *tables.looks(found))  # a column for each way to look: it fits a phone
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---" for _ in head], *rows))


def crossing_text(t):
    if t.measured is not None:
        return f"$\\lambda={number(t.measured.mean, 2)}$ ({between(t.measured, words.short)})"
    if t.ahead:
        return f"no crossing, {AHEAD[t.ahead]}"
    return f"a crossing in {words.plural(t.crossings, 'seed')} only"


def ruler_rows(thresholds):
    lines = ["| equal in | decay and data are equal at |", "|---|---|"]
    lines += [f"| {MEANING[t.meaning]}, {t.part} | {crossing_text(t)} |" for t in thresholds]
    return "\n".join(lines)


def estimate_rows(estimates, inward):
    """Closed forms beside what is measured in the draws themselves."""
    lines = ["| layer | inward pull, estimated | inward pull, measured | noise, at most |", "|---|---|---|---|"]
    for layer, e in enumerate(estimates):
        pull = interval(inward[:, layer])
        measured = f"{number(pull.mean, 2)} ({between(pull, words.short)})"
        lines.append(f"| {e.part} | {number(e.pull, 2)} | {measured} | {number(e.noise, 2)} |")
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
    pull = ", and the pull changes with it" if number(start) != number(end) else ""
    return f"In the first epoch alone the cost per example {became(start, end, number)}{pull}."


def compared(r, how):
    """One sentence on the initial hidden gradient of the two starts; `r` is the ratio, large over scaled."""
    if r.low <= 1 <= r.high:
        return f"{how} these seeds do not tell the initial hidden gradients of the two starts apart."
    return f"{how} the initial hidden gradient from N(0, 1) is {times_as(r.mean, 'large', 'that of the scaled start')} ({between(r, words.short)})."


def gradient_text(run, pulls):
    """Whether the gradient is about 0: in absolute size, relative to the weights, and against decay."""
    absolute = ratio(pulls["large"].mean[:, 0], pulls["scaled"].mean[:, 0])
    relative = ratio(pulls["large"].relative[:, 0], pulls["scaled"].relative[:, 0])
    told = [
        "A small slope is not yet a small gradient. The error that comes back to a hidden unit has passed through the weights that follow, and "
        f"these are large too. {compared(absolute, 'In absolute size,')} {compared(relative, 'Relative to the weight,')}"
    ]
    if relative.high < 1:
        told.append(
            "What can be said is this: decay is proportional to the weight and the gradient is not, so large weights tilt the balance towards decay."
        )
    if relative.low > 1:
        told.append("Here large weights do not tilt the balance towards decay.")
    return " ".join(told)


def against_decay(run, pulls):
    """The data against decay, at the first update and over the first epochs."""
    h = run.hyperparameters
    name = h.layer_names[0]
    whole, along = map(interval, claim.pulls_over_decay(h, pulls[h.initialization]))
    told = [
        f"Is it small against decay? At the very first update the data’s pull on the {name} is {times_as(whole.mean, 'large', 'that of decay')} "
        f"(rms). The part of this pull along the weights, which alone changes their length to first order, is {times_as(along.mean, 'large', 'decay’s')}."
    ]
    way = interval(claim.data_way(run)[:, 0])
    if words.is_number(way.mean):
        told.append(
            f"From one epoch to the next, over {words.plural(claim.first_epochs(run), 'epoch')}, the data move these weights {times_as(way.mean, 'far', 'decay')}."
        )
    if way.mean < whole.mean and h.updates_per_epoch > 1:
        told.append(
            "From update to update the pull of the data turns and partly undoes itself, where that of decay keeps its direction."
        )
    return " ".join([*told, errors_fall(run)])


def effect_text(run, cost_alone, accuracy_alone, judged):
    """What decay alone does for cost and accuracy."""
    if not run.epochs:
        return "The run left the finite numbers in its first epoch, and there is nothing to set beside decay alone."
    first = claim.first_epochs(run)
    start, trained = (interval(run.training_cost[:, epoch]).mean for epoch in (0, first))
    right, learned = (interval(run.validation_accuracy[:, epoch]).mean for epoch in (0, first))
    alone, guessed = (interval(values[:, 1]).mean for values in (cost_alone, accuracy_alone))
    told = (
        f"What does the network do after {words.plural(first, 'epoch')}? In training its cost per example {became(start, trained, number)}, "
        f"and its accuracy on the {SHAPES[run.hyperparameters.dataset].n_validation:,} unseen images {became(right, learned, percent)}. Decay alone, with the "
        f"gradient switched off, takes the cost to {number(alone)} and the accuracy to {percent(guessed)}."
    )
    cheaper = " Smaller weights make a wrong answer less costly." if alone < start and number(alone) != number(start) else ""
    data = " To be right, the network needs the data." if judged[-1].outcome == Outcome.FAILS else ""
    return told + cheaper + data


def keep_text(run, judged, thresholds):
    """What the verdicts say, and whether “not too small” has one value."""
    equal = [t for t in thresholds if t.measured is not None]
    told = judgement(run, judged)
    if not thresholds:
        return told
    if len(equal) < 2:
        nowhere = "On the ruler decay and the data are nowhere equal for every seed."
        once = "On the ruler decay and the data are equal for every seed in one meaning and layer only."
        return f"{told} {once if equal else nowhere}"
    least, most = (choose(equal, key=lambda t: t.measured.mean) for choose in (min, max))
    if run.hyperparameters.replicates == 1:
        low, high = (f"$\\lambda={number(t.measured.mean, 2)}$ in {about(t)}" for t in (least, most))
        return f"{told} In this one seed decay and the data are equal at {low}, and at {high}."
    low, high = (f"{crossing_text(t)} in {about(t)}" for t in (least, most))
    if not least.measured.high < most.measured.low:
        return (
            f"{told} These seeds do not tell apart the points at which decay and the data are equal in one meaning and another."
        )
    return f"{told} “Not too small” has no single value: decay and the data are equal at {low}, and at {high}."


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
    "Two things change a weight at every update: decay, which pulls it towards 0, and the data, which move it down the slope of "
    "the cost."
)
article.equation(theory.UPDATE, 1)
article.write(
    "To say that one of them dominates, one has to say in what. In the **length** of a layer’s weights, $|W|$? In the **movement** "
    "of the weights from one epoch to the next, wherever it leads? Or in what the network **does**, its cost and its accuracy? The three questions need "
    "not have the same answer."
)
bet_place, figure_place = st.container(), st.container()
h = controls.panel(PAGE, DEFAULT, MAIN, MORE, WHY, also=claim.ruler)
eta, lam, n, m = h.symbols
data = load(h)
with bet_place:
    guess = article.bet(
        f"A bet before you look. Over the first {words.plural(claim.FIRST, 'epoch')}, what share of the way that the "
        f"{h.layer_names[0]} travel from one epoch to the next is the work of decay?",
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
        st.markdown("**Who moves them, from one epoch to the next**")
        movement_figure = article.Figure(
            "Line chart by epoch, a line with its 95 percent band for each layer: the share of decay in the way that the weights moved "
            "from one epoch to the next. "
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
alone = snapshots.decay_alone(h, data, [0, first])
judged = claim.judge(run, *alone)
drawn = "one seed" if h.replicates == 1 else f"means of {h.replicates} seeds with their 95 % bands"
with figure_place:
    article.caption(
        f"**Figure 1.** A {'-'.join(map(str, h.sizes))} network is trained on handwritten digits; {drawn}. Above: what decay (grey) and "
        r"the data (colour) do to $|W|^2$ in each epoch, in units of its start; the dot is both together. Below, left: decay’s share "
        "of the movement from one epoch to the next. Right: accuracy on unseen images, and what decay alone would give, with the gradient switched off."
    )
with reveal_place:
    article.reveal(
        guess, GUESSES, tables.of_a_whole(interval(claim.movement_share(run)[:, 0])), f"Measured for the {h.layer_names[0]}"
    )

# ---------------------------------------------------------------------------------------------------- the verdict

span = f"Over {words.plural(first, 'epoch')} from the start" if first else "Over the first epochs"
article.verdict(
    judgement(run, judged),
    verdict_rows(run, judged),
    f"{span}. Length: decay’s part of the two changes of |W|², by size. Movement: |D| / (|D| + |G|), defined below and read from one epoch to the "
    "next. Cost and accuracy: the change that decay alone would bring, over that of training, where the seeds tell the latter from 0. The claim "
    f"holds where the whole 95 % interval over seeds is at {percent(verdicts.MOST)} or above, fails where it is "
    f"below {percent(verdicts.EVEN)}, and holds partly where it is known to lie between. The intervals are not corrected for their number. "
    f"Premise, that λ is “not too small”: over {words.plural(claim.FIRST, 'epoch')} decay takes at least {percent(verdicts.MUCH_LESS)} of a weight that sees no data.",
)

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("An epoch, split exactly")
article.write(
    r"""No estimate is needed to part the two. Let $W$ be a layer’s weights at the start of an epoch, $W'$ at its end, and $\rho$ the
factor by which an epoch of decay alone multiplies a weight. Decay moves the weights by $D$ and the data by $G$, the rest:"""
)
article.equation(measurements.DISPLACEMENTS, 2)
article.write("Taking squares gives a ledger of the length with two entries that add up exactly:")
article.equation(measurements.LEDGER, 3)
article.write(
    r"""Decay acts along $W$ itself: it changes the length and nothing else. The data have a whole space of directions to go to. If
they move the weights sideways, they turn $W$ and hardly change its length; then $\langle W,G\rangle$ is small and only $|G|^2$
counts."""
)
if theory.decay_step(eta, lam, n) > 1:
    article.write("Here $\\eta\\lambda$ exceeds $n$: an update of decay carries a weight past 0, to the other side.")
if run.epochs:
    article.write("\n\n".join(course(run, layer) for layer in range(len(h.layer_names))))
turned = words.listed(f"the {part}" for part in claim.ruled_in_length_alone(judged))
article.write(
    "So decay can dominate the length of a layer without dominating its movement"
    + (f", as it does here in {turned}. " if turned else ". ")
    + "(What decay does within an epoch to what the same epoch learned is counted with the data.)"
)

with article.column(), st.expander("How often one looks"):
    st.markdown(
        "Weights that go to and fro between two looks have moved less than the sum of their ways. So decay’s share of the movement "
        "depends on how often one looks, and this page always looks from one epoch to the next. Its share of what changes the length "
        "hardly depends on it: what is said here of who dominates rests on the length. The page’s own network, "
        f"$\\lambda={number(DEFAULT.l2)}$, over {words.plural(claim.FIRST, 'epoch')}, means of {words.plural(DEFAULT.replicates, 'seed')}:"
    )
    st.markdown(look_rows(looks.results()))

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
        "where decay and the data are equal, vertical lines for your lambda and the book’s."
    )
with ruler_place, article.column():
    ruler_status = st.caption("Training")
grid = claim.ruler(h)


def draw_ruler(followed):
    run = followed["ruler"]
    if run.epochs:
        table = tables.ruler(claim.thresholds(grid.split(run)), lam, BOOK)
        ruler_figure.draw(*figures.ruler(table, grid.l2))


ruler_run = runs.follow({"ruler": grid}, draw_ruler, ruler_status)["ruler"]
thresholds = claim.thresholds(grid.split(ruler_run)) if ruler_run.epochs else []
seen = "from one seed" if h.replicates == 1 else f"with its 95 % interval over {h.replicates} seeds"
with ruler_place:
    article.caption(
        f"**Figure 2.** The λ at which decay and the data are equal over the first {words.plural(ruler_run.epochs, 'epoch')}, {seen}. "
        "To its right the length falls, and in movement, from one epoch to the next, decay is ahead. "
        "It does not depend on your λ."
        if ruler_run.epochs
        else "**Figure 2.** Nothing to draw: under some λ of the ruler the run diverged in its first epoch."
    )
article.write(ruler_rows(thresholds))
starts = {name: claim.with_start(h, name) for name in INITIALIZATIONS}
pulls = {name: snapshots.gradients(snapshots.decayed(start, 0), start, data) for name, start in starts.items()}
estimates = claim.estimates(h, data.mean_norm_squared, pulls[h.initialization].variance)
if estimates:
    article.write(
        r"""In length, those are points at which the data push outward as hard as decay pulls in. At the very start it is otherwise: on average over draws the data
pull inward, as decay does, and closed forms give the $\lambda$ at which the two pulls are equal, by order of magnitude and for saturated hidden units.
The hidden pre-activations $z$ have, for weights of standard deviation $\sigma_w$, an input $x$ and a bias from N(0, 1), the variance"""
    )
    article.equation(theory.PREACTIVATION_VARIANCE, 4)
    article.write(
        r"""and $s_o^2$, that of the outputs’ $z_o$, follows from it. With $\overline{x^2}$ the mean square of an input, $n_\text{out}$ outputs and
$\sigma_o$ the standard deviation of the output weights, the inward pull on the hidden and on the output weights is as large as decay at"""
    )
    article.equation(theory.HIDDEN_PULL, 5)
    article.equation(theory.OUTPUT_PULL, 6)
    article.write(
        r"""The noise of the mini-batches heats the weights up, outward. If they were drawn independently, it would match decay at the following $\lambda$, with
$v$ the variance over the examples of one weight’s gradient and $\sigma$ the layer’s own $\sigma_w$ or $\sigma_o$; reshuffling cancels most of it, so this
is an upper bound:"""
    )
    article.equation(theory.NOISE_HEATING, 7)
    article.write(estimate_rows(estimates, claim.inward_pull(h, pulls[h.initialization])))
    article.write(
        f"No estimate says where the dots of the ruler are, which look at {words.plural(claim.FIRST, 'epoch')} of training."
    )
there = f"; here there are {n:,}" if n < EXAMPLES else ", as here"
article.write(
    rf"""The book’s $\lambda={number(BOOK)}$ is marked. It was used with {EXAMPLES:,} examples{there}. As long as
$\eta\lambda\ll n$ and $m$ is no larger than $n$, what decay takes in an epoch hangs on $\eta\lambda/m$ and not on $n$. Try:"""
)
with article.column(), st.container(horizontal=True):
    controls.preset(PAGE, "λ = 0.1", l2=0.1)
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
    r"""In a comment the asker suggests that the mean gradient is often about 0, which would leave decay alone. One reason why it might be: a sigmoid unit passes
back the slope $\sigma'(z)$ at its pre-activation $z$, and the larger the spread (4) of $z$, the smaller this slope, on average and in the square:"""
)
if not estimates:
    article.equation(theory.PREACTIVATION_VARIANCE, 4)
article.equation(theory.MEAN_SLOPE, 8)
article.equation(theory.MEAN_SQUARED_SLOPE, 9)
slopes = {name: snapshots.saturation(snapshots.decayed(start, 0), start, data) for name, start in starts.items()}
article.write(slope_rows(h, slopes, data))
article.write(gradient_rows(pulls))
article.write(gradient_text(run, pulls))
if h.l2:
    article.write(against_decay(run, pulls))
sampled = "all training images" if n <= snapshots.SAMPLE else f"the first {snapshots.SAMPLE:,} training images"
epoch_place = st.container()
with epoch_place, article.column(article.FIGURE):
    chosen = controls.choice(PAGE, "epoch", "Pre-activations after epoch", EPOCHS, 20)
    shown = min(chosen, run.epochs)
    histogram_figure = article.Figure(
        "Histogram of the pre-activations of the hidden units over training images and seeds, at the start as an outline and after the "
        "chosen epoch filled, over the dashed slope of the unit."
    )
    networks = {"start": runs.network(h, 0), "chosen": runs.network(h, shown)}
    histogram_figure.draw(*figures.histogram(tables.histogram(networks, data, h.activation), shown))
article.caption(
    f"**Figure 3.** What the hidden units add up, over {sampled}: at the start (outline) and after the chosen epoch (filled). "
    "Dashed: the slope that a unit passes back. A unit learns where the two overlap."
)

# ---------------------------------------------------------------------------------------------------- one unit

article.heading("One hidden unit, seen")
size = theory.memory_size(eta, lam, n, m, run.epochs)
faded = (
    ", and makes the draw larger"
    if size > 1
    else f", and {percent(size)} of the draw is left after {words.plural(run.epochs, 'epoch')}"
    if run.epochs
    else ""
)
article.write(
    "The weights into a hidden unit are as many as the pixels; they can be drawn as an image. On blank pixels, at the border, only "
    f"decay acts{faded}. Where the pixels vary, the data change the picture."
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
article.write(effect_text(run, *alone, judged))

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
