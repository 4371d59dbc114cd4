"""A training recipe of today, and what it leaves of the first draw: S, the sum of what decay takes over a run's updates.

Everything follows from the recipe alone; no gradient goes into it. k is the coefficient as PyTorch counts it (weight_decay),
eta_t the learning rate at update t = 0, 1, ... For plain SGD, SGDW and AdamW each update multiplies what is left of the draw by
1 - eta_t k, so that the product is exp(-S) but for terms of the order of the sum of (eta_t k)^2.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

OPTIMIZERS = ("sgd", "momentum", "sgdw", "adam", "adamw")
"""momentum is coupled, as PyTorch's SGD has it; adam has L2 in the gradient; sgdw and adamw decay apart from it."""
SCHEDULES = ("constant", "linear", "cosine", "steps")
STEPS = 3
"""Levels of the schedule "steps", equally long, each a tenth of the one before."""
MOST = 3_000_000
"""Updates of a recipe at most: a few hundredths of a second."""
NEARLY_GONE = 0.01
RESTS = 0.05
"""A size within this share of its place at rest is there."""
POINTS = 300
"""Intervals in the course of a recipe, which a figure draws."""


@dataclass(frozen=True)
class Phase:
    """A stretch of a schedule, in shares of the peak learning rate: from `start` to `end` over so many updates.

    A cosine is half a period. `skip` updates of the shape are left out before it, and it may be made for `over` updates, of
    which the last are never reached.
    """

    shape: str
    updates: int
    start: float = 1.0
    end: float = 1.0
    skip: int = 0
    over: int | None = None

    def __post_init__(self):
        if self.shape not in ("linear", "cosine"):
            raise ValueError(f"shape must be linear or cosine, got {self.shape!r}")
        _require("updates of a phase", self.updates, 1, MOST)
        for name in ("start", "end"):
            _require(name, getattr(self, name), 0, 1)

    def levels(self, hold):
        """(updates,) share of the peak at each update, the same for `hold` updates."""
        t = np.arange(self.updates)
        if hold > 1:
            t -= t % hold
        passed = (t + self.skip) / (self.over or self.updates + self.skip)
        if self.shape == "cosine":
            passed = (1 - np.cos(np.pi * passed)) / 2
        return self.start + (self.end - self.start) * passed


@dataclass(frozen=True)
class Recipe:
    """How a network is trained, as far as decay is concerned. Raises ValueError, with a sentence, where it makes no sense."""

    optimizer: str
    learning_rate: float  # at its peak
    weight_decay: float
    phases: tuple  # of Phase
    momentum: float = 0.0  # of sgdw and coupled momentum
    per_epoch: int | None = None  # updates in an epoch, where there are epochs
    hold: int = 1  # updates between two changes of the learning rate
    start: float = 0.02  # rms of a tensor's weights at the start

    def __post_init__(self):
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"The optimiser must be one of {', '.join(OPTIMIZERS)}.")
        _require("learning rate", self.learning_rate, 1e-12, 1e3)
        _require("weight decay", self.weight_decay, 1e-12, 1e3)
        _require("momentum", self.momentum, 0, 0.9999)
        _require("size of the start", self.start, 1e-9, 1e3)
        _require("number of updates", self.updates, 1, MOST)
        if self.per_epoch is not None:
            _require("number of updates in an epoch", self.per_epoch, 1, 10**12)
        most = (1 - math.sqrt(self.momentum)) ** 2 if self.optimizer == "momentum" else 1.0
        if self.step >= most:
            raise ValueError(
                f"The learning rate times the weight decay must be below {_written(most)} here, "
                "or the draw swings instead of fading."
            )

    @property
    def updates(self):
        return sum(phase.updates for phase in self.phases)

    @property
    def step(self):
        """eta k at the peak."""
        return self.learning_rate * self.weight_decay

    @property
    def pace(self):
        """What decay takes an update at the peak, as a rate: eta k, by 1 - mu with coupled momentum."""
        return self.step / (1 - self.momentum) if self.optimizer == "momentum" else self.step

    @property
    def has_clock(self):
        """Whether decay alone follows S: not with L2 in Adam's gradient, where the division by sqrt(v) cancels k."""
        return self.optimizer != "adam"

    def levels(self):
        """(updates,) learning rate over its peak."""
        return np.concatenate([phase.levels(self.hold) for phase in self.phases])


def _require(name, value, low, high):
    if not low <= value <= high:  # also where it is NaN
        raise ValueError(f"The {name} must be from {_written(low)} to {_written(high)}.")


def _written(value):
    """Without an exponent."""
    return f"{value:,}" if isinstance(value, int) else np.format_float_positional(value, 3, fractional=False, trim="-")


