"""The question, its film, and four claims."""

from view import frame

frame.enter()

from engine.claims import CLAIMS, opening
from view import summary
from view.claims.question import figures
from view.layout import Article
from view.made import Once

figures = Once(figures)
article = Article(opening.NAME)
for claim in CLAIMS:  # first: what draws them is fetched while the facts are told, and the film waits less
    article.figure(claim.NAME).draw(*figures.sketch(claim.NAME, claim.DEFAULT))
article.tell(**summary.facts())
article.end()
