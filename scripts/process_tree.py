"""Memory and processor time of a process and of all that it started, as Linux tells them."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def tree(root):
    """The ids of a process and of all its descendants that live."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(entry.name)):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for process in found:
        found += parents.get(process, [])
    return found


def memory(root):
    """Bytes of the whole tree as PSS: a page that several processes share is counted once."""
    return sum(map(_pss, tree(root)))


def processor_time(root):
    """Seconds that the tree has used, with those of its processes that have ended and were waited for."""
    return sum(sum(map(int, fields[11:15])) for process in tree(root) if (fields := _stat(process))) / TICK


def _stat(process):
    """What follows a process's name in its stat: state, parent, ...; nothing once it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(process):
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
