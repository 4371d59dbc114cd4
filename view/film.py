"""The film of the opening: hidden weights over the epochs, drawn in the browser without the server."""

import base64
import math
import zlib
from pathlib import Path

import streamlit as st

from engine.studies import film
from view import words
from view.made import once

PARTS = (("hidden", "hidden weights"), ("output", "output weights"), ("blank", "hidden weights on blank pixels"))
"""Class of a curve -> its name."""
START = "the start", 1.0
"""Name of the level line, and the size that it marks: all weights were drawn from N(0, 1)."""
CURVES = (
    "Line chart: size (rms) of the weights by epoch, to epoch {epoch}, with λ = {lambda}. Solid: hidden weights. Dashed: "
    "output weights. Dotted: hidden weights on pixels that are blank in every training image. A level line marks the size 1."
)
"""What the curves show, for those who do not see them."""
KEY = "film"
"""Its class on the page is st-key-film, by which article.css keeps its place."""
HERE = Path(__file__).parent
SOURCES = {kind: (HERE / f"film.{kind}").read_text() for kind in ("html", "css", "js")}


def data(alt):
    """What the component is sent; `alt` says what the pictures show, with {epoch} and {lambda} to be filled in."""
    return {
        "films": [_sent(one) for one in film.results()],
        "units": film.UNITS,
        "side": math.isqrt(film.BASE.sizes[0]),
        "levels": film.LEVELS,
        "parts": PARTS,
        "start": START,
        "choose": "Strength of the regularisation",
        "alt": alt,
        "curves": CURVES,
    }


def _sent(one):
    packed = zlib.compress(film.changes(one.frames).tobytes(), 9)
    sizes = [*one.rms.T, one.blank]  # in the order of PARTS
    return {
        "lambda": words.number(one.h.l2),
        "name": f"λ = {words.number(one.h.l2)}, {'the book’s' if one.h.l2 else 'no L2'}",
        "packed": base64.b64encode(packed).decode(),
        "rms": [[round(float(size), 4) for size in part] for part in sizes],
    }


@st.cache_resource(show_spinner=False)
def _component():
    """Registered once: a second one of the same name is warned of."""
    return st.components.v2.component(KEY, **SOURCES)


def draw(alt):
    _component()(key=KEY, data=once(data, alt))
