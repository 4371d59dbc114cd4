"""An article on the screen: every block of pages/NAME.md at its place first, filled once its facts are told.

In the Markdown of a page a line `::name argument` is a block that is drawn here, with the lines below it as its words, and
`:::name argument` to `:::` encloses others. Everything else is text and stands as it is.
"""

import re
from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

import streamlit as st

from engine import theory
from engine.claims import laboratory
from view import actions, equations, film, live, matter, pace, portraits, prose, regimes, rooms, runs, spoken, words
from view.frame import PAGES, TITLE
from view.made import once
from view.rows import with_rows

TEXT, FIGURE = 680, 980
"""Widths in px of the text and of the figures; both shrink on a narrower screen."""
STAGE, SLIDERS, BESIDE, SENTENCE, WAY = "stage", "sliders", "beside", "sentence", "way"
"""Keys of the part of a page from its controls to its verdict, of the controls that stay in sight there, of the line with
presets, reset and link below them, of the verdict's one sentence, and of the links to the pages before and after; the style
sheets name them."""
GUESSED, PANEL = "guessed", "guess"
"""Keys of what a bet is about, and of the panel over it; article.css hides the one while the other is there."""
ANSWER = "answer"
"""Key of what says how good a bet was: it has its height before there is a bet."""
TAKE_AWAY = "take_away"
"""Key of the fold with a page's link, data and code."""


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


@lru_cache(prose.TEXTS)
def blocks(text):
    """The Blocks of a unit's Markdown, not to be written to."""
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


NAME = re.compile(r"\$+[^$]*\$+|\*\*Figure (?P<caption>\d+)\.\*\*|\bFigure (?P<figure>\d+)|(?<![\w\]])\((?P<equation>\d)\)")
"""A formula, in which nothing is mentioned; a figure's name before its caption; the mention of a figure, and of an equation."""


@lru_cache(prose.TEXTS)
def numbered(text, page):
    """Markdown in which "Figure 2" of the third page after the opening is "Figure 3.2", and leads to its caption, and in which
    "(2)" is "(3.2)", and leads to that equation.
    """

    def written(found):
        kind = found.lastgroup
        if kind is None:
            return found[0]
        number = _full(found[kind], page)
        if kind == "caption":
            return f"{_place('figure', number)}**Figure {number}.**"
        name = f"Figure {number}" if kind == "figure" else f"({number})"
        return f"[{name}](#{_address(kind, number)})"

    return NAME.sub(written, text)


def _full(number, page):
    """The number of a figure or an equation, after that of its page and a point; the opening has none."""
    return f"{page}.{number}" if page else number


def _address(kind, number):
    return f"{kind}-{number}".replace(".", "-")


def _place(kind, number):
    """HTML to which the mentions of a figure or an equation lead."""
    return f'<span id="{_address(kind, number)}"></span>'


class Figure:
    """A place for a chart. Drawn again, the chart is overwritten where it stands, without a flicker."""

    def __init__(self, alt, place):
        """`alt` says what the figure shows to those who do not see it; it stays the same while the figure changes.

        `place` is a container, or None: then nothing is drawn.
        """
        self._alt, self._element = alt, place
        self._drawn = False

    def draw(self, spec, rows):
        if self._element is None:
            return
        element = self._element.vega_lite_chart(spec=with_rows(spec, rows), alt=self._alt, height="content")
        if not self._drawn:
            self._element, self._drawn = element, True


