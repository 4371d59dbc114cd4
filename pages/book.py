"""The book's own examples: do the three claims hold in them?"""

from view import frame

frame.enter()

import streamlit as st

from engine import theory, verdicts
from engine.datasets import SHAPES
from engine.statistics import interval
from engine.studies import book
from engine.verdicts import CONTROL, SAME_SIZE, Outcome, decay_dominates, decay_per_epoch, scaled_start, tail_off
from engine.verdicts import book as audit
from view import article, controls, runs, words
from view.badges import badge
from view.figures import book as figures
from view.tables import book as tables
from view.tables import reach as reach_of
from view.tables import together
from view.tables.tail_off import LATEX, START
from view.words import between, number, percent

PAGE = "book"
SMALL, LARGE = book.NETWORKS
GUESSES = (0.2, 0.5, 1.0, 2.0, 4.0)
UNITS = tuple(range(1, 31))
PER_WEIGHT, PER_ROOT, PER_FAN_IN = range(3)
"""Places of the candidates."""
ABOUT = {
    1: "1, dominated by decay: decay’s share",
    2: "2, the factor per epoch: the rate",
    3: "3, tails off around $1/\\sqrt{n_w}$: the size at rest",
}
MEANING = {
    decay_dominates.NORM: "length",
    decay_dominates.MOVEMENT: "movement from one epoch to the next",
    decay_dominates.COST: "fall of the cost",
    decay_dominates.ACCURACY: "gain in accuracy",
}

audited = book.results()
graphed = {hidden: {start: audited.run(h) for start, h in book.arms(hidden, book.EPOCHS).items()} for hidden in book.NETWORKS}
whole = {
    hidden: {start: audited.run(h) for start, h in book.arms(hidden, last).items()} for hidden, last in book.NETWORKS.items()
}
h = book.arms(SMALL, book.EPOCHS)["large"]
eta, lam, n, m = h.symbols
hidden_name, output_name = h.layer_names
seeds = words.plural(h.replicates, "seed")
unseen = f"{SHAPES['mnist'].n_validation:,}"
left = percent(audit.size_left(h, book.EPOCHS))
threshold = tail_off.collapse(h, audited.top_singular_value)


def sizes_of(hidden):
    return "-".join(map(str, book.example(hidden, "large").sizes))


def judged(hidden):
    """Number of the claim -> verdicts over the graphed epochs."""
    extra = audited.extra[book.example(hidden, "large")]
    return audit.judge(graphed[hidden], extra.cost_alone, extra.accuracy_alone, threshold)


VERDICTS = {hidden: judged(hidden) for hidden in book.NETWORKS}
FLOORS = {hidden: tail_off.floors(graphed[hidden]) for hidden in book.NETWORKS}
LONG_FLOORS = tail_off.floors(whole[SMALL])
LONG_VERDICTS = audit.at_the_books_size(tail_off.judge(whole[SMALL], threshold))
UNTIL = decay_per_epoch.last_epoch_within(graphed[SMALL]["large"], 0, decay_per_epoch.TOLERANCE)


# ---------------------------------------------------------------------------------------------------- words from numbers


def premises_text():
    """Whether the premises of the claims are met."""
    met = all(all(audit.premises(book.example(hidden, "large"), threshold).values()) for hidden in book.NETWORKS)
    return (
        f"{'All three are met' if met else 'Not all of them are met'}: decay alone leaves {percent(decay_dominates.left(h))} of a weight after "
        rf"{words.plural(decay_dominates.FIRST, 'epoch')}, $\eta\lambda/n$ is {number(theory.decay_step(eta, lam, n))}, and $\lambda$ is below "
        f"{number(threshold)}, from which on weights of 0 are a stable state."
    )


def name_of(v):
    return f"{MEANING[v.meaning]}" + ("" if v.part == decay_dominates.NETWORK else f" of the {v.part}")


def judgement():
    """What a person would say of the three claims, of both networks unless one is named."""
    return " ".join((whole_text(), first_text(), second_text(), third_text(), after_long()))


