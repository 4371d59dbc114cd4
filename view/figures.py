"""Tidy table -> figure: a specification built once with Altair, and the rows that it draws. What all pages share.

Theory is dashed, measurement solid with its band, lines are labelled; decay, the data, accuracy and each layer have a colour.
Building a chart of layers takes Altair a
tenth of a second, more than a reader should wait for. So a specification leaves what changes to Vega parameters, and is kept.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import altair as alt

from engine.verdicts import CONTROL

VALIDATE = False
"""Whether charts are checked against the schema of Vega-Lite as they are built, which takes as long again; the tests do."""
GREY = "#808080"
DECAY, DATA, ACCURACY, INK = "decay", "data", "accuracy", "ink"
"""What has a colour of its own wherever it is drawn, beside the layers; ink is that of the text."""
IN_EQUATIONS = {DECAY: "#a57f00", DATA: "#8f6ae0"}
"""Colours that article.css mixes with that of the text, which gives the theme's, in the light as in the dark one."""
LABEL = dict(fontSize=13, fontWeight=600)
SILENT = {"mark": {"tooltip": None, "aria": False}}
"""Left alone, a mark shows its row's raw fields on hover and to a screen reader, indices and internal columns among them."""
SVG = {"embedOptions": {"renderer": "svg"}}
"""Streamlit counts rows for marks that a filter leaves out, and would draw some figures as a bitmap for their number."""
SUBSCRIPTS = {"n_in": "nᵢₙ", "n_w": "n (all weights)"}
"""Text in a figure has no LaTeX, and Unicode no subscript w."""
BEYOND = 1000
"""Times the height of an axis: what lies further out is drawn there, out of sight; an SVG has no place for 1e38."""


STORE = Path(__file__).parent / "specifications.json"
"""Specifications of the untouched pages, so that the first reader of a server does not wait for them: make results."""


@cache
def stored():
    """Key -> specification; none if it cannot be read, or what figures are built from is not what it was."""
    try:
        store = json.loads(STORE.read_text())
        return store["specifications"] if store["sources"] == sources() else {}
    except (OSError, ValueError, KeyError):
        return {}


def sources():
    """Of all that figures are built from, as one fingerprint: their code, the names and levels in them, Altair."""
    root = STORE.parent.parent
    folders = ("view/claims", "engine/verdicts")
    paths = [root / "engine/studies/erf_unit.py", root / "engine/results/regimes.json"]
    paths += [root / "view" / f"{name}.py" for name in ("figures", "tables", "starts")]
    paths += (path for folder in folders for path in sorted((root / folder).rglob("*.py")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths) + alt.__version__.encode()).hexdigest()


def key(build, arguments):
    return f"{build.__module__}.{build.__name__}{arguments!r}"


def kept(build):
    """For a function that builds a specification: once for its arguments, or never where it is stored."""

    @cache
    def specification_of(*arguments):
        return stored().get(key(build, arguments)) or build(*arguments)

    specification_of.build = build
    return specification_of


def specification(chart, *parameters):
    """The Vega-Lite dict of a chart whose named parameters get their values later; without data or Altair's own look.

    Its marks are silent but for what they are `told` to say on hover.
    """
    chart = chart.add_params(*(alt.param(name=name, value=0) for name in parameters))
    spec = _bare(chart.to_dict(validate=VALIDATE)) | {"config": SILENT}
    own = [name for name in (DECAY, DATA, ACCURACY, INK) if f'"{_tint(name)}"' in json.dumps(spec)]
    tints = [{"calculate": f"'{name}'", "as": _tint(name)} for name in own]
    return spec | ({"transform": [*tints, *spec.get("transform", ())]} if own else {})


def _readable(x):
    """An expression of a text with its subscripts as a reader knows them."""
    for plain, written in SUBSCRIPTS.items():
        x = f"replace({x}, '{plain}', '{written}')"
    return x


def _bare(spec):
    """All layers draw the rows that come with the figure; what they write has no underscores."""
    kept = {key: value for key, value in spec.items() if key not in ("data", "datasets", "config")}
    text = kept.get("encoding", {}).get("text", {})
    if text.get("type") == "nominal":
        steps = [*kept.get("transform", ()), {"calculate": _readable(f"datum.{text['field']}"), "as": "written"}]
        kept |= {"transform": steps, "encoding": kept["encoding"] | {"text": text | {"field": "written"}}}
    return kept | ({"layer": [_bare(layer) for layer in kept["layer"]]} if "layer" in kept else {})


