"""What became of the claims under the optimisers of today, measured: python -m engine.studies.today makes the results.

The digits' blank pixels under five optimisers and under schedules, beside the exact lines of weights that see no data; the size
of a layer of which only the direction matters, from three sizes of start; and how its size at rest depends on eta and lambda.
"""

import json
import sys
from dataclasses import replace
from functools import cache
from math import ceil
from typing import NamedTuple

import numpy as np

from engine import datasets, initialization
from engine.archive import RESULTS, read_arrays, write_arrays
from engine.files import shipped
from engine.hyperparameters import Hyperparameters
from engine.network import ACTIVATIONS, COSTS, backpropagate, forward
from engine.normalization import LENGTH, entering
from engine.optimizers import OPTIMIZERS
from engine.progress import draw
from engine.schedules import SCHEDULES, rate
from engine.theory.alone import alone, balanced, walked
from engine.training import Trajectory, mini_batches, train_epoch

FILE = "today.npz"
CONTROL = Hyperparameters(learning_rate=0.002, l2=250.0, epochs=30, replicates=4)
LAMBDAS = (25.0, 2.5, 0.25)
"""Of adam with L2, to be compared: under all of them something is learned."""
GROUPS = {name: replace(CONTROL, optimizer=name) for name in OPTIMIZERS}
GROUPS |= {f"adam {lam:g}": replace(GROUPS["adam"], l2=lam) for lam in LAMBDAS}
"""Runs of which the control group is seen."""
TIMED = {name: Hyperparameters(schedule=name, replicates=4) for name in SCHEDULES}
"""The exercise's network under every schedule; the decay is all that the control group sees of it."""
UNIT = Hyperparameters(
    activation="relu", cost="log-likelihood", initialization="he", normalization="unit", learning_rate=0.02, l2=40.0, epochs=60
)
ADAMW = replace(UNIT, optimizer="adamw", learning_rate=0.002, l2=500.0)
SIZED = {"sgd": UNIT, "adamw": ADAMW}
TIMES = (0.2, 1.0, 5.0)
"""Sizes of the start, of He's."""
VARIED = {"sgd": UNIT, "adamw": ADAMW, "plain": replace(ADAMW, normalization="none")}
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of eta and of lambda, one at a time."""
NEAR = 0.25
"""Start of those, of He's: near where most of them rest."""
RELAXED = 6.0
"""Times in which the rms comes closer to rest by a factor e, before a run is taken to be there; seen over its last third."""


class Today(NamedTuple):
    """What is measured, beside what was known before."""

    control: np.ndarray  # (groups, epochs + 1): control rms over its start, mean over seeds; those of LAMBDAS last
    alone: np.ndarray  # (groups, epochs + 1): the same of weights that see no data, from the same draws
    learning: np.ndarray  # (lambdas, epochs + 1): of hidden weights of pixels that are not blank, under adam
    timed: np.ndarray  # (schedules, epochs + 1): control rms over its start, mean over seeds
    taken: np.ndarray  # (schedules, epochs + 1): S up to then, the sum of eta_t k
    size: np.ndarray  # (sgd and adamw, starts, epochs + 1): rms of the live units' weights, root of the mean over seeds
    foreseen: np.ndarray  # the same by theory; under SGD from the heat at rest of the middle start
    live: np.ndarray  # (sgd and adamw, starts): share of units that some example excites at the end
    rest: np.ndarray  # (varied, eta and lambda, factors, seeds): rms of live units at rest
    whole: np.ndarray  # the same of all units
    law: np.ndarray  # the same of live units by theory, under SGD from the heat in an epoch at rest


def control(h):
    """Control rms over its start, (epochs + 1,), and rms of the other hidden weights over theirs; means over seeds."""
    trajectory = Trajectory(h)
    list(trajectory.train(h.epochs))
    run, blank = trajectory.run(h), datasets.load(h).unused_inputs.mean()
    others = np.sqrt((run.weight_rms[:, :, 0] ** 2 - blank * run.control_rms**2) / (1 - blank))
    return [(rms / rms[:, :1]).mean(axis=0) for rms in (run.control_rms, others)]


def expected(h):
    """Control rms over its start, (epochs + 1,), if no gradient of the data arrives at it; from the same draws."""
    w = initialization.draw(h).weights[0][:, :, datasets.load(h).unused_inputs]
    rates = [rate(h, t) for t in range(h.epochs * h.updates_per_epoch)]
    path = alone(h.optimizer, w, rates, h.l2 / h.n_train, momentum=h.momentum, beta1=h.beta1, beta2=h.beta2, epsilon=h.epsilon)
    rms = np.sqrt((path[:: h.updates_per_epoch] ** 2).mean(axis=(2, 3)))
    return (rms / rms[0]).mean(axis=1)


def decay_taken(h):
    """S after every epoch, (epochs + 1,)."""
    taken = np.cumsum([rate(h, t) * h.l2 / h.n_train for t in range(h.epochs * h.updates_per_epoch)])
    return np.concatenate([[0.0], taken[h.updates_per_epoch - 1 :: h.updates_per_epoch]])


def networks(h, times):
    """The network of `h` after every epoch, for ever, from a start that is so many times as large in its hidden layer."""
    data, network = datasets.load(h), initialization.draw(h)
    network.weights[0] *= np.float32(times)
    epoch = 0
    while True:
        yield network
        network = train_epoch(network, h, data, epoch)
        epoch += 1


