"""What follows from the settings of claim 2's page alone, before anything is measured."""

import math
import sys

from engine import theory
from engine.verdicts import MUCH_LESS
from engine.verdicts import decay_per_epoch as claim
from view import words
from view.figures.decay_per_epoch import FLOOR
from view.words import number, percent

FEW, FEWEST = 50, 20
"""Training examples, of the text on the limit of many and of its buttons."""
LARGEST = 3000
"""Examples in a mini-batch, more than the digits have."""
RESOLVED = 1e-5
"""Least error of the exponential that is told: the rounding of the factor, 1e-16, grows to 2e-9 in the longest run offered."""


def pace(h):
    """The factor of an epoch, exact and as claimed, and the question that it leads to."""
    eta, lam, n, m = h.symbols
    step = theory.decay_step(eta, lam, n)
    question = "But there are data, and the network learns from them. Do its weights still fade at the pace of decay?"
    if step == 0:
        question = "Here nothing decays: whatever becomes of the weights is the data’s doing."
    if step == 2:
        question = "Here decay alone turns a weight’s sign at every update, and never shrinks it."
    if step > 2:
        question = "Here decay alone turns a weight’s sign at every update, and makes it grow."
    exact, claimed = theory.decay_per_epoch(eta, lam, n, m), theory.claimed_size(eta, lam, m, 1)
    digits = 5 if abs(1 - claimed) > 1e-4 or step == 0 else 1 - math.floor(math.log10(1 - claimed))
    return (
        rf"An epoch has {words.plural(h.updates_per_epoch, 'such update')}. Without data each would multiply a weight by "
        rf"$1-\eta\lambda/n$. For $\eta={number(eta)}$, $\lambda={number(lam)}$, $m={words.in_formula(m)}$ and "
        rf"$n={words.in_formula(n)}$ training examples that makes a factor of "
        rf"{_factor(exact, digits, zero=step == 1)} per epoch. The claim’s $e^{{-\eta\lambda/m}}$ is "
        rf"{_factor(claimed, digits)}. {question}"
    )


def _factor(value, digits, zero=False):
    """0 stands for less than a float can hold, unless it is `zero`; infinity for more."""
    if value == math.inf:
        return f"more than {number(1e308, 1)}"
    return number(value, digits) if value or zero else f"less than {number(sys.float_info.min, 1)}"


def bet(h):
    """What to guess before looking."""
    eta, lam, n, m = h.symbols
    step = theory.decay_step(eta, lam, n)
    alone = f"Decay alone leaves {left(theory.memory_size(eta, lam, n, m, h.epochs))} of a weight’s size."
    if step == 0:
        alone = "Nothing decays here."
    if step > 2:
        alone = "Decay alone makes a weight grow without end."
    return (
        f"A bet before you look, over {h.epochs} epochs. {alone} How much of their size do the {h.layer_names[0]} of the "
        "trained network keep?"
    )


def left(share):
    """Of a size; what is too small to be drawn has no number."""
    return percent(share) if share > FLOOR else "next to nothing"


def criteria(h):
    """How the verdicts are found."""
    eta, lam, n, m = h.symbols
    return (
        f"Claimed: ηλ/m = {number(theory.decay_rate(eta, lam, m))} per epoch; measured: ln(rms at the start / rms at the end) "
        "/ epochs. Of a layer the claim holds where the whole 95 % interval over seeds lies within "
        f"{percent(claim.TOLERANCE)} of it, and fails where the whole interval lies outside. What is left of the draw fades by "
        "a theorem and needs no interval: it is exact where the theorem’s rate is as near to the claim, and the weights on "
        "blank pixels follow the theorem to within the rounding of single precision. The table judges the rate, a sentence on "
        "size the size, with the same tolerance; while ηλT/m is below 1 the rate is the stricter. "
        f"Premise: ηλ/n = {number(theory.decay_step(eta, lam, n))}, to be above 0 and at most {number(MUCH_LESS)}. Intervals "
        "are not corrected for the number of verdicts."
    )


