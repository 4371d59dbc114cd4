"""Claim 4: how does L2 from N(0, 1) relate to a start from N(0, 1/n_in)?"""

from view import frame

frame.enter()

import streamlit as st

from engine import snapshots, theory
from engine.datasets import SHAPES
from engine.defaults import DEFAULTS, UNTIL
from engine.statistics import interval
from engine.studies import accuracies
from engine.verdicts import SAME_SIZE, Outcome
from engine.verdicts import scaled_start as claim
from view import article, controls, runs, words
from view.badges import badge
from view.figures import scaled_start as figures
from view.tables import scaled_start as tables
from view.tables import sizes
from view.words import between, number, percent

PAGE, DEFAULT = "c4", DEFAULTS["scaled_start"]
WHY = "the book’s λ, and long enough for the clocks of both layers"
MAIN = ("l2", "learning_rate", "epochs")
MORE = ("dataset", "n_train", "batch_size", "hidden", "activation", "cost", "replicates", "seed")
GUESSES = (0.05, 0.2, 0.4, 0.6, 0.8)
SWITCHES = (2, 5, 10, 20, 30, 34, 42, 50, 100)
NOTHING = "**The claim promises nothing here.** "


def points(interval):
    """A difference of accuracies."""
    return f"{words.points(interval.mean)} percentage points ({between(interval, words.points)})"


def judgement(h, judged, followed):
    """What a person would say of the verdicts."""
    if not (h.l2 and h.learning_rate):
        return NOTHING + "Without decay the large start stays large."
    if not claim.shrinks(h):
        return NOTHING + reach(h)
    diverged = [run.diverged_at for run in followed.values() if run.diverged_at]
    if diverged:
        return f"**The weights diverge.** A run left the finite numbers in epoch {diverged[0]}, so there is no end to compare."
    return f"**{ends(judged)}** {reach(h)}"


def ends(judged):
    """What the two starts have in common at the end, with L2."""
    sizes, draws = ({v.outcome for v in judged if v.meaning == meaning} for meaning in (claim.SIZE, claim.FORGOTTEN))
    if Outcome.FAILS in sizes:
        apart = words.listed(f"the {v.part}" for v in judged if v.meaning == claim.SIZE and v.outcome == Outcome.FAILS)
        return f"The two starts do not end equal in size: {apart} still differ."
    if Outcome.UNDECIDED in sizes:
        return "These seeds do not tell whether the two starts end equal in size."
    if Outcome.FAILS in draws:
        return "In size the two starts end equal. In their weights they do not: the draw is still there."
    if Outcome.UNDECIDED in draws:
        return "In size the two starts end equal. Whether the draw is forgotten, these seeds do not tell."
    return "In size the two starts end equal, and the draw is forgotten."


def reach(h):
    """How long decay alone needs, or why it does not get there."""
    finite = [(clock, name) for clock, name in zip(claim.clocks(h), h.layer_names) if words.is_number(clock)]
    if finite:
        clocks = words.listed(f"the {name} in {clock_text(clock)}" for clock, name in finite)
        return rf"Decay alone brings the weights down to N(0, 1/$n_\text{{in}}$): {clocks}."
    factor = number(theory.decay_factor(h.learning_rate, h.l2, h.n_train))
    return rf"Decay alone never makes N(0, 1/$n_\text{{in}}$): it multiplies a weight by {factor} at every update."


def clock_text(clock):
    """A number of epochs, or never."""
    if not words.is_number(clock):
        return "never"
    written = number(clock)
    return f"{written} epoch" if written == "1" else f"{written} epochs"


def value(v):
    """A measurement in the unit of its meaning."""
    if not words.is_number(v.measured.mean):
        return "not in this run"
    if v.meaning in (claim.ACCURACY, claim.RESCUED):
        return f"{words.points(v.measured.mean)} ({between(v.measured, words.points)})"
    if v.meaning == claim.SIZE:
        return f"{words.near_one(v.measured.mean)} ({between(v.measured, words.near_one)})"
    return f"{number(v.measured.mean, 2)} ({between(v.measured, words.short)})"