def whole_text():
    through = [claim for claim in ABOUT if all(audit.is_true(v) for hidden in book.NETWORKS for v in VERDICTS[hidden][claim])]
    if not through:
        return "**The graphed runs bear out none of the three claims as a whole.**"
    return (
        "**The graphed runs bear out all three claims.**"
        if through == list(ABOUT)
        else "**The graphed runs do not bear out all three claims.**"
    )


def first_text():
    held = [[name_of(v) for v in VERDICTS[hidden][1] if audit.is_true(v)] for hidden in book.NETWORKS]
    if any(names != held[0] for names in held):
        return "The first is not true of the same things in both networks: the tables tell of which."
    if not held[0]:
        return "The first is true in none of its meanings."
    if len(held[0]) == len(VERDICTS[SMALL][1]):
        return "The first is true in all of its meanings."
    return f"The first is true of the {words.listed(held[0])}, and of nothing else."


def second_text():
    found = [v for hidden in book.NETWORKS for v in VERDICTS[hidden][2]]
    drawn, later = (
        [v.outcome for v in found if v.epochs == book.EPOCHS and (v.part == CONTROL) is own] for own in (True, False)
    )
    exact = set(drawn) == {Outcome.EXACT}
    if exact and set(later) == {Outcome.FAILS}:
        return f"The second is exact for what is left of the draw; over the {book.EPOCHS} epochs it is false of every layer."
    if exact:
        return "The second is exact for what is left of the draw; of whole layers it is not false everywhere."
    return "The second is not exact even for what is left of the draw, which it should be."


def third_text():
    floors = [floor for hidden in book.NETWORKS for floor in FLOORS[hidden]]
    if all(floor.rest == Outcome.NOT_AT_REST for floor in floors):
        return "The third cannot be judged from the graphs, for no layer is at rest when they end."
    return "The third can be judged from the graphs only for the layers that are at rest when they end."


def after_long():
    if not all(floor.reached for floor in LONG_FLOORS):
        return (
            f"Trained on to epoch {book.LONG}, the {sizes_of(SMALL)} network still has a layer that is not known to be at rest."
        )
    if {v.outcome for v in LONG_VERDICTS} != {Outcome.FAILS}:
        return f"Trained on to epoch {book.LONG}, the {sizes_of(SMALL)} network comes to rest in size, and there the claim is not false of every layer."
    times = number(audit.nearest_times(LONG_VERDICTS), 2)
    return (
        f"Trained on to epoch {book.LONG}, the {sizes_of(SMALL)} network does come to rest in size, and there the claim is false: the layer nearest to "
        f"$1/\\sqrt{{n_w}}$ has {times} times that size."
    )


def share_row(v):
    part = "" if v.part == decay_dominates.NETWORK else f", {v.part}"
    return f"| {MEANING[v.meaning]}{part} | {percent(v.measured.mean)} ({between(v.measured, percent)}) | {badge(v.outcome)} |"


def rate_row(v):
    def rate(value):
        return words.like(value, v.predicted)

    span = "epoch 1" if v.epochs == 1 else f"epochs 1 to {v.epochs}"
    return f"| {v.part}, {span} | {rate(v.measured.mean)} ({between(v.measured, rate)}) | {badge(v.outcome)} |"


def rest_row(floor, v):
    """How large a layer is at rest, or else what it does; from N(0, 1)."""
    if floor.reached:
        return f"| {v.part}, epoch {v.epochs} | {number(v.ratio.mean, 2)} times $1/\\sqrt{{n_w}}$ | {badge(v.outcome)} |"
    unopposed = floor.unopposed["large"]
    does = (
        "neither shrink nor grow for certain"
        if unopposed.low < 0 < unopposed.high
        else "still grow"
        if unopposed.high < 0
        else "still shrink"
    )
    back = percent(audit.put_back(floor))
    return f"| {v.part}, epoch {v.epochs} | {does}; the data put back {back} of what decay takes | {badge(v.outcome)} |"


