"""Why do the layers part? Where their squared lengths come to rest."""

from view import frame

frame.enter()

from engine import train
from engine.claims import lengths as claim
from engine.claims import readings
from engine.defaults import DEFAULTS
from view.bets import answer
from view.claims.why import figures, tables
from view.claims.why.first import figure_1
from view.controls import Controls, code
from view.layout import Article
from view.made import Once
from view.words import number

MAIN = ("l2", "learning_rate", "epochs")
MORE = ("n_train", "batch_size", "hidden", "activation", "cost", "replicates", "seed")
WHY = "because there both layers come to rest, and the output weights above their start"
GUESSES = (0.15, 0.5, 1.0, 1.4, 3.0)
PRESETS = {
    "one": {"l2": 1, "learning_rate": 0.1, "epochs": 300},
    "five": {"l2": 5, "learning_rate": 0.1, "epochs": 100},
    "small": {"l2": 10, "learning_rate": 0.02, "epochs": 200},
    "early": {"l2": 1, "learning_rate": 0.1, "epochs": 20},
}
CODE = """from engine.lengths import ratio

for run in (large, scaled, relu):
    print(run.norm_squared.mean(axis=0))  # (epochs + 1, layers)
print(ratio(large.hyperparameters, large.epochs))  # K, (seeds, layers - 1)
"""


def draw(followed):
    article.draw_first(measured, figure_1, h, followed)
    article.figure("clock").draw(*figures.differences(tables.differences(followed), tables.clock(h), h.epochs))


controls = Controls(claim.PREFIX)
article = Article(claim.NAME, controls, PRESETS)
measured = claim
claim, figures, tables = map(Once, (claim, figures, tables))
h = article.panel(claim.DEFAULT, MAIN, MORE, WHY)
article.actions(follow=True)
settled = claim.settings_facts(h)
told = claim.prediction_facts()
article.tell(**settled, **told, **claim.opening_facts(train(DEFAULTS["question"])), **claim.left_over_facts())
article.figure("left over").draw(*figures.left_over(tables.left_over()))
article.figure("by_lambda").draw(*figures.by_lambda(tables.by_lambda(), tables.predicted(), told["collapse"]))
guess = article.bet(GUESSES, number)

asked = claim.runs(h)
followed = article.follow(asked, draw)
found = {name: claim.ratios(asked[name], article.looking) for name in followed}
facts = claim.run_facts(followed, found)
article.tell(bet=answer(guess, GUESSES, facts["relative"]), **facts)
article.figure("ratios").draw(*figures.ratios(tables.ratios(followed, found), h.epochs))
ends = article.looking.read(readings.units, asked["relu"], (0, followed["relu"].epochs))
article.figure("units").draw(*figures.units(tables.units(ends)))
article.take_away(lambda: tables.lengths(followed), "why.csv", code(**asked) + CODE)
article.end()