def scheduled(schedule, updates, warmup=0, final=0.0):
    """The phases of a schedule by name: a linear warm-up, then what is left of the updates down to the `final` share."""
    if schedule not in SCHEDULES:
        raise ValueError(f"The schedule must be one of {', '.join(SCHEDULES)}.")
    _require("number of updates", updates, 1, MOST)
    _require("warm-up", warmup, 0, updates - 1)
    rest = updates - warmup
    begun = (Phase("linear", warmup, 0.0, 1.0),) if warmup else ()
    if schedule == "constant":
        return (*begun, Phase("linear", rest))
    if schedule == "steps":
        ends = [round(rest * k / STEPS) for k in range(STEPS + 1)]
        return begun + tuple(Phase("linear", b - a, 0.1**k, 0.1**k) for k, (a, b) in enumerate(zip(ends, ends[1:])) if b > a)
    return (*begun, Phase(schedule, rest, 1.0, final))


def stretched(phases, updates):
    """The same shape over another number of updates, at least one for each phase."""
    whole = sum(phase.updates for phase in phases)
    _require("number of updates", updates, len(phases), MOST)
    if updates == whole:
        return tuple(phases)
    ends = np.cumsum([0, *(phase.updates for phase in phases)]) * (updates / whole)
    ends = np.maximum(np.rint(ends).astype(int), np.arange(len(ends)))
    ends = np.minimum(ends, updates - np.arange(len(phases), -1, -1))
    lengths = np.diff(np.maximum.accumulate(ends)).tolist()

    def again(phase, length):
        by = length / phase.updates
        over = round(phase.over * by) if phase.over else None
        return Phase(phase.shape, length, phase.start, phase.end, round(phase.skip * by), over)

    return tuple(again(phase, max(1, length)) for phase, length in zip(phases, lengths))


class Size(NamedTuple):
    """rms of the weights of a tensor whose scale has no effect on the function, under AdamW.

    From update to update rms^2 -> (1 - eta_t k)^2 rms^2 + eta_t^2: each update is a step of size eta_t with independent signs
    (Kosson, Messmer & Jaggi 2024).
    """

    end: float
    rest: float  # sqrt(eta / 2k) at the peak learning rate
    at_rest: bool


class Answer(NamedTuple):
    """What a recipe does to the first draw, and to the size of a tensor whose scale has no effect."""

    total: float  # S
    left: float  # exp(-S): the coefficient of the draw at the end
    time: float  # updates in which decay at the peak takes a factor e
    epochs: float | None  # the same in epochs
    share: float  # the same as a share of the run
    gone: int | None  # updates after which 1 % is left; None where the run ends before
    size: "Size | None"  # of a tensor whose scale has no effect, under AdamW alone
    course: np.ndarray  # (points, 3): update, learning rate over its peak, exp(-S_t)


@lru_cache(256)
def answer(recipe):
    """The Answer of a Recipe, summed update by update. Raises ValueError for adam, which has no such clock."""
    if not recipe.has_clock:
        raise ValueError("With L2 in Adam’s gradient the pace of decay does not depend on the weight decay: there is no S.")
    levels = recipe.levels()
    taken = np.concatenate([[0.0], np.cumsum(recipe.pace * levels)])
    reached = int(np.searchsorted(taken, -math.log(NEARLY_GONE)))
    at = np.unique(np.linspace(0, recipe.updates, POINTS + 1).astype(int))
    course = np.column_stack([at, levels[np.minimum(at, recipe.updates - 1)], np.exp(-taken[at])])
    course.flags.writeable = False
    time = 1 / recipe.pace
    return Answer(
        total=float(taken[-1]),
        left=math.exp(-taken[-1]),
        time=time,
        epochs=time / recipe.per_epoch if recipe.per_epoch else None,
        share=time / recipe.updates,
        gone=reached if reached < len(taken) else None,
        size=_size(recipe, levels) if recipe.optimizer == "adamw" else None,
        course=course,
    )


def _size(recipe, levels):
    """rms_T^2 = rms_0^2 P_0 + sum_t eta_t^2 P_{t+1}, with P_t the product of (1 - eta_s k)^2 over s >= t."""
    kept = np.cumsum(np.log1p(-recipe.step * levels))
    walked = recipe.learning_rate**2 * np.sum(levels**2 * np.exp(2 * (kept[-1] - kept)))
    end = math.sqrt(recipe.start**2 * math.exp(2 * kept[-1]) + walked)
    rest = math.sqrt(recipe.learning_rate / (2 * recipe.weight_decay))
    return Size(end, rest, abs(end / rest - 1) <= RESTS)