def asked(v):
    """What the measurement is compared with; it stays on one line."""
    accuracy, cosine = f"0 ± {words.points(claim.SAME_ACCURACY)}", f"0 ± {number(claim.NO_OVERLAP)}"
    return {
        claim.OFF: f"< {number(v.predicted, 2)}",
        claim.ON: f"< {number(v.predicted, 2)}",
        claim.SIZE: f"1 ± {percent(SAME_SIZE)}",
        claim.FORGOTTEN: cosine,
        claim.FORGOTTEN_SCALED: cosine,
        claim.ACCURACY: accuracy,
        claim.RESCUED: accuracy,
    }[v.meaning].replace(" ", "\u00a0")


def verdict_rows(judged):
    lines = ["| the same in | asked | measured | claim |", "|---|---|---|---|"]
    for v in judged:
        part = "" if v.part == claim.NETWORK else f", {v.part}"
        lines.append(f"| {v.meaning}{part} | {asked(v)} | {value(v)} | {badge(v.outcome)} |")
    return "\n".join(lines)


def clock_rows(h):
    lines = ["| layer | $n_\\text{in}$ | $1/\\sqrt{n_\\text{in}}$ | $T^*$ |", "|---|---|---|---|"]
    for name, fan_in, target, clock in zip(h.layer_names, h.sizes, claim.targets(h), claim.clocks(h)):
        lines.append(f"| {name} | {fan_in} | {number(target)} | {clock_text(clock)} |")
    return "\n".join(lines)


def sizes_text(run, layer):
    """Where a trained layer is at its T∗, beside decay alone."""
    h, stop = run.hyperparameters, claim.stops(run.hyperparameters)[layer]
    name = h.layer_names[layer]
    if not words.is_number(claim.clocks(h)[layer]):
        return f"The {name} have no clock here."
    if stop is None or stop > run.epochs:
        return f"The clock of the {name} lies beyond this run."
    if stop == 0:
        return f"The clock of the {name} runs out within half an epoch, before there is a trained network to look at."
    size, right = interval(run.weight_rms[:, stop, layer]), interval(run.validation_accuracy[:, stop])
    return (
        f"At epoch {stop}, the nearest to their clock, decay alone would have left the {name} at "
        f"{number(theory.memory_size(*h.symbols, stop))}; those of the trained network are at {number(size.mean)} ({between(size)}), and it "
        f"reads {percent(right.mean)} of the unseen images right."
    )


def distances_text(judged):
    """The distances of the weights at T∗ beside the critical one."""
    lines = []
    for off, on in zip(*([v for v in judged if v.meaning == meaning] for meaning in (claim.OFF, claim.ON))):
        if words.is_number(off.measured.mean):
            trained = f", {number(on.measured.mean, 2)} with it on" if words.is_number(on.measured.mean) else ""
            lines.append(
                f"{number(off.measured.mean, 2)} with the gradient off{trained} (critical: {number(off.predicted, 2)}) for the {off.part}"
            )
    return f" Distances: {'; '.join(lines)}." if lines else ""


def meeting_text(large, plain):
    """Equally large and equally old: the accuracy of the shrinking network minus that of the growing one."""
    epoch = claim.meeting(large, plain)
    if epoch is None:
        return f"In this run the {large.hyperparameters.layer_names[0]} from N(0, 1) with L2 stay the larger ones."
    size, difference = interval(large.weight_rms[:, epoch, 0]), accuracies.difference(large, plain, epoch)
    met = (
        f"At epoch {epoch} the {large.hyperparameters.layer_names[0]} from N(0, 1) with L2 have come down as far as those of the scaled start without L2 "
        f"have grown, to {number(size.mean)}."
    )
    return f"{met} The accuracy of the first minus that of the second is then {points(difference)}." if difference else met


