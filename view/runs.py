"""Asks the engine for a run, draws it as it comes, and gives up the last one when the reader moves on."""

import math
import os
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine import RunCache, budget, datasets, mnist
from engine.archive import Store
from engine.grid import LambdaGrid
from engine.workers import from_environment
from view import turns, words
from view.made import once

POLL = 0.8
"""Seconds between two drawings of what comes, and between two looks at the line: drawing takes time from training."""
HEARD = 0.2
"""Seconds after which one who waits is heard when he moves on."""

STORE = "RUNS_STORE"
"""Environment variable: the file in which finished runs are kept, which several servers may share."""


@st.cache_resource(show_spinner=False)
def cache():
    """One for all readers, with the workers and the store that the environment names."""
    store = os.environ.get(STORE)
    return RunCache(workers=from_environment(), store=Store(store) if store else None)


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda session: _leave(session))
def reader():
    """This session's name, and of each figure that has asked for a run the page that it is on."""
    return get_script_run_ctx().session_id, {}


def _leave(session):
    for figure in tuple(session[1]):
        give_up(figure, session)


def give_up(figure, session=None):
    """The run that a figure asked for is wanted no more."""
    name, figures = session or reader()
    figures.pop(figure, None)
    cache().release((name, figure))


def leave_other_pages():
    """Give up what the figures of other pages asked for: their reader has moved on."""
    here = get_script_run_ctx().page_script_hash
    for figure, page in tuple(reader()[1].items()):
        if page != here:
            give_up(figure)


@st.cache_resource(show_spinner=False)
def failures():
    """Data set -> when it could not be had, and why."""
    return {}


def fetch(h, place, patience=0):
    """Download the data of a run if need be, with progress in `place`; None, or why they cannot be had.

    What failed less than `patience` seconds ago is not tried again.
    """

    def progress(name, done, total):
        place.progress(done / total if total else 0.0, f"Downloading {name}: {done / 1e6:.1f} MB")

    when, why = failures().get(h.dataset, (-math.inf, None))
    if time.monotonic() - when < patience:
        return why
    try:
        with turns.aside():
            datasets.fetch(h, progress)
            datasets.load(h)
    except mnist.Unavailable as error:
        failures()[h.dataset] = time.monotonic(), str(error)
        return str(error)
    finally:
        place.empty()


class Looking:
    """What a page reads off networks, by a worker: this thread waits, and `status` says so.

    Streamlit may stop this script meanwhile, when the reader moves a control, which gives up what was waited for.
    """

    def __init__(self, status):
        self._status, self._said = status, False

    def __eq__(self, other):
        return isinstance(other, Looking)  # what is seen does not depend on who looks

    def __hash__(self):
        return hash(Looking)

    def train(self, h):
        """The Run of `h`, which the page has followed before."""
        with turns.aside():  # should it have been dropped meanwhile
            return cache().train(h)

    def network(self, h, epoch):
        """The network of the run of `h` after so many epochs."""
        with _given_up(), turns.aside():
            return cache().network(h, epoch, **self._waiting(epoch))

    def call(self, function, *arguments):
        """function(*arguments)."""
        with _given_up(), turns.aside():
            return cache().call(function, *arguments, **self._waiting(function.__name__))

    def read(self, function, h, *more):
        """What function(look, h, *more) reads off networks of the run of `h`, as it ships or found; kept for all."""
        return once(function, h, *more, by=self._read)

    def _read(self, function, h, *more):
        return cache().read(function, h, *more, look=self)

    def _waiting(self, what):
        name, _ = reader()
        self._said = False  # what follows a run may have written there since
        return {"owner": (name, "looking", what), "reader": name, "idle": self._say}

    def _say(self):
        if not self._said:
            self._status.caption(":shimmer[Looking into the networks]")
            self._said = True
        _let_stop()


