"""Store what the untouched pages draw: specifications, and the rows that follow a slider. python -m view.specifications."""

import json
from importlib import import_module

from engine import claims
from engine.claims import lengths
from engine.claims.laboratory import FIRST, MEASUREMENTS
from engine.files import written_whole
from engine.hyperparameters import Hyperparameters
from engine.schedules import SCHEDULES
from engine.studies.today import LAMBDAS, TIMES
from engine.verdicts import CONTROL
from engine.verdicts.decay_dominates import MOVEMENT, NORM
from engine.verdicts.decay_per_epoch import TOLERANCE
from view import figures, live, starts
from view.claims.book import figures as book
from view.claims.contest import figures as contest
from view.claims.contest.tables import VARIED
from view.claims.decay_dominates import figures as decay_dominates
from view.claims.decay_dominates.tables import row
from view.claims.decay_per_epoch import figures as decay_per_epoch
from view.claims.decay_per_epoch.tables import CLAIMED, EXACT
from view.claims.laboratory import figures as laboratory
from view.claims.question import figures as question
from view.claims.regimes import figures as regimes
from view.claims.scaled_start import figures as scaled_start
from view.claims.scaled_start.tables import ARMS, RESCUED
from view.claims.tail_off import figures as tail_off
from view.claims.tail_off.tables import START
from view.claims.today import figures as today
from view.claims.today.tables import NAMES
from view.claims.why import figures as why
from view.claims.why.tables import START as BOTH

LAYERS = Hyperparameters().layer_names
ALL = (
    *((question._sketch, (scale,)) for scale in ("linear", "log")),
    (decay_dominates._ledger, ()),
    (decay_dominates._pulls, ()),
    (decay_dominates._movement, (LAYERS,)),
    (decay_dominates._accuracy, ()),
    (decay_dominates._ruler, (LAYERS, tuple(row(meaning, part) for meaning in (NORM, MOVEMENT) for part in LAYERS))),
    (decay_dominates._histogram, ()),
    (decay_per_epoch._decay, ((*LAYERS, CONTROL, CLAIMED, EXACT),)),
    (decay_per_epoch._residual, ((*LAYERS, CONTROL), TOLERANCE)),
    *((decay_per_epoch._composition, (layer,)) for layer in LAYERS),
    (decay_per_epoch._repeated_decay, (14,)),
    *((starts._sizes, (layer, tuple(of.values()))) for layer in LAYERS for of in (START, ARMS)),
    (starts._sizes, (LAYERS[0], (RESCUED, ARMS["plain"]))),
    *((tail_off._unopposed, (layer,)) for layer in LAYERS),
    (tail_off._by_lambda, (LAYERS,)),
    (tail_off._accuracy, ()),
    (tail_off._erf_unit, ()),
    (scaled_start._accuracies, ()),
    (scaled_start._by_size, ()),
    *((scaled_start._histogram, (layer,)) for layer in LAYERS),
    *((contest._law, (title, LAYERS)) for title in VARIED.values()),
    (regimes._map, ()),
    (book._accuracy, ()),
    *((book._sizes, (layer,)) for layer in LAYERS),
    (why._lengths, (LAYERS, tuple(BOTH.values()))),
    (why._ratios, (tuple(BOTH.values()),)),
    (why._units, ()),
    (why._differences, ()),
    (why._left_over, ()),
    (why._by_lambda, (LAYERS,)),
    (today._schedule, ()),
    (today._left, ()),
    (today._courses, (today.RELATIVE, tuple(NAMES.values()))),
    (today._courses, (today.RELATIVE, tuple(f"{what} at λ = {lam:g}" for what in ("learning", "control") for lam in LAMBDAS))),
    (today._courses, ("rms weight", tuple(f"start × {times:g}" for times in TIMES))),
    (today._courses, (today.RELATIVE, tuple(SCHEDULES))),
    (laboratory._courses, (MEASUREMENTS[FIRST].label, MEASUREMENTS[FIRST].unit)),
    (laboratory._difference, ()),
    (scaled_start._cosines, (LAYERS, (ARMS["large"], ARMS["scaled"]))),
)
"""Builder and arguments of each."""
FOLLOWING = tuple((claim, import_module(f"view.claims.{claim.NAME}.first").figure_1) for claim in (*claims.CLAIMS, lengths))
"""Claim and maker of each Figure 1 that follows its sliders."""


def main():
    built = {figures.key(f.build, arguments): f.build(*arguments) for f, arguments in ALL}
    with written_whole(figures.STORE, "w") as file:
        json.dump({"sources": figures.sources(), "specifications": built}, file, separators=(",", ":"))
    live.store(FOLLOWING)


if __name__ == "__main__":
    main()
