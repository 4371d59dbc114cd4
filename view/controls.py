"""One table of controls: hyperparameter -> label, values, name in the URL."""

from dataclasses import dataclass, fields, replace
from itertools import cycle

import streamlit as st

from engine import Hyperparameters, sweep
from engine.datasets import SHAPES
from view import article, runs


@dataclass(frozen=True)
class Control:
    """A slider over chosen values, or a menu of names. `url` is its name in the page's address, after the page's prefix."""

    url: str
    label: str
    options: tuple
    help: str | None = None


CONTROLS = {
    "l2": Control("lambda", "Regularisation $\\lambda$", (0, *sweep.LAMBDAS)),
    "learning_rate": Control("eta", "Learning rate $\\eta$", sweep.ETAS),
    "batch_size": Control("m", "Mini-batch size $m$", (1, 2, 5, 7, 10, 20, 50, 100, 200, 500, 1000, 1440, 3000)),
    "dataset": Control(
        "data",
        "Images",
        ("digits", "mnist"),
        "digits: 1,797 of 8x8 pixels; mnist: 60,000 of 28x28, a download of 12 MB",
    ),
    "n_train": Control("n", "Training examples $n$", (20, 50, 100, 200, 500, 1000, 1440, 5000, 20000, 50000)),
    "hidden": Control("hidden", "Hidden units", ((10,), (30,), (100,), (30, 30))),
    "initialization": Control("start", "First weights", ("large", "scaled"), "large is N(0, 1), scaled is N(0, 1/fan-in)"),
    "activation": Control("units", "Hidden unit", ("sigmoid", "tanh", "relu")),
    "cost": Control("cost", "Cost", ("cross-entropy", "quadratic", "log-likelihood")),
    "epochs": Control("epochs", "Epochs", (10, 20, 30, 50, 60, 100, 200, 300)),
    "replicates": Control("seeds", "Number of seeds", (1, 2, 4, 8, 16)),
    "seed": Control("seed", "First seed", (0, 100, 200, 300, 400)),
}


