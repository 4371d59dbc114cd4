"""The book's own examples: are the three conditions satisfied in them?"""

from view import frame

frame.enter()

import streamlit as st

from engine import book, theory, verdicts
from engine.statistics import interval
from engine.verdicts import Outcome, decay_dominates, decay_per_epoch, tail_off
from engine.verdicts import book as audit
from view import article, controls, runs, words
from view.figures import book as figures
from view.tables import book as tables
from view.tables import reach as reach_of
from view.tables.tail_off import LATEX, START
from view.words import between, number, percent

PAGE = "book"
SMALL, LARGE = book.NETWORKS
GUESSES = (0.2, 0.5, 1.0, 2.0, 4.0)
UNITS = tuple(range(1, 31))
CONDITION = {
    1: "1, dominated by decay: decay’s share over the first epochs",
    2: "2, the factor per epoch: the rate",
    3: "3, tails off: the size at the end",
}
MEANING = {decay_dominates.NORM: "length", decay_dominates.MOVEMENT: "movement", decay_dominates.COST: "fall of the cost"}
COUNT = {1: "first", 2: "second", 3: "third"}
NONE = "Not one of the three conditions is satisfied as it stands."
MEANING |= {decay_dominates.ACCURACY: "gain in accuracy"}

audited = book.audit()
made = audited.made
small, large = (book.arms(hidden, book.EPOCHS) for hidden in book.NETWORKS)
graphed = {hidden: {start: audited.run(h) for start, h in book.arms(hidden, book.EPOCHS).items()} for hidden in book.NETWORKS}
whole = {
    hidden: {start: audited.run(h) for start, h in book.arms(hidden, last).items()} for hidden, last in book.NETWORKS.items()
}
h = small["large"]
eta, lam, n, m = h.symbols
hidden_name, output_name = h.layer_names
seeds = words.plural(h.replicates, "seed")


def sizes_of(hidden):
    return "-".join(map(str, book.example(hidden, "large").sizes))


def judged(hidden):
    """Number of the condition -> verdicts over the graphed epochs."""
    example = book.example(hidden, "large")
    extra, threshold = audited.extra[example], tail_off.collapse(example, audited.top_singular_value)
    return audit.judge(graphed[hidden], extra.cost_alone, extra.accuracy_alone, threshold)


def about_rate(v):
    return f"the {v.part} in epoch 1" if v.epochs == 1 else f"the {v.part} over {words.plural(v.epochs, 'epoch')}"


def about_share(v):
    return f"the {MEANING[v.meaning]}" + ("" if v.part == decay_dominates.NETWORK else f" of the {v.part}")


def about_size(v):
    return f"{LATEX[v.meaning]} and the {v.part}"


ABOUT = {1: about_share, 2: about_rate, 3: about_size}
VERDICTS = {hidden: judged(hidden) for hidden in book.NETWORKS}
FLOORS = {hidden: tail_off.floors(graphed[hidden]) for hidden in book.NETWORKS}


def of_part(v):
    return "" if v.part == decay_dominates.NETWORK else f", {v.part}"


def condition_1(v):
    return f"{MEANING[v.meaning]}{of_part(v)}", f"{percent(v.measured.mean)} {article.outcome(v)}"


def condition_2(v):
    def rate(value):
        return words.like(value, v.predicted)

    span = "epoch 1" if v.epochs == 1 else f"epochs 1 to {v.epochs}"
    return f"{v.part}, {span}", f"{rate(v.measured.mean)} ({between(v.measured, rate)}) {article.outcome(v)}"


def condition_3(v):
    return f"{LATEX[v.meaning]}, {v.part}", f"{number(v.ratio.mean, 2)} times that {article.outcome(v)}"


def unsettled(floor, v):
    """A layer that is not at rest: nothing can be said about where."""
    return (
        f"any size, {floor.part}",
        f"not at rest, {percent(floor.unopposed['large'].mean)} of decay unopposed {article.outcome(v)}",
    )


def cells(claim, hidden):
    """(name, what was measured and the verdict) of every row of a condition."""
    found = VERDICTS[hidden][claim]
    if claim == 1:
        return [condition_1(v) for v in found]
    if claim == 2:
        return [condition_2(v) for v in found]
    rows = []
    for floor in FLOORS[hidden]:
        own = [v for v in found if v.part == floor.part]
        rows += [condition_3(v) for v in own] if floor.reached else [unsettled(floor, own[0])]
    return rows


