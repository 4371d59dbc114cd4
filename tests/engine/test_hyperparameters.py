"""Validation, equality and the numbers that follow from a set of hyperparameters."""

import json
import math
import re
from dataclasses import FrozenInstanceError, asdict, fields, replace

import numpy as np
import pytest

from engine import Hyperparameters
from engine.archive.codec import key as archive_key
from engine.grid import LambdaGrid
from tests.engine.vectors import drawn, stored

NUMERIC = {
    # field: (lowest, highest, whole)
    "n_train": (1, 10_000_000, True),
    "fan_in": (1, 4096, True),
    "noise": (0, 100, False),
    "learning_rate": (0, 1000, False),
    "l2": (0, 1e9, False),
    "l2_until": (0, 1_000_000, True),
    "batch_size": (1, 10_000_000, True),
    "epochs": (0, 1_000_000, True),
    "replicates": (1, 256, True),
    "seed": (0, 2**31, True),
    "momentum": (0, 0.9999, False),
    "beta1": (0, 0.9999, False),
    "beta2": (0, 0.999999, False),
    "epsilon": (1e-12, 1, False),
    "warmup": (0, 1_000_000, False),
    "schedule_epochs": (1, 1_000_000, True),
    "final_fraction": (0, 1, False),
    "steps": (1, 100, True),
}
OPTIONAL = {"n_train", "fan_in", "l2_until", "schedule_epochs"}
CHOICES = {
    "dataset": ["digits", "mnist", "teacher"],
    "activation": ["sigmoid", "tanh", "relu"],
    "cost": ["cross-entropy", "quadratic", "log-likelihood"],
    "initialization": ["large", "scaled", "he"],
    "normalization": ["none", "unit"],
    "optimizer": ["sgd", "momentum", "sgdw", "adam", "adamw"],
    "schedule": ["constant", "cosine", "linear", "steps"],
}