def text(value):
    """A value as the slider shows it and the URL carries it."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def key(page, name):
    """Of the widget in st.session_state, and of its value in the URL."""
    return f"{page}_{CONTROLS[name].url}"


def offered(name, dataset):
    """The values of a control; of the number of examples, as many as the data have."""
    options = CONTROLS[name].options
    return options if name != "n_train" else tuple(n for n in options if n <= SHAPES[dataset].n_train)


def draw(page, name, default, dataset):
    """Draw one control, bound to the URL; returns its value. The widgets hold texts, so that a value has one spelling."""
    control = CONTROLS[name]
    values = {text(value): value for value in offered(name, dataset)}
    start = next(t for t, value in values.items() if value == getattr(default, name))
    shared = dict(key=key(page, name), bind="query-params", help=control.help)
    if isinstance(control.options[0], int | float):
        return values[st.select_slider(control.label, list(values), start, **shared)]
    return values[st.segmented_control(control.label, list(values), default=start, required=True, **shared)]


def choice(page, url, label, options, default):
    """A slider over values that are no hyperparameter, bound to the URL as `page_url`; returns its value."""
    values = {text(value): value for value in options}
    _refuse(f"{page}_{url}", lambda given: given in values)
    return values[st.select_slider(label, list(values), text(default), key=f"{page}_{url}", bind="query-params")]


def _refuse(name, accepted):
    """Say so where the address has a value that a control does not accept."""
    for given in st.query_params.get_all(name):
        if not accepted(given):
            st.caption(f"Not accepted, so the default is shown: {name}={given[:20]}")


def whole(page, url, label, low, high):
    """A field for a whole number, bound to the URL as `page_url`; returns it. It opens with the lowest."""
    _refuse(f"{page}_{url}", lambda given: given.isdecimal() and low <= int(given) <= high)
    return st.number_input(label, low, high, low, key=f"{page}_{url}", bind="query-params")


def switch(page, what, label, place):
    """A button in `place` that asks for `what`, which takes long, and then one that gives it up; whether it is asked for."""
    name = f"{page}_asked"
    if st.session_state.get(name) != what:
        st.session_state.pop(name, None)
        place.button(label, on_click=st.session_state.update, args=({name: what},), key=f"{page}_start_button", type="primary")
        return False
    place.button("Stop training", on_click=st.session_state.pop, args=(name, None), key=f"{page}_stop_button")
    return True


def switch_off(page, what, label, place):
    """What `switch` asked for cannot be had: it is not asked for any more."""
    st.session_state.pop(f"{page}_asked")
    switch(page, what, label, place)


def switched(page, place, label):
    """What `switch` asked for is there: the button can only put it away."""
    place.button(label, on_click=st.session_state.pop, args=(f"{page}_asked", None), key=f"{page}_away_button")


RETRY = 60
"""Seconds after which data that could not be had are asked for again."""


def panel(page, default, main, more, why, also=lambda h: None):
    """All controls of a page, those of `main` in sight and those of `more` folded; the run they ask for, and their values.

    `why` says why the page opens with the default, `also(h)` makes what else the page trains, with the limits of any run.

    What is not accepted, in the address or by the engine, is said in a line below, and the default is used.
    """
    values, lines = {"dataset": default.dataset}, refused(page, main + more, default)
    with article.column(article.FIGURE):
        for name, place in zip(main, st.columns(len(main), gap="large")):
            with place:
                values[name] = draw(page, name, default, values["dataset"])
        with st.expander("More: images, network, start, epochs, seeds"):
            for name, place in zip(more, cycle(st.columns(2, gap="large"))):
                with place:
                    values[name] = draw(page, name, default, values["dataset"])
        st.caption(f"The page opens with λ = {default.l2:g} and {default.epochs} epochs, {why}.")
        h, problem = hyperparameters(default, values, also)
        problem = problem or runs.fetch(h, st.empty(), RETRY)
        for line in [*lines, *([problem] if problem else [])]:
            st.caption(f"Not accepted, so the default is shown: {line}")
    return default if problem else h, values


def hyperparameters(default, values, also):
    """The run that the controls ask for, and what was wrong with them, if anything: then the default run."""
    try:
        h = replace(default, fan_in=None, **values)  # as many inputs as the images have
        also(h)
        return h, None
    except ValueError as error:
        return default, str(error)


def refused(page, names, default):
    """One line on every value in the URL that its control does not accept; taken before the controls are drawn."""
    lines, dataset = [], st.query_params.get(key(page, "dataset"), default.dataset)
    dataset = dataset if dataset in CONTROLS["dataset"].options else default.dataset
    for name in names:
        accepted = [text(option) for option in offered(name, dataset)]
        for given in st.query_params.get_all(key(page, name)):
            if given not in accepted:
                lines.append(f"{key(page, name)}={given[:20]} (accepted: {', '.join(accepted)})")
    return lines


def preset(page, label, **values):
    """A button that sets controls, for use inside the text."""

    def set_controls():
        for name, value in values.items():
            st.session_state[key(page, name)] = text(value)

    st.button(label, on_click=set_controls, key=f"{page}_preset_{label}")


def address(page, values):
    """The page's address with every value explicit, so that it keeps its meaning when defaults change."""
    return link(page, **{CONTROLS[name].url: value for name, value in values.items()})


def link(page, **values):
    """The page's address with these values."""
    base = (st.context.url or "").split("?")[0]
    return base + "?" + "&".join(f"{page}_{name}={text(value)}" for name, value in values.items())


def code(**asked):
    """The lines of Python that make these runs, name=hyperparameters."""
    lines = ["from engine import Hyperparameters, train", ""]
    for name, h in asked.items():
        changed = [
            f"{f.name}={getattr(h, f.name)!r}" for f in fields(h) if getattr(h, f.name) != getattr(Hyperparameters(), f.name)
        ]
        lines.append(f"{name} = train(Hyperparameters({', '.join(changed)}))")
    return "\n".join(lines) + "\n"
