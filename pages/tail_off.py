"""Claim 3: where does the decay tail off?"""

from view import frame

frame.enter()

from engine import theory
from engine.claims import about, readings
from engine.claims import tail_off as claim
from engine.claims.contest import contest_facts
from engine.datasets import load
from engine.studies import contest, erf_unit
from engine.verdicts.tail_off import CANDIDATES, largest_grid
from view import regimes
from view.bets import answer
from view.claims.contest import figures as contest_figures
from view.claims.contest import tables as contest_tables
from view.claims.tail_off import figures, tables
from view.claims.tail_off.first import figure_1
from view.controls import Controls, code
from view.layout import Article
from view.made import Once, once
from view.words import number

WHY = "because there both starts come to rest within the run"
MAIN = ("l2", "learning_rate", "epochs")
MORE = ("dataset", "n_train", "batch_size", "hidden", "activation", "cost", "replicates", "seed")
GUESSES = (0.0005, 0.02, 0.1, 0.2, 0.5)
KAPPAS = (0.003, 0.01, 0.03, 0.1)
CALM = dict(learning_rate=0.1, batch_size=10, epochs=50)
PRESETS = {
    "ten": {"l2": 10, **CALM},
    "fan_in": {"l2": 30, **CALM},
    "book": dict(l2=75, learning_rate=0.2, batch_size=10, epochs=100),
    "collapse": {"l2": 100, **CALM},
    "early": {"l2": 2, **CALM},
}
MAP = ("tail_off", CANDIDATES[1], claim.DEFAULT.layer_names)
CODE = """for run in (large, scaled):
    print(run.weight_rms.mean(axis=0))  # (epochs + 1, layers)
    print(run.unopposed_share.mean(axis=0))  # (epochs, layers)
"""


def draw(followed):
    article.draw_first(measured, figure_1, h, dict(zip(arms, followed.values())))


def draw_grid(followed):
    table = tables.by_lambda(grid, grid.split(followed["tail grid"]))
    article.figure("by_lambda").draw(*figures.by_lambda(table, tables.all_candidates(h), threshold, h.l2))
    article.figure("accuracy").draw(*figures.accuracy(table, threshold))


controls = Controls(claim.PREFIX)
article = Article(claim.NAME, controls, PRESETS, **about(claim))
measured = claim
claim, figures, tables, contest_figures, contest_tables = map(Once, (claim, figures, tables, contest_figures, contest_tables))
h = article.panel(claim.DEFAULT, MAIN, MORE, WHY, also=largest_grid)
arms, settled = claim.runs(h), claim.settings_facts(h)
grid, threshold, tested = settled["grid"], settled["threshold"], contest.results()
article.tell(
    map=regimes.facts(*MAP, h),
    **settled,
    **once(contest_facts, tested, tables.whitened_values(load(tested["widths"].examples[0]))),
)
norms = article.looking.read(readings.linear_norms, h, readings.WIDTHS)
article.tell(linear=[*tables.linear_networks(h, load(h), norms).itertuples()], steps=readings.STEPS)
article.map(*MAP, h)
for name, found in tested.items():
    drawn = contest_tables.floors(found), contest_tables.slopes(found, 0), contest_tables.labels(found)
    article.figure(name).draw(*contest_figures.law(*drawn, contest_tables.VARIED[name]))
teacher = theory.coherent_size(erf_unit.UNIT["fan_in"], 0.0)
article.tell(unit=erf_unit.UNIT, unit_seeds=erf_unit.REPLICATES, teacher=teacher)
with article.place("kappa"):
    kappa = controls.choice("kappa", "Decay of the unit, κ", KAPPAS, erf_unit.KAPPA)
article.actions(follow=True)
article.figure("erf_unit").draw(*figures.erf_unit(tables.erf_unit(kappa)))
guess = article.bet(GUESSES, number)

runs = dict(zip(arms, article.follow({f"tail {name}": arm for name, arm in arms.items()}, draw).values()))
found = claim.run_facts(runs, tested)
article.tell(bet=answer(guess, GUESSES, found["floors"][0].rms), **found)
over_lambda = grid and grid.split(article.follow({"tail grid": grid}, draw_grid, "grid")["tail grid"])
article.tell(**claim.grid_facts(over_lambda, threshold))
article.take_away(lambda: tables.all_layers(runs), "tail_off.csv", code(**arms) + CODE)
article.end()
