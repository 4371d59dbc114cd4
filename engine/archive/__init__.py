"""How runs are kept: as bytes, in files that ship, in a pack of many that ship without networks, and in a store.

Beside the pack ships what pages read off the networks that are not in it."""

from engine.archive import packs, readings
from engine.archive.codec import Damaged, Kept, pack, unpack
from engine.archive.folder import RESULTS, file_name, find, read, read_arrays, write, write_arrays
from engine.archive.store import Store

__all__ = [
    "RESULTS",
    "Damaged",
    "Kept",
    "Store",
    "file_name",
    "find",
    "pack",
    "packs",
    "read",
    "read_arrays",
    "readings",
    "unpack",
    "write",
    "write_arrays",
]
