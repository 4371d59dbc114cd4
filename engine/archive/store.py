"""Finished runs in one SQLite file: each is written once, whole, with a checksum; several processes may share the file."""

import hashlib
import sqlite3
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # where files have other locks, two programs must not find the same damaged file at once
    fcntl = None

from engine import datasets
from engine.archive.codec import key, unpack

APPLICATION = int.from_bytes(b"wdec")
"""What SQLite notes in the header of a file of ours, in its bytes 68 to 71."""
TABLE = "CREATE TABLE runs (key TEXT PRIMARY KEY, epochs INTEGER, content BLOB, checksum TEXT)"
FOREVER = 1 << 40
"""Epochs of a run that has diverged: it has no more, however many are asked for."""
PATIENCE = 60
"""Seconds to wait for another process that is writing."""


def say(line):
    print(line, file=sys.stderr)


class Store:
    """Runs by their hyperparameters; the same run with fewer epochs is the beginning of one that is there.

    A file that is no store stays untouched: ValueError names it. A store that is damaged is set aside under another name, and
    `warn` gets a line that says so. A run whose checksum is wrong is not given out, and counts as missing; so does one of
    other data, or of another REVISION.
    """

    def __init__(self, path, warn=say):
        self.path, self._warn = Path(path), warn
        self._refuse_others()
        with self._locked(exclusive=True):  # nobody has the file open while it is looked at, or set aside
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # it cannot be read or written, which is another matter
                    raise
                aside = self._set_aside()
                warn(f"{self.path} is damaged ({error}); it was set aside as {aside.name}, and all runs are trained again")
                self._open()

    def _refuse_others(self):
        if self.path.is_file() and self.path.stat().st_size:
            with self.path.open("rb") as file:
                header = file.read(72)
            if header[:16] != b"SQLite format 3\0" or header[68:] != APPLICATION.to_bytes(4):
                raise ValueError(f"{self.path} is not a store of runs: it is left as it is; name another file")

    def _open(self):
        with closing(self._connection()) as connection:
            if not connection.execute("PRAGMA application_id").fetchone()[0]:
                # a new file, not yet with a log beside it: the note must stand in the file itself
                connection.executescript(f"BEGIN; PRAGMA application_id = {APPLICATION}; {TABLE}; COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
            found = connection.execute("PRAGMA quick_check").fetchone()[0]
            if found != "ok":
                raise sqlite3.DatabaseError(found.splitlines()[-1])

    def _set_aside(self):
        """With what was written last, which SQLite keeps beside the file."""
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        for end in ("-wal", "-shm", ""):
            beside = self.path.with_name(self.path.name + end)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + end))
        return aside

    @contextmanager
    def _locked(self, exclusive=False):
        """Many may use the file at once, or one may look whether it is whole."""
        with self.path.with_name(self.path.name + ".lock").open("w") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

    @contextmanager
    def _connected(self):
        """A connection for one piece of work, in any thread; closed at its end."""
        with self._locked(), closing(self._connection()) as connection:
            yield connection

    def _connection(self):
        return sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)

    def add(self, content):
        """Keep a run that was packed; a shorter one than is there already changes nothing. Raises Damaged."""
        kept = unpack(content)
        label = kept.key, kept.run.epochs if kept.run.diverged_at is None else FOREVER
        with self._connected() as connection:
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET epochs = excluded.epochs, "
                "content = excluded.content, checksum = excluded.checksum WHERE excluded.epochs > runs.epochs",
                (*label, content, _checksum(*label, content)),
            )

    def get(self, h):
        """The Run of `h`; None where it is not there. Raises mnist.Unavailable."""
        label = key(h, datasets.load(h).digest)
        with self._connected() as connection:
            row = connection.execute("SELECT * FROM runs WHERE key = ?", (label,)).fetchone()
            if row is None:
                return None
            if _checksum(*row[:3]) != row[3]:
                connection.execute("DELETE FROM runs WHERE key = ? AND checksum = ?", (row[0], row[3]))
                self._warn(f"a run in {self.path} fails its checksum; it is trained again")
                return None
        return unpack(row[2]).run.until(h) if row[1] >= h.epochs else None

    def missing(self, asked):
        """The hyperparameters of `asked` whose runs are not there, each once, in their order."""
        return [h for h in dict.fromkeys(asked) if self.get(h) is None]

    def __len__(self):
        with self._connected() as connection:
            return connection.execute("SELECT count(*) FROM runs").fetchone()[0]


def _checksum(label, epochs, content):
    return hashlib.sha256(f"{label} {epochs} ".encode() + bytes(content)).hexdigest()