def accuracy_criterion(h, told):
    """From what a difference of accuracies is told, or why it is not."""
    if told:
        return (
            f"Accuracy: from N(0, 1) with L2 minus that of the scaled start without, {told_from(h)}, in percentage points; the same within "
            f"{words.points(claim.SAME_ACCURACY)}."
        )
    return f"Accuracies are not compared: {too_few(h)}"


def told_from(h):
    """The seeds and images that a difference of accuracies rests on."""
    seeds = len(accuracies.SEEDS) if h.dataset == DEFAULT.dataset else h.replicates
    return f"over {words.plural(seeds, 'seed')} and the same {SHAPES[h.dataset].n_validation:,} unseen images"


def too_few(h):
    """Why a difference of accuracies is not told at the reader's values."""
    carry = "cannot carry" if h.replicates > 1 else "cannot even begin to carry"
    return (
        f"{words.plural(h.replicates, 'seed')} and {SHAPES[h.dataset].n_validation:,} unseen images {carry} a statement on so small a "
        f"difference. At the values with which the page opens it was measured with {len(accuracies.SEEDS)} seeds."
    )


def rescue_text(bare, others):
    """What a person would say of the accuracies, from the verdicts on them: of the large start without L2, and of both with it."""
    if bare.outcome == Outcome.HOLDS:
        first = "**There was nothing to rescue.** Without L2 the large start ends as accurate as the scaled start."
    elif bare.outcome == Outcome.FAILS:
        first = "**Without L2 the large start does not end as accurate as the scaled start.**"
    else:
        first = "**Whether there was anything to rescue, these seeds do not tell.**"
    if all(v.outcome == Outcome.FAILS and v.measured.high < 0 for v in others):
        return f"{first} L2 kept on costs accuracy, and from both starts: the loss is that of λ, not of the start."
    return first


def intervals(h):
    """What the intervals of the table are over."""
    if h.replicates == 1:
        return "One seed has no interval, and then only what is exact is judged."
    return (
        f"Intervals are 95 %, in pairs where two runs are compared, over {h.replicates} seeds where nothing else is said; they are not corrected for the number "
        "of verdicts."
    )


def learned_text(judged):
    """What learning made of the weights at T∗, for those layers of which it is decided."""
    told = []
    for outcome, what in ((Outcome.FAILS, "are no such draw by then"), (Outcome.HOLDS, "cannot be told from such a draw")):
        parts = [f"the {v.part}" for v in judged if v.meaning == claim.ON and v.outcome == outcome]
        told += [f"{words.listed(parts)} of a network that learns meanwhile {what}"] if parts else []
    return words.listed(told) if told else "what a network that learns meanwhile makes of them, this run does not decide"


def gain_rows(differences, h):
    """Accuracy at the end minus that of the scaled start without L2, for each network, and whether that is the same accuracy."""
    lines = ["| network | minus N(0, 1/$n_\\text{in}$) without L2 | the same? |", "|---|---|---|"]
    for name, gain in differences.items():
        same = claim.judge_accuracy(name, h, gain).outcome
        lines.append(f"| {name} | {words.points(gain.mean)} ({between(gain, words.points)}) | {badge(same)} |")
    return "\n".join(lines)


def remainder_text(run, layer):
    """What of the cosine with the draw is only draw that has not yet decayed, and what learning makes of it."""
    name, learned = run.hyperparameters.layer_names[layer], claim.learned_along(run, layer)
    left, whole = (interval(values).mean for values in (claim.remainder(run, layer), run.cosine[:, -1, layer]))
    if not claim.fades_steadily(run.hyperparameters) or not words.is_number(whole):
        return ""
    if left > 1:
        return f"The {name} from N(0, 1) are smaller than what decay alone would have left of their draw: the data have shrunk them as well."
    told = f"In the {name} from N(0, 1) the draw that decay has left would alone make a cosine of {words.short(left)}; it is {words.short(whole)}."
    if learned.low > 0:
        return f"{told} The rest has been learned, along the draw."
    if learned.high < 0:
        return f"{told} What was learned points against the draw."
    return f"{told} These seeds do not tell the two apart."


