"""Does any page say something impossible at any setting? python -m scripts.every_setting [how many] [pages ...]

Visits the pages at every value of every control, at all presets, at settings that are known to be hard, and at as many more,
drawn with a fixed seed; then moves what else a page has and answers its bet. Prints what `tests/pages/checks.py` finds, each
kind once with the first address at which it stands, and ends with 1 where there is something.
"""

import itertools
import logging
import random
import re
import sys
from dataclasses import fields

from streamlit.testing.v1 import AppTest

from engine import Hyperparameters
from engine.claims import lengths, today
from engine.datasets import SHAPES
from engine.recipes import published
from engine.theory.recipe import OPTIMIZERS
from tests.conftest import ROOT
from tests.pages import checks
from tests.pages.reading import PREFIX as OF_CLAIMS
from tests.pages.reading import plain, wrong
from view.controls import CONTROLS, text
from view.frame import PAGES

PREFIX = OF_CLAIMS | {lengths.NAME: lengths.PREFIX}
"""Page with controls -> their prefix in the address."""
OFFERED = {
    control.url: [text(v) for v in control.options if name != "n_train" or v <= SHAPES["digits"].n_train]
    for name, control in CONTROLS.items()
    if name not in {"dataset", "l2_until", *(f.name for f in fields(Hyperparameters) if f.metadata.get("later"))}
}
"""Name of a control in the address -> its values on the small images; those that the laboratory alone has are left out."""
SHORT = {"epochs": "10", "seeds": "2", "n": "200"}
MOST = 20_000
"""Updates of a run that is drawn at random: what a page trains beside it is up to twenty times as much."""
HARD = (
    {"lambda": "500", "eta": "5", "n": "20", "m": "1"},  # diverges in the first epoch
    {"lambda": "500", "eta": "10", "n": "100", "m": "1", "epochs": "20"},
    {"lambda": "500", "eta": "2", "n": "1000"},  # forgets everything at every update
    {"lambda": "200", "eta": "1", "n": "100"},  # flips for ever
    {"lambda": "500", "eta": "0.2", "n": "100", "m": "1", "epochs": "30", "cost": "quadratic", "hidden": "10"},
    {"lambda": "200", "eta": "10", "n": "1440", "m": "10"},  # decay above 1 an epoch
    {"lambda": "500", "n": "1440"},  # beyond the collapse
    {"lambda": "100", "n": "1440", "epochs": "30"},
    {"lambda": "90", "n": "1440", "epochs": "30", "eta": "1"},
    {"lambda": "0", "n": "1440"},
    {"lambda": "0", "seeds": "1"},
    {"lambda": "1", "n": "1440", "epochs": "30"},
    {"lambda": "75", "eta": "1", "n": "1440", "epochs": "100"},  # a dead network
    {"eta": "0.01", "m": "3000", "seeds": "1"},
    {"eta": "0.01", "m": "1440", "n": "1440"},
    {"m": "7", "n": "1440"},
    {"m": "3000", "n": "1440"},
    {"n": "20", "lambda": "5"},
    {"n": "20", "seeds": "16"},
    {"n": "50", "lambda": "40"},
    {"seeds": "1", "n": "1440", "epochs": "30"},
    {"seeds": "2", "n": "1440", "epochs": "30"},
    {"units": "relu", "cost": "log-likelihood", "hidden": "30-30"},
    {"units": "tanh", "hidden": "10", "lambda": "100"},
    {"hidden": "30-30", "n": "1440", "epochs": "30"},
    {"hidden": "30-30", "seeds": "1", "lambda": "0"},
    {"start": "scaled", "lambda": "0"},
    {"start": "scaled", "n": "1440", "epochs": "30", "seeds": "1"},
    {"eta": "10", "lambda": "0.1"},
    {"eta": "3", "units": "relu"},
)


