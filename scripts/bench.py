"""The engine's speed beside that of other libraries: the same network, data and updates, one thread on one processor.

    python -m scripts.bench

Every contender is a generator that trains one epoch a step, shuffle included: 64 or 784 inputs, 30 sigmoid and 10 sigmoid
units, cross-entropy, mini-batches of 10, plain SGD with L2 on the weights, float32. They take turns, so that a ratio compares
times of the same round, and times are the processor's, which other programs disturb less than the clock's; on an idle machine
the two are the same. Libraries that are not installed are left out.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
os.environ.update(XLA_FLAGS="--xla_cpu_multi_thread_eigen=false", JAX_PLATFORMS="cpu")

import time
from functools import partial
from importlib import import_module
from itertools import count, pairwise
from types import SimpleNamespace

import numpy as np

from engine import Hyperparameters, datasets, theory, train
from engine.initialization import draw
from engine.measurements import Record
from engine.training import train_epoch

ROUNDS = 7
TURN = 0.15
"""Seconds that a contender trains in a round, or one epoch if that takes longer."""


def engine(h, data):
    """The update loop alone."""
    network = draw(h)
    for epoch in count():
        network = train_epoch(network, h, data, epoch)
        yield


def engine_measured(h, data):
    """The update loop and what is read off the weights after each epoch."""
    first = network = draw(h)
    for epoch in count():
        before, network = network, train_epoch(network, h, data, epoch)
        Record.after(epoch, before, network, first, h, data)
        yield


def products(h, data):
    """The matrix products of the engine's updates, on arrays of the same shapes, and nothing else."""
    stream, m = np.random.default_rng(0), h.batch_size
    weights = draw(h).weights
    units = [stream.random((h.replicates, m, size), np.float32) for size in h.sizes]  # the size of activations and of errors
    row = np.ones((1, m), np.float32)
    while True:
        for _ in range(h.updates_per_epoch):
            for w, a in zip(weights, units):
                a @ w.mT
            for w, error in zip(weights[:0:-1], units[:1:-1]):
                error @ w
            for a, error in pairwise(units):
                row @ error
                error.mT @ a
        yield


def scikit_learn(h, data):
    """MLPClassifier; one-hot labels make its outputs sigmoid units. Its checks of data and parameters are off."""
    import sklearn
    from sklearn.neural_network import MLPClassifier

    sklearn.set_config(assume_finite=True, skip_parameter_validation=True)
    sgd = {"solver": "sgd", "learning_rate_init": h.learning_rate, "momentum": 0, "nesterovs_momentum": False, "shuffle": True}
    l2 = {"alpha": h.l2 * h.batch_size / h.n_train}  # it divides the penalty by the examples of the mini-batch
    models = [
        MLPClassifier(h.hidden, activation="logistic", batch_size=h.batch_size, random_state=seed, **sgd, **l2)
        for seed in range(h.replicates)
    ]
    while True:
        for model in models:
            model.partial_fit(data.x_train, data.y_train, classes=np.arange(h.sizes[-1]))
        yield


def pytorch(h, data):
    """The loop as one writes it, without a DataLoader; replicates one after another."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    x, y = torch.tensor(data.x_train), torch.tensor(data.y_train)
    cost = nn.BCEWithLogitsLoss(reduction="sum")
    runs = []
    for _ in range(h.replicates):
        a, b, c = h.sizes
        model = nn.Sequential(nn.Linear(a, b), nn.Sigmoid(), nn.Linear(b, c))
        weights = {"params": [model[0].weight, model[2].weight], "weight_decay": h.l2 / h.n_train}
        biases = {"params": [model[0].bias, model[2].bias]}
        runs.append((model, torch.optim.SGD([weights, biases], lr=h.learning_rate)))
    while True:
        for model, optimizer in runs:
            for examples in torch.randperm(h.n_train).split(h.batch_size):
                optimizer.zero_grad()
                loss = cost(model(x[examples]), y[examples]) / h.batch_size
                loss.backward()
                optimizer.step()
        yield


def jax_scan(h, data, by_hand):
    """An epoch compiled into one scan, replicates by vmap; the gradient from jax.grad, or written out as the engine's is."""
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(data.x_train), jnp.asarray(data.y_train)
    decay_factor, step = 1 - h.learning_rate * h.l2 / h.n_train, h.learning_rate / h.batch_size

    def cost(layers, x, y):
        (w, b), (v, c) = layers
        z = jax.nn.sigmoid(x @ w.T + b) @ v.T + c
        return (jax.nn.softplus(z) - y * z).sum()

    def gradient(layers, x, y):
        (w, b), (v, c) = layers
        a = jax.nn.sigmoid(x @ w.T + b)
        error = jax.nn.sigmoid(a @ v.T + c) - y
        below = error @ v * a * (1 - a)
        return [(below.T @ x, below.sum(0)), (error.T @ a, error.sum(0))]

    def train_epoch(layers, key, epoch, x, y):
        def update(layers, examples):
            gradients = (gradient if by_hand else jax.grad(cost))(layers, x[examples], y[examples])
            return [(decay_factor * w - step * dw, b - step * db) for (w, b), (dw, db) in zip(layers, gradients)], None

        order = jax.random.permutation(jax.random.fold_in(key, epoch), h.n_train).reshape(-1, h.batch_size)
        return jax.lax.scan(update, layers, order)[0]

    network, keys = draw(h), jax.random.split(jax.random.key(h.seed), h.replicates)
    layers = [(jnp.asarray(w), jnp.asarray(b[:, 0])) for w, b in zip(network.weights, network.biases)]
    if h.replicates == 1:
        layers, keys = jax.tree.map(lambda a: a[0], (layers, keys))
    else:
        train_epoch = jax.vmap(train_epoch, in_axes=(0, 0, None, None, None))
    train_epoch = jax.jit(train_epoch)
    for epoch in count():
        layers = jax.block_until_ready(train_epoch(layers, keys, epoch, x, y))
        yield


