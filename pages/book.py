"""The book's own examples: do the three claims hold in them?"""

from view import frame

frame.enter()

import streamlit as st

from engine.claims import exercise
from engine.studies import book
from view import runs
from view.bets import answer
from view.claims.book import figures, tables
from view.controls import Controls, code
from view.layout import Article
from view.made import Once
from view.switch import Switch
from view.tables import reach, together

PAGE = "book"
GUESSES = (0.2, 0.5, 1.0, 2.0, 4.0)
UNITS = tuple(range(1, 31))
SEEDS = book.REPLICATES, 999_999
CODE = """print(run.validation_accuracy.mean(axis=0))  # (epochs + 1)
print(run.weight_rms.mean(axis=0))  # (epochs + 1, layers)
"""

exercise, figures, tables = map(Once, (exercise, figures, tables))
controls = Controls(PAGE)
article = Article(PAGE, controls)
found = exercise.facts()
article.tell(**found)
guess = article.bet(GUESSES)
article.tell(bet=answer(guess, GUESSES, found["output_left"]))

for hidden in book.NETWORKS:
    whole, units = exercise.runs(hidden), hidden[0]
    for layer, name in enumerate(found["h"].layer_names):
        article.figure(f"{units} {name}").draw(*figures.sizes(tables.layer_sizes(whole, layer), tables.decay(whole, layer)))
    article.figure(f"{units} accuracy").draw(*figures.accuracy(tables.accuracy(exercise.graphed(hidden))))

with article.place("unit"):
    unit = controls.choice("unit", "Hidden unit", UNITS, 1)
article.tell(unit=unit)
for start in book.STARTS:
    images = tables.portraits(exercise.portraits(start), unit)
    article.portraits(f"{start} portraits", images, reach(images[book.EPOCHS]))

with article.place("training"):
    first, second, third = st.columns(3, gap="large")
    with first:
        units = controls.choice("units", "Hidden units", [hidden[0] for hidden in book.NETWORKS], exercise.SMALL[0])
    with second:
        start = controls.choice("start", "First weights", book.STARTS, "large")
    with third:
        seed = controls.whole("seed", "Seed, other than ours", *SEEDS)
    mine = book.single((units,), start, seed)
    switch = Switch(controls, mine, st.empty())
    asked = switch.asked(f"Train seed {seed} on MNIST")
    problem = runs.fetch(mine, st.empty()) if asked else None
    if problem:
        switch.failed("Try again")  # not asked for again at every move of a control
training = asked and not problem
article.actions()
article.tell(training=training, problem=problem, units=units, start=start, seed=seed, code=code(run=mine))
article.take_away(
    lambda: tables.everything(exercise.shipped().runs), "book.csv", code(run=book.example(exercise.SMALL, "large")) + CODE
)

if training:
    ours = tables.accuracy({start: exercise.graphed((units,))[start]})

    def draw(followed):
        article.figure("live").draw(*figures.accuracy(together(ours, tables.live(followed[PAGE], start))))

    run = runs.follow({PAGE: mine}, draw, article.place("status"), poll=0.3)[PAGE]
    switch.finished("Put it away")
    article.tell(**exercise.live_facts(run, start))
else:
    runs.give_up(PAGE)
    article.tell(mine=None)
article.end()
