"""What claim 3's page says of the contest of exponents."""

from engine.verdicts import Outcome, contest
from engine.verdicts import tail_off as claim
from view import words
from view.badges import COLOURS, SIGNS
from view.tables.tail_off import LATEX
from view.words import between, number, percent

BOOK = claim.CANDIDATES[1]
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
        "Near is a test of equivalence: the whole interval of the exponent, and the exponent between any two neighbouring "
        f"dots, lie within {number(contest.TOLERANCE)} of the candidate’s over the same points. Where only the interval does, "
        "the line is bent. Near is equal only where the interval contains the candidate’s exponent."
    )


def candidates_text(tested):
    """What became of each candidate, for the hidden weights."""
    found = {c: {Outcome.HOLDS: [], Outcome.PARTLY: []} for c in claim.CANDIDATES}
    for name, one in tested.items():
        for v in contest.judge(one, 0):
            found[v.meaning].get(v.outcome, []).append(VARIED[name][2])
    return f"For the hidden weights {' '.join(_told(LATEX[c], *names.values()) for c, names in found.items())}"


def _told(candidate, straight, bent):
    straight, bent = words.listed(straight), words.listed(bent)
    if straight and bent:
        return f"{candidate} is near {straight}, and {bent} on the whole, along a bent line."
    if bent:
        return f"{candidate} is near {bent} on the whole, along a bent line."
    return f"{candidate} is near {straight or 'nowhere'}."


def width_text(found):
    """That the exponent in the width is not the book's, and where it is headed."""
    measured, said = contest.exponent(found, 0), contest.predicted(found, 0)[BOOK]
    narrow, wide = contest.ends(found, 0)
    return (
        f"Near is not the same. With the width the exponent of the hidden weights is {number(measured.mean)}, and its "
        f"interval, {between(measured)}, leaves out the {number(said, 2)} of the book. It is still on its way: between the two "
        f"narrowest networks it is {words.short(narrow)}, between the two widest {words.short(wide)}. That of the output "
        f"weights comes from the other side: between the two widest it is {words.short(contest.ends(found, 1)[1])}."
    )


def together_text(found):
    """All weights of a network together, as the width varies: where the book's exponent is met best."""
    wide = contest.wide(found)
    measured, places = contest.whole_exponent(wide), contest.all_at_rest(wide)
    length, units = contest.whole_length(wide)[places].mean(axis=1), wide.x[places]
    return (
        f"The book counts all weights, so put them together. From {number(units.min())} to {number(units.max())} hidden units "
        f"their rms falls with $n_w$ with the exponent {number(measured.mean, 4)} ({between(measured, words.four)}). Multiplied by "
        rf"$\sqrt{{n_w}}$ it is the length of all weights, and stays between {number(length.min(), 4)} and "
        f"{number(length.max(), 4)}. {_narrow(found, wide)}So for a network that is wide enough the count says how a length is "
        "shared. How long it is, no count says."
    )


def _narrow(found, wide):
    """Of the networks that are left out."""
    left_out = [k for k in contest.all_at_rest(found) if found.x[k] not in wide.x]
    length = contest.whole_length(found).mean(axis=1)
    told = [f"with {number(found.x[k])} hidden units, fewer than outputs, it is {number(length[k], 4)}" for k in left_out]
    return f"{words.sentence(words.listed(told))}. " if told else ""


def length_text(tested):
    """That the length of one layer is not constant."""
    widths, teacher, mnist = (tested[name] for name in ("widths", *FAN_INS))
    places = sorted(contest.at_rest(mnist, 0), key=lambda k: mnist.x[k])
    hump = words.listed(f"{contest.lengths(mnist)[k, :, 0].mean():.0f}" for k in places)
    return (
        f"One layer alone has no constant length. With the width the $|W|^2$ of the hidden weights grows by {_growth(widths)}, "
        f"and still by {_growth(contest.wide(widths))} where there are no fewer hidden units than outputs. With the teacher’s "
        f"inputs it grows by {_growth(teacher)}. With MNIST’s pixels it has a hump: {hump}, from {number(mnist.x[places[0]])} "
        f"to {number(mnist.x[places[-1]])} pixels."
    )


def _growth(found):
    """From the smallest |W|^2 of the hidden weights at rest to the largest."""
    return percent(contest.length_change(found, 0).mean - 1)


def fan_in_text(tested):
    """Why the contests over the fan-in do not separate the square roots, and what else they vary."""
    teacher, mnist = (tested[name] for name in FAN_INS)
    outer = words.listed(words.short(contest.exponent(found, 1).mean) for found in (teacher, mnist))
    said = words.listed(words.short(contest.predicted(found, 1)[BOOK]) for found in (teacher, mnist))
    least, most = contest.spread(mnist, 0)
    return (
        "The fan-in cannot tell the two square roots apart: with the teacher’s inputs their exponents differ by "
        f"{number(contest.apart(teacher, 0), 2)}, less than the {number(contest.TOLERANCE)} of the test. And more inputs are "
        "another task, so a fan-in contest measures the task as well: with MNIST’s pixels the exponent between neighbouring "
        f"dots goes from {words.short(least)} to {words.short(most)}. What the fan-in can tell is whose count matters. It "
        rf"leaves the number of output weights as it is, and their size hardly changes ({outer}), where $1/\sqrt{{n_w}}$ says "
        f"{said}."
    )


def lambda_text(found, singular_values):
    """How the length goes with lambda, and that no power law says it."""
    first, last = contest.length_ends(found, 0)
    fitted, linear = contest.length_exponent(found, 0).mean, contest.linear_length_exponent(found, singular_values)
    return (
        "No candidate contains λ, and the length depends on it. Over the λ of Figure 3 at which they rest, the $|W|^2$ of the "
        f"hidden weights falls with the fitted exponent {number(fitted, 2)}; for the linear network, on the same images made "
        f"white and with the squared cost, (5) gives {number(linear, 2)}. For the hidden weights that is an average and no "
        f"power law: $|W|^2$ has the exponent {number(first, 2)} between the first two dots and {number(last, 2)} between the "
        "last two at rest, nearer to the collapse."
    )
