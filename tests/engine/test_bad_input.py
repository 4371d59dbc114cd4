"""The engine and its commands, asked what cannot be: a ValueError that says so, or a line; never anything else."""

import math
import re
from dataclasses import asdict, fields

import pytest

import engine.__main__ as command_line
from engine import Hyperparameters
from engine.archive import Damaged, pack, read, read_arrays, unpack
from engine.grid import LambdaGrid
from engine.studies.command import command
from engine.training import Trajectory
from tests.engine.test_hyperparameters import CHOICES, NUMERIC
from tests.nonsense import Nonsense

pytestmark = pytest.mark.faults

NAMES = [f.name for f in fields(Hyperparameters)]
LIMITS = (
    "replicates * n_weights",
    "replicates * batch_size * units",
    "epochs * updates per epoch",
    "replicates * epochs * n_train",
)
"""What may be refused beside a field."""


def told(allowed, ask):
    """The answer, and the message of the one exception that is allowed in its place."""
    try:
        return ask(), None
    except allowed as error:
        return None, str(error)


def settings(nonsense):
    """Some fields with nonsense, some with their bounds, the others left alone."""
    values = {}
    for name in nonsense.stream.sample(NAMES, nonsense.stream.randrange(1, 5)):
        if nonsense.stream.random() < 0.3 and name in NUMERIC:
            values[name] = nonsense.stream.choice(NUMERIC[name][:2])
        elif nonsense.stream.random() < 0.3 and name in CHOICES:
            values[name] = nonsense.stream.choice(CHOICES[name])
        else:
            values[name] = nonsense.value()
    return values


def assert_sound(h):
    """Plain numbers within their bounds, which make the same run again."""
    for name, (low, high, whole) in NUMERIC.items():
        value = getattr(h, name)
        optional = name in ("l2_until", "schedule_epochs")
        assert (value is None and optional) or (type(value) is (int if whole else float) and low <= value <= high)
    assert all(getattr(h, name) in choices for name, choices in CHOICES.items())
    assert all(type(units) is int and 1 <= units <= 4096 for units in h.hidden)
    assert Hyperparameters(**asdict(h)) == h
    assert repr(Hyperparameters(**asdict(h))) == repr(h)


def assert_names_the_field(message):
    assert any(message.startswith(f"{name} must ") for name in NAMES) or message.startswith(LIMITS), message[:200]
    assert ", got " in message
    assert len(message) < 2000  # it is shown to somebody


def test_hyperparameters():
    nonsense, accepted = Nonsense(1), 0
    for _ in range(3000):
        values = settings(nonsense)
        h, refusal = told(ValueError, lambda values=values: Hyperparameters(**values))
        if refusal:
            assert_names_the_field(refusal)
        else:
            accepted += 1
            assert_sound(h)
    assert 100 < accepted < 2000  # neither is all refused nor all let through


def test_grids_of_lambda():
    nonsense, base = Nonsense(2), Hyperparameters(n_train=20, hidden=(3,), epochs=2, replicates=2)
    for _ in range(500):
        values = [nonsense.value() if nonsense.stream.random() < 0.5 else 5 for _ in range(nonsense.stream.randrange(4))]
        grid, refusal = told(ValueError, lambda values=values: LambdaGrid(base, values))
        if refusal:
            assert_names_the_field(refusal)
        else:
            assert all(type(value) is float and math.isfinite(value) for value in grid.l2)
            assert [h.l2 for h in grid.members] == list(grid.l2)


def test_arguments_of_the_command_line(monkeypatch, capsys, tmp_path):
    """Nothing is trained: who comes so far is accepted."""
    nonsense, seen = Nonsense(3), []
    monkeypatch.setattr(command_line.datasets, "fetch", lambda h, progress: seen.append(h))
    monkeypatch.setattr(command_line.datasets, "load", lambda h: None)
    monkeypatch.setattr(command_line, "Trajectory", Untrained)
    monkeypatch.chdir(tmp_path)
    options = ["--" + name.replace("_", "-") for name in NAMES] + ["--csv", "--l3", "-x", "--"]
    endings = {"usage": 0, "refused": 0, "accepted": 0}
    for _ in range(2500):
        arguments = []
        for _ in range(nonsense.stream.randrange(1, 4)):
            arguments += [nonsense.stream.choice(options)]
            arguments += [nonsense.text() if nonsense.stream.random() < 0.5 else str(nonsense.stream.choice((1, 2, 0.5)))]
        said, ended = told(SystemExit, lambda arguments=arguments: command_line.main(arguments))
        written = capsys.readouterr()
        if ended:
            assert (ended, written.err[:27]) in (("2", "usage: python -m engine [-h"), ("0", ""))  # as argparse ends
            endings["usage"] += 1
        elif said == "nothing was trained":
            assert_sound(seen.pop())
            endings["accepted"] += 1
        else:
            assert said.startswith("python -m engine: "), arguments
            assert "\n" not in said
            endings["refused"] += 1
    assert min(endings.values()) > 50, endings
    assert list(tmp_path.iterdir()) == []


class Untrained:
    """In place of a Trajectory: no epoch."""

    records, diverged_at = (), None

    def __init__(self, h):
        pass

    def train(self, epochs):
        return iter(())


def test_arguments_of_the_studies(tmp_path, monkeypatch):
    nonsense, made = Nonsense(4), []
    monkeypatch.chdir(tmp_path)

    def make(store, open_executor, show):
        made.append(store)

    for _ in range(500):
        arguments = []
        for option in nonsense.stream.sample(["--store", "--processes", "--processor"], 2):
            arguments += [option, nonsense.text() if nonsense.stream.random() < 0.7 else "3"]
        said, ended = told(SystemExit, lambda arguments=arguments: command("tiny", make, arguments))
        assert ended in ("2", "0") if ended else said == 0 or re.search(r"must be |is not a store|cannot be ", said), arguments
    assert made
    assert all(len(store) == 0 for store in made)


def test_bytes_that_are_no_run(tmp_path):
    """Random, or a run with bytes put in, taken out or doubled: they are told from a run, in a line."""
    h = Hyperparameters(n_train=20, hidden=(3,), epochs=3, replicates=2)
    trajectory = Trajectory(h)
    list(trajectory.train(h.epochs))
    whole, nonsense, path = pack(trajectory.run(h), {3: trajectory.network}), Nonsense(5), tmp_path / "some.npz"
    for _ in range(500):
        place, length = nonsense.stream.randrange(len(whole)), nonsense.stream.randrange(200)
        content = nonsense.stream.choice(
            (
                nonsense.bytes(500),
                whole[:4] + nonsense.bytes(500),
                whole[:place] + nonsense.bytes(200) + whole[place + length :],
                whole[:place] + whole[max(place - length, 0) :],
            )
        )
        path.write_bytes(content)
        for ask in (lambda content=content: unpack(content), lambda: read(path), lambda: read_arrays(path)):
            _, damage = told(Damaged, ask)
            assert damage is None or len(damage) < 2000
