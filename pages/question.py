"""The question, its film, and four claims."""

from view import frame

frame.enter()

from engine.claims import CLAIMS, opening
from view import summary
from view.claims.question import figures
from view.layout import Article

article = Article(opening.NAME)
article.tell(**summary.facts())  # with the film, which is seen first
for claim in CLAIMS:
    article.figure(claim.NAME).draw(*figures.sketch(claim.NAME, claim.DEFAULT))
article.end()
