"""How far kernels drive a run apart: python -m scripts.kernels [--etas ETA ...] [options of python -m engine].

OpenBLAS multiplies matrices with other kernels on other processors, and each sums in an order of its own. Here one setting is
trained with each of several kernels, every time in a process of its own, and what it measures is compared. For x86.
"""

import os
import sys
from dataclasses import replace
from functools import partial

import numpy as np

from engine import __main__ as command
from engine import datasets, sweep, train
from engine.hyperparameters import Hyperparameters

KERNELS = ("SkylakeX", "Haswell", "Zen", "Sandybridge", "Prescott")
"""Values of OPENBLAS_CORETYPE; the first is what the others are compared with. Prescott has SSE alone and runs anywhere."""
ETAS = (0.01, 0.1, 1, 2, 3, 5, 10)
EPOCHS = (0, 1, 5, 20, 60)
"""Of the rows; the last epoch is one of them as well."""


def rounding(updates, precision=np.float32):
    """How far two runs may be apart after so many updates, as a share, where training does not amplify a difference.

    An update rounds a weight of each run by up to eps/2, up or down as chance has it: a random walk. Sums over weights or
    examples are closer, for there the roundings cancel.
    """
    return np.finfo(precision).eps * np.sqrt(1.0 + np.asarray(updates))


def apart(one, other):
    """Quantity -> (epochs + 1,) how far two Runs of the same hyperparameters are apart, the most over replicates and layers.

    Sizes and costs relative to themselves. What an epoch changes relative to |W| at its larger end, or to |W|^2: it is a
    difference of weights, which are what rounds, and parts of a sum may cancel. The cosine as it is. Accuracies in examples.
    """
    h, epochs = one.hyperparameters, min(one.epochs, other.epochs)
    one, other = one.first(epochs), other.first(epochs)
    square = np.maximum(one.norm_squared[:, :-1], one.norm_squared[:, 1:])
    unseen = len(datasets.load(h).y_validation)
    found = {
        "size": _apart(one, other, "weight_rms", one.weight_rms),
        "cosine": _apart(one, other, "cosine", 1.0),
        "blank pixels": _apart(one, other, "control_rms", one.control_rms),
        "by decay": _apart(one, other, "displacement_decay", np.sqrt(square)),
        "by data": _apart(one, other, "displacement_data", np.sqrt(square)),
        "ledger, decay": _apart(one, other, "norm_change_decay", square),
        "ledger, data": _apart(one, other, "norm_change_data", square),
        "cost": _apart(one, other, "training_cost", one.training_cost),
        "trained": _apart(one, other, "training_accuracy", 1 / h.n_train),
        "unseen": _apart(one, other, "validation_accuracy", 1 / unseen),
    }
    return {name: np.pad(values, (epochs + 1 - len(values), 0)) for name, values in found.items()}  # nothing changes before 1


EXAMPLES = ("trained", "unseen")
"""The quantities of `apart` that count examples; the others are shares."""


def _apart(one, other, name, scale):
    a, b = getattr(one, name), getattr(other, name)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b) / scale)
    return values.max(axis=tuple(k for k in range(a.ndim) if k != 1))


def trained(kernels, runs):
    """The Run of each hyperparameters, trained in a fresh process with these kernels."""
    os.environ["OPENBLAS_CORETYPE"] = kernels  # before the process imports NumPy
    with sweep.processes(1) as executor:
        return list(executor.map(partial(train, cache=None), runs))


def table(h, runs):
    """Lines of the table of one setting, from {kernels: Run}."""
    first, *others = runs.values()
    found = [apart(first, other) for other in others]
    diverged = {run.diverged_at for run in runs.values()} - {None}
    for epoch in sorted({*EPOCHS, h.epochs}):
        if epoch < min(len(f["size"]) for f in found):
            most = [max(f[name][epoch] for f in found) for name in found[0]]
            updates = epoch * h.updates_per_epoch
            cells = [f"{value:8.0f}" if name in EXAMPLES else f"{value:13.1e}" for name, value in zip(found[0], most)]
            yield f"{h.learning_rate:5g}{epoch:6}{updates:9}{rounding(updates):10.1e}" + "".join(cells)
    if diverged:
        yield f"{h.learning_rate:5g} diverged in epoch " + ", ".join(map(str, sorted(diverged)))


def main(arguments=None):
    parser = command.parser()
    parser.prog, parser.description = "python -m scripts.kernels", __doc__.partition(":")[0] + "."
    parser.add_argument("--etas", type=float, nargs="+", default=ETAS, help="learning rates, one after the other")
    options = vars(parser.parse_args(arguments))
    etas, _, _ = (options.pop(name) for name in ("etas", "csv", "learning_rate"))
    asked = [replace(Hyperparameters(**options), learning_rate=eta) for eta in etas]
    for h in asked:
        datasets.fetch(h)
    runs = {kernels: trained(kernels, asked) for kernels in KERNELS}
    bits = {kernels: b"".join(run.weight_rms.tobytes() for run in found) for kernels, found in runs.items()}
    for kernels in KERNELS[1:]:
        same = next(other for other in KERNELS if bits[other] == bits[kernels])
        print(f"{kernels}: " + (f"bit for bit as {same}" if same != kernels else "other bits than those before"))
    if len(set(bits.values())) == 1:
        return "OPENBLAS_CORETYPE changes nothing here"
    print("the largest difference over seeds and layers; what rounding alone allows is in the fourth column")
    heads = apart(*(found[0] for found in list(runs.values())[:2]))
    print("  eta epoch  updates  rounding" + "".join(f"{head:>{8 if head in EXAMPLES else 14}}"[-13:] for head in heads))
    for k, h in enumerate(asked):
        print("\n".join(table(h, {kernels: found[k] for kernels, found in runs.items()})))
    return 0


if __name__ == "__main__":
    sys.exit(main())
