"""Many runs in one file that ships, of which each is read alone: a zip archive with a member for each.

A run is kept without networks, and without what follows from the rest: decay's columns follow from sizes and the exact factor,
the data's part of the ledger from both and the next size, so that the ledger still adds up. Numbers are rounded to the bits
that are kept of them, and written as planes of bytes: those of the bits that were rounded off are empty and compress.
"""

import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from engine import datasets
from engine.archive.codec import Damaged, dump, key, parse, restored
from engine.archive.folder import RESULTS, file_name
from engine.files import FAULTS, written_whole
from engine.measurements import UNRESOLVED, decay_factor, squared_lengths

PACK = "sliders.zip"
COMMAND = "python -m engine.sliders"
"""What makes it."""
BITS = {
    "weight_rms": 40,  # the data's part of the ledger is a difference of squares
    "control_rms": 28,  # is compared with the exact decay to 1e-7
    "displacement_data": 28,  # the angle of the data's displacement is a difference of such squares
    "cosine": 24,
    "training_cost": 24,
    "training_accuracy": 53,  # shares that are equal stay equal
    "validation_accuracy": 53,
}
"""Column -> significant bits that are kept: 40 round by 9e-13, 28 by 4e-9, 24 by 6e-8, as single precision does, 53 by nothing.

All are kept of a run whose `alignment` would be lost: an epoch of strong decay leaves little of the product it is read off.
"""
WHOLE = dict.fromkeys(BITS, 53)


def write(kept, folder=RESULTS):
    """Make the pack of these runs, each Kept. Raises OSError."""
    with written_whole(Path(folder) / PACK) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for one in kept:
            about = {
                "hyperparameters": asdict(one.run.hyperparameters),
                "diverged_at": one.run.diverged_at,
                "revision": one.revision,
                "data": one.data,
            }
            archive.writestr(file_name(one.run.hyperparameters), dump(about, _rounded(one.run), compressed=False))


def _rounded(run):
    """Column -> planes."""
    rounded = {name: planes(getattr(run, name), bits) for name, bits in BITS.items()}
    columns = _columns(run.hyperparameters, {name: numbers(array) for name, array in rounded.items()})
    if np.allclose(replace(run, **columns).alignment, run.alignment, rtol=0, atol=UNRESOLVED, equal_nan=True):
        return rounded
    return {name: planes(getattr(run, name), bits) for name, bits in WHOLE.items()}


def find(h, folder=RESULTS):
    """What is Kept of the run of `h` in the pack, if it is what `h` would give today; None if it is not there.

    Raises Damaged, which names the command that makes the pack again.
    """
    kept = member(Path(folder) / PACK, file_name(h), _read)
    if kept is None:
        return None
    data = datasets.load(h).digest if datasets.at_hand(h) else kept.data
    return kept if kept.key == key(h, data) else None


def member(path, name, read):
    """read(bytes) of one member of a file that ships; None where there is none. Raises Damaged, which names COMMAND."""
    try:
        with zipfile.ZipFile(path) as archive:
            return read(archive.read(name)) if name in archive.NameToInfo else None
    except FileNotFoundError:
        return None
    except FAULTS as error:
        raise Damaged(f"{path.name}, which ships, is damaged; {COMMAND} makes it again. {error!r}") from error


def _read(content):
    about, arrays = parse(content)
    return restored(about, lambda h: _columns(h, {name: numbers(array) for name, array in arrays.items()}))


def _columns(h, columns):
    """All columns of a Run of `h`, from those that are kept."""
    lengths = squared_lengths(h, columns["weight_rms"])
    before, after = lengths[:, :-1], lengths[:, 1:]
    factors = [np.broadcast_to(decay_factor(h, epoch), (h.replicates, 1, 1))[:, 0] for epoch in range(before.shape[1])]
    rho = np.stack(factors, axis=1) if factors else np.ones((h.replicates, 0, 1))
    return columns | {
        "displacement_decay": np.abs(rho - 1) * np.sqrt(before),
        "norm_change_decay": (rho**2 - 1) * before,
        "norm_change_data": after - rho**2 * before,
    }


def planes(numbers, bits):
    """float64 (...) rounded to so many significant bits, as bytes (..., 8) with the lowest first, then planes (8, ...)."""
    off = np.uint64(53 - bits)
    whole = (numbers.astype("<f8").view("<u8") + (np.uint64(1) << off >> np.uint64(1))) >> off << off
    return np.ascontiguousarray(np.moveaxis(whole[..., None].view(np.uint8), -1, 0))


def numbers(planes):
    """What `planes` were made of, rounded."""
    return np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<f8")[..., 0].astype(float)