def settings(count):
    """Name -> value: the ends and every value of each control, those known to be hard, and `count` drawn ones."""
    ends = [SHORT | {name: value} for name, values in OFFERED.items() for value in values]
    corners = itertools.product(("0", "0.1", "500"), ("0.01", "10"), ("1", "3000"), ("20", "1000"))
    ends += [SHORT | dict(zip(("lambda", "eta", "m", "n"), corner)) for corner in corners]
    draw, drawn = random.Random(0), []
    while len(drawn) < count:
        one = {name: draw.choice(values) for name, values in OFFERED.items()} | {"seeds": draw.choice(("1", "2", "4"))}
        if int(one["epochs"]) * int(one["n"]) <= MOST * min(int(one["m"]), 10):
            drawn.append(one)
    return [SHORT | hard for hard in HARD] + ends + drawn


def opened(name, address):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    at.switch_page(f"pages/{name}.py")
    for key, value in address.items():
        at.query_params[key] = value
    return at.run()


def complaints(at):
    """[(check, what is wrong)] of the page as it stands, if it stands."""
    raised = [("exception", f"{e.value} {' '.join(e.proto.stack_trace[-1:]).split(', in ')[0]}") for e in at.exception]
    return raised + wrong(at)


def moved(at, prefix, draw):
    """The same page with its own controls at other values and its bet answered."""
    known = {f"{prefix}_{control.url}" for control in CONTROLS.values()}
    for widget in [*at.select_slider, *at.button_group]:
        if widget.key not in known:
            widget.set_value(draw.choice(widget.options) if not widget.key.endswith("_bet") else draw.choice(_guesses(widget)))
    return at.run()


def _guesses(bet):
    """The values behind the buttons of a bet."""
    return [checks.amount(plain(option).removesuffix(" %")) / (100 if "%" in option else 1) for option in bet.options]


def visits(count):
    """(page, address) of everything to be looked at."""
    for name in PAGES:
        yield name, {}
    for unit, units, start in itertools.product(("1", "10"), ("30", "100"), ("large", "scaled")):
        yield "book", {"book_unit": unit, "book_units": units, "book_start": start, "book_seed": "1000"}
    for preset, optimizer, schedule in itertools.product(published(), OPTIMIZERS, today.SCHEDULES):
        yield today.NAME, {"today_preset": preset, "today_opt": optimizer, "today_schedule": schedule}
    for setting, (name, prefix) in itertools.product(settings(count), PREFIX.items()):
        yield name, {f"{prefix}_{control}": value for control, value in setting.items()}


def pressed(name):
    """(label, the page) after each of its presets."""
    for button in [b.key for b in opened(name, {}).button if b.key and "_preset_" in b.key]:
        at = opened(name, {})
        at.button(key=button).click()
        yield button, at.run()


def sweep(count, pages):
    """(page, address or preset, check, what is wrong), as it is found."""
    draw = random.Random(1)
    for name, address in visits(count):
        if name in pages:
            at = opened(name, address)
            at_rest = "&".join(f"{k}={v}" for k, v in address.items())
            yield from ((name, at_rest, *one) for one in complaints(at))
            if not at.exception:
                shown = moved(at, PREFIX.get(name, name), draw)
                yield from ((name, f"{at_rest} moved", *one) for one in complaints(shown))
            yield name, at_rest, "", ""
    for name in PREFIX:
        if name in pages:
            for label, at in pressed(name):
                yield from ((name, label, *one) for one in complaints(at))
                yield name, label, "", ""


def kind(what):
    """A complaint without its numbers, which differ from setting to setting."""
    return re.sub(r"[−\d][\d.,]*(?<=\d)(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", "N", what)


def main(count=200, *pages):
    logging.disable(logging.WARNING)
    seen, visited = {}, 0
    for name, where, check, what in sweep(int(count), pages or PAGES):
        if not check:
            visited += 1
            print(f"{visited} visits, {len(seen)} findings", end="\r", file=sys.stderr, flush=True)
        elif (name, check, kind(what)) in seen:
            seen[name, check, kind(what)] += 1
        else:
            seen[name, check, kind(what)] = 1
            print(f"{name}?{where}\n    {check}: {what}", flush=True)
    print(f"\n{visited} visits; {len(seen)} kinds of finding, at {sum(seen.values())} places")
    for (name, check, what), times in sorted(seen.items(), key=lambda item: -item[1]):
        print(f"{times:5} {name} {check}: {what}")
    return bool(seen)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
