"""One run for several lambdas, trained as one stack."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from engine.hyperparameters import Hyperparameters
from engine.measurements import Run

SHARED = {f.name for f in fields(Hyperparameters)} - {"l2", "replicates", "seed"}
SHARED |= {"sizes", "layer_names", "updates_per_epoch"}


@dataclass(frozen=True)
class LambdaGrid:
    """The run of `base` for every value of `l2`, in place of hyperparameters wherever a run is trained, cached or stored.

    The stack holds all seeds of the first lambda, then those of the second, and so on: the same draws and mini-batches
    under each. It diverges as a whole. Raises ValueError naming field, rule and value.
    """

    base: Hyperparameters
    l2: tuple[float, ...]

    def __post_init__(self):
        object.__setattr__(self, "l2", tuple(replace(self.base, l2=value).l2 for value in self.l2))
        if not self.l2:
            raise ValueError(f"l2 must have at least one value, got {self.l2!r}")
        replace(self.base, replicates=self.replicates)  # the stack has the limits of any other

    def __getattr__(self, name):
        """What a grid shares with its base; not what depends on lambda or on the number of replicates."""
        if name not in SHARED:
            raise AttributeError(f"LambdaGrid has no {name!r}")
        return getattr(self.base, name)

    @property
    def replicates(self):
        return self.base.replicates * len(self.l2)

    @property
    def seeds(self):
        return tuple(self.base.seeds) * len(self.l2)

    @cached_property
    def members(self):
        """The hyperparameters of each lambda."""
        return [replace(self.base, l2=value) for value in self.l2]

    def l2_during(self, epoch):
        """lambda of every replicate during `epoch`, (replicates, 1, 1)."""
        return np.repeat([h.l2_during(epoch) for h in self.members], self.base.replicates)[:, None, None]

    @property
    def key(self):
        return "grid", self.l2, self.base.key

    def split(self, run):
        """The Run of each lambda, from the Run of the grid."""
        arrays = {f.name: getattr(run, f.name) for f in fields(Run) if isinstance(getattr(run, f.name), np.ndarray)}
        count = self.base.replicates
        return [
            replace(run, hyperparameters=h, **{name: a[k * count : (k + 1) * count] for name, a in arrays.items()})
            for k, h in enumerate(self.members)
        ]
