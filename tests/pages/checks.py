"""What no sentence of the article may say, whatever the setting: each check gets what a page says and returns what is wrong.

A passage is a line of Markdown: a paragraph, a row of a table, a label of a figure.
"""

import re

NUMBER = r"−?\d[\d,]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
NOUNS = (
    "epoch|seed|unit|weight|image|example|update|setting|point|step|run|cell|dot|layer|pixel|replicate|network|mini-batch|value|"
    "time"
)
PARTS = r"(?:hidden|output) weights(?: \d)?|weights on blank pixels"
VERBS = "has|is|was|does|stays|rests|comes|goes|moves|falls|rises|shrinks|grows|keeps|ends|starts|stands|follows|loses|gains"
SHARED = (
    "the (?:gain|change|changes|fall|way|movement|difference|growth|loss|images|settings|seeds|units|draw)|what|that|it|them|"
    "their (?:movement|way|change|changes|length|draw)|its (?:movement|way|draw)"
)
"""What follows a share, of which there is from none to all. A size may be more than all of a start."""


def amount(text):
    """The number that is written."""
    plain = text.replace(",", "").replace("−", "-")
    mantissa, _, exponent = plain.partition(" × 10")
    return float(mantissa) * 10.0 ** int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def unit(text):
    """One in the last digit that is written: how far a rounded number may be from what it stands for."""
    mantissa, _, exponent = text.partition(" × 10")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (-decimals + int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0))


def prose(passage):
    """The words without formulas, code, addresses, colours and sizes."""
    text = re.sub(r"`[^`]*`", "CODE", passage)
    text = re.sub(r"\$\$.*?\$\$|(?<!\\)\$(?:\\.|[^$\\])*\$", "x", text)
    text = re.sub(r"\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?: \"[^\"]*\")?\)", r"\1", text)
    while (inner := re.sub(r":[a-z]+(?:-background)?\[([^\[\]]*)\]", r"\1", text)) != text:
        text = inner
    return re.sub(r":material/\w+:", "sign", text)


def sentences(passage):
    return re.split(r"(?<=[.!?;])\s+", passage.strip())


def found(pattern, text, flags=0):
    """The sentences in which it matches, each once; what lies between two of them belongs to both."""
    spans = [m.span() for m in re.finditer(pattern, text, flags)]
    ends = [0, *(m.end() for m in re.finditer(r"[.!?;]\s+", text)), len(text)]
    whole = [(max(e for e in ends if e <= low), min(e for e in ends if e >= high)) for low, high in spans]
    return [text[low:high].strip() for low, high in dict.fromkeys(whole)]


# ------------------------------------------------------------------------------------------------------ of a passage


def not_a_number(passage):
    return found(r"(?<![\w.])(?:nan|NaN|inf|Infinity|None|unknown|undefined)(?![\w])|∞(?! (?:a run )?diverge)", prose(passage))


def raw_python(passage):
    return found(
        r"np\.\w+|\w+\(\w+=|\b(?:array|Interval|Outcome|Verdict)\b[(.]|\d\.\d{13,}|\de[+-]?\d|<\w+ object|\[\]|\{\}",
        prose(passage),
    )


def impossible_share(passage):
    wrong = []
    text = prose(passage).replace("**", "")
    share = rf"(?<![\d.])({NUMBER})(?: %)?(?: (?:to|and) ({NUMBER}))? %(?: \([^()]*\))? of (?:{SHARED})\b"
    for m in re.finditer(rf"(?<!puts back )(?<!put back ){share}", text):  # what is put back may be more than was taken
        wrong += [m.group(0)] * any(not 0 <= amount(g) <= 100 for g in m.groups() if g)
    for m in re.finditer(rf"\baccurac(?:y|ies)\b(?! (?:lead|gain|difference))[^.;|]*?({NUMBER}) %(?! of)", text):
        wrong += [m.group(0)] * (amount(m.group(1)) > 100)
    wrong += [
        m.group(0)
        for m in re.finditer(rf"\b(?:takes?|took)(?: away)? ({NUMBER}) %", text)
        if not 0 <= amount(m.group(1)) <= 100
    ]
    return wrong


def impossible_cosine(passage):
    text, wrong = prose(passage), []
    told = r"\b(?:cosine|correlation)\b[^.;|]*?\b(?:is|are|was|of|at|from|to|about)\s+"
    for m in re.finditer(rf"{told}({NUMBER})(?![\w.]*\w| ?%| (?:seed|epoch|update))", text):
        wrong += [m.group(0)] * (abs(amount(m.group(1))) > 1)
    return wrong