def verdict_rows(hidden):
    found = VERDICTS[hidden]
    lines = [f"| {sizes_of(hidden)} | measured | claim |", "|---|---|---|", f"| **{ABOUT[1]}** | | |"]
    lines += [*map(share_row, found[1]), f"| **{ABOUT[2]}** | | |", *map(rate_row, found[2]), f"| **{ABOUT[3]}** | | |"]
    lines += map(rest_row, FLOORS[hidden], audit.at_the_books_size(found[3]))
    if hidden == SMALL:
        lines += map(rest_row, LONG_FLOORS, LONG_VERDICTS)
    return "\n".join(lines)


def criteria():
    """By which the table judges."""
    return (
        f"From N(0, 1), as on the pages of the claims; 95 % intervals over {seeds}, not corrected for the number of verdicts. **First**, over "
        f"epochs 1 to {decay_dominates.FIRST}: for length and movement decay’s part of what decay and the data do; for the cost and for the accuracy "
        f"on {unseen} images what decay alone would bring over what training brought, below 0 where it does harm. Holds at "
        f"{percent(verdicts.MOST)} or above, fails below {percent(verdicts.EVEN)}, partly in between. **Second**: the claimed rate is "
        f"{number(theory.decay_rate(eta, lam, m))} per epoch, and holds within {percent(decay_per_epoch.TOLERANCE)}. The draw fades so by "
        f"construction; the {CONTROL} check the simulation. **Third**: within a factor of {number(tail_off.AROUND)}, for a layer at rest: at the "
        f"pace of the last {tail_off.LAST} epochs its size would change by at most {percent(SAME_SIZE)} in the next "
        f"{number(tail_off.horizon(h), 2)}, and both starts give the same size within {percent(SAME_SIZE)}."
    )


def first_rates_text():
    """What the output weights do in the first epoch."""
    told = []
    for hidden in book.NETWORKS:
        v = next(v for v in VERDICTS[hidden][2] if v.part == output_name)
        does = f"shrink {number(v.ratio.mean, 2)} times as fast as by decay alone"
        if v.measured.low < 0:
            does = "grow" if v.measured.high < 0 else "neither grow nor shrink for certain"
        told.append(f"those of the {sizes_of(hidden)} network {does}")
    return f"A rate below 0 is growth. In epoch 1 the {output_name} go their own way: {words.listed(told)}."


def times_rows():
    """Epochs of decay alone to each candidate, for every layer of both networks; the book's first."""
    order = (PER_ROOT, PER_FAN_IN, PER_WEIGHT)
    head = " | ".join(LATEX[tail_off.CANDIDATES[k]] for k in order)
    lines = [f"| epochs of decay alone | {head} |", "|---|---|---|---|"]
    for hidden in book.NETWORKS:
        example = book.example(hidden, "large")
        for layer, name in enumerate(example.layer_names):
            times = audit.decay_times(example, layer)
            lines.append(f"| {sizes_of(hidden)}, {name} | " + " | ".join(f"{times[k]:.0f}" for k in order) + " |")
    return "\n".join(lines)


def nearest_text():
    """How near the layers came to the sizes at which the decay is said to stop."""
    near = audit.nearest([graphed[hidden]["large"] for hidden in book.NETWORKS])
    soonest = audit.soonest([book.example(hidden, "large") for hidden in book.NETWORKS], PER_ROOT)
    return (
        f"The book’s graphs end at epoch {book.EPOCHS}. By then decay alone has brought no layer to $1/\\sqrt{{n_w}}$, nor within a factor of "
        f"{number(tail_off.AROUND)} of it; that takes {soonest:.0f} epochs at least. The data could have brought them there sooner, and did "
        f"not: from N(0, 1) the nearest that any layer of either network comes is {number(near[PER_ROOT], 2)} times $1/\\sqrt{{n_w}}$ and "
        f"{number(near[PER_FAN_IN], 2)} times $1/\\sqrt{{n_\\text{{in}}}}$."
    )


def rest_text():
    """Where the small network comes to rest, if it does."""
    layers = " ".join(stands(floor, layer) for layer, floor in enumerate(LONG_FLOORS))
    return (
        f"Where do they stop? Train on, to epoch {book.LONG}. A layer is at rest here, as on the page of claim 3, if at the pace of the last "
        f"{tail_off.LAST} epochs its size changes by at most {percent(SAME_SIZE)} in the next {number(tail_off.horizon(h), 2)}, and if it is the same "
        f"from both starts within {percent(SAME_SIZE)}. {layers}"
    )


