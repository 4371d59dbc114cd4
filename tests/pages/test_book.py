"""The page of the book: it says what the shipped runs say, trains live, and stays readable where MNIST cannot be had."""

import functools
import hashlib
import http.server
import re
import threading
from dataclasses import replace

import numpy as np
import pytest

from engine import datasets, mnist, train
from engine.statistics import interval, prediction
from engine.studies import book
from tests.pages.reading import NOT_A_NUMBER, PREFIX, charts, everything, opened, page, pictures, plain, prose
from view import controls, runs, words

SHIPPED = book.results()


@pytest.fixture(scope="module")
def untouched():
    return opened("book")


def test_it_says_how_many_of_the_books_accuracies_are_ours(untouched):
    total = 0
    for h in book.examples():
        theirs = book.published_accuracy(h.hidden, h.initialization)
        expected = prediction(SHIPPED.runs[h].validation_accuracy[:, 1:31])
        count = int(((theirs < expected.low) | (theirs > expected.high)).sum())
        total += count
        network = "-".join(map(str, h.sizes))
        assert re.search(rf"\| {network} \| {h.initialization} \| {count} of 30, \d+ below \|", prose(untouched))
    assert f"Of its 120 published values {total} lie outside" in prose(untouched)


def test_the_dots_are_the_books_and_ringed_where_they_lie_outside(untouched):
    accuracies = [rows for *_, rows in charts(untouched) if "kind" in rows and (rows["kind"] == "book").any()]
    for rows, hidden in zip(accuracies, book.NETWORKS, strict=True):
        for start, name in zip(book.STARTS, ("from N(0, 1)", "from N(0, 1/nᵢₙ)")):
            of = rows[rows["start"] == name]
            dots, ours = (of[of["kind"] == kind].sort_values("epoch") for kind in ("book", "measured"))
            np.testing.assert_array_equal(dots["mean"], book.published_accuracy(hidden, start))
            outside = (dots["mean"].to_numpy() < ours["low"].to_numpy()) | (dots["mean"].to_numpy() > ours["high"].to_numpy())
            np.testing.assert_array_equal(dots["outside"].to_numpy(bool), outside)


def test_it_has_the_times_the_sizes_and_the_variances(untouched):
    text = prose(untouched)
    assert "| 784-30-10, hidden weights | 101 | 67 | 202 |" in text
    for h in book.examples():
        for layer in range(2):
            after = interval(SHIPPED.extra[h].variance[:, 1, layer])
            assert f"→ {words.number(after.mean)} ({words.between(after)})" in text
    sizes = charts(untouched)[0][2]
    levels = sizes[sizes["kind"] == "level"]
    for epoch, size in zip(levels["epoch"], levels["mean"]):
        assert np.exp(-0.05 * epoch) == pytest.approx(size, rel=1e-3)
    control = sizes[sizes["kind"] == "control"]
    line = sizes[sizes["kind"] == "decay alone"]
    for epoch, size in zip((*control["epoch"], *line["epoch"]), (*control["mean"], *line["mean"])):
        assert size == pytest.approx(np.exp(-0.05 * epoch), rel=0.02)  # from N(0, 1), give or take its draws


def paragraph(at, start):
    """The first that begins so: a whole table, or text as it is in the source."""
    return next(one for m in at.markdown for one in plain(m.value).split("\n\n") if one.startswith(start))


def rows(at, network):
    """name -> (number, verdict) of the table of a network."""
    table = paragraph(at, f"| {network} | measured")
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if "-badge[" in line]
    return {name: (value, re.fullmatch(r":\w+-badge\[\S (.*)\]", verdict)[1]) for name, value, verdict in cells}


def compared(low, high):
    return "holds" if low >= 0.9 else "fails" if high < 0.5 else "partly" if low >= 0.5 and high < 0.9 else "undecided"


