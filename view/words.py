"""Numbers as a person would write them."""

import math
import re
import sys
from numbers import Integral

MINUS = str.maketrans("-", "−")
NO_BREAK = "\N{NO-BREAK SPACE}"
FINEST = 1e-5
"""Smallest rate per epoch that is told to three digits: a size is known to 6e-8 of itself."""
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NORMAL = {raised: normal for normal, raised in SUPERSCRIPT.items()}


def number(value, digits=3):
    """Significant digits, no exponent between 1e-4 and 1e6: 0.05, 1.17, 0.000347, 4.2 × 10⁻⁷."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "unknown"
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return text.translate(MINUS)


def is_number(value):
    """Whether there is something to write down: neither infinite nor unknown."""
    return math.isfinite(value)


def like(value, reference, digits=3):
    """With as many decimals as show `digits` significant digits of the reference, so that numbers in a column compare."""
    if not (math.isfinite(value) and math.isfinite(reference) and reference != 0):
        return number(value, digits)
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(reference))))
    return f"{value:z,.{decimals}f}".translate(MINUS)  # z: no minus before nothing but zeros


def short(value):
    """Two significant digits."""
    return number(value, 2)


def four(value):
    """Four significant digits."""
    return number(value, 4)


def rounded(value):
    """To two significant digits, also left of the point: 14,399 -> 14,000."""
    return number(float(f"{value:.1e}"))


def near_one(value):
    """A ratio that is about 1, to three decimals."""
    return like(value, 1.0, 4)


def factor(value, claimed, steps):
    """What an epoch leaves of a weight, with digits enough to show a `claimed` factor that is near 1.

    0 stands for less than a float can hold, unless the `steps` of decay end at 0; infinity for more.
    """
    if value == math.inf:
        return f"more than {number(1e308, 1)}"
    if not value and steps != 1:
        return f"less than {number(sys.float_info.min, 1)}"
    return number(value, 5 if abs(1 - claimed) > 1e-4 or not steps else 1 - math.floor(math.log10(1 - claimed)))


def rate(value, reference):
    """Per epoch, with as many decimals as show a reference; two at least, and no more than single precision resolves."""
    return like(value, min(max(abs(reference), FINEST), 1) if reference else 0)


def percent(value, digits=2):
    """0.301 -> 30 %."""
    return "unknown" if math.isnan(value) else f"{number(100 * value, digits)}{NO_BREAK}%"


def at_most(share):
    """A positive share in percent, rounded up to one digit, for a bound: 0.0058 -> 0.6 %."""
    unit = 10.0 ** math.floor(math.log10(share)) if share > 0 else 1.0
    return percent(unit * math.ceil(round(share / unit, 9)), 1)  # what is a whole number but for rounding stays one


def points(value):
    """A difference of two shares in percentage points, to a tenth and without the unit: -0.011 -> −1.1."""
    return f"{round(100 * value, 1) + 0.0:.1f}".translate(MINUS)  # never −0.0


def between(interval, write=number):
    """The bounds of an interval: 0.99 to 1.01."""
    if math.isnan(interval.low):
        return "no interval"
    return f"{write(interval.low)} to {write(interval.high)}"


def in_formula(value, digits=3):
    """A number inside LaTeX, a whole one to its last digit: its comma would else get a space."""
    text = f"{value:,}" if isinstance(value, Integral) else number(value, digits)
    text = re.sub(r" × 10(.+)", lambda found: rf"\times10^{{{found[1].translate(NORMAL)}}}", text.replace(",", "{,}"))
    return text.replace("−", "-")


def listed(words):
    """a, b and c."""
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def in_words(count):
    """A small whole number."""
    return ("none", "one", "two", "three", "four", "five", "six", "seven", "eight")[count]


def plural(count, word):
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def unbroken(text):
    """On one line."""
    return text.strip().replace(" ", NO_BREAK)


def sentence(text):
    """With a capital at the start."""
    return text[:1].upper() + text[1:]