def prior_text(h):
    """The prior that L2 stands for, beside the two starts."""
    if not h.l2:
        return r"Without L2 there is no such prior."
    starts = words.listed(f"{number(target)} in the {name}" for name, target in zip(h.layer_names, claim.targets(h)))
    fans = words.listed(f"$\\lambda={fan_in}$ for the {name}" for name, fan_in in zip(h.layer_names, h.sizes))
    return (
        f"With $\\lambda={number(h.l2)}$ the prior has the standard deviation {number(theory.prior_deviation(h.l2))}, in every layer. The scaled start has {starts}. "
        f"The two would be equal only with {fans}: no single $\\lambda$ does."
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
variance. The question starts from N(0, 1), for every weight. Decay shrinks weights. If one starts large and lets L2 work, does one end up where the
scaled start begins?"""
)
claim_text, bet_place, figure_place = st.container(), st.container(), st.container()
h = controls.panel(PAGE, DEFAULT, MAIN, MORE, WHY)
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
            "an epoch; a dashed vertical line at the size of the scaled start. Each network is named beside its line."
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
first_draw = snapshots.decayed(arms["large"], 0)
weights, at_clock = [], {}
for layer, stop in enumerate(stops):
    off = claim.faded(h, first_draw, layer)
    on = None if stop is None else claim.weights(runs.network(arms["large"], stop), layer)
    at_clock[layer] = {kind: values for kind, values in ((tables.OFF, off), (tables.ON, on)) if values is not None}
    found = (None if values is None else claim.distance(h, values, layer) for values in (off, on))
    weights += claim.judge_weights(h, layer, *found)
kept = accuracies.difference(large, plain)
accuracy = [claim.judge_accuracy(claim.ACCURACY, h, kept)] if kept else []
judged = [*weights, *claim.judge(followed), *claim.judge_memory(scaled, claim.FORGOTTEN_SCALED), *accuracy]
drawn = "one seed" if h.replicates == 1 else f"means of {h.replicates} seeds with their 95 % bands"
with figure_place:
    article.caption(
        f"**Figure 1.** A {'-'.join(map(str, h.sizes))} network learns to read handwritten digits, from the same draw large and scaled; {drawn}. Thick: "
        "N(0, 1) with L2; thin: N(0, 1/$n_\\text{in}$) with L2; pale: N(0, 1/$n_\\text{in}$) without. Dashed: decay alone, the size of the scaled start, and T∗, where they "
        "cross. Below, accuracy on unseen images by epoch, and against the size of the hidden weights."
    )
with reveal_place:
    article.reveal(guess, GUESSES, interval(large.cosine[:, -1, -1]), f"Measured for the {h.layer_names[-1]}", number)

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(
    judgement(h, judged, followed),
    verdict_rows(judged),
    "Weights at T∗: Kolmogorov-Smirnov distance from N(0, 1/$n_\\text{in}$), against what a true draw of as many weights exceeds once in twenty. With the gradient "
    "off this is a draw by construction, and the distance checks the simulation. With it on the weights are those of the nearest whole epoch; the claim "
    "holds where they cannot be told from such a draw, and is decided only where the rounding to an epoch cannot matter. Size: rms from N(0, 1) over rms from "
    f"N(0, 1/$n_\\text{{in}}$), both with L2, the same within {percent(SAME_SIZE)}. Draw: cosine of the weights, with L2, with their own draw; it is forgotten where a "
    f"hundredth of the squared length, or less, lies along it. {accuracy_criterion(h, kept)} All but T∗ at the last epoch. Premise: decay shrinks a weight. {intervals(h)}",
)

# ---------------------------------------------------------------------------------------------------- the argument

article.heading("With the gradient off")
article.write(
    "Without data decay multiplies every weight, at each of the $\\lceil n/m\\rceil$ updates of an epoch, by the same factor. An epoch leaves"
)
article.equation(theory.DECAY_PER_EPOCH, 1)
article.write(
    r"""of it. A draw from N(0, 1) becomes, after $T$ epochs, a draw from N(0, $\rho^{2T}$): not something like it, but the same draw, scaled. Decay
reaches a share $r$ of the size after"""
)
article.equation(theory.DECAY_TIME, 2)
article.write(
    r"""epochs, and with $r=1/\sqrt{n_\text{in}}$ it has made the scaled start, up to the fraction of an update that $T^*$ may end on. That is the true core of
the guess. But a layer’s clock depends on its number of inputs:"""
)
article.write(clock_rows(h))
article.write(
    "Where these differ, no single moment serves all layers. When the one with more inputs is down to its size, decay has made the others too small."
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
                f"**{words.sentence(h.layer_names[index])}**"
                + (f", T∗ = {number(claim.clocks(h)[index])}" if at_clock[index] else "")
            )
            if at_clock[index]:
                article.Figure(
                    "Histogram of the weights of one layer at T star: with the gradient off as an outline, with the gradient on filled, over the dashed "
                    "density of the scaled start."
                ).draw(*figures.histogram(tables.histogram(h, at_clock[index], index), h.layer_names[index]))
            else:
                st.markdown("There is no T∗, so there is nothing to compare.")
article.caption(
    "**Figure 2.** Weights at T∗, all seeds: the draw after decay alone (outline) follows the density of N(0, 1/$n_\\text{in}$), dashed; the weights of the trained "
    f"network (filled, where T∗ lies within the run) do not have to.{distances_text(weights)}"
)
article.write(
    r"""Four things stay different, then. Biases: they are drawn from N(0, 1) in all three networks and do not decay, so by $T^*$ they have only been trained.
Layers: at any moment decay has scaled all of them by one factor, and the scaled start asks for one factor each. Learning: what was learned from large weights
is part of the weights at $T^*$. And $\lambda$: at $T^*$ it is still on."""
)
article.write(
    rf"""Is a network that came down to some size as good as one that grew to it? The last panel of Figure 1 sets both side by side. {meeting_text(large, plain)}"""
)

article.heading("The rescue: switch L2 off")
article.write(
    r"""The last of the four can be undone. Train from N(0, 1) with L2 until epoch $T$,
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
    table, alone = sizes(both, 0, names), tables.decay_alone(claim.rescue(h, until))
    rescue_size.draw(*figures.sizes(table, tables.level(h, 0), alone, h.epochs, until, "T"))
    rescue_accuracy.draw(*figures.accuracies(tables.accuracies(both, names), h.epochs))


asked_later = {"rescue": claim.rescue(h, until), "bare": claim.bare(h)}
rescued, bare = runs.follow(asked_later, draw_rescue, rescue_status).values()
compared = {
    "N(0, 1), no L2": bare,
    tables.ARMS["large"]: large,
    tables.ARMS["scaled"]: scaled,
    f"N(0, 1), L2 until epoch {until}": rescued,
}
differences = {name: accuracies.difference(run, plain) for name, run in compared.items()}
known = {name: difference for name, difference in differences.items() if difference}
with rescue_place:
    article.caption(
        f"**Figure 3.** From N(0, 1) with L2 until epoch {until} (thick), beside N(0, 1/$n_\\text{{in}}$) without L2 (pale); {drawn}. Dashed: decay alone, the scaled "
        f"size, and T. The clock of the {h.layer_names[0]}: {clock_text(claim.clocks(h)[0])}."
    )
    if until >= h.epochs:
        article.write(f"Epoch {until} is not before the end of this run, in which L2 is therefore never switched off.")
    if kept:
        article.write(
            f"Was there anything to rescue? Set all beside the scaled start without L2. The differences of accuracy at the end, in percentage points, {told_from(h)}:"
        )
        first, *others = (claim.judge_accuracy(name, h, known[name]) for name in tuple(compared)[:3])
        article.verdict(
            rescue_text(first, others),
            gain_rows(known, h),
            "Accuracy at the last epoch minus that of the scaled start without L2, in pairs of the same seed, with its 95 % interval. The same where the whole "
            f"interval lies within {words.points(claim.SAME_ACCURACY)} of 0.",
            "verdict_rescue",
        )
        if not differences[tuple(compared)[3]]:
            article.write(f"For L2 until epoch {until} it was not measured with so many seeds; for epoch {UNTIL} it was.")
    elif not any(run.diverged_at for run in compared.values()):
        article.write(f"The accuracies at the end are not compared here. {too_few(h)}")

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
cosines = {
    f"the {h.layer_names[layer]} {start}": interval(run.cosine[:, -1, layer]).mean
    for layer in layers
    for start, run in (("from N(0, 1)", large), ("from the scaled start", scaled))
}
ended = words.listed(f"{number(cosine, 2)} for {name}" for name, cosine in cosines.items() if words.is_number(cosine))
article.caption(
    "**Figure 4.** Cosine of the weights with their own draw, with L2; thick from N(0, 1), thin from N(0, 1/$n_\\text{in}$). "
    + (f"At the end it is {ended}." if ended else "Weights of 0 have no direction, and no cosine.")
)
article.write(
    "Equal sizes do not mean equal weights: the verdict compares the sizes to which L2 brings both starts, and this figure how much of its own draw each still "
    "points along. " + " ".join(remainder_text(large, layer) for layer in layers)
)

article.heading("The other reading: a prior")
article.write(
    r"""Read as statistics, L2 is a prior on the weights, and training looks for the most probable ones (descent does not draw from the posterior). With the
cost summed over the examples the prior of each weight is"""
)
article.equation(theory.PRIOR, 3)
article.write(prior_text(h))
with article.column(), st.expander("Where this was studied"):
    st.markdown(
        """Scaled starts go back to [LeCun et al. 1998](https://doi.org/10.1007/3-540-49430-8_2), [Glorot & Bengio
2010](https://proceedings.mlr.press/v9/glorot10a.html) and [He et al. 2015](https://arxiv.org/abs/1502.01852). That decay matters in the early, transient
epochs, and may be switched off later, was found by [Golatkar, Achille & Soatto 2019](https://arxiv.org/abs/1905.13277). A time of
order $1/(\\eta\\lambda)$ updates, with their $\\lambda$ for the book’s $\\lambda/n$, is in [Lewkowycz & Gur-Ari 2020](https://arxiv.org/abs/2006.08643), and
weights as an average over the last $m/(\\eta\\lambda)$ epochs are in [Wang & Aitchison 2024](https://arxiv.org/abs/2405.13698)."""
    )
article.write("The clocks run as $1/\\lambda$, as long as $\\eta\\lambda\\ll n$. Try how the race goes with other values:")
with article.column(), st.container(horizontal=True):
    for lam in (1, 5, 10, 50):
        controls.preset(PAGE, f"λ = {lam}", l2=lam)

article.heading("What to keep")
costs = (
    f" With L2 kept on, the accuracy at the end minus that of the scaled start without L2 is {points(kept)}, {told_from(h)}."
    if kept
    else ""
)
article.write(f"{reach(h)} But {learned_text(weights)}.{costs}")
article.take_away(
    controls.address(PAGE),
    tables.all_layers(followed),
    "scaled_start.csv",
    controls.code(**arms, rescued=claim.rescue(h, until)) + "large.weight_rms, large.cosine  # (seeds, epochs + 1, layers)\n"
    "large.validation_accuracy - plain.validation_accuracy  # (seeds, epochs + 1)\n",
)
article.next_page("book")
