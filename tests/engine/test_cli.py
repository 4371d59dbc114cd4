"""The command line: what it prints, writes and refuses."""

import csv
import math
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, train
from engine.__main__ import main
from engine.measurements import Record

SMALL = ["--n-train", "20", "--hidden", "3", "--epochs", "4", "--replicates", "3", "--seed", "5"]
RUN = train(Hyperparameters(n_train=20, hidden=(3,), epochs=4, replicates=3, seed=5), cache=None)


@pytest.fixture
def call(capsys):
    """Exit code, standard output and standard error of `python -m engine` with these arguments."""

    def called(*arguments):
        try:
            result = main([str(a) for a in arguments])
        except SystemExit as stop:
            result = stop.code
        out, err = capsys.readouterr()
        # what sys.exit makes of a message
        return (1, out, err + result) if isinstance(result, str) else (result or 0, out, err)

    return called


def as_process(*arguments):
    root = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-m", "engine", *arguments], cwd=root, capture_output=True, text=True, timeout=600)


def test_as_a_process():
    done = as_process(*SMALL)
    assert done.returncode == 0
    assert "4/4 epochs" in done.stderr
    assert len(done.stdout.splitlines()) == 6  # a heading and epochs 0 to 4
    refused = as_process("--l2", "-3")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == "python -m engine: l2 must be a finite number from 0 to 1,000,000,000, got -3.0\n"


def test_table_has_the_means_and_half_widths(call):
    code, out, _ = call(*SMALL)
    assert code == 0
    heading, *rows = out.splitlines()
    names = ["weight_rms_1", "weight_rms_2", "control_rms", "training_cost", "validation_accuracy"]
    assert heading.split() == ["epoch", *names]
    columns = [RUN.weight_rms[..., 0], RUN.weight_rms[..., 1], RUN.control_rms, RUN.training_cost, RUN.validation_accuracy]
    for epoch, row in enumerate(rows):
        assert int(row.split()[0]) == epoch
        cells = re.findall(r"(\S+) ± (\S+)", row)
        assert len(cells) == len(columns)
        for (mean, half), samples in zip(cells, columns):
            low, high = stats.ttest_1samp(samples[:, epoch], 0).confidence_interval(0.95)
            assert float(mean) == pytest.approx(samples[:, epoch].mean(), rel=6e-5)  # five digits
            assert float(half) == pytest.approx((high - low) / 2, rel=0.34)  # one digit: 0.15 prints as 0.1 or 0.2


def test_table_of_one_replicate_has_no_half_widths(call):
    code, out, _ = call(*SMALL, "--replicates", 1)
    assert code == 0
    assert "±" not in out
    assert len(out.splitlines()[-1].split()) == 6


def test_table_without_a_control_group(call):
    code, out, _ = call(*SMALL, "--dataset", "teacher", "--fan-in", 4)
    assert code == 0
    assert "nan" in out.splitlines()[1]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_csv_is_the_run(call, tmp_path, layers):
    hidden = (3,) * (layers - 1)
    path = tmp_path / "run.csv"
    code, out, _ = call(*SMALL, "--hidden", *hidden, "--csv", path)
    assert (code, out) == (0, "")
    assert list(tmp_path.iterdir()) == [path]
    run = train(Hyperparameters(n_train=20, hidden=hidden, epochs=4, replicates=3, seed=5), cache=None)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row.pop("epoch"), row.pop("seed")) for row in rows] == [(str(e), str(s)) for e in range(5) for s in (5, 6, 7)]
    for index, row in enumerate(rows):
        epoch, r = divmod(index, 3)
        for f in fields(Record)[1:]:
            array = getattr(run, f.name)
            change = array.shape[1] == 4  # of an epoch: its first is epoch 1
            for layer in range(layers if array.ndim == 3 else 1):
                cell = float(row.pop(f"{f.name}_{layer + 1}" if array.ndim == 3 else f.name))
                if change and epoch == 0:
                    assert math.isnan(cell)
                else:
                    at = (r, epoch - change, layer)[: array.ndim]
                    assert cell == array[at], f.name  # to the last digit
        assert row == {}  # no column is left


