"""The map of regimes: that its verdicts are what training gives."""

import random
from dataclasses import replace

import numpy as np
import pytest

from engine import train, values
from engine.archive import RESULTS, Store
from engine.defaults import DEFAULTS
from engine.grid import LambdaGrid
from engine.studies import regimes
from engine.verdicts import scaled_start
from tests.engine.executing import Here

SHIPPED, (ETAS, LAMBDAS) = regimes.results(), regimes.axes()
PLACE = {eta: k for k, eta in enumerate(ETAS)}
ALSO = {l2: k for k, l2 in enumerate(LAMBDAS)}
STEADY = [place for place in regimes.cells() if place[0] <= 1]
"""What kernels that round differently agree on: under two of them no verdict differed up to eta = 1 (scripts/kernels.py). At
larger eta training amplifies their differences, and a map of another machine is another map."""
SAMPLE = random.Random(5).sample(STEADY, 2)


def place(kind):
    return regimes.KINDS.index(kind)


def test_the_map_is_large_enough():
    assert len(ETAS) >= 16
    assert len(LAMBDAS) >= 16
    assert len(regimes.cells()) == len(ETAS) * len(LAMBDAS)
    assert all(h.replicates >= 2 for starts in regimes.cells().values() for h in starts.values())
    assert (RESULTS / regimes.FILE).stat().st_size < 3e6


def moved(judged, eta, l2):
    """Names of the verdicts that are not those of the map."""
    assert {claim: set(verdicts) for claim, verdicts in judged.items()} == {c: set(v) for c, v in SHIPPED.items()}
    return [
        (claim, name)
        for claim, verdicts in judged.items()
        for name, verdict in verdicts.items()
        if verdict.outcome != regimes.KINDS[SHIPPED[claim][name][PLACE[eta], ALSO[l2]]]
    ]


@pytest.mark.remakes
def test_a_sample_of_the_map_is_what_training_gives():
    for eta, l2 in SAMPLE:
        judged = regimes.judged({start: train(h, cache=None) for start, h in regimes.cells()[eta, l2].items()})
        assert moved(judged, eta, l2) == []


def test_where_the_settings_are_the_maps_page_and_map_agree():
    """The runs of claim 4's page are those of one cell; the runs that claims 1 and 2 open with are among them."""
    arms = {start: train(h) for start, h in scaled_start.arms(DEFAULTS["scaled_start"]).items() if start in ("large", "scaled")}
    assert {start: run.hyperparameters for start, run in arms.items()} == regimes.cells()[0.1, 5]
    assert DEFAULTS["decay_dominates"] == DEFAULTS["decay_per_epoch"] == regimes.cells()[0.1, 5]["large"]
    assert moved(regimes.judged(arms), 0.1, 5) == []


def test_the_map_agrees_with_what_can_be_known():
    eta, l2 = np.meshgrid(ETAS, LAMBDAS, indexing="ij")
    step = eta * l2 / 1440
    unpromised = place("promises nothing")
    for verdicts in SHIPPED["decay_dominates"].values():
        # of a weight without gradient five epochs leave (1 - step)^720: the claim asks that they take a hundredth at least
        assert ((verdicts == unpromised) == (np.abs(1 - step) ** 720 > 0.99)).all()
    for verdicts in SHIPPED["decay_per_epoch"].values():  # the claim asks for eta lambda << n
        assert ((verdicts == unpromised) == (step > 0.01)).all()
    collapsed = np.array(LAMBDAS) > 87.2
    for verdicts in SHIPPED["tail_off"].values():  # above the collapse nothing is promised
        assert (verdicts[:, collapsed] == unpromised).all()
    for claim in SHIPPED.values():
        for verdicts in claim.values():
            # the gradient of sigmoid units is bounded, so that only decay can diverge, where there is no premise
            assert not (verdicts == place("diverged")).any()
            assert not (verdicts == place("exact")).any()  # a layer learns


def test_verdicts_and_means_agree():
    """As the claims' pages say what holds and what fails: the whole interval lies on one side, and so the mean."""
    says = {
        "decay_dominates": {"holds": (0.9, np.inf), "partly": (0.5, 0.9), "fails": (-np.inf, 0.5)},
        "decay_per_epoch": {"holds": (0.95, 1.05)},
        "tail_off": {"holds": (0.5, 2)},
    }
    for claim, bounds in says.items():
        for name, outcomes in SHIPPED[claim].items():
            means = regimes.measured()[claim][name]
            assert means.shape == (len(ETAS), len(LAMBDAS))
            for kind, (low, high) in bounds.items():
                within = (low <= means) & (means <= high)
                assert within[outcomes == place(kind)].all(), (name, kind)
            if "fails" not in bounds:
                (low, high), failed = bounds["holds"], means[outcomes == place("fails")]
                assert ((failed < low) | (failed > high)).all(), name
            judged = ~np.isin(outcomes, [place(kind) for kind in ("undecided", "promises nothing")])
            assert np.isfinite(means[judged]).all()


