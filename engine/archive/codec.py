"""A run as bytes, and back: compressed arrays of NumPy, and a line of JSON about them."""

import hashlib
import io
import json
import struct
import zlib
from dataclasses import asdict, fields
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from engine import datasets
from engine.grid import LambdaGrid
from engine.hyperparameters import Hyperparameters
from engine.measurements import Record, Run
from engine.network import Network
from engine.optimizers import REVISION

ABOUT = "about"
"""The name of what is no array."""
FAULTS = (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, BadZipFile, zlib.error, struct.error)
"""What zipfile, NumPy and JSON raise on bytes that are damaged, or are something else."""


class Damaged(ValueError):
    """Bytes that are not what was written."""


class Kept(NamedTuple):
    """A run that was kept, and what decided its numbers."""

    run: Run  # of its own hyperparameters, or of a LambdaGrid; perhaps not all of its epochs
    networks: dict  # epoch -> Network, of the epochs that were kept with it
    revision: int  # the REVISION that trained it
    data: str  # the digest of its data

    @property
    def key(self):
        return key(self.run.hyperparameters, self.data, self.revision)


def key(h, data, revision=None):
    """What tells runs apart, as text: hyperparameters but for epochs, the digest of the data, the REVISION, today's if None."""
    return hashlib.sha256(repr((REVISION if revision is None else revision, data, h.key)).encode()).hexdigest()


def pack(run, networks=None):
    """A Run just trained, with its networks of some epochs if need be, epoch -> Network, as bytes."""
    h = run.hyperparameters
    about = {
        "hyperparameters": asdict(h),
        "diverged_at": run.diverged_at,
        "revision": REVISION,
        "data": datasets.load(h).digest,
    }
    arrays = {f.name: getattr(run, f.name) for f in fields(Record)[1:]}
    for epoch, network in sorted((networks or {}).items()):
        arrays |= {f"weights_{k}_of_{epoch}": w for k, w in enumerate(network.weights)}
        arrays |= {f"biases_{k}_of_{epoch}": b for k, b in enumerate(network.biases)}
    return dump(about, arrays)


def unpack(content):
    """What `pack` made bytes of, as Kept; its arrays cannot be written to, but for those of networks. Raises Damaged."""
    about, arrays = parse(content)
    try:
        settings = about["hyperparameters"]
        h = (
            LambdaGrid(Hyperparameters(**settings["base"]), tuple(settings["l2"]))
            if "base" in settings
            else Hyperparameters(**settings)
        )
        columns = {f.name: arrays[f.name] for f in fields(Record)[1:]}
        layers = range(len(h.sizes) - 1)
        epochs = [int(name.removeprefix("biases_0_of_")) for name in arrays if name.startswith("biases_0_of_")]
        networks = {
            epoch: Network(*([arrays[f"{kind}_{k}_of_{epoch}"] for k in layers] for kind in ("weights", "biases")))
            for epoch in epochs
        }
        for array in columns.values():
            array.setflags(write=False)
        return Kept(Run(h, **columns, diverged_at=about["diverged_at"]), networks, about["revision"], about["data"])
    except FAULTS as error:
        raise Damaged(f"not a run: {error!r}") from error


def dump(about, arrays):
    """Named arrays, and what JSON can hold about them, as bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, **{ABOUT: json.dumps(about)}, **arrays)
    return file.getvalue()


def parse(content):
    """What `dump` made bytes of: about, name -> array. Raises Damaged."""
    try:
        with np.load(io.BytesIO(content)) as file:
            arrays = dict(file)
        return json.loads(str(arrays.pop(ABOUT))), arrays
    except FAULTS as error:
        raise Damaged(f"not what was written: {error!r}") from error
