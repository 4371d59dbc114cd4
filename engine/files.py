"""Files written whole or not at all."""

import os
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
