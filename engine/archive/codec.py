"""A run as bytes, and back: compressed arrays of NumPy, and a line of JSON about them."""

import hashlib
import io
import json
from dataclasses import asdict, fields
from typing import NamedTuple

import numpy as np

from engine import datasets
from engine.files import FAULTS, Damaged
from engine.grid import LambdaGrid
from engine.hyperparameters import Hyperparameters
from engine.measurements import CHANGES, LAYERED, Record, Run
from engine.network import Network
from engine.optimizers import OPTIMIZERS, REVISION

ABOUT = "about"
"""The name of what is no array."""


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
        for k, moments in enumerate(network.moments):
            arrays |= {f"moment_{j}_of_array_{k}_of_{epoch}": a for j, a in enumerate(moments)}
    return dump(about, arrays)


def unpack(content):
    """What `pack` made bytes of, as Kept; its arrays cannot be written to, but for those of networks. Raises Damaged."""
    about, arrays = parse(content)

    def networks(h):
        layers = range(len(h.sizes) - 1)
        epochs = [int(name.removeprefix("biases_0_of_")) for name in arrays if name.startswith("biases_0_of_")]
        return {
            epoch: Network(
                *([arrays[f"{kind}_{k}_of_{epoch}"] for k in layers] for kind in ("weights", "biases")),
                _moments(arrays, h, epoch),
            )
            for epoch in epochs
        }

    return restored(about, lambda h: arrays, networks)


def restored(about, columns, networks=lambda h: {}):
    """Kept, of what is told about a run; `columns(h)` and `networks(h)` give its arrays. Raises Damaged."""
    try:
        settings = about["hyperparameters"]
        h = (
            LambdaGrid(Hyperparameters(**settings["base"]), tuple(settings["l2"]))
            if "base" in settings
            else Hyperparameters(**settings)
        )
        found = columns(h)
        arrays = {f.name: found[f.name] for f in fields(Record)[1:]}
        for array in arrays.values():
            array.setflags(write=False)
        kept = Kept(Run(h, **arrays, diverged_at=about["diverged_at"]), networks(h), about["revision"], about["data"])
        _check(kept)
        return kept
    except FAULTS as error:
        raise Damaged(f"not a run: {error!r}") from error


def _moments(arrays, h, epoch):
    """Those of the network after so many epochs; the untrained one has none."""
    count = OPTIMIZERS[h.optimizer].moments if epoch else 0
    each = range(2 * len(h.sizes) - 2 if count else 0)
    return [[arrays[f"moment_{j}_of_array_{k}_of_{epoch}"] for j in range(count)] for k in each]


def _check(kept):
    """Raises ValueError where arrays are not of the shape of the run, or it has numbers that no run has."""
    run, h = kept.run, kept.run.hyperparameters
    layers = len(h.sizes) - 1
    if not (isinstance(kept.revision, int) and isinstance(kept.data, str) and isinstance(run.diverged_at, int | None)):
        raise ValueError(f"revision {kept.revision!r}, data {kept.data!r}, diverged at {run.diverged_at!r}")
    if not 0 <= run.epochs <= h.epochs:
        raise ValueError(f"{run.epochs} epochs of {h.epochs}")
    for f in fields(Record)[1:]:
        array = getattr(run, f.name)
        shape = (h.replicates, run.epochs + (f.name not in CHANGES), *[layers] * (f.name in LAYERED))
        if array.shape != shape or array.dtype.kind != "f":
            raise ValueError(f"{f.name} is {array.dtype} {array.shape}, for {shape}")
    for name in ("weight_rms", "training_cost"):  # these decide whether a run has diverged, and then it has no record
        if not np.isfinite(getattr(run, name)).all():
            raise ValueError(f"{name} is not finite")
    for epoch, network in kept.networks.items():
        for w, b, fan_in, fan_out in zip(network.weights, network.biases, h.sizes, h.sizes[1:]):
            if (w.shape, b.shape) != ((h.replicates, fan_out, fan_in), (h.replicates, 1, fan_out)):
                raise ValueError(f"{fan_out} units of {fan_in} inputs have weights {w.shape} and biases {b.shape}")
            if not (np.isfinite(w).all() and np.isfinite(b).all()):
                raise ValueError(f"weights of epoch {epoch} are not finite")
        for array, moments in zip([a for layer in zip(network.weights, network.biases) for a in layer], network.moments):
            if any(a.shape != array.shape or not np.isfinite(a).all() for a in moments):
                raise ValueError(f"the optimiser's moments of epoch {epoch} are not those of its weights")


def dump(about, arrays, compressed=True):
    """Named arrays, and what JSON can hold about them, as bytes; not `compressed` where another does that."""
    file, save = io.BytesIO(), np.savez_compressed if compressed else np.savez
    save(file, **{ABOUT: json.dumps(about)}, **arrays)
    return file.getvalue()


def parse(content):
    """What `dump` made bytes of: about, name -> array. Raises Damaged."""
    try:
        with np.load(io.BytesIO(content)) as file:
            arrays = dict(file)
        return json.loads(str(arrays.pop(ABOUT))), arrays
    except FAULTS as error:
        raise Damaged(f"not what was written: {error!r}") from error