@pytest.mark.parametrize("hidden", book.NETWORKS)
def test_the_table_of_verdicts_is_worked_out_from_the_runs(untouched, hidden):
    h = book.example(hidden, "large")
    run, extra = SHIPPED.runs[h], SHIPPED.extra[h]
    table = rows(untouched, "-".join(map(str, h.sizes)))
    decay, data = run.norm_change_decay[:, :5].sum(axis=1), run.norm_change_data[:, :5].sum(axis=1)
    moved, turned = run.displacement_decay[:, :5].sum(axis=1), run.displacement_data[:, :5].sum(axis=1)
    rms = run.weight_rms
    shares = {
        f"{what}, {layer}": share[:, k]
        for what, share in (
            ("length", abs(decay) / (abs(decay) + abs(data))),
            ("movement from one epoch to the next", moved / (moved + turned)),
        )
        for k, layer in enumerate(h.layer_names)
    }
    for name, share in shares.items():
        assert table[name] == (
            plain(f"{words.percent(share.mean())} ({words.between(interval(share), words.percent)})"),
            compared(*interval(share)[1:]),
        )
    # of the network: ratio of the means over seeds
    for name, alone, trained in (
        ("fall of the cost", extra.cost_alone, run.training_cost),
        ("gain in accuracy", extra.accuracy_alone, run.validation_accuracy),
    ):
        share = np.diff(alone).mean() / (trained[:, 5] - trained[:, 0]).mean()
        assert table[name][0].startswith(plain(f"{words.percent(share)} ("))
        assert share < 0.5
        assert table[name][1] == "fails"
    control = f"weights on blank pixels, epochs 1 to {book.EPOCHS}"
    assert table[control][1] == "exact"
    for k, layer in enumerate(h.layer_names):
        for epochs, span in ((1, "epoch 1"), (30, "epochs 1 to 30")):
            rate = np.log(rms[:, 0, k] / rms[:, epochs, k]) / epochs
            low, high = np.array(interval(rate))[1:]
            expected = (
                "holds" if low >= 0.0475 and high <= 0.0525 else "fails" if high < 0.0475 or low > 0.0525 else "undecided"
            )
            name = f"{layer}, {span}"
            assert table[name][0].startswith(words.like(rate.mean(), 0.05))
            assert table[name][1] == expected
        last = slice(20, 30)
        back = -run.norm_change_data[:, last, k].sum(axis=1) / run.norm_change_decay[:, last, k].sum(axis=1)
        still = table[f"{layer}, epoch 30"]
        assert plain(f"the data put back {words.percent(back.mean())} of what decay takes") in still[0]
        assert ("still grow" in still[0]) == (back.mean() > 1)
        assert still[1] == "not at rest"
        if h.epochs > 30:
            size = rms[:, -10:, k].mean() + SHIPPED.runs[book.example(hidden, "scaled")].weight_rms[:, -10:, k].mean()
            times = size / 2 * h.n_weights**0.5
            assert table[f"{layer}, epoch 300"] == (f"{words.number(times, 2)} times $1/\\sqrt{{n_w}}$", "fails")
    assert len(table) == 6 + 5 + (2 if h.epochs == 30 else 4)  # the rows of the three claims


def test_the_box_says_what_its_tables_say(untouched):
    """Each of its sentences against the badges of both networks."""
    tables = [rows(untouched, network) for network in ("784-30-10", "784-100-10")]
    box = " ".join(paragraph(untouched, "**The graphed runs bear out").split())
    true = [{name for name, (_, outcome) in table.items() if outcome in ("holds", "exact")} for table in tables]
    for table, held in zip(tables, true):
        first = {name for name in table if name.startswith(("length", "movement", "fall", "gain"))}
        second = {name for name in table if name.endswith((", epoch 1", ", epochs 1 to 30"))}
        third = {name for name in table if name.endswith(", epoch 30")}
        assert len(first | second | third) == 6 + 5 + 2
        assert not any(claim <= held for claim in (first, second, third))
        assert first & held == {"length, hidden weights"}
        whole = {name for name in second if name.endswith("epochs 1 to 30")}
        assert {table[name][1] for name in whole if name.startswith("weights on")} == {"exact"}
        assert {table[name][1] for name in whole if not name.startswith("weights on")} == {"fails"}
        assert {table[name][1] for name in third} == {"not at rest"}
    assert {outcome for name, (_, outcome) in tables[0].items() if name.endswith("epoch 300")} == {"fails"}
    assert box == (
        "**The graphed runs bear out none of the three claims as a whole.** "
        "The first is true of the length of the hidden weights, and of nothing else. "
        "The second is exact for what is left of the draw; over the 30 epochs it is false of every layer. "
        "The third cannot be judged from the graphs, for no layer is at rest when they end. "
        "Trained much longer, the narrow network does come to rest, and there the claim is false of every layer."
    )


