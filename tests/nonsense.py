"""What nobody should send, from a fixed seed: values of any type, and texts as an address or a command may have them."""

import decimal
import fractions
import math
import random
import sys

import numpy as np

TEXTS = (
    "", " ", "\0", "a\0b", "\n", "\r\n\r\n", "\t5", " 5", "5 ", "5\n", "5.0", "05", "+5", "-5", "−5", "5,0", "5e0", "0x5", "5_0", "٥", "５", "5️⃣",
    "nan", "NaN", "-nan", "inf", "-Infinity", "1e400", "-1e400", "1e-400", "0.1", "1e999999999", "9" * 4301, "-" + "9" * 10_000, "0." + "0" * 10_000,
    "true", "None", "null", "undefined", "[]", "{}", "[5]", '{"a": 1}', "NaN,5", "30-30-30", "30-", "-30", "10", "100", "500",
    "[x](//evil.io)", "![x](//evil.io)", "<script>alert(1)</script>", "<b onclick=1>", "</div><h1>", "&lt;", "$\\alpha$", "$$x$$", "\\frac{1}{0}",
    "**b**", "# h", "| a | b |", "```\nx", "`", "``", "\\`", ":red[x]", ":smile:", ":material/home:", "~~x~~", "[^1]", "[[ fact ]]", "{% if x %}", "{{ 7*7 }}", "::figure decay",
    "../../etc/passwd", "file:///etc/passwd", "%00", "%", "%zz", "%2e%2e", "a=b&c=d", "?", "#", ";", "' OR 1=1 --", "$(id)", "`id`", "sigmoid ", "SIGMOID", "tanh,relu",
    "\u202e5", "\ufeff5", "\u200b", "e\u0301" * 40, "👩‍👩‍👧", "\U0010ffff", "\x1b[31m", "\x7f", "日本語", "ß", "İ", "x" * 20_000,
)  # fmt: skip
"""Chosen because somebody's reader has stumbled over it."""
NUMBERS = (
    0,
    1,
    -1,
    2**31,
    2**63,
    -(2**63),
    2**64,
    10**400,
    10**5000,
    0.0,
    -0.0,
    0.5,
    5e-324,
    1e308,
    -1e308,
    math.nan,
    math.inf,
    -math.inf,
)
SCALARS = (
    np.int8(-1),
    np.uint64(2**64 - 1),
    np.float16(math.inf),
    np.float32(0.1),
    np.float64(math.nan),
    np.longdouble(1),
    np.True_,
)
SCALARS += (
    np.complex64(1j),
    np.datetime64("NaT"),
    np.timedelta64(5),
    np.str_("5"),
    np.bytes_(b"5"),
    np.array(5.0),
    np.array("5"),
    np.void(b"5"),
)
OBJECTS = (
    None,
    True,
    False,
    ...,
    1j,
    b"5",
    bytearray(b"5"),
    object,
    object(),
    len,
    range(3),
    slice(3),
    {},
    set(),
    frozenset({5}),
    {5: 5},
    sys,
)
OBJECTS += (
    decimal.Decimal(5),
    decimal.Decimal("NaN"),
    decimal.Decimal("sNaN"),
    decimal.Decimal("1e999"),
    fractions.Fraction(1, 3),
    NotImplemented,
)
ARRAYS = (np.empty(0), np.ones(1), np.arange(3), np.eye(2), np.array([None]), np.array([1, "a"], object), np.array([math.nan]))


class Nonsense:
    """An endless supply; the same for the same seed."""

    def __init__(self, seed):
        self.stream = random.Random(seed)

    def text(self):
        """One that was chosen, two of them together, or characters from anywhere in Unicode but surrogates."""
        kind = self.stream.random()
        if kind < 0.5:
            return self.stream.choice(TEXTS)
        if kind < 0.7:
            return self.stream.choice(TEXTS) + self.stream.choice(TEXTS)
        planes = (0x80, 0x800, 0xD800, 0x110000)
        return "".join(self._character(self.stream.choice(planes)) for _ in range(self.stream.randrange(30)))

    def value(self):
        """A number or what passes for one, a text, an object of another type, or a few of them in a sequence."""
        kind = self.stream.random()
        if kind < 0.35:
            return self.stream.choice(NUMBERS)
        if kind < 0.5:
            return self.stream.uniform(-1, 1) * 10.0 ** self.stream.randrange(-300, 300)
        if kind < 0.65:
            return self.text()
        if kind < 0.9:
            return self.stream.choice((*SCALARS, *OBJECTS, *ARRAYS))
        return self.stream.choice((tuple, list))(self.value() for _ in range(self.stream.randrange(12)))

    def bytes(self, most):
        return self.stream.randbytes(self.stream.randrange(most))

    def _character(self, below):
        code = self.stream.randrange(below)
        return chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"
