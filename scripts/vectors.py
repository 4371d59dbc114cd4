"""What the tests of the engine ask of other libraries, made once and stored, so that they need none of them.

    python -m scripts.vectors

Cases that Hypothesis draws, its ends and oddities among them, a line of JSON each; what scikit-learn has for the digits, and
what it makes of a network in an epoch; what the lines for PyTorch on the page `today` print there. To be run again where the
tests ask for other cases, or the engine draws otherwise, or those lines change.
"""

import hashlib
import json

import numpy as np
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from engine.training import mini_batches
from tests.engine.vectors import FOLDER, LIKE_SCIKIT_LEARN, OPTIMIZED, in_double_precision
from tests.view import watching

CHOICES = {
    "activation": st.sampled_from(["sigmoid", "tanh", "relu"]),
    "cost": st.sampled_from(["cross-entropy", "quadratic", "log-likelihood"]),
    "initialization": st.sampled_from(["large", "scaled"]),
}
DIGITS = {"dataset": st.just("digits"), "fan_in": st.sampled_from([None, 64]), "n_train": st.none() | st.integers(1, 1440)}
TEACHER = {
    "dataset": st.just("teacher"),
    "fan_in": st.none() | st.integers(1, 300),
    "n_train": st.none() | st.integers(1, 2000),
    "noise": st.floats(0, 100),
}
COMMON = CHOICES | {
    "hidden": st.lists(st.integers(1, 50), max_size=8) | st.just((4096,)),
    "learning_rate": st.floats(0, 1000),
    "l2": st.floats(0, 1e9),
    "l2_until": st.none() | st.integers(0, 1_000_000),
    "batch_size": st.integers(1, 700),  # 16 replicates of it times 4096 units are as much as fits
    "epochs": st.integers(0, 200),  # below the largest work that is accepted, whatever the rest
    "replicates": st.integers(1, 16),
    "seed": st.integers(0, 2**31),
}
SMALL = CHOICES | {
    "dataset": st.sampled_from(["digits", "teacher"]),
    "hidden": st.lists(st.integers(1, 6), max_size=3),
    "l2_until": st.none() | st.integers(0, 4),
    "replicates": st.integers(1, 3),
}
DRAWN = {  # name -> how many, and of what
    "accepted": (
        200,
        st.one_of(st.fixed_dictionaries({}, optional=DIGITS | COMMON), st.fixed_dictionaries(TEACHER, optional=COMMON)),
    ),
    # from one example on, mini-batches that do not divide n or hold all of it, and every regime of eta * lambda / n
    "measured": (
        60,
        st.fixed_dictionaries(
            SMALL
            | {
                "n_train": st.integers(1, 40),
                "learning_rate": st.floats(0, 1),
                "l2": st.floats(0, 60),
                "batch_size": st.integers(1, 60),
                "epochs": st.integers(1, 4),
                "seed": st.integers(0, 1000),
            }
        ),
    ),
    "trained": (
        100,
        st.fixed_dictionaries(
            SMALL
            | {
                "n_train": st.integers(1, 30),
                "learning_rate": st.sampled_from([0.0, 1e-9, 0.1, 1.0, 30.0, 1000.0]) | st.floats(0, 1000),
                "l2": st.sampled_from([0.0, 1e-300, 5.0, 1e3, 1e6, 1e9]) | st.floats(0, 1e9),
                "batch_size": st.integers(1, 40),
                "epochs": st.integers(0, 4),
            }
        ),
    ),
    "updates": (100, st.tuples(st.integers(1, 5000), st.integers(1, 6000))),
    "rates": (200, st.tuples(st.floats(1e-6, 0.99), st.integers(1, 300), st.integers(1, 300))),
    "brackets": (200, st.tuples(st.floats(1e-4, 0.9), st.integers(1, 50), st.integers(1, 50))),
}


def examples(count, strategy):
    """What Hypothesis would try first, the same every time."""
    found = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def note(value):
        found.append(value)

    note()
    return found


def digits():
    """SHA-256 of the images, each with its label, sorted, a byte a number; and the pixels that are always blank."""
    theirs = load_digits()
    rows = sorted(map(tuple, np.column_stack([theirs.data, theirs.target]).astype(int).tolist()))
    return {
        "sha256": hashlib.sha256(np.array(rows, np.uint8).tobytes()).hexdigest(),
        "blank": np.flatnonzero((theirs.data == 0).all(axis=0)).tolist(),
    }