def test_it_says_that_the_output_weights_at_rest_still_grow(untouched):
    """At rest in size, from both starts the same by the rule of the other pages, and not stopped."""
    text = prose(untouched)
    assert "have stopped" not in text
    runs = [SHIPPED.runs[book.example((30,), start)].weight_rms for start in book.STARTS]
    for layer, name in enumerate(("hidden weights", "output weights")):
        sizes = [rms[:, -10:, layer].mean(axis=1) for rms in runs]
        gap = np.exp(np.array(interval(np.log(sizes[0] / sizes[1]))))
        assert 0.97 <= gap[1] <= gap[2] <= 1.03
        size = np.mean(sizes)
        times = size * 23_820**0.5
        assert f"The {name} then rest in size at {words.number(times, 2)} times $1/\\sqrt{{n_w}}$." in text
        grown = interval(runs[0][:, 291:, layer].mean(axis=1) / runs[0][:, 191:201, layer].mean(axis=1) - 1)
        by = f"{words.percent(grown.mean)} ({words.between(grown, words.percent)})"
        fan_in = size * (784, 30)[layer] ** 0.5
        row = [name, words.number(size), words.number(times, 2), words.number(fan_in, 2)]
        row += [f"{gap[0]:.3f} ({gap[1]:.3f} to {gap[2]:.3f})", by]
        assert plain(f"| {' | '.join(row)} |") in text
        if layer:
            assert grown.low > 0
            assert plain(f"They still grow a little, by {words.percent(grown.mean)} between") in text
        else:
            assert grown.low < 0 < grown.high
            assert "If they still change, it is by too little for these seeds to tell." in text
    assert "| epochs 191 to 200, then 291 to 300 |" in text


def test_what_it_says_in_words_follows_from_the_runs(untouched):
    """Sentences that no formula writes; a result that no longer bears them must fail here."""
    text = prose(untouched)
    small = {start: SHIPPED.runs[book.example((30,), start)] for start in book.STARTS}
    off = interval(
        small["large"].weight_rms[:, :, 0] / small["large"].weight_rms[:, :1, 0] / np.exp(-0.05 * np.arange(301)) - 1
    )
    within = (off.low[1:31] > -0.05) & (off.high[1:31] < 0.05)
    assert f"keep to the claimed size up to epoch {np.argmin(within)}." in text
    left = small["large"].weight_rms[:, 30, 1] / small["large"].weight_rms[:, 0, 1]
    assert f"go to {100 * left.mean():.0f} % of their start" in text
    least = min(
        run.weight_rms[:, :31].mean(axis=0).min() / h.n_weights**-0.5
        for h, run in SHIPPED.runs.items()
        if h.initialization == "large"
    )
    assert f"the nearest that any layer of either network comes is {least:.0f} times that size" in text
    soonest = min(np.log(h.n_weights**0.5 / 2) / 0.05 for h in book.examples())
    assert f"No layer comes within a factor of two of $1/\\sqrt{{n_w}}$ that way before epoch {soonest:.0f}." in text
    assert soonest > 30  # "too early for decay alone"
    pictures = [SHIPPED.extra[book.example((30,), start)].portraits[-1].astype(float) for start in book.STARTS]
    alike = np.median([np.corrcoef(a, b)[0, 1] for a, b in zip(*pictures)])
    assert abs(alike) < 0.3  # "in pattern they do not"
    assert re.search(rf"median correlation is {re.escape(words.number(alike, 2))}", text)
    for hidden in book.NETWORKS:
        scaled, large = (SHIPPED.runs[book.example(hidden, start)].validation_accuracy for start in ("scaled", "large"))
        for epoch in (1, 30):
            lead, low, high = 100 * np.array(interval(scaled[:, epoch] - large[:, epoch]))
            assert f"{lead:.1f} ({low:.1f} to {high:.1f}) with {hidden[0]} hidden units" in text
        assert high < 0.5
    assert "That is less than 0.5 points, within which this article calls two accuracies the same." in text
    assert "over 10,000 images and 10 seeds" in text
    threshold = 50_000 * SHIPPED.top_singular_value / 4  # the slope of a sigmoid at 0 is a quarter
    assert "These are met." in text
    assert "decay alone takes a weight to 78 % in 5 epochs" in text
    assert f"$\\lambda$ is below {threshold:,.0f}, from which on weights of 0 are a stable state" in text


def test_the_opening_tells_what_became_of_the_books_network():
    rms = SHIPPED.runs[book.example((30,), "large")].weight_rms
    hidden, output = (rms[:, 30] / rms[:, 0]).mean(axis=0)
    said = f"the hidden weights are at {100 * hidden:.0f} % of their start. The output weights are at {100 * output:.0f} %."
    assert said in prose(opened("question"))


def test_it_says_when_and_with_what_it_was_made(untouched):
    for key in ("date", "commit", "numpy"):
        assert SHIPPED.made[key] in prose(untouched)
    assert re.fullmatch(r"[0-9a-f]{7,}", SHIPPED.made["commit"])


def test_another_unit_is_another_picture(untouched):
    first, other = pictures(untouched), pictures(page("book", book_unit="7"))
    rows = [np.abs(SHIPPED.extra[book.example((30,), start)].portraits[:, 6].astype(float)) for start in book.STARTS]
    expected = [255 * row / row[book.PORTRAITS.index(30)].max() for row in rows]
    for (_, solid), full in zip(other, np.concatenate(expected), strict=True):
        np.testing.assert_allclose(solid.ravel(), np.minimum(full, 255), atol=1)
    assert not np.allclose(first[0][1], other[0][1])