def stands(floor, layer):
    """Whether a layer is at rest at the end, at what size, and what it does meanwhile."""
    if not floor.reached:
        return f"The {floor.part} are not known to be at rest by then."
    times = audit.times(floor, h, layer)
    root, fan_in = (f"{number(times[k], 2)} times {LATEX[tail_off.CANDIDATES[k]]}" for k in (PER_ROOT, PER_FAN_IN))
    gap = f"{words.near_one(floor.gap.mean)} ({between(floor.gap, words.near_one)})"
    return (
        f"The {floor.part} are at rest at an rms of {number(floor.rms.mean)}, {root} and {fan_in}. From N(0, 1) they are {gap} times as large as "
        f"from the scaled start. {late_text(layer)}"
    )


def late_text(layer):
    """What a layer at rest still does, from N(0, 1)."""
    change = audit.late_change(whole[SMALL]["large"], layer)
    size = f"{percent(change.mean)} ({between(change, percent)})"
    before, after = (f"epochs {first} to {last}" for first, last in audit.late_epochs(book.LONG))
    if change.low > 0:
        return f"They have not stopped: from {before} to {after} they still grow, by {size}."
    if change.high < 0:
        return f"They have not stopped: from {before} to {after} they still shrink, a change of {size}."
    return f"From {before} to {after} they change by {size}, which {seeds} cannot tell from none."


def variance_rows():
    """Before and after the graphed epochs, for every layer of both networks, from both starts."""
    lines = [f"| variance of the weights | {' | '.join(START[start] for start in book.STARTS)} |", "|---|---|---|"]
    for hidden in book.NETWORKS:
        for layer, name in enumerate(h.layer_names):
            changes = (variance_change(audited.extra[book.example(hidden, start)], layer) for start in book.STARTS)
            lines.append(f"| {sizes_of(hidden)}, {name} | {' | '.join(changes)} |")
    return "\n".join(lines)


def variance_change(extra, layer):
    before, after = (interval(extra.variance[:, k, layer]) for k in range(2))
    return f"{number(before.mean)} → {number(after.mean)} ({between(after)})"


def layer_way(layer):
    """Which way the variance of a layer of the small network goes, from both starts."""
    from_large, from_scaled = (audited.extra[book.example(SMALL, start)].variance[:, :, layer] for start in book.STARTS)
    ways = ["grows" if audit.growth(variance) > 0 else "shrinks" for variance in (from_large, from_scaled)]
    ends = words.listed(number(interval(variance[:, 1]).mean) for variance in (from_large, from_scaled))
    if len(set(ways)) == 1:
        return f"{ways[0]} from both starts, to {ends}"
    return f"{ways[0]} from N(0, 1) and {ways[1]} from the scaled start, to {ends}"


def layers_text():
    """What the variances say about which way a layer goes."""
    larges = (audit.growth(audited.extra[book.example(SMALL, "large")].variance[:, :, layer]) for layer in range(2))
    opposite = (
        " Training as such neither shrinks a layer nor makes it grow. It takes each layer towards a size of its own, in this network below "
        "the variance 1 for the hidden weights and above it for the output weights."
        if next(larges) < 0 < next(larges)
        else ""
    )
    return (
        f"The column of the scaled start is half of an answer. In the {sizes_of(SMALL)} network the variance of the {hidden_name} {layer_way(0)}; that of the "
        f"{output_name} {layer_way(1)}.{opposite} Where the pull of the data and decay balance is the subject of claim 3."
    )


