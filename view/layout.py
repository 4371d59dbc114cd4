"""An article on the screen: every block of pages/NAME.md at its place first, filled once its facts are told.

In the Markdown of a page a line `::name argument` is a block that is drawn here, with the lines below it as its words, and
`:::name argument` to `:::` encloses others. Everything else is text and stands as it is.
"""

import re
from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
import streamlit as st

from engine import theory
from engine.claims import laboratory
from view import film, prose, regimes, rooms, runs, words
from view.frame import PAGES, TITLE
from view.made import once

TEXT, FIGURE = 680, 980
"""Widths in px of the text and of the figures; both shrink on a narrower screen."""
STAGE, SLIDERS, SENTENCE = "stage", "sliders", "sentence"
"""Keys of the part of a page from its controls to its verdict, of the controls that stay in sight there, and of the verdict's
one sentence beside them; article.css names them."""


def column(width=TEXT):
    """A column, centred where a unit stands; everything on a page stands in one."""
    return st.container(width=width)


@dataclass
class Block:
    """A part of a written unit: text, a line that is drawn, or a container with what it encloses."""

    name: str = "text"
    argument: str = ""
    words: str = ""
    inside: list = field(default_factory=list)

    @property
    def said(self):
        """The words in one line; spaces that do not break stay."""
        return re.sub(r"[ \n]+", " ", self.words).strip()


def blocks(text):
    """The Blocks of a unit's Markdown."""
    return _until_closed(deque(filter(None, re.split(r"\n\s*\n|\n(?=:::)|(?<=^:::)\n|(?<=\n:::)\n", text))))


def _until_closed(paragraphs):
    found = []
    while paragraphs:
        paragraph = paragraphs.popleft()
        head, _, below = paragraph.partition("\n")
        if head == ":::":
            return found
        if drawn := re.match(r"(::+)(\w+) ?(.*)", head):
            fence, name, argument = drawn.groups()
            if fence == ":::":
                if below:
                    paragraphs.appendleft(below)
                found.append(Block(name, argument, inside=_until_closed(paragraphs)))
            else:
                found.append(Block(name, argument, below))
        elif title := re.match(r"(#+) (.*)", head):
            found.append(Block("title" if title[1] == "#" else "heading", title[2]))
        elif found and found[-1].name == "text":
            found[-1].words += f"\n\n{paragraph}"
        else:
            found.append(Block(words=paragraph))
    return found


class Figure:
    """A place for a chart. Drawn again, the chart is overwritten where it stands, without a flicker."""

    def __init__(self, alt):
        """`alt` says what the figure shows to those who do not see it; it stays the same while the figure changes."""
        self._alt = alt
        self._element = st.container()
        self._drawn = False

    def draw(self, spec, rows):
        sent = once(pa.Table.from_pandas, rows)
        element = self._element.vega_lite_chart(sent, dict(spec), alt=self._alt, height="content")
        if not self._drawn:
            self._element, self._drawn = element, True


