"""The map of regimes on the pages of the claims: drawn, counted, and clicked."""

from dataclasses import replace
from functools import partial

import streamlit as st

from engine.datasets import load
from engine.studies import regimes
from engine.verdicts import Outcome, decay_dominates, tail_off
from view import words
from view.claims.regimes import tables
from view.claims.regimes.figures import around, regimes_map
from view.controls import CONTROLS
from view.made import once
from view.rows import with_rows
from view.tables import together

GO = {"learning_rate": "eta", "l2": "l2"}
"""Hyperparameter -> its field in the figure."""
SAYS = {
    "decay_dominates": lambda share, meaning: f"{words.percent(share, 3)} by decay",
    "decay_per_epoch": lambda ratio, meaning: f"{words.number(ratio)} × the claimed {meaning}",
    "tail_off": lambda ratio, meaning: f"{words.number(ratio)} × {meaning}",
}
"""Claim -> how a cell tells what was measured, regimes.value, of a meaning."""


def facts(claim, meaning, parts, h):
    """What the words around a map need, as `map`; `h` is the reader's run."""
    outcomes = {part: once(tables.counts, found) for part, found in _judged(claim, meaning, parts).items()}
    return {
        "base": regimes.MAP,
        "both_starts": claim == "tail_off",
        "equal": _has_equal(claim, meaning),
        "same": _is_on_the_map(claim, h),
        **tally(outcomes),
    }


def tally(counts):
    """At how many settings what comes out; `counts` is part -> outcome -> number of cells."""
    return {
        "settings": sum(next(iter(counts.values())).values()),
        "parts": list(counts),
        "rows": [(o, [count[o] for count in counts.values()]) for o in Outcome if any(c[o] for c in counts.values())],
    }


def draw(place, alt, controls, claim, meaning, parts, h):
    """A map for each part, clickable, in `place`; `alt` says what it is, with {part} for the part."""
    with place:
        for part, column in zip(parts, st.columns(len(parts))):
            key = controls.name(f"map_{part}")
            spec, rows = once(_map, claim, meaning, part)
            with column:
                st.markdown(f"**{words.sentence(part)}**")
                st.vega_lite_chart(
                    spec=with_rows(around(spec, h.learning_rate, h.l2), rows),
                    alt=alt.format(part=part),
                    height="content",
                    key=key,
                    on_select=partial(_go, controls, key),
                    selection_mode="cell",
                )


def _map(claim, meaning, part):
    """The figure of one part and its rows."""
    base = regimes.MAP
    lines = tables.boundaries(base, tail_off.collapse(base, load(base).top_singular_value))
    drawn = together(lines, tables.equal(part)) if _has_equal(claim, meaning) else lines
    outcomes = _judged(claim, meaning, (part,))[part]
    means = regimes.measured()[claim][f"{meaning}, {part}"].ravel()
    told = [SAYS[claim](mean, meaning) if words.is_number(mean) else "nothing" for mean in means]
    return regimes_map(tables.cells(outcomes, told), drawn)


def _judged(claim, meaning, parts):
    return {part: regimes.results()[claim][f"{meaning}, {part}"] for part in parts}


def _has_equal(claim, meaning):
    """Whether there is a line of equal length for what is judged."""
    return (claim, meaning) == ("decay_dominates", decay_dominates.NORM)


def _is_on_the_map(claim, h):
    """Whether the cell in the ring is judged from runs of the reader's settings."""
    same = replace(regimes.MAP, learning_rate=h.learning_rate, l2=h.l2)
    return h == (replace(same, initialization=h.initialization) if claim == "tail_off" else replace(same, epochs=h.epochs))


def _go(controls, key):
    """Take the values of a clicked cell to the controls; what else can be hit on the map, or be sent, has none."""
    cells = st.session_state[key].selection.get("cell")
    point = cells[0] if isinstance(cells, list) and cells else None
    if isinstance(point, dict):
        offered = {name: CONTROLS[name].options for name in GO}
        values = {name: next((o for o in offered[name] if o == point.get(field)), None) for name, field in GO.items()}
        if None not in values.values():
            controls.set(**values)
