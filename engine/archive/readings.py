"""What is read off the networks of many runs, in one file that ships, of which each reading is read alone.

A reading is what a function gives for hyperparameters and what else decides it: arrays, lists and dictionaries of them, None.
"""

import hashlib
import zipfile
from pathlib import Path

import numpy as np

from engine import datasets
from engine.archive.codec import dump, key, parse
from engine.archive.folder import RESULTS
from engine.archive.packs import member
from engine.files import written_whole

PACK = "readings.zip"


def name(function, h, *more):
    """Of the member that has function(h, *more)."""
    asked = hashlib.sha256(repr((h.key, h.epochs, more)).encode()).hexdigest()
    return f"{function.__name__}-{asked[:16]}.npz"


def content(found, h):
    """A reading of the run of `h` as bytes, with what decided it."""
    arrays = []
    about = {"key": key(h, datasets.load(h).digest), "found": _flat(found, arrays)}
    return dump(about, {f"array_{k}": array for k, array in enumerate(arrays)}, compressed=False)


def write(members, folder=RESULTS):
    """Make the file of these: name -> content. Raises OSError."""
    with written_whole(Path(folder) / PACK) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for one, bytes_of in members.items():
            archive.writestr(one, bytes_of)


def find(function, h, *more, folder=RESULTS):
    """What ships of function(h, *more), if it is of today's REVISION and data; None if it is not there.

    Its arrays cannot be written to. Raises Damaged, which names the command that makes the file again.
    """
    return member(Path(folder) / PACK, name(function, h, *more), lambda bytes_of: read(bytes_of, h))


def read(bytes_of, h):
    """What `content` made bytes of; None where it is of other data than those at hand, or of another REVISION."""
    about, arrays = parse(bytes_of)
    if not datasets.at_hand(h) or about["key"] != key(h, datasets.load(h).digest):
        return None
    for array in arrays.values():
        array.setflags(write=False)
    return _whole(about["found"], arrays)


def _flat(found, arrays):
    """`found` as JSON can hold it, its arrays put into a list and counted: what a number stands for is an array."""
    if isinstance(found, np.ndarray):
        arrays.append(found)
        return len(arrays) - 1
    if isinstance(found, dict):
        return {key: _flat(value, arrays) for key, value in found.items()}
    return found if found is None else [_flat(value, arrays) for value in found]


def _whole(about, arrays):
    if isinstance(about, dict):
        return {key: _whole(value, arrays) for key, value in about.items()}
    if isinstance(about, list):
        return [_whole(value, arrays) for value in about]
    return about if about is None else arrays[f"array_{about}"]
