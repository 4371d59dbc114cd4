"""Claim 4: how does L2 from N(0, 1) relate to a start from N(0, 1/nᵢₙ)?"""

from view import frame

frame.enter()

from engine.claims import about
from engine.claims import scaled_start as claim
from view.bets import answer
from view.claims.scaled_start import figures, tables
from view.claims.scaled_start.first import figure_1
from view.controls import Controls, code
from view.layout import Article
from view.made import Once, once
from view.tables import sizes
from view.words import number

MAIN = ("l2", "learning_rate", "epochs")
MORE = ("dataset", "n_train", "batch_size", "hidden", "activation", "cost", "replicates", "seed")
WHY = "the book’s λ, and long enough for the clocks of both layers"
GUESSES = (0.05, 0.2, 0.4, 0.6, 0.8)
SWITCHES = (2, 5, 10, 20, 30, 34, 42, 50, 100)
PRESETS = {"one": {"l2": 1}, "five": {"l2": 5}, "ten": {"l2": 10}, "fifty": {"l2": 50}}
RESCUE = {"rescue": tables.RESCUED, "plain": tables.ARMS["plain"]}
CODE = """print(large.weight_rms.mean(axis=0), large.cosine.mean(axis=0))  # (epochs + 1, layers) each
print((large.validation_accuracy - plain.validation_accuracy).mean(axis=0))  # (epochs + 1)
"""

controls = Controls(claim.PREFIX)
article = Article(claim.NAME, controls, PRESETS, **about(claim))
measured = claim
claim, figures, tables = map(Once, (claim, figures, tables))
h = article.panel(claim.DEFAULT, MAIN, MORE, WHY)
settings = claim.settings_facts(h)
article.tell(**settings)
guess = article.bet(GUESSES, number)
with article.place("until"):
    until = controls.choice("until", "L2 is switched off after epoch T", SWITCHES, claim.UNTIL)
article.actions(follow=True)
article.tell(until=until)
layers = [(k, layer["clock"]) for k, layer in enumerate(settings["layers"])]
sides = (layers[0], layers[-1])  # of which there are figures beside one another


def draw(followed):
    article.draw_first(measured, figure_1, h, followed)


race = article.follow(claim.runs(h), draw)
at_clock = claim.at_clock(race, article.looking)
found = claim.run_facts(race, at_clock)
article.tell(bet=answer(guess, GUESSES, found["direction"]), **found)
for side, (layer, clock) in enumerate(sides):
    if clock is not None:
        table = tables.histogram(h, at_clock, layer)
        article.figure(f"weights_{side}").draw(*figures.histogram(table, h.layer_names[layer]))


def draw_rescue(followed):
    both = {"rescue": followed["rescue"], "plain": race["plain"]}
    table, alone = once(sizes, both, 0, RESCUE), tables.decay_alone(asked["rescue"])
    article.figure("rescue_size").draw(*figures.sizes(table, tables.level(h, 0), alone, h.epochs, until, "T"))
    article.figure("rescue_accuracy").draw(*figures.accuracies(tables.accuracies(both, RESCUE), h.epochs))


asked = claim.rescue_runs(h, until)
article.tell(**claim.rescue_facts(race, article.follow(asked, draw_rescue, "rescue")))
article.figure("cosines").draw(*figures.cosines(tables.cosines(race), h.epochs))
shown = code(**claim.runs(h), rescued=asked["rescue"]) + CODE
article.take_away(lambda: tables.all_layers(race), "scaled_start.csv", shown)
article.end()