def agreement_text():
    """How many of the book's accuracies are where ours say they should be."""
    found = [agreement(hidden, start) for hidden in book.NETWORKS for start in book.STARTS]
    epochs, out, chance = audit.together(found)
    own = [count for a in found for count in a.ours]
    kind = "no more than that, so nothing here tells the book’s runs from ours" if out <= chance else "more than that"
    return (
        f"The book’s graphs show accuracies, and these can be compared. Of its {epochs} published values {out} lie outside the bands of "
        f"Figure 3, where about {number(chance)} would lie by chance: {kind}. The test is not sharp, for the accuracies of one run follow each "
        f"other. Our own seeds, each judged by the others, lie outside in {min(own)} to {max(own)} of {book.EPOCHS} epochs."
    )


def agreement(hidden, start):
    return audit.agreement(book.published_accuracy(hidden, start), whole[hidden][start].validation_accuracy)


def agreement_rows():
    lines = ["| network | first weights | book, epochs outside | our seeds, median and most |", "|---|---|---|---|"]
    for hidden in book.NETWORKS:
        for start in book.STARTS:
            a = agreement(hidden, start)
            ours = f"{number(audit.middle(a.ours))} and {max(a.ours)}"
            lines.append(f"| {sizes_of(hidden)} | {start} | {a.outside.sum()} of {len(a.outside)}, {a.below} below | {ours} |")
    return "\n".join(lines)


def lead_text():
    """What the two starts have to do with each other, as far as accuracy tells."""
    first, last = (
        words.listed(lead_of(audit.lead(graphed[hidden], epoch), hidden) for hidden in book.NETWORKS)
        for epoch in (1, book.EPOCHS)
    )
    same = all(audit.as_accurate(graphed[hidden], book.EPOCHS) for hidden in book.NETWORKS)
    close = (
        f"That is less than {words.points(scaled_start.SAME_ACCURACY)} points, within which this article calls two accuracies the same."
        if same
        else "That is not known to be the same accuracy."
    )
    return (
        "The exercise begins: “L2 regularization sometimes automatically gives us something similar to the new approach to weight "
        f"initialization.” After epoch 1 the scaled start leads by {first}, in percentage points of accuracy. After epoch {book.EPOCHS} it leads by "
        f"{last}. {close} The differences are over {unseen} images and {seeds}. Whether decay brings the two starts together is not shown here: "
        "that takes a run without it, as in claim 4."
    )


def lead_of(points, hidden):
    return f"{tenths(points.mean)} ({between(points, tenths)}) with {hidden[0]} hidden units"


def tenths(value):
    """To one decimal, as far as ten seeds tell."""
    return words.like(value, 1.0, 2)


def unit_text(likeness):
    """What the pictures of one unit show."""
    apart = (
        "In size the two arrive at the same place. In pattern, unit by unit, they do not:"
        if LONG_FLOORS[0].reached
        else "In pattern, unit by unit, the two do not arrive at the same place:"
    )
    return (
        f"The weights into a hidden unit, drawn as an image. From N(0, 1) the pattern is covered by the draw at first. After {book.EPOCHS} epochs "
        f"{left} of the draw is left; on the pixels that are blank in all training images there is nothing else. After {book.LONG} epochs "
        f"{number(audit.size_left(h, book.LONG), 1)} of it is left. From the scaled start, with the same draw scaled down, the draw is faint from the "
        f"beginning. {apart} over the {len(UNITS)} units of the first seed, the weights of a unit from one start and those of the same unit "
        f"from the other have a median correlation of {number(likeness, 2)} at the end. (Whether another unit has learned the same pattern is "
        "not looked at.)"
    )


def live_text(run, start):
    """Whether the reader's seed is one of the same kind."""
    ours = graphed[run.hyperparameters.hidden][start]
    mine = audit.agreement(run.validation_accuracy[0, 1:], ours.validation_accuracy)
    theirs = agreement(run.hyperparameters.hidden, start)
    ends = [
        f"the {name} with {number(size)} (expected from {h.replicates} other seeds: {between(expected)})"
        for name, size, expected in zip(h.layer_names, run.weight_rms[0, -1], audit.expected_sizes(ours))
    ]
    return (
        f"Seed {run.hyperparameters.seed} reads {percent(run.validation_accuracy[0, -1], 3)} of the validation images after "
        f"{words.plural(run.epochs, 'epoch')}. It was outside the band in {mine.outside.sum()} of them, the book’s run in "
        f"{theirs.outside.sum()}. Its weights end with these sizes (rms): {words.listed(ends)}."
    )


