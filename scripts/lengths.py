"""How far the laws of engine.lengths reach: python -m scripts.lengths [ratios clock sizes mnist book].

Prints a table for each: K with heat over the measured ratio at rest; the clock of the difference over the first epochs; |W|^2
at rest over its prediction without training, on the digits and on MNIST; and the book's network beside K and its heat. A
quarter of an hour in all on one core, most of it for MNIST.
"""

import math
import sys
from dataclasses import replace

import numpy as np

from engine import RunCache, lengths, theory
from engine.hyperparameters import Hyperparameters
from engine.initialization import STARTS
from engine.lengths.balance import LAST
from engine.studies import book
from engine.verdicts.lengths import CLOCK_EPOCHS

CACHE = RunCache()
DIGITS = Hyperparameters(l2=10.0, replicates=3)
REST = 12.0
"""exp(-REST) of the draw is left at the end."""


def to_rest(h, least=60):
    return replace(h, epochs=max(least, math.ceil(REST * h.batch_size / (h.learning_rate * h.l2))))


def row(*cells):
    print("| " + " | ".join(f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |")


def head(title, *columns):
    print(f"\n{title}\n")
    row(*columns)
    print("|" + "---|" * len(columns))


def ratios():
    head(
        "K with heat, and the measured ratio |W_1|^2 / |W_2|^2", "units", "eta", "lambda", "h", "K", "measured", "K / measured"
    )
    cases = [("sigmoid", 0.1, lam, 30) for lam in (2, 5, 10, 20, 30, 40, 60)]
    cases += [("sigmoid", 0.1, 10, units) for units in (10, 100, 200)]
    cases += [("tanh", 0.1, lam, 30) for lam in (2, 10, 30)] + [("tanh", 0.1, 10, units) for units in (10, 100)]
    cases += [("relu", 0.02, 5, 30)]
    for units, eta, lam, width in cases:
        h = to_rest(replace(DIGITS, activation=units, learning_rate=eta, l2=float(lam), hidden=(width,)))
        asked, found = lengths.ratio(h, h.epochs, CACHE)[:, 0], lengths.measured_ratio(CACHE.train(h))[:, 0]
        row(units, eta, lam, width, asked.mean(), found.mean(), (asked / found).mean())


def clock():
    head("The difference of squared lengths over its clock, ReLU, lambda 5", "eta", "epochs", "farthest", "at epoch")
    for eta, epochs in ((0.1, CLOCK_EPOCHS), (0.02, 60)):
        h = replace(DIGITS, activation="relu", learning_rate=eta, l2=5.0, epochs=epochs)
        squared = CACHE.train(h).norm_squared
        apart = (squared[:, :, 0] - squared[:, :, 1]).mean(axis=0)
        off = apart / apart[0] / theory.difference_left(*h.symbols, np.arange(epochs + 1)) - 1
        farthest = int(np.abs(off).argmax())
        row(eta, epochs, off[farthest], farthest)


def resting(h):
    """|W|^2 of every layer, mean of both starts, seeds and the last epochs; and over each other from the two starts."""
    runs = [CACHE.train(replace(h, initialization=start)) for start in STARTS]
    of_starts = np.array([run.norm_squared[:, -LAST:].mean(axis=(0, 1)) for run in runs])
    return of_starts.mean(axis=0), of_starts[0] / of_starts[1]


def size_rows(cases):
    for h in cases:
        squared, apart = resting(h)
        size = lengths.at_rest(h)
        over = squared / size if size else squared
        row(h.l2, h.hidden[0], h.n_train, size, *squared, *over, *apart)


COLUMNS = ("lambda", "h", "n", "predicted", "hidden", "output", "hidden / pred.", "output / pred.", "starts", "starts")


def sizes():
    head("|W|^2 at rest and its prediction, digits", *COLUMNS)
    size_rows(to_rest(replace(DIGITS, l2=float(lam))) for lam in (1, 2, 5, 10, 20, 30, 40, 60, 80))
    size_rows(to_rest(replace(DIGITS, hidden=(units,))) for units in (10, 20, 40, 80, 160, 320))


def mnist():
    head("|W|^2 at rest and its prediction, MNIST", *COLUMNS)
    images = Hyperparameters(dataset="mnist", replicates=1, batch_size=10)
    size_rows(
        replace(images, l2=float(lam), learning_rate=eta, epochs=epochs)
        for lam, eta, epochs in ((500, 0.02, 12), (50, 0.05, 40))
    )


def of_the_book():
    """One seed, trained here: what ships of the book's runs has no networks, from which K and heat are read."""
    head(
        "The book's network, epochs 291 to 300, one seed",
        "layer",
        "|W|^2",
        "of what decay takes, pulled",
        "heat",
        "K",
        "measured",
    )
    h = replace(book.arms((30,), 300)["large"], replicates=1)
    found = lengths.balance(h, h.epochs, LAST, CACHE)
    for layer, name in enumerate(h.layer_names):
        squared, taken, pull, heat = (a[0, layer] for a in (found.squared / LAST, found.taken, found.pull, found.heat))
        row(name, squared, pull / taken, heat / taken, *((found.ratio[0, 0], found.measured[0, 0]) if layer == 0 else ("", "")))


TABLES = {"ratios": ratios, "clock": clock, "sizes": sizes, "mnist": mnist, "book": of_the_book}

if __name__ == "__main__":
    for name in sys.argv[1:] or TABLES:
        TABLES[name]()
