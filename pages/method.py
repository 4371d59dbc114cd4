"""Method: statistics, checks, limits, an answer to post, a lecture, a glossary, formulas, references, how to cite."""

from view import frame

frame.enter()

from view import summary
from view.layout import Article
from view.method import facts

article = Article("method")
article.tell(**facts())
article.tell(answer=summary.facts())
article.end()
