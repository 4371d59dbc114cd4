"""What is read off the weights once an epoch, from their values at its two ends: nothing is added to the update loop."""

import math
from dataclasses import dataclass, fields, replace

import numpy as np

from engine import theory
from engine.network import ACTIVATIONS, COSTS, outputs
from engine.normalization import entering, normalized_layers
from engine.optimizers import OPTIMIZERS
from engine.schedules import rate

DISPLACEMENTS = r"D = (\rho-1)\,W \qquad G = W'-\rho\,W"
LEDGER = (
    r"\begin{aligned}|W'|^2-|W|^2 =\;& \underbrace{(\rho^2-1)\,|W|^2}_{\text{decay}}"
    r" \\ &+ \underbrace{2\rho\,\langle W,G\rangle+|G|^2}_{\text{data}}\end{aligned}"
)
"""One epoch from W to W', split exactly; `change` computes it."""
CHUNK = 1 << 21
"""Numbers in the largest temporary array of an evaluation: 8 MB in float32."""


@dataclass(frozen=True)
class Record:
    """One epoch of a run. Arrays have a leading axis of replicates; layers count from the input up; all float64.

    The changes are those of the epoch that ends here; they are NaN in the record of the untrained network. With W the
    weights of a layer at the start of the epoch and rho the exact decay factor per epoch, decay's displacement is
    D = (rho - 1) W, the data's is G, the rest. Decay that acts on what the same epoch learned counts with the data.
    Coupled momentum and adam have no exact split: there the changes are NaN. So they are for normalised units: where decay acts
    on the length that the data cannot see, and the data on every weight, no weight shows what decay alone does.
    """

    epoch: int  # completed epochs
    weight_rms: np.ndarray  # (replicates, layers)
    cosine: np.ndarray  # (replicates, layers): <w, w_0> / |w||w_0|
    control_rms: np.ndarray  # (replicates,) of first-layer weights whose input is always 0; NaN if none, or normalised
    displacement_decay: np.ndarray  # (replicates, layers): |D|
    displacement_data: np.ndarray  # (replicates, layers): |G|
    norm_change_decay: np.ndarray  # (replicates, layers): (rho^2 - 1)|W|^2
    norm_change_data: np.ndarray  # (replicates, layers): 2 rho <W, G> + |G|^2
    training_cost: np.ndarray  # (replicates,) mean data cost per example, without the penalty
    training_accuracy: np.ndarray  # (replicates,) 0 to 1
    validation_accuracy: np.ndarray  # (replicates,) 0 to 1

    @classmethod
    def start(cls, network, h, data):
        """The record of the untrained network."""
        unknown = np.full((4, h.replicates, len(network.weights)), np.nan)
        return cls(0, *_sizes(network, network, h, data), *unknown, *performance(network, h, data))

    @classmethod
    def after(cls, epoch, before, network, first, h, data):
        """The record of `network`, reached from `before` in one epoch (counted from 0) of a run started from `first`."""
        rho = np.broadcast_to(decay_factor(h, epoch), (h.replicates, 1, 1))
        rhos = [np.full_like(rho, np.nan) if k < normalized_layers(h) else rho for k in range(len(network.weights))]
        changes = zip(*map(change, before.weights, network.weights, rhos))
        changes = (np.stack(c, axis=1) for c in changes)
        return cls(epoch + 1, *_sizes(network, first, h, data), *changes, *performance(network, h, data))

    @property
    def finite(self):
        return bool(np.isfinite(self.weight_rms).all() and np.isfinite(self.training_cost).all())