def alive(network, h):
    """Units of the hidden layer that some training example excites, (replicates, units)."""
    inputs, _ = forward(entering(network, h), datasets.load(h).x_train, ACTIVATIONS[h.activation])
    return (inputs[1] > 0).any(axis=1)


def squares(network):
    """Mean square of each hidden unit's weights, (replicates, units)."""
    return (network.weights[0].astype(float) ** 2).mean(axis=2)


def heat(network, h, epoch):
    """|g~|^2 of each hidden unit, (replicates, units): mean over an epoch's mini-batches; g~ is the gradient at |w| = 1."""
    w = network.weights[0].astype(float)
    direction = w / np.linalg.norm(w, axis=2, keepdims=True)
    found = []
    for x, y in mini_batches(h, datasets.load(h), epoch):
        inputs, errors = backpropagate(entering(network, h), x, y, ACTIVATIONS[h.activation], COSTS[h.cost])
        g = errors[0].mT @ inputs[0] / x.shape[1]
        g = LENGTH * (g - np.vecdot(g, direction)[..., None] * direction)
        found.append((g * g).sum(axis=2))
    return np.mean(found, axis=0)


def seen(h, times):
    """rms of live units after every epoch (epochs + 1,), the share of those, and the last network."""
    course = [network for network, _ in zip(networks(h, times), range(h.epochs + 1))]
    live = alive(course[-1], h)
    return [np.sqrt(squares(network)[live].mean()) for network in course], live.mean(), course[-1]


def foreseen(h, last):
    """rms of live units after every epoch by theory for each of TIMES, (starts, epochs + 1); `last` of the middle start."""
    k, updates = h.l2 / h.n_train, h.updates_per_epoch * np.arange(h.epochs + 1)
    live = alive(last, h)
    start = np.sqrt(squares(initialization.draw(h))[live].mean())
    if h.optimizer == "adamw":
        return np.stack([walked(h.learning_rate, k, times * start, updates) for times in TIMES])
    hot = heat(last, h, h.epochs)[live].mean() / h.fan_in**2  # |w|^4 is rms^4 times the weights squared
    return np.stack([balanced(h.learning_rate, k, hot, times * start, updates) for times in TIMES])


def varied(h):
    """The runs of `h` with eta, then with lambda, times each of FACTORS."""
    return [[replace(h, **{name: factor * getattr(h, name)}) for factor in FACTORS] for name in ("learning_rate", "l2")]


def resting(h):
    """rms at rest of live units and of all, and of live units by the law of `h`'s optimiser, (replicates,) each."""
    power = 4 if h.optimizer == "sgd" else 2
    epochs = ceil(RELAXED * h.n_train / (power * h.learning_rate * h.l2) / h.updates_per_epoch)
    late = []
    for epoch, network in enumerate(networks(h, NEAR)):
        if epoch > 2 * epochs // 3:
            late.append(squares(network))
        if epoch == epochs:
            break
    mean, live = np.mean(late, axis=0), alive(network, h)
    k = h.l2 / h.n_train
    if h.optimizer == "adamw":
        law = np.full(h.replicates, walked(h.learning_rate, k, 0.0, np.inf))
    else:
        hot = (heat(network, h, epochs) * live).sum(axis=1) / live.sum(axis=1) / h.fan_in**2
        law = balanced(h.learning_rate, k, hot, 0.0, np.inf)
    return np.sqrt((mean * live).sum(axis=1) / live.sum(axis=1)), np.sqrt(mean.mean(axis=1)), law


def run():
    """Today, trained."""
    controls = [control(h) for h in GROUPS.values()]
    draw(1, 4, "parts")
    timed = [control(h)[0] for h in TIMED.values()]
    draw(2, 4, "parts")
    sized = {name: [seen(h, times) for times in TIMES] for name, h in SIZED.items()}
    draw(3, 4, "parts")
    rest = np.array([[[resting(one) for one in row] for row in varied(h)] for h in VARIED.values()])
    return Today(
        control=np.array([group for group, _ in controls]),
        alone=np.array([expected(h) for h in GROUPS.values()]),
        learning=np.array([others for _, others in controls[len(OPTIMIZERS) :]]),
        timed=np.array(timed),
        taken=np.array([decay_taken(h) for h in TIMED.values()]),
        size=np.array([[rms for rms, _, _ in found] for found in sized.values()]),
        foreseen=np.array([foreseen(h, sized[name][1][2]) for name, h in SIZED.items()]),
        live=np.array([[share for _, share, _ in found] for found in sized.values()]),
        rest=rest[..., 0, :],
        whole=rest[..., 1, :],
        law=rest[..., 2, :],
    )


def settings():
    """All that the results depend on, as text."""
    runs = [h for named in (GROUPS, TIMED, SIZED, VARIED) for h in named.values()]
    return json.dumps([[[h.key, h.epochs] for h in runs], TIMES, FACTORS, NEAR, RELAXED])


@cache
def results(folder=RESULTS):
    """Today, as it ships. Raises Damaged where it cannot be read, or is of other settings."""
    with shipped(folder / FILE):
        about, arrays = read_arrays(folder / FILE)
        if about["settings"] != settings():
            raise ValueError(f"{FILE} must be of the present settings: python -m engine.studies.today makes it")
        return Today(**arrays)


def make(folder=RESULTS):
    """Train all runs, and write what is seen of them, whole or not at all."""
    write_arrays(folder / FILE, {"settings": settings()}, **run()._asdict())


if __name__ == "__main__":
    sys.exit(make())
