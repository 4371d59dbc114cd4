"""What claim 2's page says of a run."""

import math

from engine import theory
from engine.statistics import interval
from engine.verdicts import CONTROL, Outcome
from engine.verdicts import decay_per_epoch as claim
from view import words
from view.badges import badge
from view.decay_per_epoch.settings import left
from view.words import between, number, percent

TOLERANCES = (0.01, claim.TOLERANCE, 0.2)
"""Of the size, in the table of how long a layer keeps to the claim."""
FINEST = 1e-5
"""Smallest rate per epoch that is told to three digits: a size is known to 6e-8 of itself."""


def judgement(run, judged):
    """The verdict in a few sentences."""
    h = run.hyperparameters
    if not claim.premise(h):
        return f"**The claim promises nothing here.** {_broken_premise(h)}"
    draw = [v.outcome for v in judged if v.part == CONTROL]
    layers = {v.part: v.outcome for v in judged if v.part != CONTROL and v.epochs == run.epochs}
    if draw == [Outcome.FAILS]:
        return f"{_false_of_the_draw(run)} {_also(run, layers)}"
    if run.diverged_at is not None:
        up_to = " Of what is left of the draw it is true up to there." if draw else ""
        return f"**The network diverges in epoch {run.diverged_at}, so of its layers nothing can be said.**{up_to}"
    return f"{_true_of_the_draw(h, bool(draw), layers)} {longest(run)}".strip()


def _broken_premise(h):
    step = theory.decay_step(*h.symbols[:3])
    if step == 0:
        return "It speaks of decay, and without λ there is none."
    if step > 2:
        return f"It asks for ηλ far below n, and ηλ/n is {number(step)}, where decay itself makes weights grow."
    return f"It asks for ηλ far below n, and ηλ/n is {number(step)}."


def _true_of_the_draw(h, seen, layers):
    """Where the draw is gone within an epoch there is nothing of it to be seen."""
    holds, fails, undecided = (_by_outcome(layers).get(o) for o in (Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED))
    opening = "True of what is left of the first draw, whatever the network learns"
    unknown = ""
    if holds and fails:
        opening = f"True of what is left of the first draw and here of {holds}; over the whole run false of {fails}"
    elif holds:
        opening = f"True of what is left of the first draw and here of {holds if undecided else 'every layer'}"
    elif fails:
        opening += f"; over the whole run false of {fails if undecided else 'every layer'}"
    if undecided:
        unknown = f" {_undecided(h, undecided)}"
    why = (
        "What is left obeys it by construction; the weights on blank pixels, which see no data, check that the simulation does."
    )
    if not seen:
        why = "Nothing that single precision could hold is left of the draw after one epoch."
    return f"**{opening}.**{unknown} {why}"


def _false_of_the_draw(run):
    h = run.hyperparameters
    eta, lam, n, m = h.symbols
    if claim.memory_error(run) > claim.ROUNDING:
        return "**The weights on blank pixels do not follow their exact decay, so the simulation is wrong.**"
    why = "All examples fit into one mini-batch, and its one update an epoch decays as if it were full."
    if n > m:
        why = "The last mini-batch of an epoch is not full, but its decay is."
    times = number(theory.rate_ratio(eta, lam, n, m))
    return f"**False already of what is left of the draw, which fades {times} times as fast as claimed.** {why}"


def _also(run, layers):
    """What there is to say of layers where the draw does not follow the claim."""
    if run.diverged_at is not None:
        return f"The network diverges in epoch {run.diverged_at}."
    parts = _by_outcome(layers)
    if set(parts) == {Outcome.FAILS}:
        return "It is false of every layer too."
    told = []
    if Outcome.HOLDS in parts:  # within the tolerance of the claim, and so slower than the draw
        told.append(f"{words.sentence(parts[Outcome.HOLDS])} meet it only because the data hold them back.")
    if Outcome.FAILS in parts:
        told.append(f"It is false of {parts[Outcome.FAILS]} too.")
    if Outcome.UNDECIDED in parts:
        told.append(_undecided(run.hyperparameters, parts[Outcome.UNDECIDED]))
    return " ".join(told)


