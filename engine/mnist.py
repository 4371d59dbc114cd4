"""MNIST: 70,000 images of handwritten digits, 28x28 pixels (Y. LeCun, C. Cortes, C. J. C. Burges). Downloaded when first used.

The four files are taken from the folder that the environment variable MNIST_DIR names, and must have the format and shape
of MNIST there. Without it they are kept in the user's cache, where they must be the published ones to the byte.
"""

import gzip
import hashlib
import math
import os
import queue
import struct
import sys
import threading
import time
import urllib.request
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
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
"""Seconds that a file may take, from one mirror."""
LIMIT = 300
"""Seconds that all of it may take, and that somebody waits for another's download."""
PIECE, MOST = 1 << 16, 1 << 25
"""Bytes read at a time, and most that a file may have."""
DOWNLOADING = threading.Lock()
"""Two who ask at once download once."""
TICK = 0.2
"""Seconds between two looks at another's download."""


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

    `progress(name, done, total)` is called while bytes of a file arrive, also where it is somebody else who downloads; what it
    raises ends the download, and nothing of that file is kept. Raises Unavailable, at the latest after twice LIMIT seconds.
    """
    given = os.environ.get("MNIST_DIR")
    if given:
        missing = [name for name in FILES if not (Path(given) / name).is_file()]
        if missing:
            raise Unavailable(f"MNIST_DIR is {given}, where there is no file {missing[0]}.")
        return Path(given)
    place = cache_folder()
    with _turn(progress):
        until = time.monotonic() + LIMIT
        for name, published in FILES.items():
            if _digest(place / name) != published.sha256:
                _keep(place / name, _download(name, progress, until))
    return place


_seen = {"progress": ("MNIST", 0, 0), "failure": None}
"""Of the download that is under way, or was the last one: how far it is, and (moment, what Unavailable said)."""


@contextmanager
def _turn(progress):
    """The right to download; who has waited for somebody whose download failed gets that failure and does not try again."""
    asked = time.monotonic()
    while not DOWNLOADING.acquire(timeout=TICK):
        if progress is not None:
            progress(*_seen["progress"])
        if time.monotonic() - asked > LIMIT:
            raise Unavailable(f"MNIST is being downloaded for another reader, and has not come within {LIMIT} s. {REMEDY}")
    try:
        if _seen["failure"] is not None and _seen["failure"][0] > asked:
            raise Unavailable(_seen["failure"][1])
        yield
    except Unavailable as error:
        _seen["failure"] = time.monotonic(), str(error)
        raise
    finally:
        DOWNLOADING.release()


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


def _download(name, progress, until):
    """The published file, from the first mirror that has it before the moment `until`."""
    faults = []
    for mirror in MIRRORS:
        try:
            content = _get(mirror + name, name, progress, min(DEADLINE, until - time.monotonic()))
        except OSError as error:
            fault = _reason(error)
        else:
            if hashlib.sha256(content).hexdigest() == FILES[name].sha256:
                return content
            fault = f"{name} is not the published file, its SHA-256 differs"
        faults.append(f"{urlsplit(mirror).netloc}: {fault}")
    raise Unavailable(f"MNIST could not be downloaded. {'; '.join(faults)}. {REMEDY}")


def _get(url, name, progress, seconds):
    """The bytes at an address. Raises OSError, also where less arrives than was announced, or too late.

    They are read in a thread of its own, which is left alone once the time is over: nobody else waits for a mirror that sends a
    byte now and then, or for a name that is looked up for ever.
    """
    pieces, left = queue.SimpleQueue(), threading.Event()
    threading.Thread(target=_read, args=(url, pieces, left), daemon=True).start()
    content, end = bytearray(), time.monotonic() + seconds
    try:
        total = _next(pieces, end, name, seconds)
        while piece := _next(pieces, end, name, seconds):
            content += piece
            if len(content) > MOST:
                raise OSError(f"{name} does not end after {MOST:,} bytes")
            _seen["progress"] = name, len(content), total
            if progress is not None:
                progress(*_seen["progress"])
    finally:
        left.set()
    if len(content) < total:
        raise OSError(f"{name} ends after {len(content):,} of {total:,} bytes")
    return bytes(content)


def _next(pieces, end, name, seconds):
    """What comes next, before the moment `end`; raised where it is an exception."""
    try:
        piece = pieces.get(timeout=max(end - time.monotonic(), 0))
    except queue.Empty:
        raise OSError(f"{name} takes longer than {seconds:.0f} s") from None
    if isinstance(piece, Exception):
        raise piece
    return piece


def _read(url, pieces, left):
    """Put the announced length of what is at an address, then its bytes, then none; or an OSError about what went wrong."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            pieces.put(answer.length or 0)
            while not left.is_set() and (piece := answer.read1(PIECE)):
                pieces.put(piece)
            pieces.put(b"")
    except Exception as error:
        if isinstance(error, HTTPError):
            error.close()  # it is an answer, and holds its connection
        pieces.put(OSError(_reason(error)))


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
