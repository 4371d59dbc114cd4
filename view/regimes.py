"""The map of regimes on the pages of the claims: drawn, counted, and clicked."""

from dataclasses import replace
from functools import partial

import streamlit as st

from engine.datasets import load
from engine.studies import regimes
from engine.verdicts import Outcome, decay_dominates, tail_off
from view import article, controls, words
from view.badges import badge
from view.figures.regimes import regimes_map
from view.tables import regimes as tables
from view.tables import together

GO = {"learning_rate": "eta", "l2": "l2"}
"""Hyperparameter -> its field in the figure."""


def show(page, claim, meaning, parts, h, what):
    """The verdict of `claim` in one `meaning` over eta and lambda, a map for each part; `h` is the reader's run.

    `what` says in a sentence's words what is judged.
    """
    base = regimes.MAP
    lines = tables.boundaries(base, tail_off.collapse(base, load(base).top_singular_value))
    length = (claim, meaning) == ("decay_dominates", decay_dominates.NORM)
    found = {part: regimes.results()[claim][f"{meaning}, {part}"] for part in parts}
    with article.column(article.FIGURE):
        for (part, outcomes), place in zip(found.items(), st.columns(len(parts))):
            key = f"{page}_map_{part}"
            here = tables.column(h.learning_rate), tables.row(h.l2) if h.l2 else float("nan")
            drawn = together(lines, tables.equal(part)) if length else lines
            spec, rows = regimes_map(tables.cells(outcomes), drawn, here)
            with place:
                st.markdown(f"**{words.sentence(part)}**")
                st.vega_lite_chart(
                    rows,
                    spec,
                    alt=f"Heat map of eta and lambda on logarithmic axes: whether the claim holds, a coloured cell with a sign for each setting, for the {part}; "
                    "dashed lines on which eta lambda has a meaning, a ring at your setting. A click on a cell takes its values to the controls.",
                    height="content",
                    key=key,
                    on_select=partial(_go, page, key),
                    selection_mode="cell",
                )
    network, start = "-".join(map(str, base.sizes)), "from both starts" if claim == "tail_off" else "from N(0, 1)"
    more = "; “equal”, measured at every η: the λ at which decay and the data are equal in length" if length else ""
    article.caption(
        f"**The map.** {what} over η and λ. Each cell is judged from {words.plural(base.replicates, 'seed')} of a {network} network, {start}, with "
        f"m = {base.batch_size}, n = {base.n_train:,} and {words.plural(base.epochs, 'epoch')}, whatever your other controls say. Dashed: ηλ/m = 1, ηλ/n = 1 and 2, "
        f"and the λ of the collapse{more}. Ring: your η and λ. {ring(claim, h)} Click a cell to set η and λ to its values."
    )
    counts = {part: tables.counts(outcomes) for part, outcomes in found.items()}
    article.write(counted(counts))
    article.write(count_rows(counts))


def ring(claim, h):
    """Whether the cell in the ring says what the page's own verdict says."""
    if not h.l2:
        return "There is none at λ = 0, which lies below the map."
    same = replace(regimes.MAP, learning_rate=h.learning_rate, l2=h.l2)
    same = replace(same, initialization=h.initialization) if claim == "tail_off" else replace(same, epochs=h.epochs)
    if h == same:
        return "Your other settings are those of the map, so the cell in it says what the table of the verdict says, up to another processor’s rounding."
    return "Your other settings are not those of the map, so the cell in it and the table of the verdict may differ."


def counted(counts):
    """At how many settings the claim holds; `counts` is part -> outcome -> number of cells."""
    settings = sum(next(iter(counts.values())).values())
    holds = {part: outcomes[Outcome.HOLDS] for part, outcomes in counts.items()}
    if not any(holds.values()):
        return f"At none of the {settings} settings of the map does the claim hold."
    told = words.listed(f"at {count or 'none'} for the {part}" for part, count in holds.items())
    return f"Of the {settings} settings of the map the claim holds {told}."


def count_rows(counts):
    """At how many settings every outcome that there is comes out."""
    lines = ["| settings | " + " | ".join(counts) + " |", "|---|" + "---|" * len(counts)]
    for outcome in Outcome:
        numbers = [outcomes[outcome] for outcomes in counts.values()]
        if any(numbers):
            lines.append(f"| {badge(outcome)} | " + " | ".join(map(str, numbers)) + " |")
    return "\n".join(lines)


def _go(page, key):
    """Take the values of a clicked cell to the controls; what else can be hit on the map, or be sent, has none."""
    cells = st.session_state[key].selection.get("cell")
    point = cells[0] if isinstance(cells, list) and cells else None
    if isinstance(point, dict):
        offered = {name: controls.CONTROLS[name].options for name in GO}
        values = {name: next((o for o in offered[name] if o == point.get(field)), None) for name, field in GO.items()}
        if None not in values.values():
            for name, value in values.items():
                st.session_state[controls.key(page, name)] = controls.text(value)
