"""How runs are kept: one form, in which a run is bytes, and two places, files that ship and a store of many."""

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
    "read",
    "read_arrays",
    "unpack",
    "write",
    "write_arrays",
]
