"""What a run takes: seconds on one core, and bytes at its peak. Known before anything is allocated."""

from engine.normalization import normalized_layers
from engine.optimizers import OPTIMIZERS
from engine.training import MAX_NETWORKS, milestone

UPDATE = 20e-6
"""Seconds that an update of one layer takes, however small the layer: NumPy's overhead."""
MULTIPLICATION = 1.8e-10
"""Seconds for each weight of each replicate and each example: forward, backward and gradient."""
REMEMBERED = 8e-6, 3.5e-9
"""Seconds that an update takes longer for each array that the optimiser remembers of a layer: and for each weight in it."""
NORMALIZED = 20e-6, 4e-9
"""The same for a layer whose units are normalised."""
AT_WORK = 12
"""Networks' worth of bytes that an epoch and its measurement need beside those that are kept."""
MINI_BATCHES, ABOVE = 2, 5
"""Mini-batches that are there at once, the next being taken while one is in use; arrays of the units above the inputs."""
ENDS = 2
"""Networks at work that carry the optimiser's moments: at the two ends of an epoch."""
MOST_SECONDS = 900
"""Of one run for one reader."""
MOST_WAITING = 1800
"""Seconds of all that is asked for."""
MOST_BYTES = 220 << 20
"""At the peak of one run, beside the data: what 690 MB leave where the server takes 220, a worker's modules 50, MNIST 190."""


class Refused(ValueError):
    """More than one reader may ask for; the message says what, how much, and what would be less."""


def seconds(h, epochs):
    """What so many epochs of the run of `h` take on one core, roughly: within a factor of two."""
    update = UPDATE * (len(h.sizes) - 1) + MULTIPLICATION * h.replicates * min(h.batch_size, h.n_train) * _weights(h)
    weights = [h.replicates * a * b for a, b in zip(h.sizes, h.sizes[1:])]
    for (overhead, each), count, layers in (
        (REMEMBERED, OPTIMIZERS[h.optimizer].moments, weights),
        (NORMALIZED, 1, weights[: normalized_layers(h)]),
    ):
        update += count * sum(overhead + each * weight for weight in layers)
    return epochs * h.updates_per_epoch * update


def peak_bytes(h):
    """Bytes that the networks of the run of `h` take at most, kept or at work, in all processes."""
    kept = min(sum(milestone(epoch) for epoch in range(h.epochs + 1)), MAX_NETWORKS) + 1
    moments = OPTIMIZERS[h.optimizer].moments
    return 4 * h.replicates * _weights(h) * (kept * (1 + moments) + AT_WORK + ENDS * moments)


def mini_batch_bytes(h):
    """Bytes that the mini-batches of the run of `h` take at most, with what is computed from them."""
    numbers = MINI_BATCHES * (h.sizes[0] + h.sizes[-1]) + ABOVE * sum(h.sizes[1:])
    return 4 * h.replicates * min(h.batch_size, h.n_train) * numbers


def check(h, left, waiting=0.0):
    """Raises Refused where the run of `h`, of which so many epochs are left, is too much after so many seconds of others."""
    asked = seconds(h, left)
    if (peak := peak_bytes(h) + mini_batch_bytes(h)) > MOST_BYTES:
        raise Refused(
            f"This run would take {peak / 2**20:.0f} MB, and one reader can have {MOST_BYTES >> 20} MB. "
            "Fewer seeds, fewer hidden units or smaller mini-batches take less."
        )
    if asked > MOST_SECONDS:
        raise Refused(
            f"This run would take about {asked / 60:.0f} minutes, and one reader can have {MOST_SECONDS / 60:.0f}. "
            "Fewer epochs, examples or seeds take less."
        )
    if waiting + asked > MOST_WAITING:
        raise Refused(
            f"Other readers' runs will take another {waiting / 60:.0f} minutes, and this one does not fit behind them. "
            "What is there already can be read; or ask again later."
        )


def _weights(h):
    return sum(a * b for a, b in zip(h.sizes, h.sizes[1:]))
