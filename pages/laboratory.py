"""The laboratory: two settings side by side."""

from view import frame

frame.enter()

import streamlit as st

from engine.claims import laboratory
from view.claims.laboratory import figures, tables
from view.controls import Controls, code
from view.layout import Article
from view.made import Once

MAIN = ("l2", "learning_rate", "epochs")
MORE = (
    *("optimizer", "schedule", "initialization", "normalization", "activation", "cost"),
    *("momentum", "beta1", "beta2", "epsilon", "warmup", "final_fraction", "steps", "l2_until"),
    *("dataset", "n_train", "batch_size", "hidden", "replicates", "seed"),
)
PRESETS = {
    "two starts": ({}, {"initialization": "scaled"}),
    "with and without L2": ({}, {"l2": 0}),
    "Adam and AdamW": ({"optimizer": "adam", "learning_rate": 0.01}, {"optimizer": "adamw", "learning_rate": 0.01}),
    "sigmoid and ReLU": ({}, {"activation": "relu"}),
    "mini-batches of 10 and 100": ({}, {"batch_size": 100}),
}
CODE = """import numpy as np
from engine.claims.laboratory import series

a, b = series("{name}", one)[1], series("{name}", other)[1]  # (seeds, epochs)
print(np.mean(a, axis=0), np.mean(b, axis=0))
"""

one, other = Controls(laboratory.A, ", A"), Controls(laboratory.B, ", B")
article = Article(laboratory.NAME, one)
laboratory, figures, tables = map(Once, (laboratory, figures, tables))
with article.place("presets"), st.container(horizontal=True):
    for label, (mine, theirs) in PRESETS.items():
        one.pair(other, label, laboratory.plain(MAIN + MORE, mine), laboratory.plain(MAIN + MORE, theirs))
with article.place("A"):
    h = one.panel(laboratory.DEFAULT, MAIN, MORE, "as most pages do")
with article.place("B"):
    g = other.panel(laboratory.OTHER, MAIN, MORE, "from the scaled start, and else as A")
with article.place("measurement"):
    name = one.menu("show", "What is measured", laboratory.MEASUREMENTS, laboratory.FIRST)
article.actions(other)
longest = max(h.epochs, g.epochs)


def draw(followed):
    courses = tables.courses(name, followed), laboratory.MEASUREMENTS[name], longest
    article.figure("courses").draw(*figures.courses(*courses))
    article.figure("difference").draw(*figures.difference(tables.difference(name, followed), longest))


found = article.follow(laboratory.runs(h, g), draw)
article.tell(**laboratory.facts(name, found))
shown = code(one=h, other=g) + CODE.format(name=name)
article.take_away(lambda: tables.everything(name, found), "laboratory.csv", shown, also=[other])
article.end()
