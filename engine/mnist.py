"""MNIST: 70,000 images of handwritten digits, 28x28 pixels (Y. LeCun, C. Cortes, C. J. C. Burges). Downloaded when first used.

The four files are taken from the folder that the environment variable MNIST_DIR names, and must have the format and shape
of MNIST there. Without it they are kept in the user's cache, where they must be the published ones to the byte.
"""

import gzip
import hashlib
import math
import os
import struct
import sys
import threading
import time
import urllib.request
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from engine.files import written_whole

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
"""Asked in this order."""
TIMEOUT = 10
"""Seconds without an answer after which a mirror is given up."""
DEADLINE = 120
"""Seconds that a file may take."""
PIECE, MOST = 1 << 16, 1 << 25
"""Bytes read at a time, and most that a file may have."""
DOWNLOADING = threading.Lock()
"""Two who ask at once download once."""


class Published(NamedTuple):
    sha256: str
    shape: tuple


FILES = {
    "train-images-idx3-ubyte.gz": Published(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", (60_000, 28, 28)
    ),
    "train-labels-idx1-ubyte.gz": Published("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", (60_000,)),
    "t10k-images-idx3-ubyte.gz": Published(
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", (10_000, 28, 28)
    ),
    "t10k-labels-idx1-ubyte.gz": Published("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", (10_000,)),
}
REMEDY = "The four files can be put into a folder that the environment variable MNIST_DIR names."


class Unavailable(Exception):
    """MNIST cannot be had; the message says why, and what can be done."""


def read():
    """The published training set: images (60000, 784) and labels (60000,), bytes. Raises Unavailable."""
    place = folder()
    images, labels, *_ = (_unpacked(place / name, published.shape) for name, published in FILES.items())
    return images.reshape(len(images), -1), labels


def folder(progress=None):
    """Where the four files are; those that are missing are downloaded, or whatever is not the published one.

    `progress(name, done, total)` is called while bytes of a file arrive; what it raises ends the download, and nothing of that
    file is kept. Raises Unavailable.
    """
    given = os.environ.get("MNIST_DIR")
    if given:
        missing = [name for name in FILES if not (Path(given) / name).is_file()]
        if missing:
            raise Unavailable(f"MNIST_DIR is {given}, where there is no file {missing[0]}.")
        return Path(given)
    place = cache_folder()
    with DOWNLOADING:
        for name, published in FILES.items():
            if _digest(place / name) != published.sha256:
                _keep(place / name, _download(name, progress))
    return place


def at_hand():
    """Whether the four files are where they are looked for first, without a download."""
    place = Path(os.environ.get("MNIST_DIR") or cache_folder())
    return all((place / name).is_file() for name in FILES)


def is_published():
    """Whether the files in use are the published ones to the byte."""
    place = folder()
    return all(_digest(place / name) == published.sha256 for name, published in FILES.items())


def cache_folder():
    """Where this user's downloads are kept, by the custom of the system."""
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base) / "weight-decay" / "mnist"


def _digest(path):
    """SHA-256 of a file; None if there is none that can be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _keep(path, content):
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write(content)
    except OSError as error:
        raise Unavailable(f"MNIST cannot be kept in {path.parent}: {_reason(error)}. {REMEDY}") from error


def _download(name, progress):
    """The published file, from the first mirror that has it."""
    faults = []
    for mirror in MIRRORS:
        try:
            content = _get(mirror + name, name, progress)
        except (OSError, HTTPException) as error:
            fault = _reason(error)
        else:
            if hashlib.sha256(content).hexdigest() == FILES[name].sha256:
                return content
            fault = f"{name} is not the published file, its SHA-256 differs"
        faults.append(f"{urlsplit(mirror).netloc}: {fault}")
    raise Unavailable(f"MNIST could not be downloaded. {'; '.join(faults)}. {REMEDY}")


def _get(url, name, progress):
    """The bytes at an address. Raises OSError or HTTPException, also where less arrives than was announced."""
    started = time.monotonic()
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        total, content = answer.length or 0, bytearray()
        while piece := answer.read1(PIECE):
            content += piece
            if time.monotonic() - started > DEADLINE:
                raise OSError(f"{name} takes longer than {DEADLINE} s")
            if len(content) > MOST:
                raise OSError(f"{name} does not end after {MOST:,} bytes")
            if progress is not None:
                progress(name, len(content), total)
    if len(content) < total:
        raise OSError(f"{name} ends after {len(content):,} of {total:,} bytes")
    return bytes(content)


def _reason(error):
    """What went wrong, without numbers of the system."""
    cause = getattr(error, "reason", error)  # urllib wraps what the network says
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def _unpacked(path, shape):
    """The array in an IDX file of bytes; format: two zeros, 8 for bytes, number of axes, their lengths, then the numbers."""
    header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    size = len(header) + math.prod(shape)
    try:
        with gzip.open(path) as file:
            content = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unavailable(f"{path} cannot be unpacked: {_reason(error)}.") from error
    if not content.startswith(header) or len(content) != size:
        raise Unavailable(f"{path} is not an IDX file of {' x '.join(map(str, shape))} bytes.")
    array = np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)
    if array.ndim == 1 and array.max() > 9:
        raise Unavailable(f"{path} has a label above 9.")
    return array
