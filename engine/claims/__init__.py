"""The claims, in their order: each is one module, and whatever tells of claims takes it from here.

A claim has NAME, which is the stem of its page; PREFIX, of its controls in the address; TITLE, in the navigation;
STATEMENT, the words of the question, in Markdown; DEFAULT, the hyperparameters that its page opens with; runs(h), what the page
trains, by name; judged(runs), its verdicts on the Runs of those names; and what the article says of it: settings_facts(h) and
run_facts(runs), by the names that pages/NAME.md has for them.
"""

from engine.claims import decay_dominates, decay_per_epoch, scaled_start, tail_off

CLAIMS = (decay_dominates, decay_per_epoch, tail_off, scaled_start)


def about(claim):
    """What the head of its page says: its own words, and which of how many it is."""
    return {"statement": claim.STATEMENT, "place": CLAIMS.index(claim) + 1, "of": len(CLAIMS)}