def made_text():
    """When, with what and from which images."""
    made = audited.made
    images = (
        "the published files of MNIST"
        if made["published"]
        else book.COPIES.get(made["images"], "images of the format of MNIST, but others")
    )
    first, last = h.seeds[0], h.seeds[-1]
    return (
        f"`make results` trained them on {made['date']}, at commit `{made['commit']}` of the project, with NumPy {made['numpy']} and the "
        f"seeds {first} to {last}, on {images}. They ship with the article; the same command trains them again. The split is the book’s: of "
        f"the training images of MNIST the first {n:,} train and the last {unseen} validate; its test images stay untouched. MNIST: Y. LeCun, "
        "C. Cortes and C. J. C. Burges. The book’s accuracies: [its code "
        "repository](https://github.com/mnielsen/neural-networks-and-deep-learning), `fig/weight_initialization_30.json` and `_100.json`."
    )


def keep_text():
    output = decay_per_epoch.size_left(graphed[SMALL]["large"], 1).mean
    floor = LONG_FLOORS[0]
    rest = (
        f" Trained to epoch {book.LONG}, the {hidden_name} rest at {number(audit.times(floor, h, 0)[PER_ROOT], 2)} times $1/\\sqrt{{n_w}}$."
        if floor.reached
        else ""
    )
    return (
        f"In the book’s {sizes_of(SMALL)} network the {hidden_name} stay within {percent(decay_per_epoch.TOLERANCE)} of the claimed size for "
        f"{words.plural(UNTIL, 'epoch')}, while the {output_name} go to {percent(output)} of their start.{rest} The book’s graphs end at epoch {book.EPOCHS}, too early for decay alone "
        "to reach that size, and they show accuracy, not weights."
    )


# ---------------------------------------------------------------------------------------------------- figures


def size_panels(hidden):
    """rms of both layers of a network, side by side."""
    with article.column(article.FIGURE):
        for layer, place in enumerate(st.columns(2)):
            with place:
                st.markdown(f"**{sizes_of(hidden)}: {h.layer_names[layer]}**")
                article.Figure(
                    "Line chart: size of the weights of one layer on a logarithmic axis by epoch, from both starts, over decay alone, dashed, "
                    "and three dashed levels; a number where decay alone meets a level. The epochs of the book’s graphs are shaded."
                ).draw(*figures.sizes(tables.layer_sizes(whole[hidden], layer), tables.decay(whole[hidden], layer)))


def unit_row(extra, unit):
    """One hidden unit of the first seed at every stored epoch, on one scale for all."""
    images = {epoch: tables.portrait(weights, unit) for epoch, weights in zip(book.PORTRAITS, extra.portraits)}
    reach = reach_of(images[book.EPOCHS])
    with st.container(horizontal=True, gap="small"):
        for epoch, table in images.items():
            with st.container(width=148):
                article.Figure(f"Image of the weights into one hidden unit after epoch {epoch}, one square a pixel.").draw(
                    *figures.image(table, reach, f"epoch {epoch}")
                )


# ---------------------------------------------------------------------------------------------------- the exercise