def epoch(h):
    """Weights and biases after one epoch from the engine's draw, over its mini-batches.

    scikit-learn's weights shrink by 1 - eta * alpha / m an update, so alpha = lambda m / n with the size of each mini-batch.
    """
    data, network = in_double_precision(h)
    activation = {"sigmoid": "logistic"}.get(h.activation, h.activation)
    model = MLPClassifier(
        h.hidden, activation=activation, solver="sgd", momentum=0, nesterovs_momentum=False,
        learning_rate_init=h.learning_rate, shuffle=False, batch_size=h.batch_size,
    )  # fmt: skip
    model.partial_fit(data.x_train[:40], data.y_train[:40].argmax(axis=1), classes=range(10))  # makes its arrays
    for theirs, ours in zip(model.coefs_ + model.intercepts_, network.weights + network.biases):
        theirs[...] = ours[0].squeeze(axis=0) if ours.shape[1] == 1 else ours[0].T
    for x, y in mini_batches(h, data, 0):
        model.set_params(alpha=h.l2 * x.shape[1] / h.n_train, batch_size=x.shape[1])
        model.partial_fit(x[0], y[0].argmax(axis=1))
    return [theirs.T for theirs in model.coefs_], model.intercepts_


def optimized(h):
    """(first-layer weights, its biases) after all updates of `h` by PyTorch's own optimiser and scheduler, in float64."""
    data, network = in_double_precision(h)
    weights, biases = ([torch.tensor(a[0], requires_grad=True) for a in arrays] for arrays in (network.weights, network.biases))
    groups = [{"params": weights, "weight_decay": h.l2 / h.n_train}, {"params": biases, "weight_decay": 0.0}]
    coupled = h.optimizer in ("sgd", "momentum", "sgdw")
    momentum = h.momentum if h.optimizer in ("momentum", "sgdw") else 0.0
    if h.optimizer == "sgdw":  # PyTorch has none: its SGD without decay, after the weights were multiplied
        groups[0]["weight_decay"] = 0.0
    betas = {"betas": (h.beta1, h.beta2), "eps": h.epsilon}
    optimizer = (
        torch.optim.SGD(groups, lr=h.learning_rate, momentum=momentum)
        if coupled
        else {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[h.optimizer](groups, lr=h.learning_rate, **betas)
    )
    schedule = scheduler(optimizer, h)
    for epoch in range(h.epochs):
        for x, y in mini_batches(h, data, epoch):
            a = torch.sigmoid(torch.tensor(x[0]) @ weights[0].T + biases[0])
            z = a @ weights[1].T + biases[1]
            cost = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y[0]), reduction="sum") / len(x[0])
            optimizer.zero_grad()
            cost.backward()
            if h.optimizer == "sgdw":
                with torch.no_grad():
                    for w in weights:
                        w *= 1 - optimizer.param_groups[0]["lr"] * h.l2 / h.n_train
            optimizer.step()
            schedule.step()
    return weights[0].detach().numpy(), biases[0].detach().numpy().ravel()


def scheduler(optimizer, h):
    """PyTorch's own for the schedule of `h`, stepped after every update."""
    schedulers, rise = torch.optim.lr_scheduler, round(h.warmup * h.updates_per_epoch)
    length = h.schedule_epochs * h.updates_per_epoch - rise
    main = {
        "constant": lambda: schedulers.ConstantLR(optimizer, factor=1.0),
        "cosine": lambda: schedulers.CosineAnnealingLR(optimizer, length, eta_min=h.final_fraction * h.learning_rate),
        "linear": lambda: schedulers.LinearLR(optimizer, 1.0, h.final_fraction, total_iters=length),
        "steps": lambda: schedulers.MultiStepLR(
            optimizer,
            [-(-length * k // (h.steps + 1)) for k in range(1, h.steps + 1)],
            gamma=h.final_fraction ** (1 / h.steps),
        ),
    }[h.schedule]
    if not rise:
        return main()
    up = schedulers.LinearLR(optimizer, 1 / rise, 1.0, total_iters=rise - 1)
    return schedulers.SequentialLR(optimizer, [up, main()], milestones=[rise])


def main():
    for name, (count, strategy) in DRAWN.items():
        lines = ",\n".join(json.dumps(value) for value in examples(count, strategy))
        (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    (FOLDER / "digits.json").write_text(json.dumps(digits()) + "\n")
    theirs = {}
    for index, h in enumerate(OPTIMIZED):
        theirs[f"weights {index}"], theirs[f"biases {index}"] = optimized(h)
    np.savez_compressed(FOLDER / "pytorch.npz", **theirs)
    arrays = {}
    for activation, h in LIKE_SCIKIT_LEARN.items():
        weights, biases = epoch(h)
        for layer, (w, b) in enumerate(zip(weights, biases)):
            arrays |= {f"{activation} weights {layer}": w, f"{activation} biases {layer}": b}
    np.savez_compressed(FOLDER / "scikit_learn.npz", **arrays)
    watching.main()


if __name__ == "__main__":
    main()