@dataclass(frozen=True)
class Run:
    """The epochs of a run, arrays in float64 with a leading axis of replicates, as in Record, then epochs, then layers.

    What a state has goes from epoch 0, the untrained network: (replicates, epochs + 1, ...). What an epoch changes goes
    from the first epoch: (replicates, epochs, ...).
    """

    hyperparameters: object
    weight_rms: np.ndarray  # (replicates, epochs + 1, layers)
    cosine: np.ndarray  # (replicates, epochs + 1, layers)
    control_rms: np.ndarray  # (replicates, epochs + 1)
    displacement_decay: np.ndarray  # (replicates, epochs, layers)
    displacement_data: np.ndarray  # (replicates, epochs, layers)
    norm_change_decay: np.ndarray  # (replicates, epochs, layers); with norm_change_data it sums to the change of |W|^2
    norm_change_data: np.ndarray  # (replicates, epochs, layers)
    training_cost: np.ndarray  # (replicates, epochs + 1)
    training_accuracy: np.ndarray  # (replicates, epochs + 1)
    validation_accuracy: np.ndarray  # (replicates, epochs + 1)
    diverged_at: int | None = None  # the epoch in which a replicate left the finite numbers; the run ends before it

    @classmethod
    def of(cls, h, records, diverged_at=None):
        """The first h.epochs epochs of `records`, or as many as there are."""
        records = records[: h.epochs + 1]
        columns = {}
        for f in fields(Record)[1:]:
            rows = records[1:] if f.name in CHANGES else records
            empty = np.empty((*getattr(records[0], f.name).shape[:1], 0, *getattr(records[0], f.name).shape[1:]))
            columns[f.name] = np.stack([getattr(r, f.name) for r in rows], axis=1) if rows else empty
        for array in columns.values():
            array.setflags(write=False)
        return cls(h, **columns, diverged_at=diverged_at if len(records) <= h.epochs else None)

    @property
    def epochs(self):
        """Completed epochs: fewer than asked for in a partial or diverged run."""
        return self.weight_rms.shape[1] - 1

    def first(self, epochs):
        """The run of its first so many epochs; its hyperparameters stay those of the whole."""
        ends = {f.name: epochs if f.name in CHANGES else epochs + 1 for f in fields(Record)[1:]}
        return replace(self, **{name: getattr(self, name)[:, :end] for name, end in ends.items()})

    def until(self, h):
        """The run of hyperparameters that differ in `epochs` alone: the beginning, or all of it where it ends before."""
        whole = self.epochs < h.epochs
        return replace(self.first(h.epochs), hyperparameters=h, diverged_at=self.diverged_at if whole else None)

    @property
    def records(self):
        """One Record an epoch, the untrained network first: what `of` made the run from."""
        return [Record(epoch, *(self._at(epoch, f.name) for f in fields(Record)[1:])) for epoch in range(self.epochs + 1)]

    def _at(self, epoch, name):
        array = getattr(self, name)
        if name not in CHANGES:
            return array[:, epoch]
        return array[:, epoch - 1] if epoch else np.full((len(array), *array.shape[2:]), np.nan)

    @property
    def displacement_share(self):
        """|D| / (|D| + |G|), (replicates, epochs, layers); NaN where nothing moved."""
        with np.errstate(invalid="ignore"):
            return self.displacement_decay / (self.displacement_decay + self.displacement_data)

    @property
    def norm_squared(self):
        """|W|^2, (replicates, epochs + 1, layers)."""
        return squared_lengths(self.hyperparameters, self.weight_rms)

    @property
    def ledger(self):
        """What decay and the data did to |W|^2 in each epoch, over its start; (replicates, epochs, layers) each."""
        start = self.norm_squared[:, :1]
        return self.norm_change_decay / start, self.norm_change_data / start

    @property
    def alignment(self):
        """Cosine of the angle between W and the data's displacement G, (replicates, epochs, layers).

        From 2 rho <W, G> = (the ledger's data) - |G|^2. NaN where nothing moved, and where an epoch of decay leaves so little
        that the rounding of |G|^2 hides the product: then the ledger does not tell.
        """
        rho = np.array([decay_factor(self.hyperparameters, epoch) for epoch in range(self.epochs)])[:, None]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            unit = 2 * rho * np.sqrt(self.norm_squared[:, :-1]) * self.displacement_data
            rounding = np.finfo(float).eps * self.displacement_data**2 / np.abs(unit)
            return np.where(rounding < UNRESOLVED, (self.norm_change_data - self.displacement_data**2) / unit, np.nan)

    @property
    def unopposed_share(self):
        """(decay + data) / decay of the ledger, (replicates, epochs, layers).

        1 where decay meets no resistance, 0 at a standstill, negative where the norm grows; not finite without decay.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return (self.norm_change_decay + self.norm_change_data) / self.norm_change_decay


UNRESOLVED = 1e-3
"""Largest error of a cosine that is given out."""
CHANGES = ("displacement_decay", "displacement_data", "norm_change_decay", "norm_change_data")
LAYERED = ("weight_rms", "cosine", *CHANGES)
"""What each layer has of its own."""


def squared_lengths(h, rms):
    """|W|^2 of layers from the root mean squares of their weights, both (..., layers)."""
    return np.array([a * b for a, b in zip(h.sizes, h.sizes[1:])]) * rms**2


def decay_factor(h, epoch):
    """The exact decay factor of an epoch, counted from 0, as theory has it: the simulator does not ask for it.

    NaN where decay goes through the optimiser's moments, as with momentum and adam: there it has no share of its own.
    """
    if not OPTIMIZERS[h.optimizer].split:
        return np.nan
    if h.schedule != "constant" or h.warmup:
        updates = range(epoch * h.updates_per_epoch, (epoch + 1) * h.updates_per_epoch)
        return math.prod(1 - rate(h, t) * h.l2_during(epoch) / h.n_train for t in updates)
    return theory.decay_per_epoch(h.learning_rate, h.l2_during(epoch), h.n_train, h.batch_size)


def _sizes(network, first, h, data):
    """weight_rms, cosine, control_rms."""
    rms, cosine = [], []
    for w, w_0 in zip(network.weights, first.weights):
        norm, norm_0 = np.sqrt(_dot(w, w)), np.sqrt(_dot(w_0, w_0))
        rms.append(norm / np.sqrt(w[0].size))
        with np.errstate(invalid="ignore"):  # a layer of zeros has no direction
            cosine.append(_dot(w, w_0) / (norm * norm_0))
    control = network.weights[0][:, :, [] if normalized_layers(h) else data.unused_inputs].astype(np.float64)
    control_rms = np.sqrt((control**2).mean(axis=(1, 2))) if control.size else np.full(len(control), np.nan)
    return np.stack(rms, axis=1), np.stack(cosine, axis=1), control_rms


def change(w_s, w_e, rho):
    """|D|, |G| and the two terms of the norm ledger, (replicates,) each; see Record. rho (replicates, 1, 1)."""
    w_s = w_s.astype(np.float64)
    g = w_e - rho * w_s
    before, gg, rho = _dot(w_s, w_s), _dot(g, g), rho.ravel()
    return abs(rho - 1) * np.sqrt(before), np.sqrt(gg), (rho**2 - 1) * before, 2 * rho * _dot(w_s, g) + gg


def _dot(a, b):
    """Inner products per replicate, in float64."""
    a, b = (c.reshape(len(c), -1).astype(np.float64, copy=False) for c in (a, b))
    return np.vecdot(a, b)


def performance(network, h, data):
    """Training cost and accuracy, validation accuracy, (replicates,) each."""
    activation, cost, network = ACTIVATIONS[h.activation], COSTS[h.cost], entering(network, h)
    value, right = np.zeros(h.replicates), np.zeros(h.replicates)
    for x, y in chunks(h, data.x_train, data.y_train):
        z = outputs(network, x, activation)
        value += cost.value(z, np.asfortranarray(y)).sum(axis=1, dtype=np.float64)  # y in the memory order of z
        right += _right(z, y.argmax(axis=-1))
    right_unseen = np.zeros(h.replicates)
    for x, labels in chunks(h, data.x_validation, data.y_validation):
        right_unseen += _right(outputs(network, x, activation), labels)
    return value / h.n_train, right / h.n_train, right_unseen / len(data.y_validation)


def _right(z, labels):
    """How many examples have their label's output on top, (replicates,); faster than argmax."""
    return (z[:, np.arange(len(labels)), labels] == z.max(axis=-1)).sum(axis=1)


def chunks(h, x, y):
    """Examples x and y in pieces that keep temporary arrays of all replicates small."""
    size = max(1, CHUNK // (h.replicates * max(h.sizes)))
    return ((x[k : k + size], y[k : k + size]) for k in range(0, len(x), size))
