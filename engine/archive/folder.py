"""Files that ship with the project, or wait in a folder until a run is whole: each is written whole or not at all."""

import hashlib
from pathlib import Path

from engine import datasets, mnist
from engine.archive.codec import Damaged, dump, key, pack, parse, unpack
from engine.files import written_whole

RESULTS = Path(__file__).parents[1] / "results"
"""What ships."""


def file_name(h):
    """The name of a run's file: one for any number of epochs, any data and REVISION, which the content tells."""
    return f"{h.dataset}-{hashlib.sha256(repr(h.key).encode()).hexdigest()[:16]}.npz"


def write(run, networks, folder):
    """Keep a Run in `folder`, with its networks of some epochs, epoch -> Network; returns the path. Raises OSError."""
    path = Path(folder) / file_name(run.hyperparameters)
    _write(path, pack(run, networks))
    return path


def read(path):
    """What is Kept in a file, whatever data and REVISION it is of. Raises OSError or Damaged."""
    return unpack(Path(path).read_bytes())


def find(h, folder=RESULTS):
    """What is Kept of the run of `h`, with however many epochs; None if there is none that `h` would give today.

    Data that are not at hand are not downloaded for it: then whatever data it is of will do.
    """
    try:
        kept = read(Path(folder) / file_name(h))
        data = datasets.load(h).digest if datasets.at_hand(h) else kept.data
    except (OSError, Damaged, mnist.Unavailable):
        return None
    return kept if kept.key == key(h, data) else None


def write_arrays(path, about, **arrays):
    """What is told of many runs, as named arrays and what JSON can hold about them. Raises OSError."""
    _write(path, dump(about, arrays))


def read_arrays(path):
    """What `write_arrays` wrote: about, name -> array. Raises OSError or Damaged."""
    return parse(Path(path).read_bytes())


def _write(path, content):
    with written_whole(path) as file:
        file.write(content)
