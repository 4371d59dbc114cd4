"""Training runs of small networks under L2 regularisation, measured once an epoch. NumPy and SciPy only.

    from engine import Hyperparameters, train
    run = train(Hyperparameters(l2=5.0))
    run.weight_rms  # (replicates, epochs + 1, layers)

A Run and its arrays are described in engine.measurements.
"""

from engine.cache import RunCache
from engine.hyperparameters import Hyperparameters
from engine.measurements import Run
from engine.training import Trajectory

__all__ = ["Hyperparameters", "Run", "RunCache", "train"]

CACHE = RunCache()


def train(h, cache=CACHE):
    """The Run of hyperparameters `h`: from the cache where it can, trained otherwise; with cache=None always trained."""
    if cache is not None:
        return cache.train(h)
    trajectory = Trajectory(h)
    for _ in trajectory.train(h.epochs):
        pass
    return trajectory.run(h)
