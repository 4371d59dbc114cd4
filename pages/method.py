"""Method: definitions, formulas, data, statistics, limits, references, how to cite and to reproduce."""

from view import frame

frame.enter()

from view.layout import Article
from view.method import facts

article = Article("method")
article.tell(**facts())
article.end()
