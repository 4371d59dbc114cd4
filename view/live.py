"""Figure 1 while its slider is dragged: the runs of all values of the slider in one chart, which asks no server.

The runs ship (engine.sliders). Parameters of the chart follow the sliders; they choose the rows of one run, and with them the
ends and ticks of the axes. At a value of which nothing ships the figure stays as it is and says so, until its run is there.
"""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from engine import archive
from engine.archive import packs
from engine.training import Trajectory
from view.controls import CONTROLS
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


def charts(claim, figure_1, h):
    """Figure -> specification and rows that follow the sliders from `h` on; None where nothing ships to follow them with.

    `figure_1(h, runs)` makes figure -> specification and rows, of the runs that `claim` names for `h`.
    """
    opens = claim.DEFAULT
    free = [name for name in MOVED if replace(h, **{name: getattr(opens, name)}) == opens]
    if not free:
        return None
    drawn = {}  # which slider of `free` and its place -> figure -> specification and rows
    for k, name in enumerate(free):
        all_values = once(of_all_values, claim, figure_1, name)
        drawn |= {(k, at): one for at, one in all_values.items() if k == 0 or at != place(opens, name)}
    now = 0, place(h, free[0])
    if now not in drawn:
        return None
    code = _code(claim.PREFIX, free, [place(opens, name) for name in free])
    return {
        figure: _together(code, now, {at: one[figure] for at, one in drawn.items() if figure in one}) for figure in drawn[now]
    }


def of_all_values(claim, figure_1, name):
    """Place on the slider of `name` -> figure -> specification and rows: as the page opens but for `name`, if all runs ship."""
    found = {}
    for at, value in enumerate(CONTROLS[name].options):
        h = replace(claim.DEFAULT, **{name: value})
        runs = {arm: shipped(one) for arm, one in claim.runs(h).items()}
        if not any(run is None for run in runs.values()):
            found[at] = {figure: (spec, small(rows)) for figure, (spec, rows) in figure_1(h, runs).items()}
    return found


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


def _together(code, now, drawn):
    """One specification and its rows from those of all values; the parameters of each hold while its value is shown."""
    places, spec = [*drawn], drawn[now][0]
    known = [MANY * k + at for k, at in places]
    place = {"name": "place", "expr": f"indexof({known}, code)"}
    run = {"name": "run", "value": places.index(now), "expr": "place < 0 ? run : place"}  # Vega lets a signal go on from itself
    values = [{one["name"]: one.get("value") for one in drawn[at][0]["params"]} for at in places]
    params = [{"name": name, "expr": f"{json.dumps([one[name] for one in values])}[run]"} for name in values[0]]
    thin = by_epoch(spec)
    parts = [(thinned(rows) if thin and at != now else rows).assign(run=k) for k, (at, (_, rows)) in enumerate(drawn.items())]
    follows = spec | {
        "params": [*code, place, run, *params],
        "transform": [{"filter": "datum.run == run"}, *spec.get("transform", ())],
        "layer": [*spec["layer"], _mark()],
        "autosize": FITS,
    }
    return follows, small(pd.concat(parts, ignore_index=True))


def _mark():
    """A layer that says so where the figure stays, at the top of the plot."""
    text = dict(text={"expr": f"place < 0 ? '{STAYS}' : ''"}, x={"expr": "width / 2"}, y=4, baseline="top", color=GREY)
    return {"data": {"sequence": {"start": 0, "stop": 1}}, "mark": {"type": "text", **text, **LABEL}}


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
