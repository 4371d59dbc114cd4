"""The numbers on the page on the method."""

from engine import theory, verdicts
from engine.claims.decay_per_epoch import DEFAULT
from engine.datasets import SHAPES, load
from engine.statistics import LEVEL
from engine.studies import accuracies, regimes
from engine.verdicts import contest, decay_dominates, decay_per_epoch, scaled_start, tail_off
from view import matter


def facts():
    """By their names in pages/method.md."""
    h = DEFAULT
    digits = load(h)
    return {
        "h": h,
        "rate_within": decay_per_epoch.TOLERANCE,
        "around": tail_off.AROUND,
        "last": tail_off.LAST,
        "guessing": tail_off.GUESSING,
        "most": verdicts.MOST,
        "even": verdicts.EVEN,
        "same_size": verdicts.SAME_SIZE,
        "much_less": verdicts.MUCH_LESS,
        "saturated": decay_dominates.SATURATED,
        "first": decay_dominates.FIRST,
        "same_accuracy": scaled_start.SAME_ACCURACY,
        "no_overlap": scaled_start.NO_OVERLAP,
        "exponent_within": contest.TOLERANCE,
        "level": LEVEL,
        "seeds": len(accuracies.SEEDS),
        "enough": accuracies.ENOUGH,
        "digits": SHAPES["digits"],
        "mnist": SHAPES["mnist"],
        "images": len(digits.x_train) + len(digits.x_validation),
        "blank": int(digits.unused_inputs.sum()),
        "mean_norm_squared": digits.mean_norm_squared,
        "map": regimes.MAP,
        "sheet": theory.SHEET,
        "conventions": theory.conventions(*h.symbols),
        "glossary": matter.GLOSSARY,
        "references": list(matter.REFERENCES.values()),
        "bibtex": matter.bibtex(),
    }