CONTENDERS = {  # name -> the package it needs, the generator
    "this engine": ("engine", engine),
    "  with its measurements": ("engine", engine_measured),
    "  its matrix products alone": ("engine", products),
    "scikit-learn": ("sklearn", scikit_learn),
    "PyTorch": ("torch", pytorch),
    "JAX": ("jax", partial(jax_scan, by_hand=False)),
    "JAX, gradient by hand": ("jax", partial(jax_scan, by_hand=True)),
}


def installed(package):
    try:
        import_module(package)
    except ImportError:
        return False
    if package == "jax":
        import_module(package).devices()  # starts it, which is not a run's own time
    return True


def mnist_sized():
    """Random data of MNIST's sizes, a fifth of the inputs not 0, and a stand-in for the hyperparameters of a run on them."""
    stream, n, fan_in = np.random.default_rng(0), 50_000, 784
    x = np.maximum(stream.random((n + 10_000, fan_in), np.float32) - np.float32(0.8), 0) * 5
    labels = stream.integers(0, 10, len(x))
    data = datasets.Dataset(x[:n], np.eye(10, dtype=np.float32)[labels[:n]], x[n:], labels[n:])
    h = SimpleNamespace(**vars(Hyperparameters(replicates=1)) | {"n_train": n, "fan_in": fan_in})
    h.sizes, h.updates_per_epoch = (fan_in, *h.hidden, 10), theory.updates_per_epoch(n, h.batch_size)
    h.l2_during = lambda epoch: h.l2
    return h, data


def seconds(run, epochs=1):
    """Per epoch."""
    start = time.process_time()
    for _ in range(epochs):
        next(run)
    return (time.process_time() - start) / epochs


def race(title, h, data):
    """Print a table and return, by contender, its seconds per epoch in every round."""
    print(f"\n{title}\n{'':28}{'ms/epoch':>10}{'epochs/s':>10}{'x engine':>10}{'first ms':>10}")
    runs = {name: run(h, data) for name, (package, run) in CONTENDERS.items() if installed(package)}
    first = {name: seconds(run) for name, run in runs.items()}
    epochs = {name: max(1, round(TURN / seconds(run))) for name, run in runs.items()}
    rounds = [{name: seconds(run, epochs[name]) for name, run in runs.items()} for _ in range(ROUNDS)]
    times = {name: np.array([r[name] for r in rounds]) for name in runs}
    for name in CONTENDERS:
        if name in times:
            t, ratio = np.median(times[name]), np.median(times[name] / times["this engine"])
            print(f"{name:28}{t * 1e3:10.2f}{1 / t:10.1f}{ratio:10.2f}{first[name] * 1e3:10.0f}")
        else:
            print(f"{name:28}{'not installed':>20}")
    return times


def times_faster(times, *names):
    """The time of the fastest of `names` over the engine's, the median over rounds; NaN if none is installed."""
    others = [times[name] for name in names if name in times]
    return np.median(np.min(others, axis=0) / times["this engine"]) if others else np.nan


def seconds_of_60_epochs():
    h = Hyperparameters(epochs=60, replicates=8)
    start = time.process_time()
    train(h, cache=None)
    return time.process_time() - start


def main():
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    mnist = race("MNIST-sized data, 784-30-10, n = 50,000, m = 10, 1 replicate", *mnist_sized())
    one, eight = Hyperparameters(replicates=1), Hyperparameters(replicates=8)
    race("digits, 64-30-10, n = 1,440, m = 10, 1 replicate", one, datasets.load(one))
    digits = race("digits, 64-30-10, n = 1,440, m = 10, 8 replicates", eight, datasets.load(eight))
    whole = np.median([seconds_of_60_epochs() for _ in range(ROUNDS)])
    print(f"\ntrain, digits, 8 replicates, 60 epochs: {whole:.3f} s")
    print("\n'x engine' and the figures below are medians over rounds. 'first' has the draw, set-up and compilation.\n")
    jax = "JAX", "JAX, gradient by hand"
    for target, value, bound in (  # a bound below 0 is from above
        ("MNIST-sized, times faster than PyTorch: at least 4", times_faster(mnist, "PyTorch"), 4),
        ("MNIST-sized, times faster than scikit-learn: at least 3.5", times_faster(mnist, "scikit-learn"), 3.5),
        ("MNIST-sized, times the faster JAX's time: at most 1.4", 1 / times_faster(mnist, *jax), -1.4),
        ("8 digits, times faster than the faster JAX: at least 1.25", times_faster(digits, *jax), 1.25),
        ("8 digits, times faster than 8 PyTorch runs: at least 20", times_faster(digits, "PyTorch"), 20),
        ("8 digits, seconds of 60 epochs: under 0.5", whole, -0.5),
    ):
        reached = value >= bound if bound > 0 else value <= -bound
        print(f"{target:60}{value:8.2f}  {'not installed' if np.isnan(value) else 'reached' if reached else 'not reached'}")


if __name__ == "__main__":
    main()
