"""Figure 1 while its sliders are dragged: the runs of all their values in one chart, which asks no server.

The runs ship (engine.sliders). Parameters of the chart follow the sliders; they choose the rows of one run, and with them the
ends and ticks of the axes. So it is one chart at all of these values, sent and built once. At a value of which nothing ships
the figure stays as it is and says so, until its run is there.
"""

import hashlib
import json
import math
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
from view.controls import CONTROLS
from view.figures import GREY, HOVERED, LABEL
from view.made import once

MOVED = ("l2", "learning_rate")
"""Hyperparameters whose sliders a figure follows, one away from its default at a time."""
FIRST = 6
"""Epochs, in which most happens, of which a line has all points; of the others it has those that tell what is there."""
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
ABOUT = b"about"
"""Key of a table's metadata that has the codes and the parameters of its runs."""


def charts(claim, figure_1, h):
    """Figure -> specification and rows, which follow the sliders of the page of `claim` and are the same at all their values.

    None where nothing ships of `h`. `figure_1(h, runs)` makes figure -> specification and rows, of the runs that `claim` names.
    """
    opens = claim.DEFAULT
    away = [name for name in MOVED if getattr(h, name) != getattr(opens, name)]
    if len(away) > 1 or replace(h, **{name: getattr(opens, name) for name in away}) != opens:
        return None
    codes, drawn = once(following, claim, figure_1)
    return drawn if code(h, *away or MOVED[:1]) in codes else None


def following(claim, figure_1):
    """The codes of the values that all figures have, and the figures."""
    drawn = once(figure_1, claim.DEFAULT, _shipped(claim, claim.DEFAULT))
    of_all = stored(claim) or of_all_values(claim, figure_1)
    codes = set.intersection(*(set(codes) for codes, _, _ in of_all.values()))
    specs = {figure: _following(claim, spec, *of_all[figure][:-1]) for figure, (spec, _) in drawn.items()}
    return codes, {figure: (spec, of_all[figure][-1]) for figure, spec in specs.items()}


def of_all_values(claim, figure_1):
    """Figure -> codes, parameters and rows of runs; in the rows `run` counts them.

    They are those of every value of each slider of which all runs ship, where all else is as the page opens.
    """
    found = {}
    for name in MOVED:
        for value in CONTROLS[name].options:
            h = replace(claim.DEFAULT, **{name: value})
            if h == claim.DEFAULT and name != MOVED[0]:
                continue  # it is among the values of the first
            runs = _shipped(claim, h)
            for figure, (spec, table) in figure_1(h, runs).items() if runs else ():
                codes, params, rows = found.setdefault(figure, ([], [], []))
                rows.append((thinned(table) if by_epoch(spec) else table).assign(run=len(rows)))
                params.append({one["name"]: one.get("value") for one in spec["params"]})
                codes.append(code(h, name))
    return {
        figure: (*about, small(pd.concat(rows, ignore_index=True)).astype({"run": "int8"}))
        for figure, (*about, rows) in found.items()
    }


def code(h, name):
    """Of the setting that has the default but for what is called `name`: the place of that on its slider, and which it is."""
    return MANY * MOVED.index(name) + place(h, name)


def _shipped(claim, h):
    """The runs of `h` by name, if all ship; else None."""
    runs = {arm: shipped(one) for arm, one in claim.runs(h).items()}
    return runs if None not in runs.values() else None


def stored(claim):
    """What `of_all_values` made of what ships; None if it cannot be read, or what it was made of is not what it was."""
    try:
        with ZipFile(STORE) as file:
            if file.comment.decode() != sources():
                return None
            start = _member(claim, "")
            tables = {
                member.removeprefix(start): pa.ipc.open_file(file.read(member)).read_all()
                for member in file.namelist()
                if member.startswith(start)
            }
        return {figure: (*json.loads(table.schema.metadata[ABOUT]), table.to_pandas()) for figure, table in tables.items()}
    except FAULTS:
        return None


def store(pages):
    """Write what `stored` reads, of (claim, figure_1) each."""
    with written_whole(STORE) as target, ZipFile(target, "w") as file:
        for claim, figure_1 in pages:
            for figure, (*about, rows) in of_all_values(claim, figure_1).items():
                table = pa.Table.from_pandas(rows, preserve_index=False)
                table = table.replace_schema_metadata(table.schema.metadata | {ABOUT: json.dumps(about)})
                feather.write_feather(table, written := BytesIO(), compression="zstd", compression_level=19)
                file.writestr(ZipInfo(_member(claim, figure)), written.getvalue())
        file.comment = sources().encode()


def _member(claim, figure):
    return f"{claim.NAME}/{figure}"


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


def _following(claim, spec, codes, params):
    """The specification of one figure for all runs; the parameters of each hold while its value is shown."""
    first, second = MOVED
    opens = {name: place(claim.DEFAULT, name) for name in MOVED}
    read = [
        {"name": n, "value": at, "bind": {"element": SLIDER.format(f"{claim.PREFIX}_{CONTROLS[n].url}"), "event": EVENT}}
        for n, at in opens.items()  # Vega reads the slider itself once it has found it
    ]
    one, other = f"toNumber({first})", f"toNumber({second})"
    both = f"{other} == {opens[second]} ? {one} : {one} == {opens[first]} ? {MANY} + {other} : -1"
    shown = {"name": "place", "expr": f"indexof({codes}, {both})"}
    start = codes.index(code(claim.DEFAULT, first))
    run = {"name": "run", "value": start, "expr": "place < 0 ? run : place"}  # Vega lets a signal go on from itself
    follow = [{"name": n, "expr": f"{json.dumps([one[n] for one in params])}[run]"} for n in params[0]]
    return spec | {
        "params": [*read, shown, run, *follow],
        "transform": [{"filter": "datum.run == run"}, *spec.get("transform", ())],
        "layer": [*spec["layer"], _mark()],
        "autosize": FITS,
    }


def _mark():
    """A layer that says so where the figure stays, at the top of the plot."""
    says = dict(text={"expr": f"place < 0 ? '{STAYS}' : ''"}, x={"expr": "width / 2"}, y=4, baseline="top", color=GREY)
    return {"data": {"sequence": {"start": 0, "stop": 1}}, "mark": {"type": "text", **says, **LABEL}}


def by_epoch(spec):
    """Whether the figure has epochs along its axis."""
    x = spec.get("encoding", {}).get("x", {})
    return x.get("field") == "epoch" or any(map(by_epoch, spec.get("layer", ())))


def thinned(rows):
    """Of a line the points that tell on hover what is there, its first ones and its last."""
    line = rows.groupby([name for name in ("kind", "part", "start") if name in rows], dropna=False, observed=True)["epoch"]
    at, count, every = line.cumcount(), line.transform("size"), math.ceil(rows["epoch"].max() / HOVERED)
    return rows[(rows["epoch"] // 1 % every == 0) | (at < FIRST) | (at == count - 1) | (count < DOTS)]


def small(rows):
    """The same rows in fewer bytes: texts as categories, numbers in single precision, which resolves more than a pixel."""
    return rows.assign(
        **{name: _single(rows[name]) if is_numeric_dtype(rows[name]) else rows[name].astype("category") for name in rows}
    )


def _single(numbers):
    """What is too small for that stays above 0: a logarithmic axis has no 0."""
    return numbers.mask(numbers.between(0, LEAST, inclusive="neither"), LEAST).astype("float32")
