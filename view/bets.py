"""How far a reader's guess is from what was measured."""

from view import words


def answer(guess, options, measured):
    """By name in the article: the guess, what was measured, and how far off it is: the nearest, by a factor or a difference."""
    known = guess is not None and words.is_number(measured.mean)
    return {
        "guess": guess,
        "measured": measured,
        "nearest": known and guess == min(options, key=lambda option: abs(option - measured.mean)),
        "factor": max(guess, measured.mean) / min(guess, measured.mean) if known and measured.mean > 0 else None,
        "difference": abs(guess - measured.mean) if known else None,
    }
