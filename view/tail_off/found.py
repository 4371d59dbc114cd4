"""What claim 3's page says of the reader's runs."""

import math

import numpy as np

from engine import theory
from engine.statistics import Interval
from engine.verdicts import MUCH_LESS, SAME_SIZE, Outcome, contest
from engine.verdicts import tail_off as claim
from view import words
from view.badges import badge
from view.tables.tail_off import LATEX, PROSE
from view.words import between, number, percent

POST, BOOK, FAN_IN = claim.CANDIDATES
TWICE = math.log(2)


def judgement(runs, judged, threshold):
    """The verdict in a few sentences."""
    h, floors = runs["large"].hyperparameters, claim.floors(runs)
    if not claim.premise(h, threshold):
        return f"**The claim promises nothing here.** {_broken_premise(h, threshold)}"
    diverged = [name for name, run in runs.items() if run.diverged_at is not None]
    if diverged:
        return f"**{_from(runs, diverged)} training diverges.** So nothing can be said of where the weights come to rest."
    dead = claim.dead(runs)
    if dead:
        return (
            f"**The claim promises nothing here: the network is dead.** {_from(runs, dead)} it ends right on "
            f"{percent(_accuracy(runs, dead))} of the unseen images, and a guess is right on {percent(1 / h.sizes[-1])}."
        )
    if h.replicates == 1:
        return "**Undecided.** One seed has no interval, so nothing is said about where the weights come to rest."
    if not all(floor.reached for floor in floors):
        return _moving(h, floors)
    return _at_rest(runs, judged, floors)


def _broken_premise(h, threshold):
    step = theory.decay_step(*h.symbols[:3])
    if step == 0:
        return "It speaks of decay, and without λ there is none."
    if threshold is not None and h.l2 >= threshold:
        return (
            f"It supposes that λ is not too large, and λ = {number(h.l2)} is above {number(threshold)}, from which on a "
            "network with all weights at 0 is stable."
        )
    return (
        f"It supposes that λ is not too large. With ηλ/n = {number(step)} decay overshoots 0 so far that it shrinks no weight."
    )


def _from(runs, names):
    """Of some starts, with a capital."""
    return "From both starts" if len(names) == len(runs) else words.sentence(words.listed(map(PROSE.get, names)))


def _accuracy(runs, names):
    """Mean accuracy on unseen examples at the end, from some of the starts."""
    return np.mean([runs[name].validation_accuracy[:, -1].mean() for name in names])


def _the(floors):
    return words.listed(f"the {floor.part}" for floor in floors)


# not all at rest


def _moving(h, floors):
    by = {rest: [floor for floor in floors if floor.rest == rest] for rest in Outcome}
    moving, unsure, resting = (by[o] for o in (Outcome.NOT_AT_REST, Outcome.UNDECIDED, Outcome.HOLDS))
    said = []
    if moving:
        said += [f"**Not yet: {_the(moving)} have not come to rest.**", _why(h, moving)]
        if unsure:
            said.append(f"Whether {_the(unsure)} have, {h.replicates} seeds do not tell.")
    else:
        said.append(f"**Undecided: whether {_the(unsure)} have come to rest, {h.replicates} seeds do not tell.**")
    if resting:
        said.append(f"{words.sentence(_sizes(resting))}.")
    return " ".join(said)


def _why(h, moving):
    """Of the layer and start that move most, how; or that the starts have not met."""
    moves = [(floor, name, moved) for floor in moving for name, moved in floor.drift.items() if _outside(moved)]
    if not moves:
        floor = max(moving, key=lambda floor: abs(math.log(floor.gap.mean)))
        return f"From N(0, 1) the {floor.part} are {number(floor.gap.mean)} times as large as {PROSE['scaled']}."
    floor, name, moved = max(moves, key=lambda move: abs(move[2].mean))
    verb, limit = ("grow", "more than twice their size") if moved.mean > 0 else ("shrink", "less than half")
    far = f"to {limit}" if abs(moved.mean) > TWICE else f"by {percent(abs(np.expm1(moved.mean)))}"
    still = f"{words.sentence(PROSE[name])} the {floor.part} still {verb}"
    return f"{still}: at their present pace {far} in the next {while_at_rest(h)}."


def _outside(moved):
    return moved.low > SAME_SIZE or moved.high < -SAME_SIZE


def while_at_rest(h):
    """The epochs that a size must last."""
    epochs = claim.horizon(h)
    return f"{number(float(f'{epochs:.1e}'))} epochs" if math.isfinite(epochs) else "the epochs that follow"


def _sizes(floors):
    first, *others = floors
    return words.listed(
        [f"the {first.part} rest at {number(first.rms.mean)}", *(f"the {f.part} at {number(f.rms.mean)}" for f in others)]
    )


# all at rest


