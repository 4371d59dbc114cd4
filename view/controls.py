"""One table of controls: hyperparameter -> label, values, name in the URL."""

import math
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from itertools import cycle

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine import Hyperparameters, budget
from engine.datasets import SHAPES
from engine.normalization import NORMALIZATIONS
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES
from engine.values import ETAS, LAMBDAS
from view import runs, sent


@dataclass(frozen=True)
class Control:
    """A slider over chosen values, or a menu of names. `url` is its name in the page's address, after the page's prefix."""

    url: str
    label: str
    options: tuple
    help: str | None = None


CONTROLS = {
    "l2": Control("lambda", "Regularisation λ", (0, *LAMBDAS)),
    "learning_rate": Control("eta", "Learning rate η", ETAS),
    "batch_size": Control("m", "Mini-batch size m", (1, 2, 5, 7, 10, 20, 50, 100, 200, 500, 1000, 1440, 3000)),
    "dataset": Control(
        "data",
        "Images",
        ("digits", "mnist"),
        "digits: 1,797 of 8x8 pixels; mnist: 60,000 of 28x28, a download of 12 MB",
    ),
    "n_train": Control("n", "Training examples n", (20, 50, 100, 200, 500, 1000, 1440, 5000, 20000, 50000)),
    "hidden": Control("hidden", "Hidden units", ((10,), (30,), (100,), (30, 30))),
    "initialization": Control("start", "First weights", ("large", "scaled"), "large is N(0, 1), scaled is N(0, 1/fan-in)"),
    "activation": Control("units", "Hidden unit", ("sigmoid", "tanh", "relu")),
    "cost": Control("cost", "Cost", ("cross-entropy", "quadratic", "log-likelihood")),
    "optimizer": Control(
        "optimiser", "Optimiser", tuple(OPTIMIZERS), "adam is with L2 in its gradient, adamw and sgdw decay beside it"
    ),
    "schedule": Control("schedule", "Schedule of η", tuple(SCHEDULES)),
    "normalization": Control(
        "norm", "Hidden weights", tuple(NORMALIZATIONS), "unit: their weights enter by their direction alone"
    ),
    "momentum": Control("momentum", "Momentum μ", (0.0, 0.5, 0.9, 0.95, 0.99), "of momentum and sgdw"),
    "beta1": Control("beta1", "β₁", (0.0, 0.8, 0.9, 0.95), "of adam and adamw"),
    "beta2": Control("beta2", "β₂", (0.9, 0.95, 0.99, 0.999), "of adam and adamw"),
    "epsilon": Control("epsilon", "ε", (1e-10, 1e-8, 1e-6, 1e-4), "of adam and adamw"),
    "warmup": Control("warmup", "Warm-up, epochs", (0.0, 1.0, 2.0, 5.0, 10.0), "η rises linearly"),
    "final_fraction": Control("final", "η at the end, of its peak", (0.0, 0.01, 0.1, 0.5), "of a schedule"),
    "steps": Control("steps", "Steps of the schedule", (1, 2, 3, 4), "of equal factors"),
    "l2_until": Control("l2until", "L2 until epoch", (None, 2, 5, 10, 20, 30, 50), "None: to the end"),
    "epochs": Control("epochs", "Epochs", (10, 20, 30, 50, 60, 100, 200, 300)),
    "replicates": Control("seeds", "Number of seeds", (1, 2, 4, 8, 16)),
    "seed": Control("seed", "First seed", (0, 100, 200, 300, 400)),
}