def negative_factor(passage):
    """A ratio of lengths, or how many times as large something is, below 0."""
    return found(r"\b(?:asks for|ratio [a-z ]*is|factor of) −\d|−\d[\d.,]* times (?:as|the|that)\b", prose(passage))


def nothing_listed(passage):
    """What is left where a list, a name or a sentence in the middle is empty."""
    text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", prose(passage))
    if passage.lstrip().startswith("|"):
        return []
    pattern = (
        r", ?[.,;:]|: ?[.;,](?!\w)|[.;] ?[,;]|\b(?:and|or|the|a) ?[.;:)](?!\w)|\b(?:the|a),|(?<=\S) {2,}(?=\S)|\( ?\)|\( | \)|"
        r" [.,;:](?![\w.])|\*{4}|(?<![.\d])\.\.(?!\.)|“ ?”|^[,.;)]"
    )
    return found(pattern, text)


def repeated_word(passage):
    return found(r"\b(\w+) \1\b(?!\w)", re.sub(r"\d", "", prose(passage)), re.I)


def minus_nothing(passage):
    return found(r"(?<![\w.)])[−-]0(?:\.0+)?(?![\d.,]*\d)", prose(passage))


def bounds_that_do_not_bound(passage):
    wrong = []
    text = passage.replace("$", "").replace("**", "").replace("{,}", ",")
    of = r"( %)?(?: (?:points|percentage points|epochs))?"
    interval = rf"({NUMBER}){of} \((?:95 % interval )?({NUMBER})(?: %)? to ({NUMBER})(?: %)?(?:[^)]*)\)"
    for m in re.finditer(interval, text):
        middle, low, high = (m.group(k) for k in (1, 3, 4))
        below, above = (unit(middle) / 2 + unit(bound) / 2 for bound in (low, high))  # all three are rounded
        wrong += [m.group(0)] * (not amount(low) - below <= amount(middle) <= amount(high) + above)
    for m in re.finditer(rf"\bbounds are ({NUMBER}) and ({NUMBER}),? and the exact factor is ({NUMBER})", text):
        low, high, exact = m.groups()
        wrong += [m.group(0)] * (not amount(low) - unit(low) <= amount(exact) <= amount(high) + unit(high))
    for m in re.finditer(rf"\b(?:between|at least) ({NUMBER})(?: %)? and (?:at most )?({NUMBER})\b", text):
        wrong += [m.group(0)] * (amount(m.group(1)) > amount(m.group(2)))
    return wrong


def no_distance(passage):
    """From X to X."""
    text = prose(passage).replace("**", "")
    wrong = re.finditer(rf"\b(?:from|between) (?:x )?({NUMBER})( %)? (?:to|and) ({NUMBER})( %)?(?![\w(/])", text)
    return [m.group(0) for m in wrong if m.group(1) == m.group(3)]


def grammar_of_numbers(passage):
    text = prose(passage).replace("**", "")
    one = rf"(?<!weights )(?<![\w.,=−×/^-])1 (?:(?:more|other|hidden|training|validation|further|blank) )?(?:{NOUNS})(?:e?s)\b"
    many = rf"(?<![\w.,=−×/^-])(?:[2-9]|[1-9]\d+|\d[\d,]+\d)(?:\.\d+)? (?:{NOUNS})\b(?!-|’)"
    article = r"\b[Aa] (?:8\d?|11|18|8\d\d)(?![\d.,x×-])(?! ×)|\b[Aa]n (?:[1-79]|1[02-79]|[2-79]\d)(?![\d])(?!,)"
    verb = rf"(?:^|[.;:,] |that |and |while )(?:[Tt]he )(?:{PARTS}) (?:{VERBS})\b"
    return found("|".join((one, many, article, verb)), text)


def not_closed(passage):
    code = re.sub(r"`[^`]*`", "", passage)
    formulas = re.sub(r"\$\$.*?\$\$|(?<!\\)\$(?:\\.|[^$\\])*\$", "", code)
    wrong = [f"odd `: {passage[:80]}"] * (passage.count("`") % 2)
    wrong += [f"odd $: {passage[:80]}"] * bool(re.search(r"(?<!\\)\$", formulas))
    stars = re.sub(r"^\s*\*\s", "", formulas).replace("\\*", "")
    wrong += [f"odd **: {passage[:80]}"] * (stars.count("**") % 2)
    wrong += [f"odd *: {passage[:80]}"] * (stars.replace("**", "").count("*") % 2)
    pairs = ("[]",) if passage.lstrip().startswith("|") else ("()", "[]", "“”")
    numbered = re.sub(r"^\s*\w\)", "", formulas)
    half_open = re.sub(r"[\[(]−?[\d.]+, [^\[\]()]*[\])]", "", numbered)
    return wrong + [f"odd {pair}: {passage[:80]}" for pair in pairs if half_open.count(pair[0]) != half_open.count(pair[1])]