def test_means_are_what_a_run_measures():
    """At the setting that claim 1 opens with, from what it measured epoch by epoch."""
    run, k, j = train(regimes.cells()[0.1, 5]["large"]), PLACE[0.1], ALSO[5]
    for layer, part in enumerate(run.hyperparameters.layer_names):
        decay, data = (np.abs(c[:, :5, layer].sum(axis=1)) for c in (run.norm_change_decay, run.norm_change_data))
        share = regimes.measured()["decay_dominates"][f"length, {part}"][k, j]
        assert share == pytest.approx((decay / (decay + data)).mean(), rel=5e-3)
        rate = np.log(run.weight_rms[:, 0, layer] / run.weight_rms[:, 1, layer]).mean()
        assert regimes.measured()["decay_per_epoch"][f"rate, {part}"][k, j] == pytest.approx(rate / (0.1 * 5 / 10), rel=5e-3)


@pytest.mark.remakes
def test_what_is_made_is_what_is_read(tmp_path, monkeypatch):
    """On a map of four cells and six epochs: each verdict at its own place, those on the first epochs as on the whole map."""
    monkeypatch.setattr(values, "ETAS", (0.1, 1))
    monkeypatch.setattr(values, "LAMBDAS", (5, 500))
    monkeypatch.setattr(regimes, "MAP", replace(regimes.MAP, epochs=6))
    regimes.make(Store(tmp_path / "runs.sqlite"), Here, lambda *what: None, tmp_path)
    made, measured = regimes.results.__wrapped__(tmp_path), regimes.measured.__wrapped__(tmp_path)
    assert regimes.axes(tmp_path) == ((0.1, 1), (5, 500))
    for (eta, l2), starts in regimes.cells().items():
        judged = regimes.judged({start: train(h, cache=None) for start, h in starts.items()})
        for claim, verdicts in made.items():
            for name, outcomes in verdicts.items():
                assert outcomes.shape == (2, 2)
                k, j = values.ETAS.index(eta), values.LAMBDAS.index(l2)
                assert regimes.KINDS[outcomes[k, j]] == judged[claim][name].outcome
                known = judged[claim][name].measured.mean / (1 if claim == "decay_dominates" else judged[claim][name].predicted)
                assert measured[claim][name][k, j] == pytest.approx(known, rel=5e-3, nan_ok=True)
                if claim != "tail_off":
                    assert outcomes[k, j] == SHIPPED[claim][name][PLACE[eta], ALSO[l2]], (claim, name, eta, l2)
    monkeypatch.setattr(regimes, "MAP", replace(regimes.MAP, epochs=7))
    for read in (regimes.axes, regimes.results, regimes.measured, regimes.equals):
        read.cache_clear()
        with pytest.raises(ValueError, match=r"python -m engine\.studies\.regimes"):
            read(tmp_path)


@pytest.mark.remakes
@pytest.mark.parametrize("eta", [0.1, 1])
def test_where_decay_and_the_data_are_equal(eta):
    """Between the lambdas where the data's part of the length is larger than decay's, and where it is smaller, in the mean."""
    grid = LambdaGrid(replace(regimes.cells()[eta, 10]["large"], epochs=5), tuple(map(float, LAMBDAS)))
    runs = grid.split(train(grid, cache=None))
    for layer, part in enumerate(("hidden weights", "output weights")):
        found = regimes.equals()[part][PLACE[eta]]
        changes = [(r.norm_change_decay[:, :, layer].sum(), r.norm_change_data[:, :, layer].sum()) for r in runs]
        ahead = [l2 for l2, (decay, data) in zip(LAMBDAS, changes) if -data / decay > 1]
        if np.isfinite(found):
            assert ahead
            beyond = LAMBDAS[ALSO[max(ahead)] + 1]
            before = LAMBDAS[max(ALSO[max(ahead)] - 1, 0)]
            assert before <= found <= LAMBDAS[min(ALSO[beyond] + 1, len(LAMBDAS) - 1)]
    assert np.isfinite(regimes.equals()["hidden weights"][PLACE[0.1]])
    assert 0.1 < regimes.equals()["hidden weights"][PLACE[0.1]] < 0.2  # as the ruler of claim 1 has it
    assert 2 < regimes.equals()["output weights"][PLACE[0.1]] < 4
