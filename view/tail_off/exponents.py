"""What claim 3's page says of the contest of exponents."""

from engine.verdicts import Outcome, contest
from engine.verdicts import tail_off as claim
from view import words
from view.badges import COLOURS, SIGNS
from view.tables.tail_off import LATEX
from view.words import between, number, percent

POST, BOOK, FAN_IN = claim.CANDIDATES
VARIED = {
    "widths": ("Digits, the width", "hidden units", "with the width"),
    "lambdas": ("Digits, λ", "λ", "with λ"),
    "teacher-fan-ins": ("Teacher, the fan-in", "inputs", "with the teacher’s inputs"),
    "mnist-fan-ins": ("MNIST, the fan-in", "pixels", "with MNIST’s pixels"),
}
"""Contest -> title, what is varied, and how a sentence says it."""
FAN_INS = ("teacher-fan-ins", "mnist-fan-ins")


def labels(found):
    """part -> its fitted exponent in words."""
    parts = found.examples[0].layer_names
    return {part: number(contest.exponent(found, layer).mean, 2) for layer, part in enumerate(parts)}


def rows(tested, layer):
    """Measured exponents beside those of the candidates, and whether they are near."""
    lines = ["| varied, and measured exponent | candidate | its exponent | near? |", "|---|---|---|---|"]
    for name, found in tested.items():
        judged = contest.judge(found, layer)
        measured = judged[0].measured
        heads = (f"{VARIED[name][0]}: {number(measured.mean, 2)} ({between(measured)})", "", "")
        for head, v in zip(heads, judged):
            lines.append(f"| {head} | {LATEX[v.meaning]} | {number(v.predicted, 2)} | {near(v)} |")
    return "\n".join(lines)


def near(verdict):
    """In Markdown: an exponent may be near a candidate's and yet, by its interval, not the same."""
    word = {
        Outcome.HOLDS: "near and equal" if contest.equal(verdict) else "near, not equal",
        Outcome.PARTLY: "near on the whole, bent",
        Outcome.FAILS: "not near",
    }.get(verdict.outcome, str(verdict.outcome))
    return f":{COLOURS.get(verdict.outcome, 'gray')}-badge[{SIGNS[verdict.outcome]} {word}]"


def criteria():
    return (
        f"Near is read as a test of equivalence: the whole interval of the exponent, and the exponent between any two neighbouring dots, lie within "
        f"{number(contest.TOLERANCE)} of the candidate’s over the same points. It is bent where only the interval does. Near is equal only where the "
        "interval contains the candidate’s exponent."
    )


def candidates_text(tested):
    """What became of each candidate, for the hidden weights."""
    told = {c: [] for c in claim.CANDIDATES}
    for name, found in tested.items():
        for v in contest.judge(found, 0):
            if v.outcome == Outcome.HOLDS:
                told[v.meaning].append(VARIED[name][2])
    said = [
        f"{LATEX[c]} is near {words.listed(names)}." if names else f"{LATEX[c]} is near nowhere." for c, names in told.items()
    ]
    return f"{criteria()} For the hidden weights {' '.join(said)}"


def width_text(found):
    """That near is not equal, and where the exponents are headed."""
    measured, said = contest.exponent(found, 0), contest.predicted(found, 0)[BOOK]
    narrow, wide = contest.ends(found, 0)
    return (
        f"Near is not the same. With the width the exponent of the hidden weights is {number(measured.mean)} ({between(measured)}), which is "
        f"significantly not {number(said, 2)}. It is still on its way: between the two narrowest networks it is {words.short(narrow)}, between the "
        f"two widest {words.short(wide)}. That of the output weights comes from the other side: between the two widest it is "
        f"{words.short(contest.ends(found, 1)[1])}."
    )


def fan_in_text(tested):
    """Why the contests over the fan-in do not separate the square roots, and what else they vary."""
    teacher, mnist = (tested[name] for name in FAN_INS)
    outer = words.listed(words.short(contest.exponent(found, 1).mean) for found in (teacher, mnist))
    said = words.listed(words.short(contest.predicted(found, 1)[BOOK]) for found in (teacher, mnist))
    least, most = contest.spread(mnist, 0)
    return (
        f"The fan-in cannot tell the two square roots apart: with the teacher’s inputs their exponents differ by {number(contest.apart(teacher, 0), 2)}, "
        f"less than the {number(contest.TOLERANCE)} of the test. And more inputs are another task, so a fan-in contest measures the task as well: with "
        f"MNIST’s pixels the exponent between neighbouring dots goes from {words.short(least)} to {words.short(most)}. What the fan-in can tell is whose "
        f"count matters. It leaves the number of output weights as it is, and their size hardly changes ({outer}), where $1/\\sqrt{{n_w}}$ says {said}."
    )


def length_text(tested):
    """That the length which the weights share is not constant either."""
    widths, teacher, mnist = (contest.lengths(tested[name], 0) for name in ("widths", *FAN_INS))
    return (
        f"The length that the weights share does not stay the same. From {number(widths[0][0])} to {number(widths[0][-1])} hidden units the $|W|^2$ of the "
        f"hidden weights grows by {percent(_growth(widths))}, and with the teacher’s inputs by {percent(_growth(teacher))}. With MNIST’s pixels it has a "
        f"hump: {words.listed(f'{length:.0f}' for length in mnist[1].mean(axis=1))}, from {number(mnist[0][0])} to {number(mnist[0][-1])} pixels."
    )


def _growth(lengths):
    """From the least x to the largest, as a share."""
    first, *_, last = lengths[1].mean(axis=1)
    return last / first - 1


def lambda_text(found, singular_values):
    """How the length goes with lambda, and that no power law says it."""
    first, last = contest.length_ends(found, 0)
    linear = contest.linear_length_exponent(found, singular_values)
    return (
        "No candidate contains λ, and the length depends on it. Over the λ of Figure 3 at which they rest, the $|W|^2$ of the hidden weights falls with "
        f"the fitted exponent {number(contest.length_exponent(found, 0).mean, 2)}; for the linear network, on the same images made white and with the "
        f"squared cost, (5) gives {number(linear, 2)}. For the hidden weights that is an average and no power law: $|W|^2$ has the exponent "
        f"{number(first, 2)} between the first two dots and {number(last, 2)} between the last two at rest, nearer to the collapse."
    )