article.opening(
    "Does it show in the book’s own graphs?",
    "THE BOOK, AUDITED",
    "Argue that these conditions are all satisfied in the examples graphed in this section.",
    "So ends the exercise behind [Cross Validated 312642](https://stats.stackexchange.com/q/312642), in Michael Nielsen’s [*Neural "
    "Networks and Deep Learning*](http://neuralnetworksanddeeplearning.com/chap3.html) (2015), chapter 3.",
)
article.write(
    rf"""The examples are two graphs of accuracy by epoch. A {sizes_of(SMALL)} and a {sizes_of(LARGE)} network learn to read the {n:,}
training images of MNIST with $\eta={number(eta)}$, $\lambda={number(lam)}$ and $m={m}$ over {book.EPOCHS} epochs, once from N(0, 1) and
once from the scaled start. Each curve in the book is one run. Here each is trained from {seeds}, and the weights are looked at, which
the graphs do not show."""
)
article.write(
    rf"""“Conditions” can be read in two ways. They may be the premises of the three claims: $\lambda$ not too small,
$\eta\lambda\ll n$, $\lambda$ not too large. {premises_text()} Or they are the claims that rest on these premises: the first epochs are
dominated almost entirely by decay, the weights decay by a factor $\exp(-\eta\lambda/m)$ per epoch, and the decay tails off at a size
around $1/\sqrt{{n_w}}$. This page judges the claims."""
)
guess = article.bet(
    f"A bet before you look. In {book.EPOCHS} epochs decay alone leaves {left} of a weight. How large are the {output_name} of the "
    f"{sizes_of(SMALL)} network then, against their start from N(0, 1)?",
    GUESSES,
    f"{PAGE}_bet",
)
article.reveal(guess, GUESSES, decay_per_epoch.size_left(graphed[SMALL]["large"], 1), f"Measured for the {output_name}")
size_panels(SMALL)
article.caption(
    f"**Figure 1.** Size (rms) of the weights, mean of {seeds}; thick from N(0, 1), thin from N(0, 1/n_in), trained to epoch {book.LONG}. "
    "Shaded: the epochs that the book graphs. Dashed and falling: decay alone. Dashed and level: the sizes at which the decay is said to stop, each "
    "with the epoch in which decay alone gets there. Dots: weights on the "
    f"{audited.unused_inputs} pixels that are blank in all training images; they see no data, so they should lie on the falling line."
)

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(judgement(), verdict_rows(SMALL), criteria())
with article.column(), st.expander(f"The same for the {sizes_of(LARGE)} network"):
    st.markdown(verdict_rows(LARGE))
article.write(first_rates_text())

# ---------------------------------------------------------------------------------------------------- too short

article.heading("Too short for the third claim")
article.write(
    rf"""The third claim can be doubted before any training. An epoch of decay alone leaves
{number(theory.decay_per_epoch(eta, lam, n, m), 4)} of a weight, {book.EPOCHS} epochs leave {left}. To shrink a weight from 1 to a size
$r$ takes"""
)
article.equation(theory.DECAY_TIME, 1)
article.write(
    r"epochs with nothing but decay. The book says $1/\sqrt{n_w}$. The post has $1/n_w$, a slip, and $1/\sqrt{n_\text{in}}$ is what the usual "
    "argument about saturated units gives:"
)
article.write(times_rows())
article.write(nearest_text())
size_panels(LARGE)
article.caption(
    f"**Figure 2.** The same as Figure 1 for the {sizes_of(LARGE)} network, trained to epoch {book.EPOCHS}, where the book’s graph ends."
)

# ---------------------------------------------------------------------------------------------------- the weights

article.heading("Two layers, two ways")
(before_1, after_1), (before_2, after_2) = (book.ANOTHER[name] for name in h.layer_names)
article.write(
    f"""A reader of the book has [measured](https://stats.stackexchange.com/q/535484) one run of a {sizes_of(SMALL)} network, with a Python 3
version of the book’s program. The variance of the hidden weights fell, from {before_1} to {after_1}. That of the output weights rose, from
{before_2} to {after_2}. Why do they go opposite ways? Before and after {book.EPOCHS} epochs:"""
)
article.write(variance_rows())
article.write(layers_text())
article.write(rest_text())

# ---------------------------------------------------------------------------------------------------- the same runs?

article.heading("Are these the book’s runs?")
article.write(agreement_text())
with article.column(article.FIGURE):
    for hidden, place in zip(book.NETWORKS, st.columns(2)):
        with place:
            st.markdown(f"**{sizes_of(hidden)}: accuracy**")
            article.Figure(
                "Line chart by epoch: accuracy on unseen images from both starts, each with a band in which one more seed is expected; dots "
                "for the book’s own accuracies, ringed where they lie outside."
            ).draw(*figures.accuracy(tables.accuracy(graphed[hidden])))
