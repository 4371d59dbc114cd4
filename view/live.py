"""Figure 1 while its slider is dragged: the runs of all values of the slider in one chart, which asks no server.

The runs ship (engine.sliders). Parameters of the chart follow the sliders; they choose the rows of one run, and with them the
ends and ticks of the axes. At a value of which nothing ships the figure stays as it is and says so, until its run is there.
"""

import hashlib
import json
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_numeric_dtype
from pyarrow import feather

from engine import archive, claims
from engine.archive import packs
from engine.files import FAULTS, written_whole
from engine.training import Trajectory
from view import figures
from view.controls import CONTROLS, text
from view.figures import GREY, LABEL
from view.made import once

MOVED = ("l2", "learning_rate")
"""Hyperparameters whose sliders a figure follows."""
THIN, FIRST = 3, 6
"""While a slider is dragged, lines by epoch have a point at every third one, and at all of the first, in which most happens."""
DOTS = 12
"""Fewer rows than these are no line: dots at chosen epochs, labels."""
MANY = 100
"""More than the values of a slider."""
SLIDER = '.st-key-{} input[type="range"]'
EVENT = "live"
"""What view/hand.js dispatches to a slider at every step of a drag."""
FITS = {"type": "fit", "contains": "padding", "resize": True}
"""Streamlit's own, and anew for every value: labels of axes that are wider or higher than before would be cut off."""
LEAST = float(np.finfo("float32").tiny)
"""What numbers above 0 are drawn as that are smaller than single precision has."""
STAYS = "not trained yet"
"""What a figure says at a value of which nothing ships."""
STORE = Path(__file__).parent / "following.zip"
"""What `of_all_values` makes of what ships, so that the first touch of a slider does not wait for it: make results."""
VALUE = "value"
"""Column of the text of the slider's value that a row belongs to."""
PARAMS = b"params"
"""Key of a table's metadata that has the parameters of its figure."""


def charts(claim, figure_1, h):
    """Figure -> specification and rows that follow the sliders from `h` on; None where nothing ships to follow them with.

    `figure_1(h, runs)` makes figure -> specification and rows, of the runs that `claim` names for `h`.
    """
    opens = claim.DEFAULT
    free = [name for name in MOVED if replace(h, **{name: getattr(opens, name)}) == opens]
    runs = free and _shipped(claim, h)
    if not runs:
        return None
    defaults = [place(opens, name) for name in free]
    of_all = [once(stored, claim, name) or once(of_all_values, claim, figure_1, name) for name in free]
    drawn = once(figure_1, h, runs)
    code = _code(claim.PREFIX, free, defaults)
    sliders, now = [*zip(free, defaults)], place(h, free[0])
    return {figure: _together(code, sliders, now, *one, [of[figure] for of in of_all]) for figure, one in drawn.items()}


def of_all_values(claim, figure_1, name):
    """Figure -> parameters by the text of the value on the slider of `name`, and thinned rows with their `VALUE`.

    As the page opens but for that slider, at every value of which all runs ship.
    """
    params, rows = {}, {}
    for value in CONTROLS[name].options:
        h = replace(claim.DEFAULT, **{name: value})
        runs = _shipped(claim, h)
        for figure, (spec, table) in figure_1(h, runs).items() if runs else ():
            params.setdefault(figure, {})[text(value)] = {one["name"]: one.get("value") for one in spec["params"]}
            kept = thinned(table) if by_epoch(spec) else table
            rows.setdefault(figure, []).append(kept.assign(**{VALUE: text(value)}))
    return {figure: (params[figure], small(pd.concat(rows[figure], ignore_index=True))) for figure in params}


def _shipped(claim, h):
    """The runs of `h` by name, if all ship; else None."""
    runs = {arm: shipped(one) for arm, one in claim.runs(h).items()}
    return runs if None not in runs.values() else None


def stored(claim, name):
    """What `of_all_values` made of what ships; None if it cannot be read, or what it was made of is not what it was."""
    try:
        with ZipFile(STORE) as file:
            if file.comment.decode() != sources():
                return None
            start = _member(claim, name, "")
            tables = {
                member.removeprefix(start): pa.ipc.open_file(file.read(member)).read_all()
                for member in file.namelist()
                if member.startswith(start)
            }
        return {figure: (json.loads(table.schema.metadata[PARAMS]), table.to_pandas()) for figure, table in tables.items()}
    except FAULTS:
        return None


def store(pages):
    """Write what `stored` reads, of (claim, figure_1) each."""
    with written_whole(STORE) as target, ZipFile(target, "w") as file:
        for claim, figure_1 in pages:
            for name in MOVED:
                for figure, (params, rows) in of_all_values(claim, figure_1, name).items():
                    table = pa.Table.from_pandas(rows, preserve_index=False)
                    table = table.replace_schema_metadata(table.schema.metadata | {PARAMS: json.dumps(params)})
                    feather.write_feather(table, written := BytesIO(), compression="zstd", compression_level=19)
                    file.writestr(ZipInfo(_member(claim, name, figure)), written.getvalue())
        file.comment = sources().encode()