def test_every_option_arrives(call, tmp_path):
    path = tmp_path / "run.csv"
    options = {
        "dataset": "teacher", "n-train": 15, "fan-in": 4, "noise": 0.5, "activation": "tanh", "cost": "log-likelihood",
        "initialization": "he", "normalization": "unit", "learning-rate": 0.3, "l2": 0.7, "l2-until": 2, "batch-size": 4,
        "epochs": 3, "replicates": 2, "seed": 8, "optimizer": "adamw", "momentum": 0.8, "beta1": 0.8, "beta2": 0.99,
        "epsilon": 1e-6, "schedule": "steps", "warmup": 0.5, "schedule-epochs": 4, "final-fraction": 0.2, "steps": 3,
    }  # fmt: skip
    assert {f.name.replace("_", "-") for f in fields(Hyperparameters)} == {*options, "hidden"}
    arguments = [a for name, value in options.items() for a in (f"--{name}", value)]
    assert call(*arguments, "--hidden", 4, 2, "--csv", path)[0] == 0
    h = Hyperparameters(hidden=(4, 2), **{name.replace("-", "_"): value for name, value in options.items()})
    run = train(h, cache=None)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    costs = np.array([float(row["training_cost"]) for row in rows]).reshape(4, 2).T
    np.testing.assert_array_equal(costs, run.training_cost)


def test_help_names_every_option(call):
    code, out, err = call("--help")
    assert (code, err) == (0, "")
    for f in fields(Hyperparameters):
        assert f"--{f.name.replace('_', '-')} " in out
    assert "--csv" in out


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--l2", "-1", "l2"),
        ("--l2", "nan", "l2"),
        ("--learning-rate", "inf", "learning_rate"),
        ("--learning-rate", "fast", "learning-rate"),
        ("--batch-size", "0", "batch_size"),
        ("--batch-size", "2.5", "batch-size"),
        ("--hidden", "0", "hidden"),
        ("--hidden", "many", "hidden"),
        ("--replicates", "257", "replicates"),
        ("--dataset", "letters", "dataset"),
        ("--activation", "", "activation"),
        ("--n-train", "1441", "n_train"),
        ("--csv", "no/such/folder/run.csv", "csv"),
    ],
)
def test_bad_value_is_refused(call, option, value, named):
    code, out, err = call(*SMALL, option, value)
    assert code != 0
    assert out == ""
    message = err.splitlines()[-1]
    assert named in message
    assert value in message
    assert "epochs," not in err  # nothing was trained


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_csv_to_what_is_no_file_is_refused_before_training(call, tmp_path, make):
    """A folder would lose the run at its end; a pipe, or /dev/stdout for root, would be replaced by a file."""
    path = tmp_path / "run.csv"
    make(path)
    kind = path.stat().st_mode
    code, _, err = call(*SMALL, "--csv", path)
    assert path.stat().st_mode == kind
    assert code != 0
    assert "csv" in err
    assert str(path) in err
    assert "epochs," not in err


def test_progress_goes_to_standard_error(call):
    _, out, err = call(*SMALL)
    drawn = [int(done) for done in re.findall(r"(\d+)/4 epochs", err)]
    assert drawn == [0, 1, 2, 3, 4]
    assert "/4 epochs" not in out
    assert "#" * 30 in err.split("\r")[-1]


def test_no_epochs(call):
    code, out, _ = call(*SMALL, "--epochs", 0)
    assert code == 0
    assert len(out.splitlines()) == 2


def test_divergence_is_said(call):
    code, out, err = call(*SMALL, "--l2", 1e6, "--epochs", 50)
    assert code == 0
    h = Hyperparameters(n_train=20, hidden=(3,), epochs=50, replicates=3, seed=5, l2=1e6)
    run = train(h, cache=None)
    assert f"diverged at epoch {run.diverged_at}" in err
    assert len(out.splitlines()) == 1 + run.epochs + 1
    assert "inf" not in out


def test_interruption_gives_what_was_trained(call, monkeypatch):
    epoch_in_parts = sys.modules["engine.training"].epoch_in_parts

    def interrupted(network, h, data, epoch):
        if epoch == 2:
            raise KeyboardInterrupt
        return epoch_in_parts(network, h, data, epoch)

    monkeypatch.setattr("engine.training.epoch_in_parts", interrupted)
    _, out, err = call(*SMALL)
    assert "interrupted" in err
    assert len(out.splitlines()) == 1 + 3  # epochs 0, 1, 2
