"""Pictures of weights: decoded again, they are the weights."""

import base64
import io
import re

import numpy as np
from PIL import Image

from tests.conftest import ROOT
from view import portraits

WEIGHTS = np.array([1.0, -0.5, 0.0, 3.0])


def decoded(file):
    return np.asarray(Image.open(io.BytesIO(file)))


def test_a_pixel_has_the_colour_of_the_sign_and_is_as_clear_as_the_weight_is_near_to_0():
    image = decoded(portraits.png(WEIGHTS, reach=2.0))
    assert image.shape == (2, 2, 4)
    assert image[..., 3].ravel().tolist() == [128, 64, 0, 255]
    assert [tuple(pixel[:3]) for pixel in image.reshape(4, 4)[[0, 1, 3]]] == [
        portraits.POSITIVE,
        portraits.NEGATIVE,
        portraits.POSITIVE,
    ]


def test_the_colours_are_those_of_the_film():
    css = (ROOT / "view" / "film.css").read_text()
    for name, colour in {"positive": portraits.POSITIVE, "negative": portraits.NEGATIVE}.items():
        assert f"--{name}: #{bytes(colour).hex()};" in css


def test_a_row_has_every_epoch_with_its_words():
    row = portraits.row({0: WEIGHTS, 30: -WEIGHTS}, 3.0, "Image of “w < 1”")
    assert re.findall("<figcaption>(.*?)</figcaption>", row) == ["epoch 0", "epoch 30"]
    assert re.findall('alt="(.*?)"', row) == ["Image of “w &lt; 1”, epoch 0", "Image of “w &lt; 1”, epoch 30"]
    files = [base64.b64decode(file) for file in re.findall('src="data:image/png;base64,(.*?)"', row)]
    for file, weights in zip(files, (WEIGHTS, -WEIGHTS), strict=True):
        np.testing.assert_array_equal(decoded(file), decoded(portraits.png(weights, 3.0)))
