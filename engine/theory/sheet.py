"""The formula sheet: every closed form of this package, with its function and its source."""

from typing import NamedTuple


class Formula(NamedTuple):
    says: str
    latex: str
    name: str  # of the function, in engine.theory
    source: str