class Article:
    """A page. `controls` draws what it presets; `presets` is name -> values of controls."""

    def __init__(self, page, controls=None, presets=None):
        self.facts = {"presets": presets}
        self.controls, self._presets = controls, presets
        self._column = column
        self._figures, self._places, self._words = {}, {}, {}
        self._waiting, stage = [], nullcontext()
        st.html(rooms.style(page))
        for number, unit in enumerate(prose.units(page)):
            if "controls" in unit.blocks:
                stage = st.container(key=STAGE)
            with stage:
                with st.container(key=SLIDERS) if "controls" in unit.blocks else nullcontext():
                    self._begin(unit, self._room(unit.source, number))
                if "controls" in unit.blocks:
                    self._places["refused"] = self._wide("refused")
                if "verdict" in unit.blocks and not isinstance(stage, nullcontext):
                    self._places["more"], stage = self._wide("more"), nullcontext()

    def _begin(self, unit, room):
        """Write a unit in its room, or keep the room while the unit waits for facts."""
        if unit.needs <= self.facts.keys():
            self._write(unit, room)
        else:
            _keep(room)
            self._waiting.append((unit, room))

    def _write(self, unit, room):
        with room:
            self._draw(blocks(unit.written(self.facts)))

    def _room(self, source, number=0):
        """The place of a part of the page, as high from the start as it will be."""
        return st.container(horizontal_alignment="center", key=rooms.name(source, number))

    def _wide(self, name):
        room = self._room(name)
        _keep(room)
        with room, self._column(FIGURE):
            return st.container()

    def tell(self, **facts):
        """Facts by their names in the Markdown: whatever waits for no others is written."""
        self.facts |= facts
        waiting, self._waiting = self._waiting, []
        for unit, room in waiting:
            if unit.needs <= self.facts.keys():
                self._write(unit, room)
            else:
                self._waiting.append((unit, room))

    def end(self):
        """Raises LookupError where a fact of the page was not told."""
        missing = {name for unit, _ in self._waiting for name in unit.needs - self.facts.keys()}
        if missing:
            raise LookupError(f"nobody told {', '.join(sorted(missing))}")

    def figure(self, name):
        """The Figure of a line `::figure name`."""
        return self._figures[name]

    def place(self, name):
        """The container of a line `::place name`, or of another block by its own name."""
        return self._places[name]

    def panel(self, default, main, more, why, also=lambda h: None):
        """The controls at `::controls`, as Controls.panel has them; the run they ask for.

        Those in sight stay so as long as the figure and the verdict below them are; the folded ones stand after the verdict.
        """
        with self.place("controls"):
            return self.controls.panel(default, main, more, why, also, self.place("refused"), self.place("more"))

    def bet(self, options, write=words.percent):
        """The guess of the reader at `::bet`, one of `options`; None as long as there is none. Skipping it costs nothing."""
        with self.place("bet"):
            return st.segmented_control(self._words["bet"], options, format_func=write, key=self.controls.name("bet"))

    def map(self, claim, meaning, parts, h):
        """The map of regimes at `::place map`."""
        regimes.draw(self.place("map"), self._words["map"], self.controls, claim, meaning, parts, h)

    def take_away(self, table, file_name, code, also=()):
        """At `::take_away`: the page's permanent link, its data, and the lines of Python that give its numbers.

        `also` are other Controls of the page.
        """
        with self.place("take_away"):
            st.markdown("This address keeps every value, also when the defaults of the page change:")
            st.code(self.controls.address(*also), language=None, wrap_lines=True)
            written = partial(table.to_csv, index=False)  # when it is asked for, not at every move of a control
            st.download_button("Data as CSV", written, file_name, "text/csv", on_click="ignore")
            st.markdown("The same numbers from Python, in a copy of the project:")
            st.code(code, language="python", wrap_lines=True)
            if "sentence" in self._places:  # a page with settings of a network
                both = self.controls.under(laboratory.A) | self.controls.under(laboratory.B)
                st.page_link("pages/laboratory.py", label="Open in the laboratory, twice", query_params=both)

    def follow(self, asked, draw, status="status"):
        """The finished runs of `asked`, as runs.follow has them; `::status` (or `::status name`) says how far they are."""
        return runs.follow(asked, draw, self.place(status))

    @property
    def looking(self):
        """Who reads networks for this page, and says so where `::status` says how far its runs are."""
        return runs.Looking(self.place("status"))

    # blocks, by their names

    def _draw(self, found):
        for block in found:
            DRAWN[block.name](self, block)

    def _draw_within(self, found):
        """In a container that has a width already."""
        self._column, column_outside = nullcontext, self._column
        self._draw(found)
        self._column = column_outside

    def _text(self, block):
        with self._column():
            st.markdown(block.words)

    def _part(self, block):
        with self._column():
            st.caption(f"{TITLE.upper()} · {block.argument}")

    def _title(self, block):
        with self._column():
            st.title(block.argument, anchor=False)

    def _heading(self, block):
        with self._column():
            st.header(block.argument, anchor=False)

    def _equation(self, block):
        """`::equation NAME number`: that of engine.theory, numbered at the right where it is referred to.

        Or `::equation number`, with its LaTeX below it.
        """
        name, _, number = ("", "", block.argument) if block.said else block.argument.partition(" ")
        tag = rf" \tag{{{number}}}" if number else ""
        with self._column():
            st.markdown(f"$$\n{getattr(theory, name) if name else block.said}{tag}\n$$")

    def _code(self, block):
        """`::code language`; its lines end as those of a paragraph that are to stay apart, in a backslash."""
        with self._column():
            st.code(block.words.replace("\\\n", "\n"), language=block.argument)

    def _figure(self, block):
        with self._column(FIGURE):
            self._figures[block.argument] = Figure(block.said)

    def _film(self, block):
        """That of the opening; the words below the line say what its pictures show."""
        with self._column(FIGURE):
            film.draw(block.said)

    def _status(self, block):
        with self._column():
            self._places[block.argument or "status"] = st.caption("Training")

    def _controls(self, block):
        with self._column(FIGURE):
            self._places["controls"] = st.container()
            self._places["sentence"] = st.container(key=SENTENCE)

    def _bet(self, block):
        self._words["bet"] = block.said
        with self._column():
            self._places["bet"] = st.container()

    def _place(self, block):
        self._words[block.argument] = block.said
        with self._column(FIGURE):
            self._places[block.argument] = st.container()

    def _take_away(self, block):
        with self._column():
            self._places["take_away"] = st.expander("Link, data and code of this figure")

    def _columns(self, block):
        with self._column(FIGURE):
            for place, inside in zip(st.columns(len(block.inside)), block.inside):
                with place:
                    self._draw_within(inside.inside)

    def _row(self, block):
        """`:::row width`: what it encloses beside one another, each so many px wide; what finds no room goes below."""
        with self._column(FIGURE), st.container(horizontal=True, gap="small"):
            for one in block.inside:
                with st.container(width=int(block.argument), height="stretch"):
                    self._draw_within([one])

    def _fold(self, block):
        with self._column(), st.expander(block.argument):
            self._draw_within(block.inside)

    def _card(self, block):
        with self._column(), st.container(border=True, height="stretch"):
            self._draw_within(block.inside)

    def _verdict(self, block):
        """What a person would say of the claim, a table with a row and a badge for each meaning, the criteria on hover.

        With another name for a second one on a page.
        """
        with self._column(), st.container(border=True, key=block.argument or "verdict"):
            self._draw_within(block.inside)
        if not block.argument and "sentence" in self._places:
            self.place("sentence").markdown(sentence(block.inside[0].words))

    def _judged(self, block):
        st.markdown(":small[How this is judged]", help=block.said)

    def _warning(self, block):
        with self._column(FIGURE):
            st.warning(block.said)

    def _preset(self, block):
        """`::preset name label`, one a line: buttons that set the controls, beside one another."""
        with self._column(), st.container(horizontal=True):
            for line in [block.argument, *(line.removeprefix("::preset ") for line in block.words.splitlines())]:
                name, _, label = line.partition(" ")
                self.controls.preset(label, **self._presets[name])

    def _page(self, block):
        """`::page name before the title`: a link to it."""
        name, _, before = block.argument.partition(" ")
        with self._column():
            st.page_link(f"pages/{name}.py", label=f"{before} {PAGES[name]}".strip())


DRAWN = {
    "text": Article._text,
    "part": Article._part,
    "title": Article._title,
    "heading": Article._heading,
    "equation": Article._equation,
    "code": Article._code,
    "figure": Article._figure,
    "film": Article._film,
    "status": Article._status,
    "controls": Article._controls,
    "bet": Article._bet,
    "place": Article._place,
    "columns": Article._columns,
    "row": Article._row,
    "fold": Article._fold,
    "card": Article._card,
    "verdict": Article._verdict,
    "judged": Article._judged,
    "warning": Article._warning,
    "preset": Article._preset,
    "take_away": Article._take_away,
    "page": Article._page,
}
"""Name of a block in the Markdown -> how it is drawn."""


def sentence(words):
    """What is in bold in the words of a verdict, or else its first sentence."""
    bold = re.search(r"\*\*.+?\*\*", words, re.DOTALL)
    return bold[0] if bold else re.split(r"(?<=[.:?]) ", words, maxsplit=1)[0]


def _keep(room):
    """Let an empty container be there, which Streamlit leaves out otherwise: article.css hides what is in it."""
    room.text("")
