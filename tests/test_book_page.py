"""The page of the book: it says what the shipped runs say, trains live, and stays readable where MNIST cannot be had."""

import functools
import hashlib
import http.server
import re
import threading
from dataclasses import replace

import numpy as np
import pytest

from engine import book, datasets, mnist, train
from engine.statistics import interval, prediction
from engine.verdicts import book as audit
from tests.test_article import NOT_A_NUMBER, everything
from tests.test_pages import charts, page, prose
from view import words

SHIPPED = book.audit()
CLAIMS = {"decay_dominates": "c1", "decay_per_epoch": "c2", "tail_off": "c3", "scaled_start": "c4"}


@pytest.fixture(scope="module")
def untouched():
    return page("book")


def test_it_says_how_many_of_the_books_accuracies_are_ours(untouched):
    total = 0
    for h in book.examples():
        theirs = book.published_accuracy(h.hidden, h.initialization)
        expected = prediction(SHIPPED.runs[h].validation_accuracy[:, 1:31])
        count = int(((theirs < expected.low) | (theirs > expected.high)).sum())
        total += count
        network = "-".join(map(str, h.sizes))
        assert re.search(rf"\| {network} \| {h.initialization} \| {words.plural(count, 'epoch')} of 30 \|", prose(untouched))
    assert f"Of the book’s 120 published accuracies {total} lie outside" in prose(untouched)


def test_the_dots_are_the_books_and_ringed_where_they_lie_outside(untouched):
    for (_, _, rows), hidden in zip(charts(untouched), book.NETWORKS):
        for start, name in zip(book.STARTS, ("from N(0, 1)", "from N(0, 1/n_in)")):
            of = rows[rows["start"] == name]
            dots, ours = (of[of["kind"] == kind].sort_values("epoch") for kind in ("book", "measured"))
            np.testing.assert_array_equal(dots["mean"], book.published_accuracy(hidden, start))
            outside = (dots["mean"].to_numpy() < ours["low"].to_numpy()) | (dots["mean"].to_numpy() > ours["high"].to_numpy())
            np.testing.assert_array_equal(dots["outside"].to_numpy(bool), outside)


def test_it_has_the_times_the_sizes_and_the_variances(untouched):
    text = prose(untouched)
    assert "| 784-30-10, hidden weights | 202 | 101 | 67 |" in text
    for h in book.examples():
        for layer in range(2):
            after = interval(SHIPPED.extra[h].variance[:, 1, layer])
            assert f"→ {words.number(after.mean)} ({words.between(after)})" in text
    sizes = charts(untouched)[2][2]
    levels = sizes[sizes["kind"] == "level"]
    for epoch, size in zip(levels["epoch"], levels["mean"]):
        assert np.exp(-0.05 * epoch) == pytest.approx(size, rel=1e-3)
    control = sizes[sizes["kind"] == "control"]
    line = sizes[sizes["kind"] == "decay alone"]
    for epoch, size in zip((*control["epoch"], *line["epoch"]), (*control["mean"], *line["mean"])):
        assert size == pytest.approx(np.exp(-0.05 * epoch), rel=0.02)  # from N(0, 1), give or take its draws


def test_the_verdicts_are_those_of_the_claims(untouched):
    box = prose(untouched)
    for hidden in book.NETWORKS:
        runs = {start: SHIPPED.run(h) for start, h in book.arms(hidden, book.EPOCHS).items()}
        extra = SHIPPED.extra[book.example(hidden, "large")]
        found = audit.judge(runs, extra.cost_alone, extra.accuracy_alone, None)
        for v in found[1]:
            assert re.search(rf"{re.escape(words.percent(v.measured.mean))} :\w+\[\*\*{v.outcome}\*\*\]", box)
        for v in found[2]:
            assert re.search(rf"{re.escape(words.like(v.measured.mean, 0.05))} \([^|]*\) :\w+\[\*\*{v.outcome}\*\*\]", box)


def test_it_says_when_and_with_what_it_was_made(untouched):
    for key in ("date", "commit", "numpy"):
        assert SHIPPED.made[key] in prose(untouched)
    assert re.fullmatch(r"[0-9a-f]{7,}", SHIPPED.made["commit"])