class Article:
    """A page. `controls` draws what it presets; `presets` is name -> values of controls.

    `facts` are known from the start: none that is read from a file, which may be damaged and leaves the rest of the page.
    """

    def __init__(self, page, controls=None, presets=None, **facts):
        self.name = page
        self.facts = facts
        self.controls, self._presets = controls, presets
        self._within, self._seen, self._number = False, True, [*PAGES].index(page)
        self._figures, self._places, self._words = {}, {}, {}
        self._waiting, stage = [], nullcontext()
        st.html(rooms.style(page))
        for number, unit in enumerate(prose.units(page, frozenset(facts))):
            if "controls" in unit.blocks:
                stage = st.container(key=STAGE)
            with stage:
                with self._frame(unit):
                    self._begin(unit, self._room(unit.source, number) if "preset" not in unit.blocks else self.place("presets"))
                if "controls" in unit.blocks:
                    self._places["opens"] = self._wide("opens")
                if "verdict" in unit.blocks and not isinstance(stage, nullcontext):
                    self._places["more"], stage = self._wide("more"), nullcontext()

    def _frame(self, unit):
        """What is around the room of a unit: that of the sliders, or that of what a bet is answered."""
        if "controls" in unit.blocks:
            return st.container(key=SLIDERS)
        answers = "bet" in unit.needs and ANSWER not in self._places
        return self._places.setdefault(ANSWER, st.container(key=ANSWER)) if answers else nullcontext()

    def _begin(self, unit, room):
        """Write a unit in its room, or keep the room while the unit waits for facts."""
        if unit.needs <= self.facts.keys():
            self._write(unit, room)
        else:
            self._waiting.append((unit, room))

    def _write(self, unit, room):
        with room:
            self._draw(blocks(unit.written(self.facts)))

    def _room(self, source, number=0):
        """The place of a part of the page, as high from the start as it will be.

        With a border, which article.css takes off: an empty container without one is left out by Streamlit.
        """
        return st.container(horizontal_alignment="center", border=True, key=rooms.name(source, number))

    def _wide(self, name):
        return self._room(name).container(width=FIGURE)

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
            places = map(self.place, ("opens", "more", "notice"))
            h = self.controls.panel(default, main, more, why, also, *places)
        self.tell(presets=self._presets)
        return h

    def actions(self, *also, follow=False):
        """Reset and Copy link at the controls, or at `::place actions`, once all controls are drawn.

        `also` are other Controls of the page. `follow`: its Figure 1 is to follow the sliders, see `draw_first`.
        """
        with self.place("actions"):
            actions.draw(self.controls, also, follow)

    def draw_first(self, claim, figure_1, h, runs, *seen):
        """Figure 1, as live.charts has it; it follows the sliders once they were touched, where runs ship for that.

        `seen` is what `figure_1` shows of networks beside the runs.
        """
        follows = once(live.charts, claim, figure_1, h) if actions.touched() else None
        for name, drawn in (follows or once(figure_1, h, runs, *seen)).items():
            self.figure(name).draw(*drawn)

    def bet(self, options, write=words.percent):
        """The guess of the reader at `::bet`, one of `options`; None as long as there is none. Skipping it costs nothing."""
        with self.place("bet"):
            return st.segmented_control(self._words["bet"], options, format_func=write, key=self.controls.name("bet"))

    @property
    def _revealed(self):
        """Whether the figure of the bet may be seen: once it was answered or skipped, or the address had a value in it."""
        name = self.controls.name("revealed")
        if st.query_params.to_dict() or st.session_state.get(self.controls.name("bet")) is not None:
            st.session_state[name] = True
        return name in st.session_state

    def portraits(self, name, images, reach):
        """Images of weights at `::place name`, as portraits.row has them; the words below the line say what they show."""
        with self.place(name):
            st.html(once(portraits.row, images, reach, self._words[name]))

    def map(self, claim, meaning, parts, h):
        """The map of regimes at `::map`, if that is not folded away."""
        if self.place("map") is not None:
            regimes.draw(self.place("map"), self._words["map"], self.controls, claim, meaning, parts, h)

    def take_away(self, table, file_name, code, also=()):
        """At `::take_away`: the page's permanent link, its data, and the lines of Python that give its numbers.

        `table` makes the data, when somebody asks for them; `also` are other Controls of the page. Sent once it is unfolded: a
        browser loads 514 kB to colour code.
        """
        if not self.place("take_away").open:
            return
        with self.place("take_away"):
            st.markdown("This address keeps every value, also when the defaults of the page change:")
            st.code(self.controls.address(*also), language=None, wrap_lines=True)
            name = " ".join([file_name.removesuffix(".csv"), *self.controls.changed(*also)])
            st.download_button("Data as CSV", lambda: table().to_csv(index=False), f"{name}.csv", "text/csv", on_click="ignore")
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
        for written, run in groupby(found, lambda block: block.name in WRITTEN):
            if written:
                text = "\n\n".join(WRITTEN[block.name](self, block) for block in run)
                st.markdown(text, unsafe_allow_html="<span id" in text, width=self._width())
            else:
                for block in run:
                    DRAWN[block.name](self, block)

    def _draw_within(self, found):
        """In a container that has a width already."""
        self._within, outside = True, self._within
        self._draw(found)
        self._within = outside

    def _width(self, px=TEXT):
        """Of a block: so many px in the middle of its room, and all that there is in a container that has a width already."""
        return "stretch" if self._within else px

    def _text(self, block):
        return numbered(block.words, self._number).replace("N(0, 1", f"N(0,{words.NO_BREAK}1")

    def _part(self, block):
        st.caption(f"{TITLE.upper()} · {block.argument}", width=self._width())

    def _title(self, block):
        """With the byline below it."""
        minutes = {"here": pace.minutes(self.name), "everywhere": pace.minutes(*PAGES)}
        st.title(block.argument, anchor=False, width=self._width())
        st.caption(prose.shared("byline", **matter.byline(), **minutes), width=self._width())

    def _heading(self, block):
        st.header(block.argument, anchor=anchor(block.argument), width=self._width())

    def _equation(self, block):
        """`::equation NAME number`: that of engine.theory, numbered at the right where it is referred to, and below it what
        stands under its braces, as equations.coloured has it.

        Or `::equation number`, with its LaTeX below it.
        """
        name, number = re.fullmatch(r"([A-Z_]*) ?(\d*)", block.argument).groups()
        latex = equations.coloured(getattr(theory, name), block.said) if name else equations.coloured(block.said)
        if number:
            number = _full(number, self._number)
            return f"{_place('equation', number)}\n\n$$\n{latex} \\tag{{{number}}}\n$$"
        return f"$$\n{latex}\n$$"

    def _code(self, block):
        """`::code language`; its lines end as those of a paragraph that are to stay apart, in a backslash."""
        if self._seen:
            st.code(block.words.replace("\\\n", "\n"), language=block.argument, wrap_lines=True, width=self._width())

    def _figure(self, block):
        alt = re.sub(r"Figure (?=\d)", f"Figure {self._number}.", block.said)
        self._figures[block.argument] = Figure(alt, self._later())

    def _map(self, block):
        self._words["map"], self._places["map"] = block.said, self._later()

    def _later(self):
        """A place as wide as a figure; None in a fold that is closed."""
        return st.container(width=self._width(FIGURE)) if self._seen else None

    def _film(self, block):
        """That of the opening; the words below the line say what its pictures show."""
        with st.container(width=self._width(FIGURE)):
            film.draw(block.said)

    def _status(self, block):
        with st.container(width=self._width()):
            self._places[block.argument or "status"] = st.caption("Training")

    def _controls(self, block):
        with st.container(width=self._width(FIGURE), gap="xxsmall"):
            self._places["controls"] = st.container()
            with st.container(key=BESIDE, horizontal=True, gap="xsmall"):
                self._places["presets"], self._places["actions"] = st.container(), st.container(width="content")
            with st.container(key=SENTENCE, gap=None):
                self._places["notice"], self._places["sentence"] = st.container(gap=None), st.container()
            spoken.speak(self._places["sentence"], SENTENCE)

    def _bet(self, block):
        self._words["bet"] = block.said
        self._places["bet"] = st.container(width=self._width())

    def _guessed(self, block):
        """What the bet is about; as long as it is open a panel stands in its room, so that nothing moves when it is shown."""
        with st.container(key=GUESSED, width=self._width(FIGURE)):
            self._draw_within(block.inside)
            if not self._revealed:
                with st.container(key=PANEL, horizontal_alignment="center", vertical_alignment="center", gap="small"):
                    st.markdown("**Guess first:** this figure answers the bet.", width="content")
                    skip = {self.controls.name("revealed"): True}
                    st.button("Show me", on_click=st.session_state.update, args=(skip,), key=self.controls.name("skip"))

    def _place(self, block):
        self._words[block.argument] = block.said
        self._places[block.argument] = st.container(width=self._width(FIGURE))

    def _take_away(self, block):
        self._places["take_away"] = st.expander(
            "Link, data and code of this figure", width=self._width(), key=TAKE_AWAY, on_change="rerun"
        )

    def _columns(self, block):
        for place, inside in zip(st.columns(len(block.inside), width=self._width(FIGURE)), block.inside):
            with place:
                self._draw_within(inside.inside)

    def _row(self, block):
        """`:::row width`: what it encloses beside one another, each so many px wide; what finds no room goes below.

        Only cards are as high as the row: beside figures that have wrapped, it is as high as all their lines.
        """
        with st.container(horizontal=True, gap="small", width=self._width(FIGURE)):
            for one in block.inside:
                height = "stretch" if one.name == "card" else "content"
                with st.container(width=int(block.argument), height=height):
                    self._draw_within([one])

    def _fold(self, block):
        """Its words are there for links that lead to them; what is in LATER is sent once it is unfolded."""
        later = {"key": anchor(block.argument), "on_change": "rerun"} if _has_later(block) else {}
        with (fold := st.expander(block.argument, width=self._width(), **later)):
            self._seen, outside = self._seen and (fold.open or not later), self._seen
            self._draw_within(block.inside)
            self._seen = outside

    def _card(self, block):
        with st.container(border=True, height="stretch", width=self._width()):
            self._draw_within(block.inside)

    def _verdict(self, block):
        """What a person would say of the claim, a table with a row and a badge for each meaning, the criteria on hover.

        With another name for a second one on a page.
        """
        with st.container(border=True, key=block.argument or "verdict", width=self._width()):
            self._draw_within(block.inside)
        if not block.argument and "sentence" in self._places:
            self.place("sentence").markdown(sentence(block.inside[0].words))

    def _judged(self, block):
        st.markdown(":small[How this is judged]", help=block.said)

    def _warning(self, block):
        st.warning(block.said, width=self._width(FIGURE))

    def _preset(self, block):
        """`::preset name label`, one a line below `::controls`: settings to try, beside one another."""
        lines = [block.argument, *(line.removeprefix("::preset ") for line in block.words.splitlines())]
        labels = {label: self._presets[name] for name, _, label in (line.partition(" ") for line in lines)}
        self.controls.presets(labels)

    def _page(self, block):
        """`::page name before the title`: a link to it."""
        name, _, before = block.argument.partition(" ")
        with st.container(width=self._width()):
            _link(name, before)

    def _way(self, block):
        """`::way`: to the page before this one and to the next, each with what it is read for; from the last to the first."""
        names = [*PAGES]
        here = names.index(self.name)
        with st.container(key=WAY, width=self._width()):
            back, on = st.columns(2, gap="large")
        if here:
            with back:
                _link_that_pulls(names[here - 1], "Before:")
        with on:
            _link_that_pulls(names[(here + 1) % len(names)], "Next:")