def _by_outcome(layers):
    """outcome -> the layers, in words, from name -> outcome."""
    found = {}
    for name, outcome in layers.items():
        found.setdefault(outcome, []).append(f"the {name}")
    return {outcome: words.listed(parts) for outcome, parts in found.items()}


def _undecided(h, parts):
    if h.replicates == 1:
        return "One seed has no interval, so of a layer nothing can be said."
    return f"These seeds cannot tell whether it is true of {parts}."


def longest(run):
    """Which layers keep to the claimed size to the end or, if none does, how long the last of them does.

    Nothing where there is nothing to say of layers: without a premise or an interval, and for a run that diverged.
    """
    h = run.hyperparameters
    if h.replicates == 1 or run.diverged_at is not None or not claim.premise(h):
        return ""
    until = {name: claim.last_epoch_within(run, layer, claim.TOLERANCE) for layer, name in enumerate(h.layer_names)}
    to_the_end = [f"the {name}" for name, epoch in until.items() if epoch == run.epochs]
    if len(to_the_end) == len(until):
        return "In size every layer stays with the claim to the end."
    if to_the_end:
        return f"Only {words.listed(to_the_end)} are known to keep to the claimed size to the end."
    last = max(until.values())
    return f"No layer is known to keep to the claimed size {f'beyond epoch {last}' if last else 'for even one epoch'}."


def verdict_rows(judged):
    """A row for each verdict."""
    lines = ["| weights | rate per epoch | claim |", "|---|---|---|"]
    for v in judged:

        def rate(value, predicted=v.predicted):
            return _per_epoch(value, predicted)

        measured = f"{rate(v.measured.mean)} ({between(v.measured, rate)})" if v.epochs else "not measured"
        if v.measured.mean == math.inf:
            measured = "too fast to measure"
        lines.append(f"| {v.part}, {_span(v.epochs)} | {measured} | {badge(v.outcome)} |")
    return "\n".join(lines)


def _per_epoch(value, reference):
    """A rate with as many decimals as show a reference; two at least, and no more than single precision resolves."""
    return words.like(value, min(max(abs(reference), FINEST), 1) if reference else 0)


def _span(epochs):
    if epochs == 0:
        return "no whole epoch"
    return "epoch 1" if epochs == 1 else f"epochs 1 to {epochs}"


def checked(run):
    """What the control group says of the simulation."""
    if run.epochs == 0:
        return "Here no epoch ends in finite numbers, so there is nothing to check."
    last = claim.resolved_epochs(run)
    if last == 0:
        return "Here an epoch leaves nothing of them that single precision could hold."
    span = f"Over all {run.epochs} epochs and all seeds"
    if last < run.epochs:
        span = f"Up to epoch {last}, the last at which single precision can hold their size, and in all seeds"
    elif run.diverged_at is not None:
        span = f"Up to epoch {last}, the last before the run diverges, and in all seeds"
    if claim.memory_error(run) > claim.ROUNDING:
        return f"{span} they do not keep to $|\\rho|^T$: the simulation is wrong."
    return (
        f"{span} they keep to $|\\rho|^T$ to within the rounding of single precision. Had the simulation got the decay wrong, "
        "it would show here."
    )


def courses(run, judged):
    """What became of every layer; of a run that diverged no more than that."""
    if run.diverged_at is not None:
        return f"This run left the finite numbers in epoch {run.diverged_at}. Figure 1 shows what its layers did before."
    return "\n\n".join(course(run, judged, layer) for layer in range(len(run.hyperparameters.layer_names)))


