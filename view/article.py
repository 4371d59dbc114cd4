"""The recurring parts of a page: measure, title, claim, bet, equations, verdict, what a figure offers to take away."""

from contextlib import contextmanager
from functools import partial

import streamlit as st

from view import words
from view.frame import PAGES, TITLE

TEXT, FIGURE = 680, 980
"""Widths in px of the text and of the figures; both shrink on a narrower screen."""


@contextmanager
def column(width=TEXT):
    """A centred column; everything on a page stands in one."""
    with st.container(horizontal_alignment="center"), st.container(width=width):
        yield


def write(text):
    """Paragraphs in the text column. Lines of the source are joined by Markdown."""
    with column():
        st.markdown(text)


def heading(text):
    with column():
        st.header(text, anchor=False)


def opening(title, part, claim, source):
    """Title, which of the four claims this is, and the claim's own words."""
    with column():
        st.caption(f"{TITLE.upper()} · {part}")
        st.title(title, anchor=False)
        st.markdown(f"*{claim}*  \n:small[{source}]")


def equation(latex, number=None):
    """Displayed, numbered at the right where it is referred to."""
    tag = f" \\tag{{{number}}}" if number else ""
    write(f"$$\n{latex}{tag}\n$$")


def caption(text):
    """Below a figure: what to see in it."""
    write(f":small[{text}]")


class Figure:
    """A place for a chart. Drawn again, the chart is overwritten where it stands, without a flicker."""

    def __init__(self, alt):
        """`alt` says what the figure shows to those who do not see it; it stays the same while the figure changes."""
        self._alt = alt
        self._element = st.container()
        self._drawn = False

    def draw(self, spec, rows):
        element = self._element.vega_lite_chart(rows, spec, alt=self._alt, height="content")
        if not self._drawn:
            self._element, self._drawn = element, True


def bet(question, options, key, write=words.percent):
    """One guess before the figure is read; None as long as the reader has not guessed. Skipping it costs nothing."""
    with column():
        return st.segmented_control(question, options, format_func=write, key=key)


def reveal(guess, options, measured, what, write=words.percent):
    """What was measured, and how far off the guess was; one seed has no interval, and a run that diverged no answer."""
    if guess is None:
        return
    if not words.is_number(measured.mean):
        said = f"You said {write(guess)}. At these values there is nothing to compare it with."
    else:
        interval = f" (95 % interval {words.between(measured, write)})" if words.is_number(measured.low) else ", from one seed"
        said = (
            f"You said {write(guess)}. {what}: **{write(measured.mean)}**{interval}. "
            f"Your guess is {_off(guess, options, measured.mean, write)}."
        )
    with column():
        st.markdown(said)


def _off(guess, options, value, write):
    """How far a guess is from a value: as a factor where there is one, else as a difference."""
    if guess == min(options, key=lambda option: abs(option - value)):
        return "as near as the choices allow"
    if value > 0:
        return f"off by a factor of {words.number(max(guess, value) / min(guess, value), 2)}"
    return f"off by {write(abs(guess - value))}"


def verdict(says, rows, criteria, key="verdict"):
    """The judged claim: what a person would say of it, a table with a row and a badge for each meaning, the criteria on hover.

    Another `key` for a second one on a page.
    """
    with column(), st.container(border=True, key=key):
        st.markdown(says)
        st.markdown(rows)
        st.markdown(":small[How this is judged]", help=criteria)


def take_away(link, table, file_name, code):
    """A figure's permanent link, its data, and the lines of Python that give its numbers."""
    with column(), st.expander("Link, data and code of this figure"):
        st.markdown("This address keeps every value, also when the defaults of the page change:")
        st.code(link, language=None, wrap_lines=True)
        written = partial(table.to_csv, index=False)  # when it is asked for, not at every move of a control
        st.download_button("Data as CSV", written, file_name, "text/csv", on_click="ignore")
        st.markdown("The same numbers from Python, in a copy of the project:")
        st.code(code, language="python", wrap_lines=True)


def next_page(name):
    """The link to the page that follows."""
    with column():
        st.page_link(f"pages/{name}.py", label=f"Next: {PAGES[name]}")