def straight_quote(passage):
    return found(r"[\"'](?!\d)|´", prose(passage))


def not_escaped(passage):
    return found(r"</?[a-zA-Z][^>]*>|javascript:|\]\(//", re.sub(r"`[^`]*`", "", passage))


def not_a_sentence(passage):
    """A full stop with a small letter after it, or words run together."""
    if passage.lstrip().startswith("|"):
        return []
    return found(r"[a-z%)](?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bcf)\. (?=[a-z])(?!n_|x )|[a-z]\.[A-Z][a-z]", prose(passage))


PASSAGE = (
    not_a_number,
    raw_python,
    impossible_share,
    impossible_cosine,
    negative_factor,
    nothing_listed,
    repeated_word,
    minus_nothing,
    bounds_that_do_not_bound,
    no_distance,
    grammar_of_numbers,
    not_closed,
    straight_quote,
    not_escaped,
    not_a_sentence,
)
LABEL = (not_a_number, raw_python, minus_nothing, grammar_of_numbers, straight_quote, not_escaped)
"""What holds for a word in a figure or a name of a control as well."""

# ---------------------------------------------------------------------------------------------------------- of a page


def floors_not_reached(passages):
    """A layer that has come to rest at a size in one sentence and has not in another."""
    said, denied = {}, {}
    for sentence in (
        s for passage in passages if not passage.startswith("|") for s in sentences(prose(passage).replace("**", ""))
    ):
        parts = re.findall(PARTS, sentence)
        if re.search(
            r"\bnot (?:yet )?(?:come to|at) rest|\bnot (?:been )?reached|\bno floor|\bstill (?:moving|on the move)", sentence
        ):
            denied |= dict.fromkeys(parts, sentence)
        elif re.search(rf"\b(?:rests? at|come to rest|rests? at|floors? (?:is|are|of|at))\b[^.;]*?{NUMBER}", sentence):
            said |= dict.fromkeys(parts, sentence)
    return [f"{part}: {said[part]} BUT {denied[part]}" for part in said if part in denied]


def shares_of_a_table(passages):
    """Cells below a head that speaks of a share."""
    wrong, head = [], []
    for passage in passages:
        cells = [cell.strip() for cell in passage.strip().strip("|").split("|")] if passage.startswith("|") else []
        if cells and not head:
            head = cells
        for title, cell in zip(head, cells):
            shown = [amount(m) for m in re.findall(rf"({NUMBER}) %", cell)][:1]
            wrong += [f"{title}: {passage}"] * ("share" in title and any(not 0 <= one <= 100 for one in shown))
        head = head if cells else []
    return wrong


PAGE = (floors_not_reached, shares_of_a_table)

# -------------------------------------------------------------------------------------------------------- of a figure

LIMITS = {"cosine of": (-1, 1), "accuracy on unseen images": (0, 1), "the share of decay in": (0, 1)}
"""Words of a figure's description -> between what its means must lie."""


def impossible_rows(alt, rows):
    """Means beyond what they can be, or outside their own bands."""
    if not {"mean", "low", "high"} <= set(rows.columns):
        return []
    drawn, wrong = rows[rows["low"].notna() & rows["mean"].notna()], []
    slack = 1e-6 * (1 + drawn["mean"].abs())  # single precision
    for words, (low, high) in LIMITS.items():
        wrong += [f"{words}: {mean}" for mean in drawn["mean"] if words in alt and not low - 1e-6 <= mean <= high + 1e-6]
    outside = (drawn["mean"] < drawn["low"] - slack) | (drawn["mean"] > drawn["high"] + slack)
    return wrong + [f"{alt[:40]}: {row.mean} in {row.low} to {row.high}" for row in drawn[outside].itertuples()][:1]


def complaints(passages, labels=(), figures=()):
    """[(check, what is wrong)] of what a page says; `figures` are (description, rows)."""
    wrong = [(check.__name__, what) for passage in passages for check in PASSAGE for what in check(passage)]
    wrong += [(check.__name__, what) for label in labels for check in LABEL for what in check(label)]
    wrong += [(check.__name__, what) for check in PAGE for what in check(passages)]
    wrong += [("impossible_rows", what) for figure in figures for what in impossible_rows(*figure)]
    return list(dict.fromkeys(wrong))
