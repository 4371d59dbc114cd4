"""The runs that ship with the project are what training them gives."""

import numpy as np
import pytest

from engine import theory, train
from engine.archive import RESULTS, file_name, find
from engine.defaults import DEFAULTS, shipped
from engine.studies import accuracies, book, contest, difference, erf_unit, film, looks, straight, today
from engine.training import Trajectory
from engine.verdicts import scaled_start, tail_off
from scripts.kernels import rounding
from tests.engine.rounding import assert_same_to_rounding

EPOCHS = 5
"""Recomputed from the start; the last epoch is checked against the weights that are stored with it."""


SHIPPED = shipped()


@pytest.mark.remakes
@pytest.mark.parametrize("h", SHIPPED, ids=file_name)
def test_shipped_run_is_the_trained_one(h):
    kept = find(h)
    assert kept.run.hyperparameters == h
    shipped = Trajectory.of(kept.run, kept.networks)
    assert shipped.covers(h.epochs)
    assert {*SHIPPED[h], h.epochs} == set(shipped.networks)
    trajectory = Trajectory(h)
    list(trajectory.train(EPOCHS))
    assert_same_to_rounding(shipped.run(h).first(EPOCHS), trajectory.run(h))  # made with other kernels, perhaps
    for layer, w in enumerate(shipped.network.weights):
        rms = np.sqrt((w.astype(float) ** 2).mean(axis=(1, 2)))
        np.testing.assert_allclose(shipped.records[-1].weight_rms[:, layer], rms, rtol=1e-12)


def test_nothing_else_is_shipped():
    assert {path.name for path in RESULTS.glob("*.npz")} == {
        erf_unit.FILE,
        book.FILE,
        contest.FILE,
        accuracies.FILE,
        looks.FILE,
        difference.FILE,
        straight.FILE,
        film.FILE,
        today.FILE,
        *map(file_name, [*SHIPPED, *book.examples()]),
    }
    longest = {h.key: h.epochs for h in SHIPPED}
    assert all(h.epochs <= longest[h.key] for h in DEFAULTS.values())


def test_all_that_ships_is_small():
    assert sum(path.stat().st_size for path in RESULTS.iterdir()) < 16e6


@pytest.mark.remakes
def test_the_shipped_erf_unit_is_the_one_that_runs(tmp_path):
    shipped, again = erf_unit.erf_run(erf_unit.KAPPA), erf_unit.run(erf_unit.KAPPA)
    for name in erf_unit.ErfRun._fields:
        # other kernels sum in another order, in double precision
        tolerance = rounding(erf_unit.UPDATES, np.float64)
        np.testing.assert_allclose(getattr(shipped, name), getattr(again, name), rtol=tolerance, err_msg=name)
    (tmp_path / erf_unit.FILE).write_bytes(b"damaged")
    assert erf_unit.erf_run(erf_unit.KAPPA, tmp_path).updates[-1] == erf_unit.UPDATES  # where nothing is stored it is run


def test_the_reasons_for_the_defaults_are_true():
    run = train(DEFAULTS["question"])
    assert (run.weight_rms[:, -1, 0] < run.weight_rms[:, 0, 0]).all()
    assert (run.weight_rms[:, -1, 1] > run.weight_rms[:, 0, 1]).all()
    second, fourth = DEFAULTS["decay_per_epoch"], DEFAULTS["scaled_start"]
    assert theory.memory_size(*second.symbols, second.epochs) <= 1 / 20
    assert all(
        floor.reached for floor in tail_off.floors({n: train(a) for n, a in tail_off.arms(DEFAULTS["tail_off"]).items()})
    )
    assert max(scaled_start.clocks(fourth)) <= fourth.epochs
