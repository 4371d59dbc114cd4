"""The controls of a training recipe: a preset, and fields that open with its values."""

import streamlit as st

from engine.claims import today
from engine.theory.recipe import MOST, OPTIMIZERS

URLS = {
    "learning_rate": "eta",
    "weight_decay": "k",
    "optimizer": "opt",
    "momentum": "mu",
    "schedule": "schedule",
    "warmup": "warmup",
    "final": "final",
    "updates": "updates",
    "examples": "examples",
    "batch": "batch",
    "epochs": "epochs",
    "start": "rms",
}
"""What a recipe is asked for -> its name in the address."""


def chosen(controls, published):
    """Draw them; the name of the preset, the Recipe asked for, and what was wrong with it: then it is the preset's."""

    def fill():
        picked = st.session_state[controls.name("preset")]
        controls.fill(**{URLS[key]: value for key, value in today.opened(picked).items()})

    first, second, third = st.columns([2, 1, 1], gap="large")
    with first:
        name = controls.menu("preset", "A published run to begin with", list(published), today.DEFAULT, fill)
    opened, values = today.opened(name), {}

    def amount(key, label, low, high, whole=False, help=None):
        values[key] = controls.amount(URLS[key], label, low, high, opened[key], whole, help)

    def menu(key, label, options):
        values[key] = controls.menu(URLS[key], label, options, opened[key])

    with second:
        amount("learning_rate", "Peak learning rate η", 1e-8, 100)
    with third:
        amount("weight_decay", "Weight decay k", 1e-8, 100)
    with st.expander("More: optimiser, schedule, length, start"):
        left, right = st.columns(2, gap="large")
        with left:
            menu("optimizer", "Optimiser", OPTIMIZERS)
            amount("momentum", "Momentum μ, of momentum and sgdw", 0, 0.999)
            menu("schedule", "Schedule", today.SCHEDULES)
            amount("warmup", "Warm-up in updates, of your own schedule", 0, MOST, True)
            amount("final", "Share of the peak at the end, of linear and cosine", 0, 1)
        with right:
            amount("updates", "Updates", 1, MOST, True)
            amount("examples", "Training examples, to count in epochs", 0, 1e12, True, "0 where there are no epochs")
            amount("batch", "Batch size", 0, 1e12, True)
            amount("epochs", "Epochs, in place of updates", 0, 1e6, True, "0 where the run is given in updates")
            amount("start", "Size (rms) of the weights at the start", 1e-6, 100)
    try:
        return name, today.asked(name, **values), None
    except ValueError as error:
        return name, published[name].recipe, str(error)