def verdict_rows():
    """A table with both networks beside each other; where their rows differ, the second follows the first."""
    lines = [f"| condition | {sizes_of(SMALL)} | {sizes_of(LARGE)} |", "|---|---|---|"]
    for claim, title in CONDITION.items():
        lines.append(f"| **{title}** | | |")
        one, other = (dict(cells(claim, hidden)) for hidden in book.NETWORKS)
        lines += [f"| {name} | {one.get(name, '')} | {other.get(name, '')} |" for name in {**one, **other}]
    return "\n".join(lines)


def agreement(hidden, start):
    return audit.agreement(book.published_accuracy(hidden, start), whole[hidden][start].validation_accuracy)


def agreement_rows():
    lines = [
        "| network | first weights | book outside | of these below | our own seeds outside, each |",
        "|---|---|---|---|---|",
    ]
    for hidden in book.NETWORKS:
        for start in book.STARTS:
            a = agreement(hidden, start)
            own = ", ".join(map(str, sorted(a.ours)))
            lines.append(
                f"| {sizes_of(hidden)} | {start} | {words.plural(int(a.outside.sum()), 'epoch')} of {len(a.outside)} | {a.below} | {own} |"
            )
    return "\n".join(lines)


def time_rows():
    """Epochs of decay alone to each candidate, for every layer of both networks."""
    lines = [
        f"| epochs of decay alone, from N(0, 1) | {' | '.join(LATEX[c] for c in tail_off.CANDIDATES)} |",
        "|---|---|---|---|",
    ]
    for hidden in book.NETWORKS:
        example = book.example(hidden, "large")
        for layer, name in enumerate(example.layer_names):
            times = " | ".join(f"{time:.0f}" for time in audit.decay_times(example, layer))
            lines.append(f"| {sizes_of(hidden)}, {name} | {times} |")
    return "\n".join(lines)


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


def judgement():
    """The verdict in two sentences."""
    satisfied = [COUNT[c] for c, found in VERDICTS[SMALL].items() if all(v.outcome == Outcome.HOLDS for v in found)]
    first = f"The {words.listed(satisfied)} condition is satisfied throughout." if satisfied else NONE
    found = VERDICTS[SMALL]
    two = [f"The {COUNT[c]} {article.by_outcome(found[c], ABOUT[c])}." for c in (1, 2)]
    still = [f"the {f.part}" for f in FLOORS[SMALL] if not f.reached]
    third = f"The third cannot be judged for {words.listed(still)}, on their way still at epoch {book.EPOCHS}."
    if not still:
        third = f"The third {article.by_outcome(found[3], ABOUT[3])}."
    return first, f"In the {sizes_of(SMALL)} network from N(0, 1): {' '.join(two)} {third}"


def agreement_text():
    """How many of the book's accuracies are where ours say they should be."""
    found = [agreement(hidden, start) for hidden in book.NETWORKS for start in book.STARTS]
    epochs, out, chance = audit.together(found)
    own = sorted(count for a in found for count in a.ours)
    kind = "no more than chance, so the book’s runs and ours are of one kind"
    if out > chance:
        kind = "more, but they come in clumps"
    return (
        f"Of the book’s {epochs} published accuracies {out} lie outside the bands of Figure 1. Chance alone would put about {number(chance)} "
        f"there; {out} is {kind}. The accuracies of one run follow each other: our own seeds, each judged by the others, lie outside in "
        f"{min(own)} to {max(own)} of {book.EPOCHS} epochs."
    )


def ledger_text(layer):
    run = graphed[SMALL]["large"]
    decay, data = (interval(change[:, :, layer].sum(axis=1)).mean for change in run.ledger)
    end = decay_per_epoch.size_left(run, layer).mean
    return (
        f"the {h.layer_names[layer]} end at {percent(end)} of their first size; in units of their first $|W|^2$, decay took away "
        f"{number(abs(decay))} and the data put back {number(data)}"
    )


