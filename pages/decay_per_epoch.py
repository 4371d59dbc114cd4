"""Claim 2: do the weights decay by a factor exp(-eta*lambda/m) per epoch?"""

from view import frame

frame.enter()

from engine import theory
from engine.claims import about
from engine.claims import decay_per_epoch as claim
from view import regimes
from view.bets import answer
from view.claims.decay_per_epoch import figures, tables
from view.claims.decay_per_epoch.first import figure_1
from view.controls import Controls, code
from view.layout import Article
from view.made import Once

MAIN = ("l2", "learning_rate", "batch_size")
MORE = ("dataset", "n_train", "hidden", "initialization", "activation", "cost", "epochs", "replicates", "seed")
WHY = "the book’s λ, and long enough for decay alone to reach a twentieth"
GUESSES = (0.05, 0.1, 0.3, 0.6, 1.0)
PRESETS = {
    "thousand": {"batch_size": 1000},
    "all": {"batch_size": claim.LARGEST},
    "book": {"batch_size": 10},
    "few": {"n_train": claim.FEW},
    "fewest": {"n_train": claim.FEWEST},
    "many": {"n_train": 1440},
}
LAST = -1
"""Index of the output weights."""
MAP = ("decay_per_epoch", "rate", claim.DEFAULT.layer_names)
CODE = """print((run.weight_rms / run.weight_rms[:, :1]).mean(axis=0))  # (epochs + 1, layers)
print((run.control_rms / run.control_rms[:, :1]).mean(axis=0))  # (epochs + 1)
"""

controls = Controls(claim.PREFIX)
article = Article(claim.NAME, controls, PRESETS, **about(claim), LEARNING=theory.LEARNING, steps=figures.STEPS)
measured = claim
claim, figures, tables = map(Once, (claim, figures, tables))
h = article.panel(claim.DEFAULT, MAIN, MORE, WHY)
article.tell(map=regimes.facts(*MAP, h), **claim.settings_facts(h))
article.actions(follow=True)
guess = article.bet(GUESSES)


def draw(followed):
    run = followed["decay"]
    article.draw_first(measured, figure_1, h, followed)
    for place, layer in (("first", 0), ("last", LAST)):
        composed = tables.composition(run, layer)
        article.figure(f"composition of the {place} layer").draw(*figures.composition(composed, h.epochs))


runs = article.follow(claim.runs(h), draw)
found = claim.run_facts(runs)
article.tell(bet=answer(guess, GUESSES, found["kept"]), **found)
article.figure("repeated").draw(*figures.repeated_decay())
article.map(*MAP, h)
article.take_away(lambda: tables.relative_size(runs["decay"]), "decay_per_epoch.csv", code(run=h) + CODE)
article.end()