def with_values(spec, **values):
    """The specification with values for parameters; the others stay, and what a reader can select in it."""
    others = [parameter for parameter in spec.get("params", ()) if parameter["name"] not in values]
    return spec | {"params": [*others, *({"name": name, "value": value} for name, value in values.items())]}


def colour(parts):
    """The same colour for the same part on every page: the place in this list picks it from the theme's palette."""
    return alt.Color("part:N", scale=_palette(parts), legend=None)


def in_colour(name, parts=()):
    """That of DECAY, DATA, ACCURACY or INK, for a whole mark, in a figure of these parts."""
    return alt.Color(f"{_tint(name)}:N", scale=_palette(parts), legend=None)


def _tint(name):
    """A field that has the name itself in every row: Vega-Lite has no scale for a constant. `specification` makes it."""
    return f"{name} colour"


def _palette(parts):
    first = "hidden weights 1" if "hidden weights 1" in parts else "hidden weights"
    return alt.Scale(domain=[first, "output weights", CONTROL, "hidden weights 2", DECAY, DATA, ACCURACY, INK])


def of(kind):
    return f"datum.kind == '{kind}'"


def epochs_axis():
    scale = alt.Scale(domain=[0, alt.ExprRef("last")], nice=False)
    return alt.X("epoch:Q", title="epoch", scale=scale, axis=alt.Axis(grid=False, tickCount=6, tickMinStep=1))


def named(field, title):
    """Of a row, for `told`: a name or a whole number."""
    return title, _readable(f"datum['{field}']")


def number(field, title):
    """Of a row, for `told`: three significant digits, as words.number writes them."""
    return title, _number(f"datum['{field}']")


def percent(field, title):
    """Of a row, for `told`: a share."""
    return title, _percent(f"datum['{field}']")


def between(write, low="low", high="high", title="95\N{NO-BREAK SPACE}% interval"):
    """Of a row, for `told`: an interval whose bounds are written by `number` or `percent`; of one seed there is none."""
    (_, least), (_, most) = write(low, title), write(high, title)
    return title, f"isValid(datum['{low}']) && isFinite(datum['{low}']) ? {least} + ' to ' + {most} : 'none'"


def _number(x):
    size = f"abs({x})"
    plain = f"{size} >= 1000 && {size} < 1e6 ? format({x}, ',.0f') : {size} >= 1e-4 && {size} < 1e6 || {x} == 0"
    return f"({plain} ? format({x}, '.3~r') : format({x}, '.2~e'))"


def _percent(x):
    return f"{_number(f'(100 * {x})')} + '\N{NO-BREAK SPACE}%'"


def told(chart, *said):
    """A chart whose marks say on hover what `said` has: title, and an expression of its text."""
    texts = {f"said{k}": expression for k, (_, expression) in enumerate(said)}
    tooltip = [alt.Tooltip(f"said{k}:N", title=title) for k, (title, _) in enumerate(said)]
    return chart.transform_calculate(**texts).encode(tooltip=tooltip)


HOVERED = 60
"""Places along a line, at most, that tell what is there."""


def points(rows, y, *said, sparse=True):
    """Unseen points on a line for a pointer to find: a line itself would tell its first row alone.

    `sparse` for a line by epoch in a figure with the parameter `last`.
    """
    rows = rows.transform_filter(f"datum.epoch % ceil(last / {HOVERED}) == 0") if sparse else rows
    return told(rows.mark_point(size=150, filled=True, opacity=0, clip=True).encode(y=y), *said)


def measured(base, y, bounds, least="low"):
    """Band, line, and dots for the control group; all tell their shares, whose lower bound is in the column `least`."""
    rows = base.transform_filter(of("measured"))
    band = base.transform_filter(of("measured")).mark_area(opacity=0.22, clip=True).encode(y=bounds, y2="high:Q")
    line = base.transform_filter(of("measured")).transform_filter(alt.datum.part != CONTROL)
    dots = base.transform_filter(of("measured")).transform_filter(alt.datum.part == CONTROL)
    dots = dots.transform_filter("datum.epoch % ceil(last / 30) == 0")
    said = named("part", "weights"), named("epoch", "epoch"), percent("mean", y["title"]), between(percent, least)
    return (
        band
        + line.mark_line(strokeWidth=2.5, clip=True).encode(y=y)
        + dots.mark_point(size=32, filled=True, opacity=1, clip=True).encode(y=y)
        + points(rows, y, *said)
    )