# live


@pytest.fixture
def no_mnist(monkeypatch, tmp_path):
    """A folder where MNIST should be and is not."""
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    for cached in (datasets._load, datasets._mnist, runs.failures):
        (cached.cache_clear if hasattr(cached, "cache_clear") else cached.clear)()
    yield tmp_path
    runs.failures.clear()


def test_a_button_trains_a_seed_on_mnist(mnist_folder, monkeypatch):
    """On few images: all of them take a minute."""
    single = book.single
    monkeypatch.setattr(book, "single", lambda *of: replace(single(*of), n_train=1000))
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
    assert code == controls.code(run=book.single((30,), "large", 4321)).strip()
    said = f"Seed 4321 reads {words.percent(drawn['mean'].iloc[-1], 3)} of the validation images after 30 epochs"
    assert plain(said) in prose(at)
    assert "1 seed, 30 epochs each" in everything(at)
    assert not re.search(NOT_A_NUMBER, everything(at))
    at.button(key="book_away_button").click().run()
    assert len(charts(at)) == before


def test_without_mnist_the_page_says_so_and_stays(no_mnist):
    at = page("book")
    untouched = prose(at)
    at.button(key="book_start_button").click().run()
    assert not at.exception
    assert [w.value for w in at.warning] == [
        f"MNIST_DIR is {no_mnist}, where there is no file train-images-idx3-ubyte.gz. The rest of the article needs no MNIST."
    ]
    assert prose(at) == untouched
    assert at.button(key="book_start_button").label == "Try again"
    at.select_slider(key="book_unit").set_value("2").run()
    assert not at.warning  # it is not asked for again by itself
    assert at.button(key="book_start_button").label == "Train seed 10 on MNIST"


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
    assert {path.name for path in mirror.iterdir() if path.suffix == ".gz"} == set(mnist.FILES)
    assert not any("Not accepted" in c.value for c in at.caption)
    assert "784-30-10 network" in prose(at)
    assert re.search(r"At their border \d+ pixels are blank in every training image", prose(at))


@pytest.mark.parametrize("name", PREFIX)
def test_mnist_on_the_pages_of_the_claims(name, mnist_folder):
    prefix = PREFIX[name]
    at = page(name, **{f"{prefix}_{k}": v for k, v in dict(data="mnist", n="200", epochs="10", seeds="2").items()})
    assert not any("Not accepted" in c.value for c in at.caption)
    assert not re.search(NOT_A_NUMBER, everything(at))
    assert "784-30-10 network" in prose(at)
    code = at.code[-1].value
    assert "dataset='mnist'" in code


@pytest.mark.parametrize("name", PREFIX)
def test_without_mnist_the_pages_of_the_claims_show_their_default(name, no_mnist, monkeypatch):
    at = page(name, **{f"{PREFIX[name]}_data": "mnist"})
    assert any(c.value.startswith("Not accepted, so the default is shown: MNIST_DIR is") for c in at.caption)
    assert "64-30-10 network" in prose(at)
    monkeypatch.setattr(mnist, "folder", lambda progress=None: pytest.fail("asked again within a minute"))
    at.select_slider(key=f"{PREFIX[name]}_seeds").set_value("4").run()
    assert not at.exception


@pytest.mark.parametrize(("name", "prefix"), [("decay_dominates", "c1"), ("tail_off", "c3")])
def test_a_run_too_large_for_what_the_page_makes_of_it_is_not_accepted(name, prefix, mnist_folder):
    """The ruler and the grid of lambdas are larger than the run itself."""
    at = page(name, **{f"{prefix}_{k}": v for k, v in dict(data="mnist", n="5000", m="3000", seeds="16").items()})
    assert any(c.value.startswith("Not accepted, so the default is shown: replicates * batch_size") for c in at.caption)


def test_the_page_refuses_what_its_controls_do_not_offer():
    at = page("book", book_seed="3", book_unit="99", book_start="zzz")
    said = " ".join(c.value for c in at.caption)
    for used, value in ((10, "book_seed=3"), (1, "book_unit=99"), ("large", "book_start=zzz")):
        assert f"Not accepted, so {used} is used: `{value}`" in said


def test_more_examples_than_the_digits_have_are_for_mnist_alone():
    at = page(c2_n="50000")
    assert any("Not accepted, so 1440 is used: `c2_n=50000` (accepted: 20," in c.value for c in at.caption)
    assert "50000" not in at.select_slider(key="c2_n").options