def test_another_unit_is_another_picture(untouched):
    def pictures(at):
        return [rows for *_, rows in charts(at) if "column" in rows]

    first, other = pictures(untouched), pictures(page("book", book_unit="7"))
    assert len(first) == 10
    for rows, weights in zip(other, SHIPPED.extra[book.example((30,), "large")].portraits[:, 6]):
        shown = rows.sort_values(["row", "column"])["weight"].to_numpy()
        np.testing.assert_array_equal(shown, weights.astype(float))
    assert not np.allclose(first[0]["weight"], other[0]["weight"])


# live


def test_a_button_trains_a_seed_on_mnist(mnist_folder):
    at = page("book", book_seed="4321")
    before = len(charts(at))
    at.button(key="book_start_button").click().run()
    assert not at.exception
    assert len(charts(at)) == before + 1
    live = next(rows for *_, rows in charts(at) if "kind" in rows and (rows["kind"] == "live").any())
    drawn = live[live["kind"] == "live"].sort_values("epoch")
    assert drawn["epoch"].tolist() == list(range(1, 31))
    again = train(replace(book.single((30,), "large", 4321), epochs=2), cache=None)
    np.testing.assert_allclose(drawn["mean"].iloc[:2], again.validation_accuracy[0, 1:])
    code = next(c.value for c in at.code if "seed=4321" in c.value)
    assert "replicates=1" in code
    assert f"Seed 4321 reads {words.percent(drawn['mean'].iloc[-1], 3)} of the validation images after 30 epochs" in prose(at)
    assert "1 seed, 30 epochs each" in everything(at)
    assert not re.search(NOT_A_NUMBER, everything(at))
    at.button(key="book_away_button").click().run()
    assert len(charts(at)) == before


def test_without_mnist_the_page_says_so_and_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    at = page("book")
    untouched = prose(at)
    at.button(key="book_start_button").click().run()
    assert not at.exception
    assert [w.value for w in at.warning] == [
        f"MNIST_DIR is {tmp_path}, where there is no file train-images-idx3-ubyte.gz. The rest of the article needs no MNIST."
    ]
    assert prose(at) == untouched


@pytest.fixture
def mirror(mnist_files, monkeypatch, tmp_path):
    """The files on a server of the loopback, as the published ones, and an empty cache."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(mnist_files))
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *a: None)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(mnist, "MIRRORS", (f"http://127.0.0.1:{server.server_port}/",))
    published = {
        name: mnist.Published(hashlib.sha256((mnist_files / name).read_bytes()).hexdigest(), file.shape)
        for name, file in mnist.FILES.items()
    }
    monkeypatch.setattr(mnist, "FILES", published)
    monkeypatch.setattr(mnist, "MOST", 1 << 28)
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    datasets._load.cache_clear()
    datasets._mnist.cache_clear()
    yield tmp_path / "weight-decay" / "mnist"
    server.shutdown()
    server.server_close()


def test_a_setting_that_asks_for_mnist_downloads_it(mirror):
    at = page("decay_per_epoch", c2_data="mnist", c2_n="200", c2_epochs="10", c2_seeds="2")
    assert {path.name for path in mirror.iterdir()} == set(mnist.FILES)
    assert not any("Not accepted" in c.value for c in at.caption)
    assert "784-30-10 network" in prose(at)
    assert re.search(r"Of the 784 pixels, \d+ are blank in all 200 training", prose(at))


@pytest.mark.parametrize("name", CLAIMS)
def test_mnist_on_the_pages_of_the_claims(name, mnist_folder):
    prefix = CLAIMS[name]
    at = page(name, **{f"{prefix}_{k}": v for k, v in dict(data="mnist", n="200", epochs="10", seeds="2").items()})
    assert not any("Not accepted" in c.value for c in at.caption)
    assert not re.search(NOT_A_NUMBER, everything(at))
    assert "784-30-10 network" in prose(at)
    code = at.code[-1].value
    assert "dataset='mnist'" in code


@pytest.mark.parametrize("name", CLAIMS)
def test_without_mnist_the_pages_of_the_claims_show_their_default(name, monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    at = page(name, **{f"{CLAIMS[name]}_data": "mnist"})
    assert any(c.value.startswith("Not accepted, so the default is shown: MNIST_DIR is") for c in at.caption)
    assert "64-30-10 network" in prose(at)


def test_more_examples_than_the_digits_have_are_for_mnist_alone():
    at = page(c2_n="50000")
    assert any("Not accepted, so the default is shown: c2_n=50000 (accepted: 20," in c.value for c in at.caption)
    assert "50000" not in at.select_slider(key="c2_n").options
