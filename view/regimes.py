"""The map of regimes on the pages of the claims: drawn, counted, and clicked."""

from functools import partial

import streamlit as st

from engine import regimes, sweep
from engine.datasets import load
from engine.verdicts import decay_dominates, tail_off
from view import article, controls, words
from view.badges import SIGNS
from view.figures.regimes import regimes_map
from view.tables import regimes as tables
from view.tables import together

SAID = {
    "holds": "holds at",
    "partly": "holds in part at",
    "fails": "fails at",
    "undecided": "is undecided at",
    "not at rest": "has weights still on the move at",
    "diverged": "meets a run that diverges at",
    "promises nothing": "promises nothing at",
}
GO = {"learning_rate": "eta", "l2": "l2"}
"""Hyperparameter -> its field in the figure."""


def show(page, claim, meaning, parts, h, what):
    """The verdict of `claim` in one `meaning` over eta and lambda, a map for each part; `h` is the reader's run.

    `what` says in a sentence's words what is judged.
    """
    base = sweep.MAP
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
    present = {kind for outcomes in found.values() for kind, count in tables.counts(outcomes).items() if count}
    signs = ", ".join(f"{sign} {outcome}" for outcome, sign in SIGNS.items() if outcome in present)
    article.caption(
        f"**The map.** {what} over η and λ: {signs}. Cells: {network}, "
        f"{start}, m = {base.batch_size}, n = {base.n_train:,}, {words.plural(base.replicates, 'seed')}, {words.plural(base.epochs, 'epoch')}, whatever your other "
        f"controls say. Dashed: ηλ/m = 1, ηλ/n = 1 and 2, and the λ of the collapse{more}. Ring: your η and λ. Click a cell to set η and λ to its values."
    )
    article.write(" ".join(_counted(part, outcomes) for part, outcomes in found.items()))


def _counted(part, outcomes):
    """At how many settings what comes out."""
    counts = tables.counts(outcomes)
    judged = words.listed(f"{verb} {counts[kind]}" for kind, verb in SAID.items() if counts[kind])
    return f"Of {outcomes.size} settings, the claim for the {part} {judged}."


def _go(page, key):
    """Take the values of a clicked cell to the controls; what else can be hit on the map has none."""
    for point in st.session_state[key].selection.cell[:1]:
        offered = {name: controls.CONTROLS[name].options for name in GO}
        values = {name: next((o for o in offered[name] if o == point.get(field)), None) for name, field in GO.items()}
        if None not in values.values():
            for name, value in values.items():
                st.session_state[controls.key(page, name)] = controls.text(value)