def layers_text():
    """What became of both layers of the small network within the graphs."""
    return (
        f"In {book.EPOCHS} epochs from N(0, 1) {ledger_text(0)}. But {ledger_text(1)}. Somebody has [measured "
        "this](https://stats.stackexchange.com/q/535484) with the book’s own program, found that the variance of the hidden weights fell "
        "while that of the output weights rose, and asked why. Because decay is proportional to the weight and the data are not: the "
        "output weights see units that are on half of the time, and their errors are the network’s own. What they need to be certain of a "
        "digit is larger than N(0, 1) gave them."
    )


def rest_text():
    """Where the small network comes to rest, if it does."""
    return f"And where do they stop? Train on, to epoch {book.LONG}. " + " ".join(
        stands(floor, layer) for layer, floor in enumerate(tail_off.floors(whole[SMALL]))
    )


def stands(floor, layer):
    if floor.reached:
        sizes = zip(tail_off.CANDIDATES, audit.times(floor, h, layer))
        times = words.listed(f"{number(times, 2)} times {LATEX[candidate]}" for candidate, times in sizes)
        return f"The {floor.part} come to rest at {number(floor.rms.mean)} ({between(floor.rms)}), the same from both starts: {times}."
    left = words.listed(
        f"{percent(share.mean)} ({between(share, percent)}) {START[start]}" for start, share in floor.unopposed.items()
    )
    return (
        f"The {floor.part} are not yet one floor. Of decay {left} is unopposed over the last {tail_off.LAST} epochs, and the size from N(0, 1) is "
        f"{words.near_one(floor.gap.mean)} ({between(floor.gap, words.near_one)}) times that from N(0, 1/n_in), at {number(floor.rms.mean)}; the two "
        f"should agree within {percent(tail_off.MEETING)}."
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
        f"{words.plural(run.epochs, 'epoch')}. It was outside the band in {mine.outside.sum()} of them, the book’s in "
        f"{theirs.outside.sum()}. Its weights end with these sizes (rms): {words.listed(ends)}."
    )


def made_text():
    """When, with what and from which images."""
    images = (
        "the published files of MNIST"
        if made["published"]
        else "a copy of MNIST whose training images are one grey level in 255 darker than the published ones wherever they are not black; a "
        "test compares what your own files give, within the noise between seeds"
    )
    first, last = h.seeds[0], h.seeds[-1]
    return (
        f"`make results` trained them on {made['date']}, at commit `{made['commit']}` of the project, with NumPy {made['numpy']} and the "
        f"seeds {first} to {last}, on {images}. They ship with the article; the same command trains them again. The data are those of the "
        f"book: of the 60,000 training images of MNIST the first {n:,} train and the last 10,000 validate; its 10,000 test images stay "
        "untouched. MNIST: Y. LeCun, C. Cortes and C. J. C. Burges. The book’s accuracies: [its code "
        "repository](https://github.com/mnielsen/neural-networks-and-deep-learning), `fig/weight_initialization_30.json` and `_100.json`."
    )


def keep_text():
    run = graphed[SMALL]["large"]
    hidden, output = (decay_per_epoch.size_left(run, layer).mean for layer in range(2))
    until = decay_per_epoch.last_epoch_within(run, 0, decay_per_epoch.TOLERANCE)
    floor = tail_off.floors(whole[SMALL])[0]
    rest = (
        f", and come to rest at {number(audit.times(floor, h, 0)[1], 2)} times {LATEX[tail_off.CANDIDATES[1]]}"
        if floor.reached
        else ""
    )
    return (
        f"In the book’s own example the {hidden_name} keep to the claimed decay for {words.plural(until, 'epoch')} and end at "
        f"{percent(hidden)} of their start{rest}; the {output_name} end at {percent(output)} of theirs. "
        f"Its graphs end at epoch {book.EPOCHS}, before decay alone could reach any size at which it is said to stop in the "
        f"{hidden_name}, and accuracy does not show what weights do."
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
    rf"""The conditions are the claims of the pages before: the first epochs are dominated by decay, the weights decay by a factor
$\exp(-\eta\lambda/m)$ per epoch, and the decay tails off at a size around $1/\sqrt{{n_w}}$. The examples are two graphs of
accuracy by epoch. A {sizes_of(SMALL)} and a {sizes_of(LARGE)} network learn to read the {n:,} training images of
MNIST with $\eta={number(eta)}$, $\lambda={number(lam)}$ and $m={m}$ over {book.EPOCHS} epochs, once from N(0, 1) and once from
N(0, 1/n_in). Each curve in the book is one run. Here each is trained from {seeds}, and the weights are looked at, which the
graphs do not show."""
)
guess = article.bet(
    f"A bet before you look. In {book.EPOCHS} epochs decay alone leaves {percent(audit.size_left(h, book.EPOCHS))} of a weight. How "
    f"large are the {output_name} of the {sizes_of(SMALL)} network then, against their start from N(0, 1)?",
    GUESSES,
    f"{PAGE}_bet",
)
article.reveal(guess, GUESSES, decay_per_epoch.size_left(graphed[SMALL]["large"], 1), f"Measured for the {output_name}")

