"""The question, and the answer in short."""

from view import frame

frame.enter()

from engine.claims import opening
from view import summary
from view.figures import decay_per_epoch as figures
from view.layout import Article
from view.tables import decay_per_epoch as tables

article = Article(opening.NAME)
article.tell(**summary.facts())
run = summary.found().runs[opening.NAME]["run"]
article.figure("puzzle").draw(*figures.decay(tables.relative_size(run), run.epochs))
article.end()
