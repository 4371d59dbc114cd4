"""Asks the engine for a run, draws it as it comes, and gives up the last one when the reader moves on."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine import RunCache
from view import words

FIRST, POLL = 0.05, 0.4
"""Seconds until the first partial drawing, and between the others: drawing takes time from training."""


@st.cache_resource(show_spinner=False)
def cache():
    """One for all readers."""
    return RunCache()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda session: _leave(session))
def reader():
    """This session's name and the figures that it has asked runs for."""
    return get_script_run_ctx().session_id, set()


def _leave(session):
    name, figures = session
    for figure in figures:
        cache().release((name, figure))


def follow(h, figure, draw, status):
    """The finished Run of `h`. Until it is there, `draw` gets each partial run and `status` a line about it.

    The st.* calls in the loop let Streamlit stop this script when the reader moves a control; the next one then asks for
    another run under the same name, which cancels this one.
    """
    name, figures = reader()
    figures.add(figure)
    job = cache().request(h, (name, figure))
    drawn = -1
    while not job.wait(FIRST if drawn < 0 else POLL):
        if job.epochs > drawn:
            drawn = job.epochs
            draw(job.run)
        status.caption(f":shimmer[Training: epoch {job.epochs} of {h.epochs}]" if job.epochs >= 0 else ":shimmer[Waiting]")
    if job.cancelled:
        st.stop()
    run = job.run
    draw(run)
    each = f"{words.plural(h.replicates, 'seed')}, {words.plural(run.epochs, 'epoch')} each"
    status.caption(f"Diverged at epoch {run.diverged_at}; drawn up to there" if run.diverged_at else each)
    return run
