"""The question, its film, and four claims."""

from view import frame

frame.enter()

from engine.claims import opening
from view import summary
from view.layout import Article

article = Article(opening.NAME)
article.tell(**summary.facts())
article.end()
