"""Files written whole or not at all, and where they can be."""

import os
import stat
import threading
from contextlib import contextmanager
from pathlib import Path


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