def exponential(h):
    """How near the claim's exponential comes to the exact factor."""
    eta, lam, n, m = h.symbols
    step, ratio = theory.decay_step(eta, lam, n), theory.rate_ratio(eta, lam, n, m)
    if step == 0:
        return "Without decay that is 1, as is the claim’s exponential."
    if step >= 1:
        return rf"The claim’s exponential is no approximation to that for $\eta\lambda/n={number(step)}$."
    if ratio > 1 + claim.TOLERANCE:
        return f"Even for this part the claim’s exponential is too slow: the draw fades {number(ratio)} times as fast."
    return (
        "About this part the claim is a theorem, but for the step from $\\rho$ to the exponential: the draw fades "
        f"{percent(ratio - 1)} faster than claimed."
    )


def limit(h):
    """The error of the exponential, with the reader's examples and with FEW, and what the limit does to a layer."""
    eta, lam, n, m = h.symbols
    told = []
    for count in (n, FEW):
        error = theory.claim_error(eta, lam, count, m, h.epochs)
        if 0 < theory.decay_step(eta, lam, count) < 1 and error < 1:
            told.append(f"with {count:,} examples it is {_error(error)}")
    here = f" After {h.epochs} epochs {words.listed(dict.fromkeys(told))}." if told else ""
    updates = f", here {number(theory.memory_updates(eta, lam, n))}," if claim.premise(h) else ""
    return (
        rf"and $\frac\varepsilon2\gamma T$ where $m$ divides $n$.{here} So the limit makes the claim exact for the draw. To a "
        r"layer it gives more time to learn: while the draw fades by a factor $e$ some $n/(\eta\lambda)$ updates pass"
        f"{updates} and the network learns in each."
    )


def _error(value):
    return percent(value) if value >= RESOLVED else f"less than {percent(RESOLVED)}"


def ratios(h):
    """How fast the draw fades for some sizes of a mini-batch, where it fades steadily."""
    eta, lam, n, _ = h.symbols
    if not 0 < theory.decay_step(eta, lam, n) < 1:
        return ""
    told = words.listed(
        f"at {words.like(theory.rate_ratio(eta, lam, n, m), 1)} times the claimed rate for $m={words.in_formula(m)}$"
        for m in (10, 1000, LARGEST)
    )
    return rf"With $\eta={number(eta)}$, $\lambda={number(lam)}$ and the {n:,} examples of Figure 1 the draw fades {told}. "


def bounds(h):
    """The bounds of the exact factor and the factor, where the theorem about them applies."""
    eta, lam, n, m = h.symbols
    if n % m or not 0 < theory.decay_step(eta, lam, n) < 1:
        return ""
    low, high = (_factor(bound, 7) for bound in theory.decay_bracket(eta, lam, n, m))
    if low == high:
        return f" For the values of Figure 1 the bounds agree in all digits of {low}."
    exact = _factor(theory.decay_per_epoch(eta, lam, n, m), 7)
    return f" For the values of Figure 1 the bounds are {low} and {high}, and the exact factor is {exact}."


def preset_batch(h):
    """The name of the button that asks for more examples in a mini-batch than the digits have."""
    return f"m = {LARGEST:,}, more than n" if h.n_train < LARGEST else f"m = {LARGEST:,}"


def preset_examples(h):
    """The name of the button that asks for very few examples."""
    few = theory.decay_step(h.learning_rate, h.l2, FEWEST) > MUCH_LESS
    return f"n = {FEWEST}, too few for λ = {number(h.l2)}" if few else f"n = {FEWEST}"


def with_momentum(h, mu=0.9):
    """What momentum makes of an update, where it fades the draw steadily and six digits show it."""
    eta, lam, n, _ = h.symbols
    if not lam or not theory.momentum_is_monotone(eta, lam, n, mu):
        return ""
    plain, heavy = (number(f, 6) for f in (theory.decay_factor(eta, lam, n), theory.momentum_decay_factor(eta, lam, n, mu)))
    if heavy == plain or plain == number(1):
        return ""
    return f": for $\\mu={number(mu)}$ and the values above an update then leaves {heavy} of it instead of {plain}"