WRITTEN = {"text": Article._text, "equation": Article._equation}
"""Name of a block in the Markdown -> its text on the screen; one element for those that follow one another."""
DRAWN = {
    "part": Article._part,
    "title": Article._title,
    "heading": Article._heading,
    "code": Article._code,
    "figure": Article._figure,
    "map": Article._map,
    "film": Article._film,
    "status": Article._status,
    "controls": Article._controls,
    "bet": Article._bet,
    "guessed": Article._guessed,
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
    "way": Article._way,
}
"""Name of any other block -> how it is drawn."""
LATER = {"code", "figure", "map"}
"""Blocks that a browser takes long to draw."""


def _has_later(block):
    return block.name in LATER or any(map(_has_later, block.inside))


def sentence(words):
    """What is in bold in the words of a verdict, or else its first sentence."""
    bold = re.search(r"\*\*.+?\*\*", words, re.DOTALL)
    return bold[0] if bold else re.split(r"(?<=[.:?]) ", words, maxsplit=1)[0]


def anchor(heading):
    """What follows the # in the address of a section: its words, in letters that an address may have."""
    plain = re.sub(r"[’$]", "", heading.lower()).replace("λ", "lambda")
    return re.sub(r"[^a-z\d]+", "-", plain).strip("-")


def _link(page, before):
    st.page_link(f"pages/{page}.py", label=f"{before} {PAGES[page]}".strip())


def _link_that_pulls(page, before):
    """With the sentence that the page is read for."""
    _link(page, before)
    st.caption(matter.PULLS[page])
