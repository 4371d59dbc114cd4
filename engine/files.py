"""Files written whole or not at all, where they can be, and those that cannot be read."""

import lzma
import os
import stat
import struct
import threading
import zlib
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

FAULTS = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    RuntimeError,
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)
"""What zipfile, NumPy, JSON and who looks for a name raise on bytes that are damaged, or are something else."""


class Damaged(ValueError):
    """Bytes that are not what was written; the message says which file, where it is one."""


@contextmanager
def shipped(path):
    """A block that reads a file which ships. Raises Damaged, with its name, for whatever is wrong with it."""
    try:
        yield
    except FAULTS as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
        raise Damaged(f"{path.name}, which ships with the article, cannot be read. {reason}") from error


@contextmanager
def written_whole(path, mode="wb", **options):
    """A file to write to that takes the place of `path` once the block is left without an exception, and else is removed."""
    temporary = Path(path).with_name(f"{Path(path).name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with temporary.open(mode, **options) as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def require_place(name, path):
    """Raises ValueError where no file can be written at `path`, the value of the option `name`."""
    try:
        fine = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        fine = path.parent.is_dir()
    except (OSError, ValueError):  # a name too long, a file in place of a folder; a null byte
        fine = False
    if not fine:
        raise ValueError(f"{name} must be a file in an existing folder, got {str(path)!r}")
