"""The question, and the answer in short."""

from view import frame

frame.enter()

import streamlit as st

from engine import theory
from engine.defaults import DEFAULTS
from view import article, summary
from view.figures import decay_per_epoch as figures
from view.tables import decay_per_epoch as tables
from view.words import number

PUZZLE = DEFAULTS["question"]
found = summary.found()
h = PUZZLE
eta, lam, n, m = h.symbols
run = found.runs["question"]["run"]

with article.column():
    st.title("Weight decay and the first draw", anchor=False)
    st.markdown(
        "A network starts from random weights and trains with L2 regularisation. Under one and the same rule its hidden weights fall, "
        "and its output weights do not. Why?"
    )
with article.column(article.FIGURE):
    article.Figure(
        "Line chart: size of the hidden and of the output weights relative to the start, on a logarithmic axis, by epoch. Dashed: the decay "
        "that regularisation alone would give. The hidden weights fall almost along it for a while; the output weights soon rise."
    ).draw(*figures.decay(tables.relative_size(run), h.epochs))
article.caption(
    f"**Figure 1.** Size (rms) of the weights of a {'-'.join(map(str, h.sizes))} network that learns to read handwritten digits, relative to the "
    f"start; mean of {h.replicates} seeds with its 95 % band. All weights were drawn from N(0, 1); $\\eta={number(eta)}$, "
    f"$\\lambda={number(lam)}$, $m={m}$, {n:,} training examples. Dashed: what decay alone does, and what the dots show: weights on pixels that are "
    "blank in every training image."
)

article.heading("The question")
article.write(
    """It was asked on [Cross Validated](https://stats.stackexchange.com/q/312642) about an exercise in Michael Nielsen’s [*Neural Networks and Deep
Learning*](http://neuralnetworksanddeeplearning.com/chap3.html) (2015), chapter 3. A feedforward network is trained by stochastic gradient
descent with L2 regularisation, all weights drawn from the standard normal distribution. Three claims and a question, with $\\eta$ the learning
rate, $\\lambda$ the strength of the regularisation, $n$ training examples in mini-batches of $m$, $n_w$ weights in all and $n_\\text{in}$ inputs to a
unit:

1. Supposing $\\lambda$ is not too small, the first epochs of training will be dominated almost entirely by weight decay.
2. Provided $\\eta\\lambda\\ll n$, the weights will decay by a factor of $\\exp(-\\eta\\lambda/m)$ per epoch.
3. Supposing $\\lambda$ is not too large, the weight decay will tail off when the weights are down to a size around $1/n_w$.
4. And how does all this relate to starting from N(0, 1/$n_\\text{in}$) without regularisation?

The last is called the scaled start below; the first random weights are the draw. Figure 1 shows the draw fade on the blank pixels."""
)

article.heading("The answer in short")
article.write("\n\n".join(statement.text for statement in summary.answer(found)))

article.heading("The rule, term by term")
article.equation(theory.UPDATE, 1)
article.write(
    rf"""At every update a weight $w$ is multiplied by $1-\eta\lambda/n$, and a step is added that goes down the slope of the data’s cost.

| symbol | what it is | here |
|---|---|---|
| $w$ | any weight; biases have no decay | {summary.weights(h)} |
| $\eta$ | learning rate | {number(eta)} |
| $\lambda$ | strength of the regularisation, as the book counts it | {number(lam)} |
| $n$ | training examples | {n:,} |
| $m$ | examples in a mini-batch; $n/m$ updates make an epoch | {m} |
| $C_x$ | cost of one example, the cross-entropy | |

The first term does not look at the data. The second depends on all weights of the network, but it is not proportional to the weight that it
moves. Everything below follows from the contest of these two."""
)

article.heading("Four claims, four verdicts")
article.write(
    "Every claim has a page that trains the network, shows what happens, and judges the claim from the measurement. In one line each, at the "
    "values of the untouched pages:"
)
for page, statement in summary.lines(found).items():
    with article.column():
        st.page_link(f"pages/{page}.py", label=frame.PAGES[page])
        st.markdown(statement.text)

article.write(
    "The exercise asks to argue that the conditions, if these are the three claims, “are all satisfied” in the book’s own examples. Another page tests that:"
)
with article.column():
    st.page_link("pages/book.py", label=frame.PAGES["book"])
    st.markdown(summary.book_line())

article.heading("To the asker’s own four comments")
article.write(summary.replies(found))

article.heading("A slip on the way")
article.write(summary.slip(found))
article.write(summary.contest_line())

article.heading("How to read this")
article.write(
    """The pages can be read in order, untouched: their figures are finished and carry the argument. Whoever wants to know whether the answers depend on
the values can move the controls of a page: the networks are trained again, and its figures, verdict and numbers follow. Dashed is theory, solid is
measured, bands are 95 % intervals over seeds. At the end of each page are its permanent link, its data, and the lines of Python that give the same
numbers. The method page has the definitions, the formulas and the limits."""
)
article.next_page("decay_dominates")