with article.column(article.FIGURE):
    for hidden, place in zip(book.NETWORKS, st.columns(2)):
        with place:
            st.markdown(f"**{sizes_of(hidden)}: accuracy**")
            article.Figure(
                "Line chart by epoch: accuracy on unseen images from both starts, each with a band in which one more seed is expected; dots "
                "for the book’s own accuracies, ringed where they lie outside."
            ).draw(*figures.accuracy(tables.accuracy(graphed[hidden])))
article.caption(
    f"**Figure 1.** Lines: accuracy on the 10,000 validation images, mean of {seeds}, thick from N(0, 1), thin from N(0, 1/n_in). Bands: "
    "where one more seed lies with probability 95 %. Dots: the book’s published accuracies, one seed; ringed where they lie outside."
)

# ---------------------------------------------------------------------------------------------------- the verdict

article.verdict(
    *judgement(),
    verdict_rows(),
    f"For the start from N(0, 1), judged as on the pages of the claims, over epochs 1 to {decay_dominates.FIRST} for the first condition and "
    f"1 to {book.EPOCHS} for the others; 95 % intervals over {seeds}. First: holds at {percent(verdicts.MOST)} or above, fails below "
    f"{percent(verdicts.EVEN)}. Second: claimed {number(theory.decay_rate(eta, lam, m))} per epoch, within "
    f"{percent(decay_per_epoch.TOLERANCE)}. Third: within a factor of {number(tail_off.AROUND)}, for a layer at rest: less than "
    f"{percent(tail_off.STANDSTILL)} of decay unopposed over the last {tail_off.LAST} epochs and both starts within {percent(tail_off.MEETING)}.",
)

# ---------------------------------------------------------------------------------------------------- the same runs?

article.heading("Are these the book’s runs?")
article.write(agreement_text())
article.write(agreement_rows())

# ---------------------------------------------------------------------------------------------------- too short

article.heading("Thirty epochs do not get there")
article.write(
    rf"""Nobody needs to train a network to doubt the third condition. An epoch of decay alone leaves
{number(theory.decay_per_epoch(eta, lam, n, m), 4)} of a weight, so {book.EPOCHS} epochs leave
{percent(audit.size_left(h, book.EPOCHS))}. To shrink a weight from 1 to a size $r$ it takes"""
)
article.equation(theory.DECAY_TIME, 1)
article.write("epochs with nothing but decay, which makes for the three sizes")
article.write(time_rows())
article.write(
    f"The graphs end at epoch {book.EPOCHS}. Whatever they show, they cannot show decay that tails off at one of these sizes, unless "
    "a layer starts there."
)
for hidden in book.NETWORKS:
    with article.column(article.FIGURE):
        for layer, place in enumerate(st.columns(2)):
            with place:
                st.markdown(f"**{sizes_of(hidden)}: {h.layer_names[layer]}**")
                article.Figure(
                    "Line chart: size of the weights of one layer on a logarithmic axis by epoch, from both starts, over decay alone, dashed, "
                    "and three dashed levels; a number where decay alone meets a level. The first thirty epochs are shaded."
                ).draw(*figures.sizes(tables.layer_sizes(whole[hidden], layer), tables.decay(whole[hidden], layer)))
