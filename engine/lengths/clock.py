"""The clock of the difference of two layers' squared lengths, update by update."""

from typing import NamedTuple

import numpy as np

from engine import datasets, initialization, theory
from engine.lengths.balance import squared
from engine.network import ACTIVATIONS, COSTS, backpropagate
from engine.normalization import refuse
from engine.optimizers import sgd
from engine.training import mini_batches
from engine.weights import in_motion


class Clock(NamedTuple):
    """Delta = |W_l|^2 - |W_(l+1)|^2 and its predicted parts, (replicates, layers - 1) each, or with an axis of epochs."""

    measured: np.ndarray  # Delta
    decay: np.ndarray  # beta^(2t) Delta_0, what the clock alone leaves
    biases: np.ndarray  # what the biases of layer l moved
    heat: np.ndarray  # what the finite steps added

    @property
    def predicted(self):
        """The sum of the parts: with ReLU units as measured, to rounding; with others the rest is what their bends did."""
        return self.decay + self.biases + self.heat


def updates(h, epochs, dtype=np.float64):
    """The Clock at the start and after every update of so many epochs of the run of `h`, in its own training.

    Raises ValueError for another update than plain SGD at a constant rate: the law is not theirs.
    """
    if (h.optimizer, h.schedule, h.warmup) != ("sgd", "constant", 0):
        raise ValueError(f"the clock must be that of sgd at a constant rate, got {h.optimizer!r}, {h.schedule!r}, {h.warmup!r}")
    refuse(h)
    data, network = datasets.load(h), initialization.draw(h, dtype)
    moving, activation, cost = in_motion(network), ACTIVATIONS[h.activation], COSTS[h.cost]
    start = _difference(squared(network))
    state = Clock(start, start, np.zeros_like(start), np.zeros_like(start))
    yield state
    for epoch in range(epochs):
        lam = h.l2_during(epoch)
        beta = theory.decay_factor(h.learning_rate, lam, h.n_train)
        for x, y in mini_batches(h, data, epoch):
            inputs, errors = backpropagate(moving, x.astype(dtype), y, activation, cost)
            lengths = [_length(error.mT @ a / x.shape[1]) for error, a in zip(errors, inputs)]
            bias_lengths = [_length(error.mean(axis=1)) for error in errors]
            before = [_length(b) for b in network.biases]
            sgd(moving, inputs, errors, h.learning_rate, lam, h.n_train)
            moved = [_length(b) - old for b, old in zip(network.biases, before)]
            terms = [
                theory.difference_terms(h.learning_rate, beta, *of_layer)
                for of_layer in zip(moved[:-1], lengths[:-1], bias_lengths[:-1], lengths[1:])
            ]
            by_biases, by_heat = (np.stack(parts, axis=1) for parts in zip(*terms))
            for w in moving.weights:
                w.fold()
            state = Clock(
                _difference(squared(network)),
                beta**2 * state.decay,
                beta**2 * state.biases + by_biases,
                beta**2 * state.heat + by_heat,
            )
            yield state


def clock(h, epochs, dtype=np.float64):
    """The Clock after every epoch of the run of `h` from 0 on, (replicates, epochs + 1, layers - 1) each.

    Trained here, update by update, in double precision: the draw and mini-batches are those of the run.
    """
    states = [state for k, state in enumerate(updates(h, epochs, dtype)) if k % h.updates_per_epoch == 0]
    return Clock(*(np.stack(parts, axis=1) for parts in zip(*states)))


def _difference(lengths):
    return lengths[:, :-1] - lengths[:, 1:]


def _length(array):
    return (array.astype(np.float64) ** 2).reshape(len(array), -1).sum(axis=1)
