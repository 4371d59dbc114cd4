"""The film of the opening: its frames against another training's weights, and against decay in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Hyperparameters
from engine.archive import RESULTS
from engine.files import Damaged
from engine.studies import book, film

SHIPPED = film.results()
BOOK, BARE = SHIPPED
EXAMPLE = book.example((30,), "large")
HALF = film.FULL / film.LEVELS / 2
"""Half a step: how far a frame may be from its weights."""
ROUNDING = 1e-3
"""Of weights up to 2 in half precision, in which the book's study stores them."""


def assert_shows(frames, weights, rounding):
    """Within half a step on the scale, and at its end beyond."""
    beyond = np.abs(weights) > film.FULL
    shown = frames * (film.FULL / film.LEVELS)
    assert (np.abs(shown - weights)[~beyond] <= HALF + rounding).all()
    assert (shown[beyond] == film.FULL * np.sign(weights[beyond])).all()


def test_steps_by_hand():
    """A step is 2 / 32 = 0.0625."""
    weights = np.array([0, 0.0312, 0.0313, -0.0625, 1.0, 1.99, 2.5, -7])
    assert film.steps(weights).tolist() == [0, 0, 1, -1, 16, 32, 32, -32]


def test_the_films_are_of_the_books_network_and_differ_in_lambda_alone():
    assert [film.h.l2 for film in SHIPPED] == [5.0, 0.0]
    for h in film.films():
        assert replace(h, l2=5.0) == replace(EXAMPLE, epochs=h.epochs, replicates=1)


def test_the_frames_show_the_weights_that_the_books_study_has_stored():
    """Trained another time, in a stack of ten seeds."""
    stored = dict(zip(book.PORTRAITS, book.results().extra[EXAMPLE].portraits, strict=True))
    seen = [epoch for epoch in stored if epoch < len(BOOK.frames)]
    assert len(seen) >= 3
    for epoch in seen:
        assert_shows(BOOK.frames[epoch], stored[epoch][: film.UNITS].astype(np.float64), ROUNDING)
    assert_shows(BARE.frames[0], stored[0][: film.UNITS].astype(np.float64), ROUNDING)  # the same draw


def test_the_sizes_are_those_of_the_books_study():
    run = book.results().run(replace(EXAMPLE, epochs=film.BASE.epochs))
    np.testing.assert_allclose(BOOK.rms, run.weight_rms[0], rtol=1e-4)


def test_weights_on_blank_pixels_fade_as_decay_alone_has_it():
    """(1 - eta*lambda/n)^(n/m) an epoch: 1 - 0.1 * 5 / 50,000, 5,000 times."""
    epochs = np.arange(81)
    np.testing.assert_allclose(BOOK.blank, BOOK.blank[0] * (1 - 0.1 * 5 / 50_000) ** (5000 * epochs), rtol=1e-5)
    np.testing.assert_allclose(BARE.blank, BOOK.blank[0], rtol=1e-6)


def test_what_the_opening_says_is_seen():
    """Hidden weights fall and output weights do not; noise fades on some pixels to nothing, and elsewhere strokes stay."""
    (hidden, output), (hidden_left, output_left) = BOOK.rms[0], BOOK.rms[-1]
    assert hidden_left < hidden / 2
    assert output_left >= output
    corner = np.ix_(range(film.UNITS), [0, 1, 27 * 28, 28 * 28 - 1])  # blank in every image
    assert np.abs(BOOK.frames[0][corner]).max() > film.LEVELS / 2
    assert np.abs(BOOK.frames[-1][corner]).max() <= 1
    assert (BARE.frames[:, corner[0], corner[1]] == BARE.frames[0][corner]).all()
    assert (np.abs(BOOK.frames[-1]).max(axis=1) >= 4).all()  # in every unit


@pytest.mark.remakes
@pytest.mark.parametrize("shipped", SHIPPED, ids=["book", "bare"])
def test_what_ships_is_what_training_gives(mnist_given, shipped):
    """But for weights between two steps, which another processor may round the other way."""
    again = film.filmed(replace(shipped.h, epochs=2))
    assert again.frames.shape == (3, film.UNITS, 784)
    differ = again.frames != shipped.frames[:3]
    assert differ.mean() < 1e-3
    assert np.abs(again.frames.astype(int) - shipped.frames[:3]).max() <= 1
    np.testing.assert_allclose(again.rms, shipped.rms[:3], rtol=1e-5)
    np.testing.assert_allclose(again.blank, shipped.blank[:3], rtol=1e-5)


def test_changes_lead_back_to_the_frames():
    frames = np.random.default_rng(0).integers(-film.LEVELS, film.LEVELS, (5, 2, 3), dtype=np.int8, endpoint=True)
    np.testing.assert_array_equal(film.from_changes(film.changes(frames)), frames)
    assert film.changes(frames)[1, 2].tolist() == np.diff(frames[:, 1, 2].astype(int), prepend=0).tolist()


def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    small = Hyperparameters(hidden=(7,), replicates=1, n_train=200, epochs=3)
    monkeypatch.setattr(film, "BASE", small)
    told = []
    film.make(tmp_path, lambda done, total, unit: told.append((done, total)))
    assert told == [(k + 1, 8) for k in range(8)]
    for found, h in zip(film.results.__wrapped__(tmp_path), film.films(), strict=True):
        expected = film.filmed(h)
        assert found.h == h
        np.testing.assert_array_equal(found.frames, expected.frames)
        np.testing.assert_allclose(found.rms, expected.rms, rtol=1e-6)
        np.testing.assert_allclose(found.blank, expected.blank, rtol=1e-6)
    monkeypatch.setattr(film, "BASE", replace(small, epochs=4))
    with pytest.raises(Damaged, match=r"python -m engine\.studies\.film"):
        film.results.__wrapped__(tmp_path)


def test_what_ships_is_small():
    assert (RESULTS / film.FILE).stat().st_size < 150e3