def text(value):
    """A value as the slider shows it and the URL carries it."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def offered(name, dataset):
    """The values of a control; of the number of examples, as many as the data have."""
    options = CONTROLS[name].options
    return options if name != "n_train" else tuple(n for n in options if n <= SHAPES[dataset].n_train)


SHOWN, MANY = 20, 3
"""Of what the address has for a control, as many characters of as many values are shown to the reader."""
ROUGH = 3.0
"""From this learning rate on runs part where processors round differently: by 2 % of a size at 3, where by 1e-5 at 2."""
ROUGHLY = "At so large an η rounding grows with every update: another processor may give other sizes and verdicts."
RETRY = 60
"""Seconds after which data that could not be had are asked for again."""


class Controls:
    """Widgets bound to the page's address, where each name begins with `prefix`: two with other prefixes may share a page.

    The widgets hold texts, so that a value has one spelling. `side` follows the names of hyperparameters there.
    """

    def __init__(self, prefix, side=""):
        self.prefix, self._side = prefix, side
        self._shown = {}  # name in the address -> text of the value, of every control that was drawn
        self._defaults = {}  # the same names -> what the widget opens with
        self._moved = []  # names of those that show another value than that
        self._filling = []  # what has to be called once a menu shows another value

    def name(self, url):
        """Of a control in the address, and of its widget in st.session_state."""
        return f"{self.prefix}_{url}"

    def panel(self, default, main, more, why, also=lambda h: None, below=None, folded=None, notice=None):
        """The controls of `main` in sight and those of `more` folded, hyperparameters by name; the run they ask for.

        `why` says why the page opens with the default, `also(h)` makes what else the page trains, with the limits of any run.
        A run that is too much for one reader (engine.budget) is not accepted either.

        What is not accepted, in the address or by the engine, is said in a line, and the default is used. The lines stand in
        the container `notice`, what is said of the settings in `below` and the fold in `folded`, where these are given.
        """
        values, lines = {"dataset": default.dataset}, []

        def draw(name):
            values[name], more_lines = self._hyperparameter(name, default, values["dataset"])
            lines.extend(more_lines)

        for name, place in zip(main, st.columns(len(main), gap="large", vertical_alignment="bottom")):
            with place:
                draw(name)
        with folded or nullcontext(), st.expander("More settings"):
            for name, place in zip(more, cycle(st.columns(2, gap="large"))):
                with place:
                    draw(name)
        with below or nullcontext():
            h, problem = hyperparameters(default, values, also)
            problem = problem or runs.fetch(h, st.empty(), RETRY)
            opens = f"The page opens with λ = {default.l2:g} and {default.epochs} epochs, {why}."
            st.caption(ROUGHLY if h.learning_rate >= ROUGH else opens)  # one line in place of another: nothing moves
        with notice or nullcontext():
            _say(lines + [f"Not accepted, so the default is shown: {problem}"] * bool(problem))
        return default if problem else h

    def choice(self, url, label, options, default):
        """A slider over values that are no hyperparameter; returns its value."""
        values, name = {text(value): value for value in options}, self.name(url)
        asked = st.query_params.get_all(name)
        near = _seed(name, asked, values)
        shown = self._show(
            name, st.select_slider(label, list(values), text(default), key=name, bind="query-params"), text(default)
        )
        _say(refused(name, asked, values.__contains__, shown, near=near))
        return values[shown]

    def whole(self, url, label, low, high):
        """A field for a whole number; returns it. It opens with the lowest."""
        name = self.name(url)
        asked = st.query_params.get_all(name)
        # a field for any number: one for whole numbers raises OverflowError at an infinite one in the address
        field = st.number_input(label, float(low), float(high), float(low), 1.0, "%.0f", key=name, bind="query-params")
        shown = self._show(name, int(field), float(low))
        _say(refused(name, asked, lambda given: low <= _number(given) <= high and _number(given).is_integer(), shown))
        return shown

    def amount(self, url, label, low, high, default, whole=False, help=None):
        """A field for a number from `low` to `high`; returns it, an int where it is to be `whole`."""
        name = self.name(url)
        asked = st.query_params.get_all(name)
        style = "%.0f" if whole else "%g"
        step = 1.0 if whole else 10.0 ** math.floor(math.log10(default or high / 10))
        field = st.number_input(
            label, float(low), float(high), float(default), step, style, key=name, bind="query-params", help=help
        )
        shown = self._show(name, int(field) if whole else field, float(default))

        def accepted(given):
            return low <= _number(given) <= high and (not whole or _number(given).is_integer())

        _say(refused(name, asked, accepted, text(shown)))
        return shown

    def menu(self, url, label, options, default, changed=None):
        """A menu; `options` are texts as the address has them. `changed` is called once another was picked, by a reset too."""
        name = self.name(url)
        asked = st.query_params.get_all(name)
        place = list(options).index(default)
        picked = st.selectbox(label, options, place, key=name, bind="query-params", on_change=changed)
        shown = self._show(name, picked if picked in options else default, default)
        self._filling += [changed] if changed else []
        _say(refused(name, asked, options.__contains__, shown))
        return shown

    def fill(self, **values):
        """Fields of `amount` and menus, by their names in the address; they show these values from the next run on."""
        for url, value in values.items():
            st.session_state[self.name(url)] = value if isinstance(value, str) else float(value)

    def presets(self, offered):
        """A row of settings to try, label -> hyperparameters -> values; those that the controls show are marked."""
        with st.container(horizontal=True, gap="xxsmall", key=self.name("presets")):
            for label, values in offered.items():  # buttons have no state that could be told late
                kind = "primary" if self._show_these(values) else "secondary"
                st.button(label, type=kind, key=self.name(f"preset_{label}"), on_click=self.set, kwargs=values)

    def pair(self, other, label, mine, theirs):
        """A button that sets hyperparameters here and in another Controls."""

        def both():
            self.set(**mine)
            other.set(**theirs)

        st.button(label, on_click=both, key=self.name(f"preset_{label}"))

    def set(self, **values):
        """Hyperparameters by name; the widgets show them from the next run on."""
        for name, value in values.items():
            st.session_state[self.name(CONTROLS[name].url)] = text(value)

    def reset(self, *others):
        """Every control drawn here and by others shows from the next run on what it opens with; the address is bare then."""
        for controls in (self, *others):
            st.session_state.update(controls._defaults)
            for fill in controls._filling:
                fill()

    def address(self, *others):
        """The page's address with the value of every control drawn here and by others: explicit, should defaults change."""
        base = (st.context.url or "").split("?")[0]
        shown = [pair for controls in (self, *others) for pair in controls._shown.items()]
        return base + "?" + "&".join(f"{name}={value}" for name, value in shown)

    def changed(self, *others):
        """name=value of the controls drawn here and by others, of all that do not show what they open with."""
        return [f"{name}={controls._shown[name]}" for controls in (self, *others) for name in controls._moved]

    def under(self, prefix):
        """The hyperparameters drawn here as they stand in an address, under another prefix."""
        names = {self.name(control.url): f"{prefix}_{control.url}" for control in CONTROLS.values()}
        return {names[name]: value for name, value in self._shown.items() if name in names}

    def _hyperparameter(self, name, default, dataset):
        """Draw the control of one; its value, and lines on what it did not accept."""
        control = CONTROLS[name]
        values = {text(value): value for value in offered(name, dataset)}
        start = next(t for t, value in values.items() if value == getattr(default, name))
        name = self.name(control.url)
        asked = st.query_params.get_all(name)
        near = _seed(name, asked, values)
        shared = dict(key=name, bind="query-params", help=control.help)
        if isinstance(control.options[0], int | float):
            shown = st.select_slider(control.label + self._side, list(values), start, **shared)
        else:
            shown = st.segmented_control(control.label + self._side, list(values), default=start, required=True, **shared)
        if shown not in values:  # "required" is kept by the browser alone
            shown = start
        self._show(name, shown, start)
        return values[shown], refused(name, asked, values.__contains__, shown, f" (accepted: {', '.join(values)})", near)

    def _show(self, name, value, default):
        self._shown[name], self._defaults[name] = text(value), default
        if value != default:
            self._moved.append(name)
        return value

    def _show_these(self, values):
        """Whether the controls show these values of hyperparameters."""
        return all(self._shown.get(self.name(CONTROLS[name].url)) == text(value) for name, value in values.items())


