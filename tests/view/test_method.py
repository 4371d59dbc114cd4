"""The page on the method: nothing is written there that it never says, and the answer to post is what the opening found."""

import re

import numpy as np

from engine.claims import opening
from engine.statistics import interval
from tests.view.telling import told, unreached
from view import layout, method, summary
from view.matter import REFERENCES


def test_every_branch_is_reached():
    assert unreached("method", [method.facts() | {"answer": summary.facts()}]) == []


def code(language):
    """What a code box of the page shows."""
    page = told("method", **method.facts(), answer=summary.facts())
    (block,) = (b for b in layout.blocks(page) if b.name == "code" and b.argument == language)
    return block.words.replace("\\\n", "\n")


def test_the_answer_to_post_is_short_and_has_the_numbers_of_the_runs():
    answer = code("markdown")
    assert len(re.findall(r"\w[\w’'-]*", re.sub(r"\$[^$]*\$", "x", answer))) <= 200
    assert [line[:2] for line in answer.splitlines() if re.match(r"\d\.", line)] == ["1.", "2.", "3.", "4."]
    found = summary.found()
    share = found.measured("decay_dominates", "length", opening.HIDDEN).mean
    assert f"decay makes {100 * share:.0f} %;" in answer.replace("\N{NO-BREAK SPACE}", " ")
    both = found.runs["tail_off"]
    times = np.mean([both[s].weight_rms[:, -10:, 0] for s in ("large", "scaled")]) * both["large"].hyperparameters.n_weights
    assert f"here it is {times:.0f} times $1/n_w$" in answer
    run = found.runs["decay_per_epoch"]["decay"]
    eta, lam, _, m = run.hyperparameters.symbols
    size = run.weight_rms[:, :, 1] / run.weight_rms[:, :1, 1] / np.exp(-eta * lam / m * np.arange(run.epochs + 1))
    _, low, high = interval(size)
    assert f"until epoch {np.argmin((low >= 0.95) & (high <= 1.05)) - 1} only." in answer


def test_the_entry_to_cite_is_whole():
    entry = code("bibtex")
    assert entry.count("{") == entry.count("}")
    assert set(re.findall(r"^  (\w+) = ", entry, re.MULTILINE)) == {"title", "author", "year", "version", "note"}


def test_the_references_are_numbered_in_their_order():
    page = told("method", **method.facts())
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| \[([^\]]+)\]\((http[^)]+)\) \|$", page, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == list(range(1, len(REFERENCES) + 1))
    assert len({address for *_, address in rows}) == len(rows)