def _member(claim, name, figure):
    return f"{claim.NAME}/{name}/{figure}"


@cache
def sources():
    """Of all that the rows are made of, as one fingerprint: runs that ship, the claims, the figures."""
    runs = [*sorted(archive.RESULTS.glob("digits-*.npz")), archive.RESULTS / packs.PACK]
    paths = [Path(__file__), *sorted(Path(claims.__file__).parent.glob("*.py")), *runs]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths) + figures.sources().encode()).hexdigest()


def shipped(h):
    """The Run of `h`, if all its epochs ship; else None."""
    for find in (archive.find, packs.find):  # what the first has may be shorter: another page asks for less
        kept = find(h)
        trajectory = kept and Trajectory.of(kept.run, kept.networks)
        if trajectory and trajectory.covers(h.epochs):
            return trajectory.run(h)
    return None


def place(h, name):
    """Of a value on its slider."""
    return CONTROLS[name].options.index(getattr(h, name))


def _code(prefix, free, opens):
    """The parameters that read the sliders, and `code`: MANY times which slider is away from its default, plus its place.

    It is -1 where both are.
    """
    read = [
        {"name": name, "value": 0, "bind": {"element": SLIDER.format(f"{prefix}_{CONTROLS[name].url}"), "event": EVENT}}
        for name in free
    ]
    first = f"toNumber({free[0]})"
    if len(free) == 1:
        return [*read, {"name": "code", "expr": first}]
    second = f"toNumber({free[1]})"
    both = f"{second} == {opens[1]} ? {first} : {first} == {opens[0]} ? {MANY} + {second} : -1"
    return [*read, {"name": "code", "expr": both}]


def _together(code, sliders, now, spec, rows, of_all):
    """One specification and its rows from those of all values; the parameters of each hold while its value is shown.

    `spec` and `rows` are those of the place `now` of the first slider; `of_all` has what of_all_values says of each slider.
    `sliders` are their names and the places that they open at.
    """
    first = {one["name"]: one.get("value") for one in spec["params"]}
    known, params, parts = [now], [first], [rows.assign(run=0)]
    for k, ((name, default), (of_value, table)) in enumerate(zip(sliders, of_all)):
        runs = {}
        for at, value in enumerate(map(text, CONTROLS[name].options)):
            if value in of_value and at != (default if k else now):
                runs[value] = len(known)
                known.append(MANY * k + at)
                params.append(of_value[value])
        run = table[VALUE].astype(object).map(runs)
        parts.append(table.drop(columns=VALUE).assign(run=run)[run.notna()])
    place_of = {"name": "place", "expr": f"indexof({known}, code)"}
    run = {"name": "run", "value": 0, "expr": "place < 0 ? run : place"}  # Vega lets a signal go on from itself
    follow = [{"name": name, "expr": f"{json.dumps([one[name] for one in params])}[run]"} for name in first]
    follows = spec | {
        "params": [*code, place_of, run, *follow],
        "transform": [{"filter": "datum.run == run"}, *spec.get("transform", ())],
        "layer": [*spec["layer"], _mark()],
        "autosize": FITS,
    }
    return follows, small(pd.concat(parts, ignore_index=True))


def _mark():
    """A layer that says so where the figure stays, at the top of the plot."""
    says = dict(text={"expr": f"place < 0 ? '{STAYS}' : ''"}, x={"expr": "width / 2"}, y=4, baseline="top", color=GREY)
    return {"data": {"sequence": {"start": 0, "stop": 1}}, "mark": {"type": "text", **says, **LABEL}}


def by_epoch(spec):
    """Whether the figure has epochs along its axis."""
    x = spec.get("encoding", {}).get("x", {})
    return x.get("field") == "epoch" or any(map(by_epoch, spec.get("layer", ())))


def thinned(rows):
    """Every third row of a line, its first ones and its last."""
    line = rows.groupby([name for name in ("kind", "part", "start") if name in rows], dropna=False, observed=True)["epoch"]
    at, count = line.cumcount(), line.transform("size")
    return rows[(at % THIN == 0) | (at < FIRST) | (at == count - 1) | (count < DOTS)]


def small(rows):
    """The same rows in fewer bytes: texts as categories, numbers in single precision, which resolves more than a pixel."""
    return rows.assign(
        **{name: _single(rows[name]) if is_numeric_dtype(rows[name]) else rows[name].astype("category") for name in rows}
    )


def _single(numbers):
    """What is too small for that stays above 0: a logarithmic axis has no 0."""
    return numbers.mask(numbers.between(0, LEAST, inclusive="neither"), LEAST).astype("float32")