def _number(given):
    """What the field for a number reads in a text of the address: 1e3 is 1000."""
    try:
        return float(given)
    except ValueError:
        return math.nan


def nearest(given, values):
    """Of the offered values, text -> value, the text of the one nearest to a number in the address; None if there is none.

    Nearest is meant as a factor. A number beyond the least and the largest has none, nor has a text that is no number.
    """
    numbers = {one: value for one, value in values.items() if isinstance(value, int | float)}
    wanted = _number(given)
    if not numbers or not min(numbers.values()) <= wanted <= max(numbers.values()):
        return None
    same = [one for one, value in numbers.items() if value == wanted]
    return (
        same[0]
        if same
        else min((one for one in numbers if numbers[one] > 0), key=lambda one: abs(math.log(numbers[one] / wanted)))
    )


def _seed(name, asked, values):
    """Let the address ask for what is nearest to the one number that it asks of a new control, and return that; else None."""
    if len(asked) != 1 or asked[0] in values or name in st.session_state:
        return None
    near = nearest(asked[0], values)
    if near is not None:
        st.query_params[name] = near
        with get_script_run_ctx().session_state.query_params() as address:
            address.set_initial_query_params_from_current()  # what Streamlit reads a new control from
    return near


def refused(name, asked, accepted, shown, more="", near=None):
    """Lines on what the address asked of a control and it did not accept, with what it shows instead.

    `near` is what stands for a number that is not offered: nothing is said where it is that number in another spelling.
    """
    if near == shown:
        same = _number(asked[0]) == _number(near)
        return [] if same else [f"{quoted(f'{name}={asked[0][:SHOWN]}')} is not offered, so the nearest is shown: {near}"]
    given = quoted(", ".join(f"{name}={one[:SHOWN]}" for one in asked[:MANY]) + ", …" * (len(asked) > MANY))
    if len(asked) > 1:
        return [f"Given more than once, so {shown} is used: {given}"]
    return [f"Not accepted, so {shown} is used: {given}{more}" for one in asked if not accepted(one)]


def quoted(given):
    """A reader's text, to be shown as it is: in a span of code Markdown sees no link, no formula, no colour, no tag."""
    return "`" + " ".join(given.replace("`", "'").split()) + "`"


def _say(lines):
    """Quiet lines below a control, on it and on whatever else the browser sent so far that was not accepted."""
    forged = [f"Not accepted, so the default is shown: what was sent for {quoted(name)}" for name in sent.refused()]
    for line in lines + forged:
        st.caption(line)


def hyperparameters(default, values, also):
    """The run that the controls ask for, and what was wrong with them, if anything: then the default run."""
    try:
        h = replace(default, fan_in=None, **values)  # as many inputs as the images have
        for asked in filter(None, (h, also(h))):
            budget.check(asked, asked.epochs)
        return h, None
    except ValueError as error:
        return default, str(error)


def code(**asked):
    """The lines of Python that make these runs, name=hyperparameters."""
    lines, default = ["from engine import Hyperparameters, train", ""], Hyperparameters()
    for name, h in asked.items():
        changed = [f"{f.name}={getattr(h, f.name)!r}" for f in fields(h) if getattr(h, f.name) != getattr(default, f.name)]
        lines.append(f"{name} = train(Hyperparameters({', '.join(changed)}))")
    return "\n".join(lines) + "\n"