article.caption(
    f"**Figure 3.** Lines: accuracy on the {unseen} validation images, mean of {seeds}, thick from N(0, 1), thin from N(0, 1/n_in). Bands: "
    f"where one more seed is expected at each epoch; by chance {percent(audit.chance())} of the dots lie outside. Dots: the book’s published "
    "accuracies, one seed; ringed where they lie outside."
)
article.write(agreement_rows())
article.write(lead_text())

# ---------------------------------------------------------------------------------------------------- one unit

article.heading("One hidden unit, seen")
likeness = audit.likeness(*(audited.extra[book.example(SMALL, start)].portraits[-1] for start in book.STARTS))
article.write(unit_text(likeness))
with article.column(article.FIGURE):
    unit = controls.choice(PAGE, "unit", "Hidden unit", UNITS, 1)
    for start in book.STARTS:
        st.markdown(f"**{START[start]}**")
        unit_row(audited.extra[book.example(SMALL, start)], unit)
article.caption(
    f"**Figure 4.** Weights into hidden unit {unit} of the first seed of the {sizes_of(SMALL)} network: blue positive, orange negative, "
    f"grey 0. One scale for each row, that of epoch {book.EPOCHS}; what is stronger has its end colours."
)

# ---------------------------------------------------------------------------------------------------- live

article.heading("Train it here, live")
most = max(max(agreement(hidden, start).ours) for hidden in book.NETWORKS for start in book.STARTS)
article.write(
    f"""Choose another seed, and train the book’s network on all {n:,} images in this page, over {book.EPOCHS} epochs. The time left is shown
after the first. Does the accuracy stay inside the band? The least typical of our own runs, judged by the other seeds, left it in {most} epochs."""
)
with article.column(article.FIGURE):
    first, second, third = st.columns(3, gap="large")
    with first:
        units = controls.choice(PAGE, "units", "Hidden units", [hidden[0] for hidden in book.NETWORKS], SMALL[0])
    with second:
        start = controls.choice(PAGE, "start", "First weights", book.STARTS, "large")
    with third:
        seed = controls.whole(PAGE, "seed", "Seed, other than ours", book.REPLICATES, 999_999)
    mine = book.single((units,), start, seed)
    button_place = st.empty()
    asked = controls.switch(PAGE, mine, f"Train seed {seed} on MNIST", button_place)
    problem = runs.fetch(mine, st.empty()) if asked else None
    if problem:
        st.warning(f"{problem} The rest of the article needs no MNIST.")
        controls.switch_off(PAGE, mine, "Try again", button_place)  # not asked for again at every move of a control
    if asked and not problem:
        live_figure = article.Figure(
            "Line chart by epoch: accuracy of your run on unseen images, a grey line, over the band of our seeds and the book’s dots."
        )
        status = st.caption("Training")
        ours = tables.accuracy({start: graphed[(units,)][start]})

        def draw(followed):
            live_figure.draw(*figures.accuracy(together(ours, tables.live(followed[PAGE], start))))

        run = runs.follow({PAGE: mine}, draw, status, poll=0.3)[PAGE]
        controls.switched(PAGE, button_place, "Put it away")
    else:
        runs.give_up(PAGE)
if asked and not problem:
    article.write(live_text(run, start))
with article.column(), st.expander("The same from the command line and from Python"):
    st.code(
        f"python -m engine --dataset mnist --hidden {units} --initialization {start} --epochs {book.EPOCHS} --replicates 1 --seed {seed}",
        language=None,
        wrap_lines=True,
    )
    st.code(controls.code(run=mine), language="python")
    st.markdown(
        "The first use downloads MNIST, checks it and keeps it in your cache folder; the environment variable `MNIST_DIR` names a folder that "
        "has its four files already."
    )

# ---------------------------------------------------------------------------------------------------- how it was made

article.heading("How these results were made")
article.write(made_text())

article.heading("What to keep")
article.write(keep_text())
article.take_away(
    controls.address(PAGE),
    tables.everything(audited),
    "book.csv",
    controls.code(run=book.example(SMALL, "large")) + "run.validation_accuracy  # (seeds, epochs + 1)\n"
    "run.weight_rms           # (seeds, epochs + 1, layers)\n",
)
article.next_page("method")
