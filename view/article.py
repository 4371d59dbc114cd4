"""The recurring parts of a page: measure, title, claim, bet, equations, verdict, what a figure offers to take away."""

from contextlib import contextmanager

import streamlit as st

from engine.verdicts import Outcome
from view import words
from view.frame import PAGES, TITLE

TEXT, FIGURE = 680, 980
"""Widths in px of the text and of the figures; both shrink on a narrower screen."""

VERB = {
    o: "is undecided" if o == Outcome.UNDECIDED else "has no premise" if o == Outcome.PREMISE_NOT_MET else str(o)
    for o in Outcome
}
COLOUR = {Outcome.HOLDS: "green", Outcome.FAILS: "red", Outcome.UNDECIDED: "gray", Outcome.PREMISE_NOT_MET: "gray"}


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
    """What was measured, and how far off the guess was."""
    if guess is None:
        return
    off = _off(guess, options, measured.mean, write)
    with column():
        st.markdown(
            f"You said {write(guess)}. {what}: **{write(measured.mean)}** "
            f"(95 % interval {words.between(measured, write)}). Your guess is {off}."
        )


def _off(guess, options, value, write):
    """How far a guess is from a value: as a factor where there is one, else as a difference."""
    if not words.is_number(value):
        return "neither right nor wrong"
    if guess == min(options, key=lambda option: abs(option - value)):
        return "as near as the choices allow"
    if value > 0:
        return f"off by a factor of {words.number(max(guess, value) / min(guess, value), 2)}"
    return f"off by {write(abs(guess - value))}"


def verdict(first, second, rows, small, key="verdict"):
    """The judged claim: two sentences, a table with a row for each meaning, premise and tolerance in small print.

    Another `key` for a second one on a page.
    """
    with column(), st.container(border=True, key=key):
        st.markdown(f"**{first}** {second}")
        st.markdown(rows)
        st.markdown(f":small[{small}]")


def outcome(verdict):
    """Never colour alone."""
    return f":{COLOUR[verdict.outcome]}[**{verdict.outcome}**]"


def outcomes(judged, name=str):
    """A phrase for each meaning, with the layers for which it came out so: "X holds for every layer"."""
    found = {}
    for v in judged:
        found.setdefault(v.meaning, {}).setdefault(v.outcome, []).append(f"the {v.part}")
    return [f"{name(meaning)} {_outcomes(parts)}" for meaning, parts in found.items()]


def _outcomes(found):
    if len(found) == 1:
        ((outcome, parts),) = found.items()
        return VERB[outcome] + (" for every layer" if len(parts) > 1 else "")
    return words.listed(f"{VERB[outcome]} for {words.listed(parts)}" for outcome, parts in found.items())


def by_outcome(judged, phrase):
    """For what the verdicts came out how: "holds for a and b and fails for c"; `phrase` says what a verdict is about."""
    found = []
    for outcome in Outcome:
        about = [phrase(v) for v in judged if v.outcome == outcome]
        if about:
            found.append(f"{VERB[outcome]} for {words.listed(about)}")
    return words.listed(found)


def take_away(link, table, file_name, code):
    """A figure's permanent link, its data, and the lines of Python that give its numbers."""
    with column(), st.expander("Link, data and code of this figure"):
        st.markdown("This address keeps every value, also when the defaults of the page change:")
        st.code(link, language=None, wrap_lines=True)
        st.download_button("Data as CSV", table.to_csv(index=False), file_name, "text/csv")
        st.markdown("The same numbers from Python, in a copy of the project:")
        st.code(code, language="python")


def next_page(name):
    """The link to the page that follows."""
    with column():
        st.page_link(f"pages/{name}.py", label=f"Next: {PAGES[name]}")
