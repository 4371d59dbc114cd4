"""Claim 1: are the first epochs dominated by weight decay?"""

from view import frame

frame.enter()

from engine import measurements
from engine.claims import about, readings
from engine.claims import decay_dominates as claim
from engine.verdicts.decay_dominates import NORM, ruler
from view import regimes
from view.bets import answer
from view.claims.decay_dominates import figures, tables
from view.claims.decay_dominates.first import figure_1, looked_at
from view.controls import Controls, code
from view.layout import Article
from view.made import Once
from view.tables import reach

MAIN = ("l2", "learning_rate", "batch_size")
MORE = ("dataset", "n_train", "hidden", "initialization", "activation", "cost", "epochs", "replicates", "seed")
WHY = "because the book has this λ, and so many epochs show what follows the first"
GUESSES = (0.1, 0.3, 0.5, 0.7, 0.9)
PRESETS = {"tenth": {"l2": 0.1}, "two": {"l2": 2}, "book": {"l2": 5}, "hundred": {"l2": 100}}
MAP = ("decay_dominates", NORM, claim.DEFAULT.layer_names)
UNITS = tuple(range(1, 11))
CODE = """for change in run.ledger:  # by decay, by the data, of |W|^2 over its start
    print(change.mean(axis=0))  # (epochs, layers)
print(run.displacement_share.mean(axis=0))
"""

controls = Controls(claim.PREFIX)
formulas = {"DISPLACEMENTS": measurements.DISPLACEMENTS, "LEDGER": measurements.LEDGER}
article = Article(claim.NAME, controls, PRESETS, **about(claim), **formulas)
measured = claim
claim, figures, tables = map(Once, (claim, figures, tables))
h = article.panel(claim.DEFAULT, MAIN, MORE, WHY, also=ruler)
article.tell(map=regimes.facts(*MAP, h), **claim.settings_facts(h))
guess = article.bet(GUESSES)
look = article.looking
alone = look.read(readings.alone, h, looked_at(h))


def draw(followed):
    article.draw_first(measured, figure_1, h, followed, alone)
    for which, layer in (("first", 0), ("last", -1)):
        arrows = figures.pulls(tables.pulls(followed["run"], layer))
        article.figure(f"pulls on the {which} layer").draw(*arrows)


followed = article.follow(claim.runs(h), draw)
run = followed["run"]
found = claim.run_facts(followed, look.read(readings.alone, h, claim.first(run)))
article.tell(bet=answer(guess, GUESSES, found["bet_on"]), **found)
article.map(*MAP, h)


def draw_ruler(followed):
    if even := claim.even_points(h, followed["ruler"]):
        article.figure("ruler").draw(*figures.ruler(tables.ruler(even, h.l2, claim.BOOK), ruler(h).l2))


ruled = article.follow({"ruler": ruler(h)}, draw_ruler, "ruler")["ruler"]
article.tell(**claim.ruler_facts(h, ruled), **claim.start_facts(h, look.read(readings.first_weights, h)))

with article.place("epoch"):
    epoch = min(controls.choice("epoch", "Pre-activations after epoch", claim.EPOCHS, claim.LOOKED_AT), run.epochs)
densities = look.read(readings.densities, h, epoch)
article.figure("pre-activations").draw(*figures.histogram(tables.histogram(densities, h.activation), epoch))

with article.place("unit"):
    unit = controls.choice("unit", "Unit in the pictures", UNITS, 1)
seen = claim.so_far(claim.SEEN, run.epochs)
images = tables.images(seen, look.read(readings.portraits, h, seen), unit)
article.actions(follow=True)
article.tell(unit=unit)
article.portraits("portraits", images, reach(images[0]))

article.take_away(lambda: tables.all_layers(run), "decay_dominates.csv", code(run=h) + CODE)
article.end()
