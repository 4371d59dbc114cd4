"""How the first weights are drawn. Every initialisation is the same standard normal draw, scaled."""

import numpy as np

from engine.network import Network

INITIALIZATIONS = {
    "large": lambda fan_in: 1.0,  # N(0, 1)
    "scaled": lambda fan_in: 1.0 / np.sqrt(fan_in),  # N(0, 1/fan_in)
    "he": lambda fan_in: np.sqrt(2.0 / fan_in),  # N(0, 2/fan_in), for ReLU units (He et al. 2015)
}
"""Name -> standard deviation of a layer's first weights, from its fan-in."""
STARTS = ("large", "scaled")
"""The two that the claims compare."""


def draw(h, dtype=np.float32):
    """The network before training: weights as `h.initialization` says, biases N(0, 1) under every initialisation.

    A replicate uses the stream of its seed alone, whatever the other hyperparameters are.
    """
    deviation = INITIALIZATIONS[h.initialization]
    replicates = []
    for seed in h.seeds:
        stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
        replicates.append(
            [
                (deviation(a) * stream.standard_normal((b, a)), stream.standard_normal((1, b)))
                for a, b in zip(h.sizes, h.sizes[1:])
            ]
        )
    layers = list(zip(*replicates))
    return Network(
        weights=[np.stack([w for w, _ in layer]).astype(dtype) for layer in layers],
        biases=[np.stack([b for _, b in layer]).astype(dtype) for layer in layers],
    )
