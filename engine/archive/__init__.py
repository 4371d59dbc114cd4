"""How runs are kept: as bytes, in files that ship, in a pack of many that ship without networks, and in a store."""

from engine.archive import packs
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
    "unpack",
    "write",
    "write_arrays",
]
