"""Where a wide two-layer network comes to rest, without training one."""

from dataclasses import replace
from functools import lru_cache

from engine import nuclear, theory
from engine.studies import straight


def at_rest(h):
    """|W_l|^2 of each layer of a wide two-layer network at rest whose units stay straight: 4 |M|_* for sigmoid units.

    For the data, cost, activation and lambda of `h`, a float; 0 from the lambda of collapse on. As shipped, else solved: within
    seconds for the digits, minutes for all of MNIST. Raises ValueError naming field, rule and value where the closed form does
    not speak. Source: Srebro, Rennie & Jaakkola (2004); see engine.theory.WIDE_PROBLEM.
    """
    for name, speaks, rule in (
        ("hidden", len(h.hidden) == 1, "be one layer"),
        ("activation", h.activation in theory.SLOPES, f"be {' or '.join(theory.SLOPES)}"),
        ("cost", h.cost in nuclear.CURVATURE, f"be {' or '.join(nuclear.CURVATURE)}"),
        ("l2", h.l2 > 0, "be above 0"),
        ("l2_until", h.l2_until is None or h.l2_until >= h.epochs, "be None or no less than epochs"),
    ):
        if not speaks:
            raise ValueError(f"{name} must {rule} where wide networks come to rest, got {getattr(h, name)!r}")
    shipped = _shipped(h)
    return _length(h, _norm(_same(h)) if shipped is None else shipped)


def known_at_rest(h):
    """As at_rest, but at once: None where the closed form does not speak, or its problem has not been solved for these data."""
    if h.activation not in theory.SLOPES or len(h.hidden) != 1 or (h.l2_until is not None and h.l2_until < h.epochs):
        return None
    shipped = _shipped(h)
    return None if shipped is None else _length(h, shipped)


def _shipped(h):
    return straight.results().get((straight.task(h), straight.penalty(h)))


def _length(h, norm):
    return theory.wide_length(norm, theory.SLOPES[h.activation])


def _same(h):
    """Equal for all hyperparameters of one convex problem with one activation."""
    return replace(h, hidden=(1,), initialization="large", learning_rate=0.1, l2_until=None, batch_size=10, epochs=0, seed=0)


@lru_cache(maxsize=256)
def _norm(h):
    return float(straight.norms(h, (h.l2,))[0])