def course(run, judged, layer):
    """What became of one layer, in numbers."""
    h = run.hyperparameters
    name = h.layer_names[layer]
    eta, lam, n, m = h.symbols
    first, whole = (_rate(judged, name, epochs) for epochs in (1, run.epochs))
    alone = theory.exact_decay_rate(eta, lam, n, m)
    begins = f"the rate of the **{name}** is {_per_epoch(first, alone)}"
    if first == math.inf:
        begins = f"the **{name}**{_of_whom(run, layer, 1)} shrink to less than single precision can hold"
    goes_on = f"the rate is {_per_epoch(whole, alone)}"
    if whole == math.inf:
        goes_on = f"the weights{_of_whom(run, layer, run.epochs)} shrink to less than single precision can hold"
    decay = f"gives {'a rate of ' if first == math.inf else ''}{_per_epoch(alone, alone)}"
    if alone == math.inf:
        decay = "would leave nothing of them"
    return (
        f"In the first epoch {begins}. Decay alone {decay}; {_does(run, first, layer)}. "
        f"Over all {run.epochs} epochs {goes_on}. {_ends(run, layer)} {_balance(run, layer)}"
    )


def _of_whom(run, layer, epoch):
    """Whether a layer has come to 0 in every seed or in some."""
    return "" if (run.weight_rms[:, epoch, layer] == 0).all() else " of some seeds"


def _rate(judged, part, epochs):
    """The measured rate of a part over so many epochs."""
    return next(v.measured.mean for v in judged if (v.part, v.epochs) == (part, epochs))


def _does(run, rate, layer):
    """What the data do to a layer's size in the first epoch, beside decay."""
    step = theory.decay_step(*run.hyperparameters.symbols[:3])
    pull = interval(run.norm_change_data[:, 0, layer])
    shrinks, grows = 0 < step < 2, step > 2
    if pull.high < 0:
        return "the data shrink them too" if shrinks else "the data work against it" if grows else "the data shrink them"
    if pull.low > 0:
        if not shrinks:
            return "the data lengthen them too" if grows else "the data lengthen them"
        return "the data hold them back" if rate > 0 else "the data lengthen them by more than decay takes"
    seeds = "these seeds" if run.hyperparameters.replicates > 1 else "one seed"
    return f"what the data do to their size cannot be told from {seeds}"


def _ends(run, layer):
    """At what size a layer ends, beside what decay alone leaves."""
    eta, lam, n, m = run.hyperparameters.symbols
    step = theory.decay_step(eta, lam, n)
    alone = f", where decay alone leaves {left(theory.memory_size(eta, lam, n, m, run.epochs))}"
    if step == 0:
        alone = ""
    if step > 2:
        alone = ", where decay alone makes them grow without end"
    end = claim.size_left(run, layer).mean
    size = f"{left(end)} of" if end < 10 else f"{number(end, 2)} times"
    return f"They end at {size} their first size{alone}."


def _balance(run, layer):
    """What decay and the data did to |W|^2 over all epochs."""
    decay, data = (interval(changes[:, :, layer].sum(axis=1)).mean for changes in run.ledger)
    sizes = number(abs(decay)), number(abs(data))
    told = f"decay took away {sizes[0]} in all and the data {'put back' if data > 0 else 'took away'} {sizes[1]}"
    if decay == 0:
        told = f"the data {'added' if data > 0 else 'took away'} {sizes[1]} in all"
    if decay > 0:
        told = f"decay added {sizes[0]} in all and the data {'added' if data > 0 else 'took away'} {sizes[1]}"
    return f"In units of the first $|W|^2$, {told}."


def near_rows(run):
    """Until which epoch each layer keeps within each tolerance."""
    lines = ["| last epoch within | " + " | ".join(map(percent, TOLERANCES)) + " |", "|---|---|---|---|"]
    for layer, name in enumerate(run.hyperparameters.layer_names):
        until = (str(claim.last_epoch_within(run, layer, tolerance)) for tolerance in TOLERANCES)
        lines.append(f"| {name} | " + " | ".join(until) + " |")
    return "\n".join(lines)