article.caption(
    f"**Figure 2.** Size (rms) of the weights, mean of {seeds}; thick from N(0, 1), thin from N(0, 1/n_in). Dashed: decay alone, and the "
    "three sizes; the numbers are the epochs in which decay alone reaches them. Dots: weights on the "
    f"{audited.unused_inputs} pixels that are blank in all {n:,} training images. They see no data, and lie on the dashed line. The "
    f"{sizes_of(SMALL)} network was trained to epoch {book.LONG}, the other to epoch {book.EPOCHS}."
)

# ---------------------------------------------------------------------------------------------------- the weights

article.heading("Two layers, two ways")
article.write(layers_text())
article.write(variance_rows())
article.write(rest_text())

article.heading("One hidden unit, to epoch 300")
article.write(
    rf"""The weights into a hidden unit, drawn as an image. From N(0, 1) the digit hides in the draw: after {book.EPOCHS} epochs
{percent(audit.size_left(h, book.EPOCHS))} of it is still there, which is what the blank border shows. After {book.LONG} it is gone, and
only what was learned is left. From N(0, 1/n_in) the same seed begins where the draw is already small."""
)
with article.column(article.FIGURE):
    unit = controls.choice(PAGE, "unit", "Hidden unit", UNITS, 1)
    for start in book.STARTS:
        st.markdown(f"**{START[start]}**")
        unit_row(audited.extra[book.example(SMALL, start)], unit)
article.caption(
    f"**Figure 3.** Weights into hidden unit {unit} of the first seed of the {sizes_of(SMALL)} network: blue positive, orange negative, "
    f"grey 0. One scale for each row, that of epoch {book.EPOCHS}."
)

# ---------------------------------------------------------------------------------------------------- live

article.heading("Train it here, live")
article.write(
    rf"""Ten seeds are not yours. Choose one that nobody has seen, and train the book’s network on all {n:,} images, in this
page. It takes {book.EPOCHS} epochs, here, on the machine that serves you; how long is said after the first. Does its accuracy stay
inside the band?"""
)
with article.column(article.FIGURE):
    left, middle, right = st.columns(3, gap="large")
    with left:
        units = controls.choice(PAGE, "units", "Hidden units", [hidden[0] for hidden in book.NETWORKS], SMALL[0])
    with middle:
        start = controls.choice(PAGE, "start", "First weights", book.STARTS, "large")
    with right:
        seed = controls.whole(PAGE, "seed", "Seed, other than ours", book.REPLICATES, 999_999)
    mine = book.single((units,), start, seed)
    button_place = st.empty()
    wanted = controls.switch(PAGE, mine, f"Train seed {seed} on MNIST", button_place)
    problem = runs.fetch(mine, st.empty()) if wanted else None
    if problem:
        st.warning(f"{problem} The rest of the article needs no MNIST.")
    if wanted and not problem:
        live_figure = article.Figure(
            "Line chart by epoch: accuracy of your run on unseen images, a grey line, over the band of ten seeds and the book’s dots."
        )
        status = st.caption("Training")
        ours = tables.accuracy({start: graphed[(units,)][start]})

        def draw(followed):
            live_figure.draw(*figures.accuracy(tables.together(ours, tables.live(followed[PAGE], start))))

        run = runs.follow({PAGE: mine}, draw, status, poll=0.2)[PAGE]
        controls.switched(PAGE, button_place)
    else:
        runs.give_up(PAGE)
if wanted and not problem:
    article.write(live_text(run, start))
with article.column(), st.expander("The same from the command line and from Python"):
    st.code(
        f"python -m engine --dataset mnist --hidden {units} --initialization {start} --epochs {book.EPOCHS} --replicates 1 --seed {seed}"
    )
    st.code(controls.code(run=mine), language="python")
    st.markdown(
        "The first use downloads MNIST, 12 MB, checks it and keeps it in your cache folder; the environment variable `MNIST_DIR` names a "
        "folder that has its four files already."
    )

# ---------------------------------------------------------------------------------------------------- how it was made

article.heading("How these results were made")
article.write(made_text())

article.heading("What to keep")
article.write(keep_text())
article.take_away(
    controls.link(PAGE, unit=unit, units=units, start=start, seed=seed),
    tables.everything(audited),
    "book.csv",
    controls.code(run=book.example(SMALL, "large")) + "run.validation_accuracy  # (seeds, epochs + 1)\n"
    "run.weight_rms           # (seeds, epochs + 1, layers)\n",
)
article.next_page("method")
