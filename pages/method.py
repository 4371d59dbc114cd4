"""Method: definitions, formulas, data, statistics, limits, references, how to cite and to reproduce."""

from view import frame

frame.enter()

import streamlit as st

from engine import theory, verdicts
from engine.datasets import SHAPES, load
from engine.defaults import DEFAULTS
from engine.statistics import LEVEL
from engine.studies import accuracies, regimes
from engine.verdicts import Outcome, contest, decay_dominates, decay_per_epoch, scaled_start, tail_off
from view import article, words
from view.badges import MEANINGS, badge
from view.words import number, percent

BOOK = DEFAULTS["decay_per_epoch"]
DEFINITIONS = (
    (r"$\eta$", "learning rate; multiplies the mean gradient of the mini-batch", "`learning_rate`"),
    (r"$\lambda$", r"L2 coefficient of the book: cost $=$ data cost $+\frac{\lambda}{2n}\sum w^2$, biases excluded", "`l2`"),
    (r"$m$", "mini-batch size, examples", "`batch_size`"),
    (r"$n$", "training examples; never the number of weights", "`n_train`"),
    (r"$n_\text{in}$", "fan-in of a layer: inputs of each of its units", "`fan_in`"),
    (r"$n_w$", "weights of the whole network, biases excluded", "`n_weights`"),
    (
        r"$B$",
        r"updates per epoch, $\lceil n/m\rceil$; the last mini-batch may be smaller and is averaged over its own size",
        "`updates_per_epoch`",
    ),
    (r"$\beta$", r"$1-\eta\lambda/n$, the decay factor per update", "`decay_factor`"),
    (r"$\rho$", r"$\beta^B$, the exact decay factor per epoch", "`decay_per_epoch`"),
    (r"$\gamma$", r"$\eta\lambda/m$, the claimed decay rate per epoch", "`decay_rate`"),
    (
        "large, scaled",
        r"first weights from N(0, 1), or from N(0, 1/$n_\text{in}$); biases from N(0, 1) under both",
        "`initialization`",
    ),
    ("rms", "root mean square of a layer’s weights, over all of them", "`weight_rms`"),
    (
        "unopposed share",
        r"(decay’s part $+$ the data’s part) $/$ decay’s part of the change of $\lVert W\rVert^2$",
        "`unopposed_share`",
    ),
)
REFERENCES = (
    ("The question", "Cross Validated 312642", "https://stats.stackexchange.com/q/312642"),
    (
        "The exercise",
        "M. Nielsen, *Neural Networks and Deep Learning*, chapter 3, 2015",
        "http://neuralnetworksanddeeplearning.com/chap3.html",
    ),
    ("Asked before", "Data Science Stack Exchange 15016", "https://datascience.stackexchange.com/q/15016"),
    ("Asked before", "Data Science Stack Exchange 17921", "https://datascience.stackexchange.com/q/17921"),
    ("Asked before", "Data Science Stack Exchange 27713", "https://datascience.stackexchange.com/q/27713"),
    ("Measured on the book’s network", "Cross Validated 535484", "https://stats.stackexchange.com/q/535484"),
    (
        "Decay and generalisation",
        "A. Krogh, J. Hertz, *A simple weight decay can improve generalization*, NIPS 4, 1991",
        "https://proceedings.neurips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html",
    ),
    (
        "Online learning, solvable",
        "D. Saad, S. Solla, *On-line learning in soft committee machines*, Physical Review E 52, 4225, 1995",
        "https://doi.org/10.1103/PhysRevE.52.4225",
    ),
    (
        "Scaled starts",
        "Y. LeCun et al., *Efficient BackProp*, in *Neural Networks: Tricks of the Trade*, 1998",
        "https://doi.org/10.1007/3-540-49430-8_2",
    ),
    (
        "Scaled starts",
        "X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010",
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    ("Scaled starts", "K. He et al., *Delving deep into rectifiers*, ICCV 2015", "https://arxiv.org/abs/1502.01852"),
    (
        "Decay, decoupled",
        "I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, ICLR 2019",
        "https://arxiv.org/abs/1711.05101",
    ),
    (
        "Decay and noise",
        "T. van Laarhoven, *L2 regularization versus batch and weight normalization*, 2017",
        "https://arxiv.org/abs/1706.05350",
    ),
    ("Decay and noise", "A. Kosson et al., *Rotational equilibrium*, 2023", "https://arxiv.org/abs/2305.17212"),
    (
        "When decay matters",
        "A. Golatkar, A. Achille, S. Soatto, *Time matters in regularizing deep networks*, NeurIPS 2019",
        "https://arxiv.org/abs/1905.13277",
    ),
    (
        "The time 1/(ηλ)",
        "A. Lewkowycz, G. Gur-Ari, *On the training dynamics of deep networks with L2 regularization*, NeurIPS 2020",
        "https://arxiv.org/abs/2006.08643",
    ),
    (
        "Weights as an average over epochs",
        "X. Wang, L. Aitchison, *How to set AdamW’s weight decay as you scale model and dataset size*, 2024",
        "https://arxiv.org/abs/2405.13698",
    ),
    (
        "The digits",
        "E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998",
        "https://doi.org/10.24432/C50P49",
    ),
    (
        "MNIST",
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proceedings of the IEEE 86, 1998",
        "https://doi.org/10.1109/5.726791",
    ),
)
BIBTEX = """@misc{weight-decay-first-draw,
  title = {Weight decay and the first draw},
  year  = {2026},
  note  = {An explorable article on four claims about L2 regularisation; answers Cross Validated question 312642}
}
"""


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join("---" for _ in heads) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


digits = load(BOOK)
blank = int(digits.unused_inputs.sum())
shape, mnist = SHAPES["digits"], SHAPES["mnist"]

article.opening(
    "How it was measured",
    "METHOD",
    "What the words mean, which formulas are used, where the data come from, how a claim is judged, and how to get every number again.",
    "The code is the article’s own: a small engine in NumPy, and the pages that draw what it measures.",
)

article.heading("The experiment")
article.write(
    f"""A fully connected network is trained by mini-batch stochastic gradient descent with L2 regularisation. Unless a control says
otherwise it has {words.listed(map(str, BOOK.sizes))} units, sigmoid hidden units, sigmoid outputs with the cross-entropy, $\\eta={number(BOOK.learning_rate)}$
and $m={BOOK.batch_size}$. The update is"""
)
article.equation(theory.UPDATE)
article.write(
    r"""The examples are reshuffled every epoch. Weights are held in single precision with a common factor in double precision, so that decay
is not lost to rounding. A run with seed $s$ draws its weights from one random stream of $s$ and the order of its mini-batches from another.
So two runs that differ in $\lambda$, $\eta$ or the scale of the start share their draws and their mini-batches, and are compared in pairs.
Measurements are taken once an epoch from the weights at its two ends; nothing is added to the update."""
)

article.heading("Definitions")
article.write(table(("symbol", "meaning", "in the code"), DEFINITIONS))

article.heading("How a claim is judged")
article.write(
    """A verdict is computed from the run in front of you, never written in. It has a premise, a prediction, a measurement with its interval
over seeds, and a tolerance. It comes out in one of these ways:"""
)
article.write(table(("verdict", "when"), [(badge(outcome), MEANINGS[outcome]) for outcome in Outcome]))
article.write(
    f"""- An **equality** (a rate, a size) holds when the whole interval lies inside the tolerance, fails when it lies outside, and is undecided
  when it crosses an edge. Claim 2: the rate within {percent(decay_per_epoch.TOLERANCE)}. Claim 3: “around” a size is within a factor of
  {number(tail_off.AROUND)} of it.
- A **comparison** (“dominated”) holds when the whole interval is at {percent(verdicts.MOST)} or above, fails when it is below
  {percent(verdicts.EVEN)}, is partly true when it lies between the two, and is undecided when it crosses one of them. In claim 1 the cost and
  the accuracy are compared by a share: what decay alone would bring over what training brings. Where training moves them the other way
  there is no share, and the claim promises nothing. Where the seeds cannot tell from 0 how training moves them, no share is told and it is undecided.
- A layer is **saturated** when the mean slope of its units is at most {number(decay_dominates.SATURATED)}.
- **Exact** is what holds by construction, as long as the simulation agrees with it: the draw fades by the factor of claim 2 if the claimed rate
  is within {percent(decay_per_epoch.TOLERANCE)} of the exact one, and faded for $T^*$ it is a draw from N(0, 1/$n_\\text{{in}}$).
- **The same size**, on every page, is within {percent(verdicts.SAME_SIZE)}.
- **At rest** is said of a size. At the pace of the last {tail_off.LAST} epochs it changes by at most {percent(verdicts.SAME_SIZE)} while decay alone
  would take a weight to $1/e$, which takes $1/\\gamma$ epochs; {tail_off.LAST} epochs at least. It is the same size from both starts. The
  weights themselves may go on moving.
- **The same accuracy** is within {words.points(scaled_start.SAME_ACCURACY)} percentage points: a small part of what a good run on the digits still
  reads wrongly.
- **The draw is forgotten** when the whole interval of the cosine between a layer and its draw is at most {number(scaled_start.NO_OVERLAP)} in size.
  Then no more than {percent(verdicts.MUCH_LESS)} of the layer’s squared length lies along the draw.
- **A draw from N(0, 1/$n_\\text{{in}}$)** is asked for with the Kolmogorov-Smirnov distance. Where that holds, the weights cannot be told from such
  a draw. It does not say that they are one.
- An **exponent** is a candidate’s when its whole interval, and the exponent between any two neighbouring points, lies within {number(contest.TOLERANCE)} of the candidate’s own over the same points.
  Where only the interval does, the line is bent: it is near on the whole, and that is partly true.
  That is a test of equivalence: it says that the difference is small, not that there is none. Where the interval leaves out the candidate’s
  exponent, the two are near, yet different.
- The **premise** decides whether the claim promises anything for these values. $a\\ll b$ is read as $a\\le{number(verdicts.MUCH_LESS)}\\,b$. For a
  $\\lambda$ “not too small” decay takes at least {percent(verdicts.MUCH_LESS)} of a weight that sees no data in {words.plural(decay_dominates.FIRST, "epoch")}. A
  $\\lambda$ “not too large” is above 0 and below that from which on weights of 0 are a stable state, and the network reads more than
  {number(tail_off.GUESSING)} times as many images as a guess would.

Intervals are {percent(LEVEL)} t-intervals over seeds; of paired differences, or of the logarithm of paired ratios, where two runs are compared. One
seed has no interval, and then only exact statements are judged. They say what another set of seeds would give, on the same data and the same
split. They are not corrected for the number of verdicts on a page: among many, one may be wrong by chance. Where one more seed is expected,
on the page on the book, is the wider interval that holds for a single new run."""
)

article.heading("How many seeds an accuracy takes")
article.write(
    f"""Accuracies differ by little, and on the digits they are read off {shape.n_validation} images. So a sentence there that tells a difference of accuracies
rests on {words.plural(len(accuracies.SEEDS), "seed")} of their own, which ship with the article. With fewer than {accuracies.ENOUGH["digits"]} seeds, as in a
run of your own, the pages draw the curves and say nothing of their difference. On MNIST, with its {mnist.n_validation:,} unseen images,
{words.plural(accuracies.ENOUGH["mnist"], "seed")} are enough."""
)

article.heading("What another machine gives")
article.write(
    f"""Training is repeatable bit for bit on one machine, with one number of processes and threads. Another processor adds the terms of a sum in
another order, and rounds otherwise. At the learning rate that the pages open with, $\\eta={number(BOOK.learning_rate)}$, that is on the digits far too
little to be seen in the numbers printed here. The larger $\\eta$, the more training multiplies it. At the largest values of the slider two
machines go their own ways: then a run is one of many that the same seed could have given, and only what the seeds have in common can be
told. The untouched pages show runs that ship with the article, so their runs are the same everywhere. `python -m scripts.kernels` measures
how far apart processors are."""
)

article.heading("Checks that could fail")
article.write(
    f"""Of the {shape.fan_in} pixels, {blank} are blank in every training image. A weight on such a pixel has no gradient and must follow
$\\rho^T$ to rounding; every page trains with this control group inside. The two entries of the ledger of $|W|^2$ must add up to its change.
The equations of the solvable models are compared with simulations that do not use them, gradients with finite differences, and every
closed form with numerical integration or with another library, in the tests. The update works out its own factor of decay, and does not
ask the formula sheet for it."""
)

article.heading("Data")
article.write(
    f"""{len(digits.x_train) + len(digits.x_validation):,} images of handwritten digits, 8 by 8 pixels, with inputs scaled to 0 to 1: the test part of *Optical Recognition of
Handwritten Digits* by E. Alpaydin and C. Kaynak (UCI Machine Learning Repository, CC BY 4.0), as scikit-learn ships it. In a fixed order,
with all classes in proportion, the first {shape.n_train:,} train and the other {shape.n_validation} are kept unseen. The mean squared length of an input,
$|x|^2$, is {number(digits.mean_norm_squared)}. The engine also has a teacher: normal inputs of any size labelled by a random linear map.

MNIST (Y. LeCun, C. Cortes, C. J. C. Burges): images of handwritten digits, 28 by 28 pixels, split as in the book. Of its training images the
first {mnist.n_train:,} train and the last {mnist.n_validation:,} are kept unseen; its test images are not used. It is downloaded when a reader first asks for it, and
checked; the page on the book shows finished runs and needs no download."""
)

article.heading("The formula sheet")
article.write(
    "Each formula stands in the code beside the function that computes it; a test compares the function with another way to its value."
)
for title, formulas in theory.SHEET.items():
    with article.column(), st.expander(title):
        for formula in formulas:
            st.markdown(f"**{formula.says}** `{formula.name}`  \n:small[{formula.source}]\n\n$$\n{formula.latex}\n$$")

article.heading("Five meanings of λ")
article.write(
    "The same decay under other names; the values equal the book’s $\\lambda$ at this article’s $\\eta$, $n$ and $m$."
)
article.write(
    table(
        ("where", "factor per update", "value"),
        [(where, f"${factor}$", number(value)) for where, factor, value in theory.conventions(*BOOK.symbols)],
    )
)

article.heading("Limits")
article.write(
    f"""- Small networks, one or two hidden layers, small images. How floors depend on width, fan-in and λ is measured in the contest of claim 3, one thing
  at a time; with the fan-in the task changes as well. How they depend on the number of examples is not measured.
- The map of regimes is drawn for one network and {words.plural(regimes.MAP.replicates, "seed")}. At large $\\eta$ another processor can give another verdict
  at a threshold.
- How far weights move depends on how often one looks. Here movement is always that from one epoch to the next, so its shares on the digits and on
  MNIST, whose epochs have different numbers of updates, do not compare.
- With the book’s $\\eta$, $m$ and $\\lambda$ the decay per epoch is the book’s, but on the digits $\\lambda/n$ is larger in proportion as there are fewer examples: the
  balance with the data lies elsewhere than in the book’s experiment. That is repeated on MNIST, on the page on the book.
- Plain gradient descent only. What is said about momentum and Adam is theory.
- The closed forms for the λ at which decay and the data are equal give sizes at initialisation, not over the first epochs.
- The unseen images also served to choose the values that the untouched pages show."""
)

article.heading("Reproduce every number")
article.write(
    """At the end of every claim’s page there is a link that keeps all values, the data as CSV, and the lines of Python that give them. In a copy
of the project, `make run` serves the article, `make test` runs every test, and `make results` trains the runs that come with it again, those on MNIST for half
an hour or so. From the command line:"""
)
with article.column():
    st.code(
        f"python -m engine --l2 {BOOK.l2:g} --epochs {BOOK.epochs} --replicates {BOOK.replicates} --csv run.csv",
        language="bash",
    )

article.heading("References")
article.write(table(("for", "source"), [(what, f"[{source}]({link})") for what, source, link in REFERENCES]))

article.heading("How to cite")
with article.column():
    st.code(BIBTEX, language="bibtex")
article.next_page("question")
