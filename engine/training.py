"""Mini-batches, epochs, and a run that goes on from epoch to epoch; the update itself is in engine.optimizers."""

import itertools
import threading
from itertools import islice

import numpy as np

from engine import datasets, initialization
from engine.measurements import Record, Run
from engine.network import ACTIVATIONS, COSTS, backpropagate
from engine.normalization import entering
from engine.optimizers import at_start, update
from engine.schedules import rate
from engine.weights import in_motion

MAX_NETWORKS = 24
"""From so many on a trajectory keeps no more of those that were asked for, only the milestones."""


PAUSE = 500
"""Updates between two moments, within an epoch, at which a run can be left or can wait: a fraction of a second."""


def train_epoch(network, h, data, epoch):
    """The network after one more epoch, counted from 0; `network` stays as it is."""
    network = network.copy()
    for _ in epoch_in_parts(network, h, data, epoch):
        pass
    return network


def epoch_in_parts(network, h, data, epoch):
    """Train `network` itself for one more epoch; yields between parts of PAUSE updates."""
    network.moments = network.moments or at_start(network, h)
    batches, moving = mini_batches(h, data, epoch), in_motion(network)
    for done in range(0, h.updates_per_epoch, PAUSE):
        if done:
            yield
        with np.errstate(over="ignore", invalid="ignore"):  # a run that diverges overflows; its record says so
            train_on(moving, h, h.l2_during(epoch), islice(batches, PAUSE), epoch * h.updates_per_epoch + done)
            for w in moving.weights:
                w.fold()


def train_on(network, h, lam, batches, done=0):
    """One update of a `network` in motion for each mini-batch, after so many `done`; lam as in the optimiser."""
    activation, cost = ACTIVATIONS[h.activation], COSTS[h.cost]
    for t, (x, y) in enumerate(batches, done):
        inputs, errors = backpropagate(entering(network, h), x, y, activation, cost)
        update(network, inputs, errors, rate(h, t), lam, t + 1, h)


def mini_batches(h, data, epoch):
    """x (replicates, m, fan_in) and y (replicates, m, classes) of each mini-batch; the last may be smaller.

    The examples are reshuffled every epoch, by a stream of the replicate's seed and the epoch alone: the other hyperparameters
    leave their order as it is.
    """
    streams = (np.random.SeedSequence(seed, spawn_key=(1, epoch)) for seed in h.seeds)
    order = np.stack([np.random.default_rng(s).permutation(h.n_train) for s in streams])
    for start in range(0, h.n_train, h.batch_size):
        examples = order[:, start : start + h.batch_size]
        yield data.x_train.take(examples, axis=0, mode="clip"), data.y_train.take(examples, axis=0, mode="clip")


def epochs(h, done, start=0, network=None):
    """The run of `h` epoch by epoch, from its `network` after `start` epochs (None: from the draw), measured beyond `done`.

    Yields None now and then while an epoch is under way, and a Record with its Network: of the untrained network first where
    `done` is -1, then of every epoch after `done`; those up to it are only trained again. Goes on until it is left; the last
    Record of a run that diverges is not finite.
    """
    data, first = datasets.load(h), initialization.draw(h)
    before = first if network is None else network
    if done < 0:
        yield Record.start(first, h, data), first
    for epoch in itertools.count(start):
        network = before.copy()
        for _ in epoch_in_parts(network, h, data, epoch):
            yield None
        if epoch < done:
            yield None
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                record = Record.after(epoch, before, network, first, h, data)
            yield record, network
            if not record.finite:
                return
        before = network


