"""What the film's component is sent."""

import base64
import json
import zlib

import numpy as np

from engine.studies import film as study
from tests.view import telling
from view import film, summary

SENT = film.data("At epoch {epoch} with λ = {lambda}")


def test_what_is_sent_unpacks_to_what_ships():
    """As the browser does it: a running sum of bytes along the epochs of each pixel."""
    for sent, one in zip(SENT["films"], study.results(), strict=True):
        changes = np.frombuffer(zlib.decompress(base64.b64decode(sent["packed"])), np.int8)
        epochs = len(sent["rms"][0])
        frames = changes.reshape(SENT["units"], SENT["side"] ** 2, epochs).cumsum(axis=-1)
        np.testing.assert_array_equal(np.moveaxis(frames, -1, 0), one.frames)
        assert sent["lambda"] == f"{one.h.l2:g}"
        for row, size in zip(sent["rms"], [one.rms[:, 0], one.rms[:, 1], one.blank], strict=True):
            np.testing.assert_allclose(row, size, atol=1e-4)
    assert [name for name, _ in SENT["parts"]] == ["hidden", "output", "blank"]


def test_the_level_line_is_the_size_of_the_start():
    """To within four standard errors of the rms of so many draws from N(0, 1)."""
    name, level = SENT["start"]
    assert name == "the start"
    for one in study.results():
        for size, inputs, outputs in zip(one.rms[0], one.h.sizes, one.h.sizes[1:], strict=False):
            assert abs(size - level) < 4 / np.sqrt(2 * inputs * outputs)
    assert f"the size {level:g}." in film.CURVES


def test_a_reader_waits_for_less_than_150_kB():
    assert len(json.dumps(SENT)) + sum(map(len, film.SOURCES.values())) < 150e3


def test_the_page_says_what_the_pictures_show():
    words = telling.paragraph(telling.told("question", **summary.facts()), "::film")
    assert "{epoch}" in words
    assert "{lambda}" in words
    assert words.startswith("Weights of six hidden units")
    for name in ("{epoch}", "{lambda}"):
        assert name in film.CURVES
