"""The question, and the answer in short."""

from view import frame

frame.enter()

from engine.claims import opening
from view import summary
from view.claims.decay_per_epoch import figures, tables
from view.layout import Article
from view.made import Once

figures, tables = map(Once, (figures, tables))
article = Article(opening.NAME)
article.tell(**summary.facts())
run = summary.found().runs[opening.NAME]["run"]
article.figure("puzzle").draw(*figures.decay(tables.relative_size(run), run.epochs))
article.end()