class Trajectory:
    """The epochs of a run trained so far, and the network they led to: a longer run goes on from it."""

    def __init__(self, h, records=(), networks=None, diverged_at=None):
        self.hyperparameters = h  # or a LambdaGrid
        self.records = list(records)  # one Record an epoch, the untrained network first; empty before the first call of train
        self.networks = dict(networks or {})  # epoch -> Network, of the last epoch and a few before it
        self._run = None, None  # of what the last Run that was asked for was made, and that
        self._asking = threading.Lock()  # those who ask for the same network wait for the one that trains it
        self.diverged_at = diverged_at  # the epoch in which a weight or the cost left the finite numbers; it has no record

    @classmethod
    def of(cls, run, networks):
        """That of a Run, with its networks of some epochs: it goes on as if it had never been away."""
        return cls(run.hyperparameters, run.records, networks, run.diverged_at)

    def begin_with(self, shorter):
        """Take the epochs and networks of one that did not get as far in place of its own: those here may be rounded."""
        self.records[: len(shorter.records)] = shorter.records
        self._run = None, None
        self.networks = self.networks | shorter.networks

    @property
    def done(self):
        """Completed epochs; -1 before the untrained network was measured."""
        return len(self.records) - 1

    def nearest(self, epoch):
        """(epoch, Network) of the last one kept that is not after `epoch`; (0, None) where there is none."""
        kept = dict(self.networks)
        return max(((e, network) for e, network in kept.items() if e <= epoch), default=(0, None), key=lambda pair: pair[0])

    def add(self, record, network):
        """Go on by the epoch that follows, where it is that."""
        if record.epoch != len(self.records) or self.diverged_at is not None:
            return
        if record.epoch and not record.finite:
            self.diverged_at = record.epoch
            return
        if network is not None:  # not all travel
            self.networks[record.epoch] = network
        self.records.append(record)
        if not milestone(record.epoch - 1):
            self.networks.pop(record.epoch - 1, None)

    def train(self, until):
        """Train on until so many epochs are done or the run diverges.

        Yields the number of completed epochs after each, and in long epochs more often: whoever asks no more leaves the run.
        """
        if self.covers(until):
            return
        for found in epochs(self.hyperparameters, self.done, *self.nearest(self.done)):
            if found is not None:
                self.add(*found)
            if self.diverged_at is None:
                yield self.done
            if self.covers(until):
                return

    @property
    def network(self):
        """The network after the last epoch that was trained."""
        return self.network_at(self.done)

    def network_at(self, epoch):
        """The network after so many epochs: one that was kept, or trained again from the nearest one before it.

        It is kept while there is room. Raises ValueError where the run had diverged.
        """
        self.refuse(epoch)
        with self._asking:
            network = trained_on(self.hyperparameters, *self.nearest(epoch), epoch)
            self.keep(epoch, network)
            return network

    def refuse(self, epoch):
        """Raises ValueError where there is no such network, because the run had diverged."""
        if self.diverged_at is not None and epoch >= self.diverged_at:
            raise ValueError(f"epoch must be below {self.diverged_at}, in which the run diverged, got {epoch!r}")

    def keep(self, epoch, network):
        """For those who ask for it again, while there is room."""
        if len(self.networks) < MAX_NETWORKS:
            self.networks.setdefault(epoch, network)

    def covers(self, epochs):
        """Whether nothing is left to train for a run of so many epochs."""
        return len(self.records) > epochs or self.diverged_at is not None

    def run(self, h):
        """The Run of hyperparameters that differ from the trajectory's in `epochs` alone: complete, or as far as it got.

        The last one is kept: most who read a page ask for the same.
        """
        made_of = h, len(self.records), self.diverged_at
        kept, run = self._run
        if kept != made_of:
            run = Run.of(h, list(self.records), self.diverged_at)
            self._run = made_of, run
        return run


def trained_on(h, start, network, epoch):
    """The network of the run of `h` after `epoch` epochs, from that after `start` epochs; None: from the draw."""
    return on_the_way(h, start, network, epoch)[epoch]


def on_the_way(h, start, network, epoch):
    """epoch -> network, of that of `trained_on` and of the milestones from the start to it."""
    network = initialization.draw(h) if network is None else network
    found = {start: network}
    for done in range(start, epoch):
        network = train_epoch(network, h, datasets.load(h), done)
        if milestone(done + 1):
            found[done + 1] = network
    return found | {epoch: network}


def milestone(epoch):
    """Whether a trajectory keeps the network of this epoch: 0 and 1, 2, 5 times the powers of ten."""
    return str(epoch).rstrip("0") in ("", "1", "2", "5")
