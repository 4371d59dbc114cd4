"""The shipped account of the difference of two squared lengths."""

import numpy as np

from engine import initialization
from engine.lengths import clock
from engine.studies import difference


def test_the_parts_add_up_to_what_was_measured():
    found = difference.results()
    h = difference.RELU
    assert found.measured.shape == (h.replicates, h.epochs + 1, 1)
    start = np.abs(found.measured[:, :1])
    np.testing.assert_allclose(found.measured / start, (found.decay + found.biases + found.heat) / start, rtol=0, atol=1e-10)


def test_it_starts_from_the_draw_and_fades_by_decay():
    found, h = difference.results(), difference.RELU
    squares = [(w.astype(float) ** 2).sum(axis=(1, 2)) for w in initialization.draw(h, np.float64).weights]
    np.testing.assert_allclose(found.measured[:, 0, 0], squares[0] - squares[1], rtol=1e-12)
    np.testing.assert_allclose(found.decay[:, 60, 0] / found.decay[:, 0, 0], (1 - 0.1 * 2 / 1440) ** (2 * 60 * 144), rtol=1e-9)


def test_its_first_epochs_are_those_of_the_run():
    """In double precision, on another processor too: rounding has not grown by then."""
    found, again = difference.results(), clock(difference.RELU, 2)
    for shipped, made in zip(found, again):
        np.testing.assert_allclose(shipped[:, :3], made, rtol=0, atol=1e-9 * np.abs(found.measured[:, :1]).max())