def _at_rest(runs, judged, floors):
    h = runs["large"].hyperparameters
    counted = [v for v in judged if v.meaning != FAN_IN]
    holds, unsure = ([v for v in counted if v.outcome == o] for o in (Outcome.HOLDS, Outcome.UNDECIDED))
    said = []
    if holds:
        told = words.listed(f"the {v.part}, which rest around {LATEX[v.meaning]}" for v in holds)
        said.append(f"**True of {told}.**")
        said.append(f"A network with such weights is right on {percent(_accuracy(runs, runs))} of the unseen images.")
    elif not unsure:
        said.append("**The weights do come to rest, but at sizes that neither the question nor the book gives.**")
    if unsure:
        text = words.listed(f"whether the {v.part} rest around {LATEX[v.meaning]}" for v in unsure)
        text = f"{text}, {h.replicates} seeds do not tell."
        said.append(words.sentence(text) if holds else f"**Undecided: {text}**")
    said.append(f"From both starts {_sizes(floors)}.")
    said.append(
        f"At their present pace the next {while_at_rest(h)} change them by {words.at_most(_largest_change(floors))} at most."
    )
    accident = [v for v in judged if v.meaning == FAN_IN and v.outcome == Outcome.HOLDS]
    if accident:
        parts = words.listed(f"the {v.part}" for v in accident)
        said.append(
            f"That {parts} are within a factor of {number(claim.AROUND)} of {LATEX[FAN_IN]} is an accident of λ: another λ "
            "gives them another size, and the candidate has no λ."
        )
    return " ".join(said)


def _largest_change(floors):
    """The furthest bound of what the sizes change in the next epochs, as a share."""
    drifts = [moved for floor in floors for moved in floor.drift.values()]
    return max(abs(np.expm1(bound)) for moved in drifts for bound in (moved.low, moved.high))


# tables


def verdict_rows(judged, floors):
    """A row for each layer and candidate; a size over a candidate only where the layer is at rest and something was "
    "promised."""
    reached = {floor.part: floor.reached for floor in floors}
    lines = ["| weights | candidate | they rest at | claim |", "|---|---|---|---|"]
    for v in judged:
        known = reached[v.part] and v.outcome != Outcome.PROMISES_NOTHING
        times = f"{words.short(v.ratio.mean)} times that" if known else "–"
        lines.append(f"| {v.part} | {LATEX[v.meaning]}, {number(v.predicted)} | {times} | {badge(v.outcome)} |")
    return "\n".join(lines)


def floor_rows(h, floors):
    """How each layer was found to be at rest, or not."""
    starts = " | ".join(PROSE.values())
    lines = [f"| weights | size at rest | in {while_at_rest(h)}, {starts} | ratio |", "|---|---|---|---|---|"]
    for floor in floors:
        cells = ["–"] * 4
        if floor.rest != Outcome.DIVERGED:
            size = number(floor.rms.mean) if floor.reached else "–"
            cells = [size, *map(_moved, floor.drift.values()), between(floor.gap, words.near_one)]
        lines.append(f"| {floor.part} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _moved(moved):
    """What a size changes at its present pace; so many epochs ahead more than a factor of 2 is no forecast."""
    if math.isnan(moved.mean):
        return "–"
    low, high = (moved.mean, moved.mean) if math.isnan(moved.low) else (moved.low, moved.high)
    if low > TWICE or high < -TWICE:
        return "more than doubles" if low > 0 else "more than halves"
    if high - low > TWICE:
        return "the seeds do not tell"
    change = Interval(*np.expm1(moved))
    return percent(change.mean) if math.isnan(change.low) else between(change, percent)


# the argument


def ledger(run):
    """What decay takes of the first layer near the end, and what the data put back; empty where there is nothing to tell."""
    if run.epochs < claim.LAST:
        return ""
    taken, given = claim.balance(run, 0)
    if not (taken > 0 and math.isfinite(given)):
        return ""
    h = run.hyperparameters
    took = f"In each of the last {claim.LAST} epochs from N(0, 1) decay takes {percent(taken)} of the $|W|^2$ of the "
    took += h.layer_names[0] + (" of this one seed" if h.replicates == 1 else "")
    if given < MUCH_LESS * taken:
        return f"{took}, and the data {'take more' if given < -MUCH_LESS * taken else 'put next to nothing back'}."
    if given > (1 + SAME_SIZE) * taken:
        return f"{took}, and the data add more."
    return f"{took}, and the data put {percent(given)} back."


def knees(run, floors, resting):
    """When what is left of the draw is as large as what a layer rests at, for those of the floors that are `resting`."""
    at = {floor.part: claim.knee(run, layer, floor) for layer, floor in enumerate(floors) if floor in resting}
    told = words.listed(f"epoch {number(epoch, 2)} for the {part}" for part, epoch in at.items() if words.is_number(epoch))
    knee = "The knee is where both parts are equal"
    if not at:
        return f"{knee}. Where no floor is reached there is nothing to put into (2), and no dashed curve in Figure 1."
    if not told:
        return f"{knee}. Weights that rest above their start have none."
    curve = "The dashed curve in Figure 1 is (2) with the measured floor. It misses how the floor itself is learned."
    return f"{knee}: {told}. {curve}"


def trained_on(found, h):
    """Where the same network stands after more epochs, of the contests `found`, name -> Contest; empty where none has it."""
    longer = next(filter(None, (contest.trained_on(one, h) for one in found.values())), None)
    if longer is None:
        return ""
    size, epochs = longer
    sizes = words.listed(f"{number(mean)} in the {part}" for mean, part in zip(size.mean, h.layer_names))
    return f"Trained on to epoch {epochs:,}, in the contest below, this network has {sizes}."


def to_keep(floors):
    """The last sentences; of the `floors` that were promised and reached."""
    told = words.listed(f"the {floor.part} stop at {number(floor.rms.mean)}" for floor in floors)
    return (
        "Decay never ends. Weights stop where the data put back what it takes"
        + (f"; here {told}" if told else "")
        + ". That size depends on λ and the task. Counting weights may give an exponent, not the size."
    )