@contextmanager
def _given_up():
    """Ends this script where a later one of this session has asked for the same: Streamlit starts it before this has ended."""
    try:
        yield
    except CancelledError:
        st.stop()


def follow(asked, draw, status, poll=POLL):
    """The finished runs of `asked`, name -> hyperparameters or a grid of lambdas; name -> Run.

    Until they are there, `draw` gets those that have begun, every `poll` seconds unless others wait to draw, and `status`
    a line about them. Streamlit may stop this script meanwhile, when the reader moves a control; the next one then asks for
    other runs under the same names, which cancels these.
    """
    name, figures = reader()
    figures.update(dict.fromkeys(asked, get_script_run_ctx().page_script_hash))
    try:
        jobs = {figure: cache().request(h, (name, figure), reader=name, limited=True) for figure, h in asked.items()}
    except budget.Refused as refusal:
        status.warning(str(refusal))
        st.stop()
    total = sum(h.epochs for h in asked.values())
    drawn, begun_at, pace, told = -1, None, "", None
    while (late := next((job for job in jobs.values() if not job.over.is_set()), None)) is not None:
        waiting = next((job for job in jobs.values() if not job.begun.is_set()), None)
        _wait(waiting or late, poll, until_begun=waiting is not None)
        begun = [job for job in jobs.values() if job.epochs >= 0]
        done = sum(job.epochs for job in begun)
        if len(begun) == len(jobs) and done > drawn and (drawn < 0 or not turns.wanted()):
            drawn = done
            draw({figure: job.run for figure, job in jobs.items()})
        if begun and begun_at is None:
            begun_at = counted = time.monotonic(), done
        if begun and done > counted[1]:
            counted = time.monotonic(), done
            pace = _pace(begun_at, counted, total)
        of_all = (
            f"Training: epoch {done} of {total}" if len(jobs) == 1 else f"Training {len(jobs)} runs: {done} of {total} epochs"
        )
        said = of_all + pace if begun else _waiting(jobs.values())
        if said != told:
            status.caption(f":shimmer[{said}]")
            told = said
    if any(job.cancelled for job in jobs.values()):
        st.stop()
    runs = {figure: job.run for figure, job in jobs.items()}
    draw(runs)
    status.caption(finished(list(runs.values())))
    return runs


def _wait(job, seconds, until_begun):
    """For so long, or until it is finished or has begun; now and then Streamlit may stop this script, as at any st.* call."""
    until = time.monotonic() + seconds
    with turns.aside():
        while not job.wait(HEARD, until_begun) and time.monotonic() < until:
            _let_stop()


def _let_stop():
    """Where the reader has moved on, Streamlit ends this script: as at any use of the session's state, which sends nothing."""
    st.session_state.get("waiting")


def _waiting(jobs):
    """How many runs of others come before these, and for how long."""
    ahead, seconds = max(job.ahead for job in jobs)
    if not ahead:
        return "Waiting"
    return f"Waiting: {words.plural(ahead, 'run')} of other readers first, about {max(1, round(seconds))} s"


def _pace(first, last, total):
    """What an epoch takes on this machine, and what is left; from two moments (seconds, epochs done)."""
    seconds = (last[0] - first[0]) / (last[1] - first[1])
    return f"; {words.number(seconds, 2)} s an epoch, about {seconds * (total - last[1]):.0f} s left"


def finished(runs):
    """What was trained, or that it diverged."""
    diverged = [f"Diverged at epoch {run.diverged_at}; drawn up to there" for run in runs if run.diverged_at]
    counts = {}
    for run in runs:
        h = run.hyperparameters
        one, count = (h.base, len(h.l2)) if isinstance(h, LambdaGrid) else (h, 1)
        said = f"{words.plural(one.replicates, 'seed')}, {words.plural(run.epochs, 'epoch')} each"
        counts[said] = counts.get(said, 0) + count
    told = "; ".join(said if count == 1 else f"{count} runs of {said}" for said, count in counts.items())
    return next(iter(diverged), told)
