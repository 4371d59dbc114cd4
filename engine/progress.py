"""How far a command is, as a line on standard error that is drawn over itself."""

import sys


def draw(done, total, unit, seconds_left=None):
    """[###   ] 3/6 epochs, 12 s left; `unit` names in the plural what is counted."""
    left = "" if seconds_left is None else f", {seconds_left:.0f} s left"
    bar = "#" * round(30 * done / max(total, 1))
    print(f"\r[{bar:<30}] {done}/{total} {unit}{left}   ", end="", file=sys.stderr, flush=True)
