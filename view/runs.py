"""Asks the engine for a run, draws it as it comes, and gives up the last one when the reader moves on."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine import RunCache
from engine.grid import LambdaGrid
from view import words

FIRST, POLL = 0.05, 0.8
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


def network(h, epoch):
    """The network of the run of `h` after so many epochs."""
    return cache().network(h, epoch)


def follow(asked, draw, status):
    """The finished runs of `asked`, name -> hyperparameters or a grid of lambdas; name -> Run.

    Until they are there, `draw` gets those that have begun, and `status` a line about them. The st.* calls in the loop let
    Streamlit stop this script when the reader moves a control; the next one then asks for other runs under the same names,
    which cancels these.
    """
    name, figures = reader()
    figures.update(asked)
    jobs = {figure: cache().request(h, (name, figure)) for figure, h in asked.items()}
    total = sum(h.epochs for h in asked.values())
    drawn = -1
    while not all([job.wait(FIRST if drawn < 0 else POLL / len(jobs)) for job in jobs.values()]):
        begun = [job for job in jobs.values() if job.epochs >= 0]
        done = sum(job.epochs for job in begun)
        if len(begun) == len(jobs) and done > drawn:
            drawn = done
            draw({figure: job.run for figure, job in jobs.items()})
        status.caption(f":shimmer[Training: epoch {done} of {total}]" if begun else ":shimmer[Waiting]")
    if any(job.cancelled for job in jobs.values()):
        st.stop()
    runs = {figure: job.run for figure, job in jobs.items()}
    draw(runs)
    status.caption(_finished(list(runs.values())))
    return runs


def _finished(runs):
    diverged = [f"Diverged at epoch {run.diverged_at}; drawn up to there" for run in runs if run.diverged_at]
    h, count = runs[0].hyperparameters, len(runs)
    if isinstance(h, LambdaGrid):
        h, count = h.base, len(h.l2)
    many = "" if count == 1 else f"{count} runs of "
    return next(iter(diverged), f"{many}{words.plural(h.replicates, 'seed')}, {words.plural(runs[0].epochs, 'epoch')} each")
