"""One frozen dataclass of hyperparameters: validated when made, hashable, the key of the cache and of every comparison."""

import math
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from numbers import Real

import numpy as np

from engine.datasets import SHAPES
from engine.initialization import INITIALIZATIONS
from engine.network import ACTIVATIONS, COSTS
from engine.normalization import NORMALIZATIONS
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES

MAX_WORK = 1e13
"""Largest replicates * epochs * n_train * n_weights that is accepted: about half an hour of arithmetic on one core."""
MAX_UPDATES = 1e8
"""Largest epochs * updates per epoch: about an hour of overhead on one core, however small the network."""
MAX_STACK = 5e7
"""Most weights with what the optimiser remembers of them, and most activations of a layer in a mini-batch, in all replicates
together: 200 MB in single precision."""

MAX_QUOTED = 1000
"""Most characters of a refused value that its refusal repeats."""


def _number(default, meaning, low, high, *, whole=False, optional=False, later=False):
    rule = {"low": low, "high": high, "whole": whole, "optional": optional, "later": later}
    return field(default=default, metadata={"meaning": meaning, **rule})


def _choice(default, meaning, options, *, later=False):
    return field(default=default, metadata={"meaning": meaning, "options": options, "later": later})


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """A training run, complete: two equal objects give the same numbers. Raises ValueError naming field, rule and value.

    Every field's line has its default, symbol and meaning, then its range. `n_train=None` and `fan_in=None` are replaced by
    the data's own sizes, `schedule_epochs=None` of a schedule that is not constant by `epochs`, so equal runs compare equal.
    """

    dataset: str = _choice("digits", "which data", SHAPES)
    n_train: int | None = _number(
        None, "n, training examples: the first n; None = all", 1, 10_000_000, whole=True, optional=True
    )
    fan_in: int | None = _number(
        None,
        "inputs; None = those of the data; fewer for mnist, copies for digits, any for the teacher",
        1,
        4096,
        whole=True,
        optional=True,
    )
    noise: float = _number(0.0, "standard deviation of the noise on the teacher's outputs; teacher data alone", 0, 100)
    hidden: tuple[int, ...] = field(
        default=(30,), metadata={"meaning": "units of each hidden layer, 0 to 8 layers of 1 to 4096"}
    )
    activation: str = _choice("sigmoid", "of the hidden units", ACTIVATIONS)
    cost: str = _choice("cross-entropy", "C, with the output units that belong to it", COSTS)
    initialization: str = _choice("large", "of the weights: N(0, 1), N(0, 1/fan-in) or N(0, 2/fan-in)", INITIALIZATIONS)
    learning_rate: float = _number(0.1, "eta, multiplies the mean gradient of the mini-batch", 0, 1000)
    l2: float = _number(5.0, "lambda, as in the book: cost + lambda / (2 n) * sum of w^2, without biases", 0, 1e9)
    l2_until: int | None = _number(
        None, "epochs before L2 is switched off; None = never", 0, 1_000_000, whole=True, optional=True
    )
    batch_size: int = _number(10, "m, examples in a mini-batch; above n it holds all", 1, 10_000_000, whole=True)
    normalization: str = _choice("none", "of the hidden units' weights: unit = sqrt(2) w / |w|", NORMALIZATIONS, later=True)
    optimizer: str = _choice("sgd", "the update rule, with k = lambda / n", OPTIMIZERS, later=True)
    momentum: float = _number(0.9, "mu of momentum and sgdw", 0, 0.9999, later=True)
    beta1: float = _number(0.9, "of adam and adamw: decay of the mean of gradients, per update", 0, 0.9999, later=True)
    beta2: float = _number(0.999, "of adam and adamw: decay of the mean of their squares, per update", 0, 0.999999, later=True)
    epsilon: float = _number(1e-8, "of adam and adamw: added to the root of that mean", 1e-12, 1, later=True)
    schedule: str = _choice("constant", "of the learning rate, whose peak is eta", SCHEDULES, later=True)
    warmup: float = _number(0.0, "epochs in which the learning rate rises linearly to eta", 0, 1_000_000, later=True)
    schedule_epochs: int | None = _number(
        None,
        "epochs that the schedule is made for, warm-up included; None = epochs",
        1,
        1_000_000,
        whole=True,
        optional=True,
        later=True,
    )
    final_fraction: float = _number(0.1, "of eta, at the end of the schedule", 0, 1, later=True)
    steps: int = _number(2, "equal factors by which the schedule of steps falls", 1, 100, whole=True, later=True)
    epochs: int = _number(60, "passes over the training examples", 0, 1_000_000, whole=True)
    replicates: int = _number(8, "seeds trained together: seed, seed + 1, ...", 1, 256, whole=True)
    seed: int = _number(0, "of the first replicate", 0, 2**31, whole=True)

    def __post_init__(self):
        for f in fields(self):
            object.__setattr__(self, f.name, _checked(f, getattr(self, f.name)))
        shape = SHAPES[self.dataset]
        if self.dataset != "teacher":
            offered = (shape.fan_in, *shape.fan_ins)
            rule = f"be {' or '.join(map(str, offered))} for {self.dataset}"
            _require(self.fan_in in (None, *offered), "fan_in", rule, self.fan_in)
            _require(self.noise == 0, "noise", f"be 0 for {self.dataset}", self.noise)
        for name in ("fan_in", "n_train"):
            if getattr(self, name) is None:
                object.__setattr__(self, name, getattr(shape, name))
        if self.schedule != "constant" and self.schedule_epochs is None:
            object.__setattr__(self, "schedule_epochs", max(self.epochs, 1))
        _require(self.n_train <= shape.n_train, "n_train", f"be at most {shape.n_train} for {self.dataset}", self.n_train)
        arrays = 1 + OPTIMIZERS[self.optimizer].moments
        stack = "replicates * n_weights" + (f" * {arrays} with the optimiser's moments" if arrays > 1 else "")
        mini_batch = min(self.batch_size, self.n_train)
        for name, value, most in (
            (stack, self.replicates * self.n_weights * arrays, MAX_STACK),
            ("replicates * batch_size * units of a layer", self.replicates * mini_batch * max(self.sizes), MAX_STACK),
            ("epochs * updates per epoch", self.epochs * self.updates_per_epoch, MAX_UPDATES),
            (
                "replicates * epochs * n_train * n_weights",
                self.replicates * self.epochs * self.n_train * self.n_weights,
                MAX_WORK,
            ),
        ):
            _require(value <= most, name, f"be at most {most:.0e}", value)

    @property
    def sizes(self):
        """Units of every layer, from the inputs up."""
        return (self.fan_in, *self.hidden, SHAPES[self.dataset].classes)

    @property
    def n_weights(self):
        """n_w, weights without biases."""
        return sum(a * b for a, b in zip(self.sizes, self.sizes[1:]))

    @property
    def symbols(self):
        """(eta, lambda, n, m), the arguments that most formulas of theory.py take, in their order."""
        return self.learning_rate, self.l2, self.n_train, self.batch_size

    @property
    def seeds(self):
        """The seed of every replicate."""
        return range(self.seed, self.seed + self.replicates)

    @property
    def updates_per_epoch(self):
        """Mini-batches in an epoch, B; the last may be smaller."""
        return -(-self.n_train // self.batch_size)

    @property
    def layer_names(self):
        """What the pages call the weights of each layer, from the input up."""
        if len(self.hidden) == 1:
            return "hidden weights", "output weights"
        return *(f"hidden weights {k}" for k in range(1, len(self.hidden) + 1)), "output weights"

    def l2_during(self, epoch):
        """lambda of the updates of `epoch`, counted from 0: none once L2 is switched off."""
        return self.l2 if self.l2_until is None or epoch < self.l2_until else 0.0

    @cached_property
    def key(self):
        """Everything but `epochs`: a run is the beginning of every longer run with the same key.

        A field that came later is left out at its default, which is what runs did before: they keep their keys.
        """
        silent = {f.name for f in fields(self) if f.metadata.get("later") and getattr(self, f.name) == f.default}
        return tuple((name, value) for name, value in asdict(self).items() if name != "epochs" and name not in silent)


def _checked(f, value):
    rule = f.metadata
    if f.name == "hidden":
        return _checked_hidden(value)
    if "options" in rule:
        _require(isinstance(value, str) and value in rule["options"], f.name, "be one of " + ", ".join(rule["options"]), value)
        return value
    if value is None and rule["optional"]:
        return None
    kind = "a whole number" if rule["whole"] else "a finite number"
    low, high = (f"{bound:,.0f}" if bound == int(bound) else f"{bound:g}" for bound in (rule["low"], rule["high"]))
    meaning = f"be {kind} from {low} to {high}" + (" or None" if rule["optional"] else "")
    _require(_is_number(value), f.name, meaning, value)
    _require(rule["low"] <= value <= rule["high"] and (not rule["whole"] or value == int(value)), f.name, meaning, value)
    return int(value) if rule["whole"] else float(value) + 0.0  # -0.0 is the same run as 0.0


def _checked_hidden(value):
    meaning = "be a sequence of at most 8 whole numbers from 1 to 4,096"
    _require(isinstance(value, (tuple, list)) and len(value) <= 8, "hidden", meaning, value)
    for units in value:
        _require(_is_number(units) and 1 <= units <= 4096 and units == int(units), "hidden", meaning, value)
    return tuple(int(units) for units in value)


def _is_number(value):
    if not isinstance(value, Real) or isinstance(value, (bool, np.timedelta64)):  # NumPy counts a duration among the integers
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _require(condition, name, rule, value):
    if not condition:
        raise ValueError(f"{name} must {rule}, got {_quoted(value)}")


def _quoted(value):
    """What was given, as Python writes it, cut off where nobody would read on."""
    try:
        written = repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "a number of too many digits"
    return written if len(written) <= MAX_QUOTED else written[:MAX_QUOTED] + "…"
