"""Pages visited without a browser, and what stands on them."""

import base64
import io
import json
import re
from functools import cache

import numpy as np
import pyarrow as pa
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine.claims import CLAIMS
from tests.conftest import ROOT
from tests.pages import checks
from view import figures, layout, words

figures.VALIDATE = True

PREFIX = {claim.NAME: claim.PREFIX for claim in CLAIMS}
"""Page of a claim -> prefix of its controls in the address."""
NOT_A_NUMBER = r"\b(nan|inf|None)\b"


TITLES = [
    title for path in (ROOT / "pages").glob("*.md") for title in re.findall(r"^:::fold (.*)", path.read_text(), re.MULTILINE)
]
UNFOLDED = [layout.TAKE_AWAY, *map(layout.anchor, TITLES)]
"""Keys of the folds of all pages: what some hold is sent once they are open."""
PATIENCE = 600
"""Seconds after which a page has failed, on however busy a machine."""


def page(name="decay_per_epoch", chosen=(), **url):
    """A page, that of claim 2 if not told otherwise, with values in its address; `chosen` are values of other widgets."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.switch_page(f"pages/{name}.py")
    for name, value in url.items():
        at.query_params[name] = value
    for name, value in (dict.fromkeys(UNFOLDED, True) | dict(chosen)).items():
        at.session_state[name] = value
    at.run()
    assert not at.exception
    assert not at.error  # the page breaks off with a sentence
    return at


def presets(at):
    """Label of each preset of a page -> whether it is marked as the one that its controls show."""
    buttons = [button for button in at.button if button.key and "_preset_" in button.key]
    return {button.label: button.proto.type == "primary" for button in buttons}


@cache
def opened(name="decay_per_epoch"):
    """A page as it opens, visited once for all who only read it."""
    return page(name)


CITED = re.compile(r'\s*\\\[\[\d+\]\(\S+ "[^"]*"\)\\\]')
"""The number of a reference, in brackets, with what it says on hover."""
HOVER = re.compile(r'(\]\([^\s()]+) "[^"]*"\)')
"""The end of a link that says something on hover."""


def plain(text):
    """With plain spaces where they do not break, without the numbers of references and what links say on hover."""
    return HOVER.sub(r"\1)", CITED.sub("", text.replace(words.NO_BREAK, " ")))


def prose(at):
    """The Markdown of a page."""
    return plain("\n".join(m.value for m in at.markdown))


def charts(at):
    """[(specification, alt text, its rows)] of every chart."""
    protos = [element.proto for element in at.get("vega_lite_chart")]
    return [(json.loads(p.spec), p.alt, pa.ipc.open_stream(p.datasets[0].data.data).read_pandas()) for p in protos]


def pictures(at):
    """[(alt text, how solid each pixel is, from 0 to 255)] of the images of weights."""
    rows = "".join(element.proto.body for element in at.get("html") if 'class="portraits"' in element.proto.body)
    found = re.findall(r'base64,(\S+)" alt="(.*?)"', rows)
    return [(alt, np.asarray(Image.open(io.BytesIO(base64.b64decode(file))))[..., 3]) for file, alt in found]


def everything(at):
    """Markdown, captions and titles."""
    return plain("\n".join([prose(at), *(c.value for c in at.caption), *(t.value for t in at.title)]))


def passages(at):
    """What stands on a page, a paragraph, an item of a list or a row of a table each, without displayed formulas."""
    boxes = [*at.title, *at.header, *at.markdown, *at.caption, *at.warning, *at.info, *at.error]
    found = []
    for text in [box.value for box in boxes] + [box.proto.help for box in at.markdown]:  # what is shown on hover, too
        text = re.sub(r'<span id="(figure|equation)-[\d-]+"></span>', "", text)  # where mentions lead to
        for block in re.split(r"\n\s*\n", re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)):
            lines = re.split(r"\n(?=\s*(?:\||[-*]\s|\d+\.\s))", block.replace("  \n", "\n\n"))
            found += [" ".join(line.split()) for line in lines]
    return [passage for passage in found if passage]


def labels(at):
    """The words in and around the figures, and those on the controls."""
    found = {w.label for w in [*at.select_slider, *at.button_group, *at.number_input, *at.button, *at.expander]}
    for spec, alt, rows in charts(at):
        names = [one for column in rows.columns for one in rows[column].unique() if isinstance(one, str)]
        found |= {alt, *names, *re.findall(r'"(?:title|text)": "([^"]*)"', json.dumps(spec, ensure_ascii=False))}
    return sorted({plain(one) for one in found} - {""})


def wrong(at):
    """[(check, what is wrong)] of what stands on a page."""
    return checks.complaints(passages(at), labels(at), [(alt, rows) for _, alt, rows in charts(at)])
