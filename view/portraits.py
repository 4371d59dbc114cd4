"""Weights into one unit, drawn as an image: blue positive, orange negative, the clearer the nearer to 0, on any ground."""

import base64
import io
import math
from html import escape

import numpy as np
from PIL import Image

POSITIVE, NEGATIVE = (0x2F, 0x7F, 0xC4), (0xD0, 0x70, 0x20)
"""Colours of the film, in RGB: they can be told apart on light and on dark ground."""
MOST = 148
"""Side of an image in px, at most: six stand side by side, and two on a phone."""


def row(images, reach, alt):
    """HTML of images beside one another. `images`: epoch -> weights (pixels,) of a square, row by row; `reach`: the size of a
    weight from which on it has its full colour; `alt` says what each shows, before its epoch.
    """
    return f'<div class="portraits">{"".join(_figure(epoch, of, reach, alt) for epoch, of in images.items())}</div>'


def _figure(epoch, weights, reach, alt):
    source, name = base64.b64encode(png(weights, reach)).decode(), f"epoch {epoch}"
    alt, side = escape(f"{alt}, {name}"), math.isqrt(len(weights))
    size = MOST // side * side  # all pixels are equally large
    image = f'<img src="data:image/png;base64,{source}" alt="{alt}" width="{size}" height="{size}">'
    return f"<figure><figcaption>{name}</figcaption>{image}</figure>"


def png(weights, reach):
    """A file with one pixel a weight, which is seen through where the weight is 0."""
    side = math.isqrt(len(weights))
    share = np.clip(np.reshape(weights, (side, side)).astype(float) / reach, -1, 1)[..., None]
    colour = np.where(share > 0, POSITIVE, NEGATIVE)
    file = io.BytesIO()
    Image.fromarray(np.concatenate([colour, np.rint(255 * abs(share))], axis=-1).astype(np.uint8)).save(file, "png")
    return file.getvalue()