def refusal(**values):
    """The message with which the values are refused."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - every caller looks at the message
        Hyperparameters(**values)
    return str(caught.value)


def test_every_field_is_tested_here():
    assert {f.name for f in fields(Hyperparameters)} == {*NUMERIC, *CHOICES, "hidden"}


def test_the_books_values_are_the_defaults():
    h = Hyperparameters()
    assert (h.learning_rate, h.l2, h.batch_size, h.hidden) == (0.1, 5.0, 10, (30,))
    assert (h.activation, h.cost, h.initialization) == ("sigmoid", "cross-entropy", "large")


def test_round_trip():
    for values in stored("accepted"):
        h = Hyperparameters(**values)
        for copy in (Hyperparameters(**asdict(h)), Hyperparameters(**json.loads(json.dumps(asdict(h)))), replace(h)):
            assert copy == h
            assert hash(copy) == hash(h)
            assert copy.key == h.key
            assert repr(copy) == repr(h)  # the name of a shipped run is made of it
        assert h in {h: 1}


def test_every_spelling_of_a_number_is_the_same_run():
    for h in drawn("accepted"):
        spelled = {}
        for name, value in asdict(h).items():
            if isinstance(value, float):
                spelled[name] = np.float64(value)
            elif isinstance(value, int):
                spelled[name] = np.int64(value)
            else:
                spelled[name] = value
        spelled["hidden"] = [float(units) for units in h.hidden]
        other = Hyperparameters(**spelled)
        assert (other, hash(other), repr(other)) == (h, hash(h), repr(h))
        for name, value in asdict(h).items():
            assert type(getattr(other, name)) is type(value), name  # plain Python: JSON knows no NumPy


@pytest.mark.parametrize("one", [1, 1.0, np.float64(1), np.float32(1), np.int8(1)])
def test_one_is_one(one):
    whole = Hyperparameters(l2=one, learning_rate=one, n_train=one, batch_size=one, hidden=[one])
    assert whole == Hyperparameters(l2=1.0, learning_rate=1.0, n_train=1, batch_size=1, hidden=(1,))
    assert repr(whole) == repr(Hyperparameters(l2=1.0, learning_rate=1.0, n_train=1, batch_size=1, hidden=(1,)))


def test_minus_zero_is_zero():
    """Equal hyperparameters must name the same file."""
    assert repr(Hyperparameters(l2=-0.0).key) == repr(Hyperparameters(l2=0.0).key)


@pytest.mark.parametrize("name", NUMERIC)
def test_bounds_are_inside(name):
    low, high, whole = NUMERIC[name]
    light = {"dataset": "teacher", "fan_in": 1, "n_train": 1, "hidden": (1,), "epochs": 1, "replicates": 1}
    assert getattr(Hyperparameters(**light | {name: low}), name) == low
    if name != "n_train":  # of which there are fewer in every data set
        value = getattr(Hyperparameters(**light | {name: high}), name)
        assert value == high
        assert type(value) is (int if whole else float)


@pytest.mark.parametrize("name", NUMERIC)
def test_bad_number_is_refused_with_field_rule_and_value(name):
    low, high, whole = NUMERIC[name]
    bad = [low - 1, high + 1, low - 1e-6, high * (1 + 1e-9), -math.inf, math.inf, math.nan, np.nan, 10**400]
    bad += ["1", b"1", "", True, False, [1], (1,), {}, 1j, object, np.array([1.0, 2.0])]
    bad += [low + 0.5] if whole else []
    bad += [] if name in OPTIONAL else [None]
    for value in bad:
        message = refusal(**{"dataset": "teacher", name: value})
        assert re.match(rf"{name} must be a (whole|finite) number from ", message), message
        assert "whole" in message.split(" from ")[0] or not whole, message
        assert message.endswith(f", got {value!r}"), message
        rule = message[: -len(f", got {value!r}")].replace(",", "")
        assert [float(bound) for bound in re.findall(r"[-\d.]+(?:e-\d+)?", rule.replace(name, ""))] == [low, high], message
        assert ("or None" in message) == (name in OPTIONAL), message


def test_a_truth_value_of_numpy_is_no_number_either():
    assert refusal(l2=np.True_).startswith("l2 must be a finite number")


@pytest.mark.parametrize("name", CHOICES)
def test_bad_choice_is_refused_with_field_rule_and_value(name):
    for value in ["", "Sigmoid ", "digits,teacher", None, 1, True, ["digits"], ("sigmoid",), {}, math.nan]:
        message = refusal(**{name: value})
        assert message == f"{name} must be one of {', '.join(CHOICES[name])}, got {value!r}"


@pytest.mark.parametrize(
    "value",
    [
        (0,),
        (-1,),
        (4097,),
        (1.5,),
        (True,),
        (None,),
        ("30",),
        "30",
        30,
        None,
        ((30,),),
        (math.nan,),
        (math.inf,),
        (1,) * 9,
        {30},
    ],
)
def test_bad_hidden_layers_are_refused(value):
    message = refusal(hidden=value)
    assert message == f"hidden must be a sequence of at most 8 whole numbers from 1 to 4,096, got {value!r}"


def test_fields_that_only_the_teacher_has():
    assert refusal(fan_in=65) == "fan_in must be 64 or 128 or 256 or 512 or 1024 for digits, got 65"
    assert refusal(noise=0.5) == "noise must be 0 for digits, got 0.5"
    assert refusal(n_train=1441) == "n_train must be at most 1440 for digits, got 1441"
    assert refusal(dataset="teacher", n_train=2001) == "n_train must be at most 2000 for teacher, got 2001"
    assert Hyperparameters(dataset="teacher", fan_in=65, noise=0.5).fan_in == 65


def test_too_many_updates_are_refused():
    # 144 updates an epoch: 694,444 epochs are 99,999,936
    assert Hyperparameters(replicates=1, epochs=694_444).updates_per_epoch == 144
    assert refusal(replicates=1, epochs=694_445) == "epochs * updates per epoch must be at most 1e+08, got 100000080"


def test_too_large_a_mini_batch_is_refused():
    # 64 inputs are the largest layer: 256 * 1440 * 64 = 23.6 million; with 200 hidden units 73.7 million
    assert Hyperparameters(replicates=256, batch_size=5000, epochs=1).updates_per_epoch == 1
    message = refusal(replicates=256, batch_size=5000, hidden=(200,), epochs=1)
    assert message == f"replicates * batch_size * units of a layer must be at most 5e+07, got {256 * 1440 * 200}"


def test_too_large_a_stack_is_refused():
    # 64 * 4096 + 4096 * 10 = 303,104 weights: 164 replicates are 49.7 million, 165 are 50.01
    assert Hyperparameters(hidden=(4096,), replicates=164, epochs=1).n_weights == 303_104
    assert refusal(hidden=(4096,), replicates=165, epochs=1) == (
        f"replicates * n_weights must be at most 5e+07, got {165 * 303_104}"
    )


def test_too_much_work_is_refused():
    # 1 replicate * 1440 examples * 2220 weights = 3,196,800 an epoch: 1e6 epochs are 3.2e12; four replicates are 1.28e13
    long = {"epochs": 1_000_000, "batch_size": 1440}
    assert Hyperparameters(replicates=3, **long).n_weights == 2220
    assert Hyperparameters(replicates=4, n_train=1000, **long).n_weights == 2220  # 8.9e12
    message = refusal(replicates=4, **long)
    assert message == f"replicates * epochs * n_train * n_weights must be at most 1e+13, got {4 * 10**6 * 1440 * 2220}"


def test_key_is_everything_but_the_epochs():
    h = Hyperparameters()
    later = {"optimizer": "adam", "momentum": 0.7, "beta1": 0.7, "beta2": 0.7, "epsilon": 0.7, "schedule": "linear"}
    later |= {"normalization": "unit", "warmup": 7, "schedule_epochs": 7, "final_fraction": 0.7, "steps": 7}
    assert dict(h.key) == {name: value for name, value in asdict(h).items() if name != "epochs" and name not in later}
    for name, value in later.items():
        assert dict(replace(h, **{name: value}).key)[name] == value
    assert replace(h, epochs=7).key == h.key
    other = {
        "dataset": "teacher", "n_train": 7, "fan_in": 7, "noise": 0.5, "hidden": (7,), "activation": "tanh",
        "cost": "quadratic", "initialization": "scaled", "learning_rate": 7, "l2": 7, "l2_until": 7, "batch_size": 7,
        "replicates": 7, "seed": 7,
    }  # fmt: skip
    assert other.keys() == dict(h.key).keys()
    teacher = Hyperparameters(dataset="teacher")
    for name, value in other.items():
        assert replace(teacher, **{name: value}).key != (h if name == "dataset" else teacher).key, name


def test_keys_from_before_there_were_optimizers_are_as_they_were():
    """Stored by the code that knew none of the later fields; they name files, addresses and the settings of studies."""
    settings = [
        Hyperparameters(),
        Hyperparameters(
            dataset="teacher", fan_in=20, n_train=100, noise=0.5, hidden=(4, 5), activation="relu", initialization="scaled",
            l2_until=3,
        ),
        Hyperparameters(dataset="mnist", learning_rate=0.5, l2=0.0, cost="log-likelihood", seed=7),
        LambdaGrid(Hyperparameters(), (0.0, 5.0)),
    ]  # fmt: skip
    for h, old in zip(settings, stored("keys"), strict=True):
        assert json.loads(json.dumps(h.key)) == old["key"]
        assert archive_key(h, "data", 1) == old["digest"]


def test_a_schedule_is_made_for_the_epochs_asked_for_unless_it_says_otherwise():
    h = Hyperparameters(schedule="cosine", epochs=200)
    assert h.schedule_epochs == 200
    assert replace(h, epochs=60).key == h.key
    assert Hyperparameters(schedule="cosine", epochs=60).key != h.key
    assert Hyperparameters(epochs=60).schedule_epochs is None


def test_sizes_of_the_data_are_filled_in():
    assert (Hyperparameters().n_train, Hyperparameters().fan_in) == (1440, 64)
    teacher = Hyperparameters(dataset="teacher")
    assert (teacher.n_train, teacher.fan_in) == (2000, 100)
    assert Hyperparameters() == Hyperparameters(n_train=1440, fan_in=64)


def test_sizes_weights_and_names_by_hand():
    h = Hyperparameters(hidden=(30,))
    assert h.sizes == (64, 30, 10)
    assert h.n_weights == 64 * 30 + 30 * 10 == 2220
    assert h.layer_names == ("hidden weights", "output weights")
    h = Hyperparameters(dataset="teacher", fan_in=7, hidden=(5, 3))
    assert h.sizes == (7, 5, 3, 10)
    assert h.n_weights == 35 + 15 + 30
    assert h.layer_names == ("hidden weights 1", "hidden weights 2", "output weights")
    h = Hyperparameters(hidden=())
    assert h.sizes == (64, 10)
    assert h.n_weights == 640
    assert h.layer_names == ("output weights",)


def test_updates_and_lambda_by_hand():
    h = Hyperparameters(n_train=100, batch_size=30, learning_rate=0.5, l2=20, l2_until=3)
    assert h.updates_per_epoch == 4
    assert [h.l2_during(epoch) for epoch in range(5)] == [20, 20, 20, 0, 0]
    assert replace(h, l2_until=None).l2_during(10**6) == 20
    assert replace(h, l2_until=0).l2_during(0) == 0


def test_frozen():
    with pytest.raises(FrozenInstanceError):
        Hyperparameters().l2 = 0.0
    with pytest.raises(TypeError):
        Hyperparameters("digits")  # by keyword only


def test_a_stack_counts_what_the_optimizer_remembers():
    # 303,104 weights: 55 replicates are 16.7 million, three times that 50.01
    large = {"hidden": (4096,), "epochs": 1, "optimizer": "adamw"}
    assert Hyperparameters(replicates=54, **large).n_weights == 303_104
    assert refusal(replicates=55, **large) == (
        f"replicates * n_weights * 3 with the optimiser's moments must be at most 5e+07, got {55 * 303_104 * 3}"
    )
