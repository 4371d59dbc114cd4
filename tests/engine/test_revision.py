"""Whoever changes the numbers that training gives raises REVISION, and none else."""

import pytest

from engine import archive, datasets, train
from engine.archive import unpack
from engine.optimizers import REVISION
from tests.engine.probes import FOLDER, PROBES
from tests.engine.rounding import assert_same_to_rounding

MADE = {name: unpack((FOLDER / f"{name}.npz").read_bytes()) for name in PROBES}


@pytest.mark.parametrize("name", PROBES)
def test_the_numbers_are_those_of_the_revision(name):
    made, h = MADE[name], PROBES[name]
    assert made.run.hyperparameters == h
    assert made.revision == REVISION, "REVISION was raised: python -m scripts.probes, then make results"
    assert made.data == datasets.load(h).digest, "other data: raise REVISION in engine/optimizers.py, python -m scripts.probes"
    try:
        assert_same_to_rounding(made.run, train(h, cache=None))
    except AssertionError as error:
        error.add_note("training gives other numbers: raise REVISION in engine/optimizers.py, then python -m scripts.probes")
        raise


def test_every_run_that_ships_is_of_the_revision():
    shipped = [
        archive.read(path) for path in archive.RESULTS.glob("*-*.npz") if path.stem.count("-") == 1 and path.stem != "erf-unit"
    ]
    assert {kept.revision for kept in shipped} == {REVISION}
    assert len(shipped) >= 14
