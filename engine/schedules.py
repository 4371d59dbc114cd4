"""The learning rate at every update."""

import math

SCHEDULES = {
    "constant": lambda p, h: 1.0,
    "cosine": lambda p, h: h.final_fraction + (1 - h.final_fraction) * (1 + math.cos(math.pi * p)) / 2,
    "linear": lambda p, h: 1 - (1 - h.final_fraction) * p,
    "steps": lambda p, h: h.final_fraction ** (min(math.floor(p * (h.steps + 1)), h.steps) / h.steps),
}
"""Name -> share of the peak at the share p of the schedule, from 0 after the warm-up to 1 at its end.

Steps are equal in length and in factor: two of them to a hundredth divide by ten after each third.
"""


def rate(h, update):
    """eta of an update counted from 0. After `schedule_epochs` it stays what it is at their end."""
    warmup = h.warmup * h.updates_per_epoch
    if update < warmup:
        return h.learning_rate * min(1.0, (update + 1) / warmup)
    if h.schedule == "constant":
        return h.learning_rate
    length = h.schedule_epochs * h.updates_per_epoch - warmup
    p = min(1.0, (update - warmup) / length) if length > 0 else 1.0
    return h.learning_rate * SCHEDULES[h.schedule](p, h)
