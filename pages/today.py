"""The question today: what is left of the first draw in a training run of the reader's own."""

from view import frame

frame.enter()

import streamlit as st

from engine.claims import today as claim
from engine.recipes import published
from engine.studies import today as study
from view.claims.today import figures, tables
from view.controls import Controls
from view.layout import Article
from view.made import Once
from view.recipe import chosen
from view.snippets import YOUR_RUN

claim, figures, tables = map(Once, (claim, figures, tables))
CODE = """from engine.recipes import published
from engine.studies import today
from engine.theory.recipe import answer

for run in published().values():
    print(run.label, answer(run.recipe).total, answer(run.recipe).left)
print(today.results())  # what the figures 2 to 5 show
"""

controls = Controls(claim.PREFIX)
article = Article(claim.NAME, controls)
with article.place("controls"):
    name, recipe, problem = chosen(controls, published())
article.actions()
found = claim.facts(name, recipe)
article.tell(problem=problem, **found)
courses = tables.courses(found["published"], found["answer"])
if found["answer"]:
    article.figure("schedule").draw(*figures.schedule(courses))
article.figure("left").draw(*figures.left(courses))
seen = study.results()
article.figure("controls").draw(*figures.controls(tables.controls(seen)))
article.figure("adam").draw(*figures.under_adam(tables.under_adam(seen)))
for optimizer in study.SIZED:
    article.figure(f"sizes under {optimizer}").draw(*figures.unit_sizes(tables.unit_sizes(seen, optimizer)))
article.figure("timed").draw(*figures.timed(tables.timed(seen)))
with article.place("snippet"):
    st.code(YOUR_RUN, language="python")
article.take_away(lambda: tables.everything(found["published"], recipe, found["answer"]), "recipes.csv", CODE)
article.end()
