"""The lines of PyTorch that the article gives away, as PyTorch runs them: stored, and again where it is at hand."""

import ast
import importlib.util
import json
import math

import pytest

from engine.theory.recipe import answer
from tests.view.watching import RECIPES, STORED, fingerprint, read, watched
from view.snippets import YOUR_RUN

VECTORS = json.loads(STORED.read_text())
PRINTED = 1e-5
"""Six digits are printed."""


def test_the_vectors_are_of_the_lines_that_are_shown():
    assert VECTORS["snippet"] == fingerprint()
    assert len(YOUR_RUN.splitlines()) <= 30
    assert [node.name for node in ast.parse(YOUR_RUN).body if isinstance(node, ast.FunctionDef)] == ["watch"]


@pytest.mark.parametrize("name", RECIPES)
def test_what_it_prints_is_the_sum_of_the_recipe(name):
    lines, found = read(VECTORS[name]["printed"]), answer(RECIPES[name])
    assert list(lines) == [
        "used.weight",
        "used.bias",
        "unused.weight",
    ]  # nothing without a gradient, which PyTorch leaves alone
    for tensor in ("used.weight", "unused.weight"):
        assert lines[tensor][0] == pytest.approx(found.total, rel=PRINTED)
        assert lines[tensor][1] == pytest.approx(found.left, rel=1e-2)  # three digits
    assert lines["used.bias"][:2] == [0, 1]


@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_a_tensor_without_a_gradient_keeps_the_product_and_has_no_heat(name):
    recipe, (*_, size, heat) = RECIPES[name], read(VECTORS[name]["printed"])["unused.weight"]
    factor = math.prod(1 - recipe.step * level for level in recipe.levels())
    assert size == pytest.approx(VECTORS[name]["before"]["unused.weight"] * factor**2, rel=PRINTED)
    assert heat < 1e-25


def test_under_coupled_momentum_it_follows_the_recursion():
    recipe, w, v = RECIPES["momentum"], 1.0, 0.0
    for level in recipe.levels():
        v = recipe.momentum * v + recipe.weight_decay * w
        w -= recipe.learning_rate * level * v
    *_, size, _ = read(VECTORS["momentum"]["printed"])["unused.weight"]
    assert size == pytest.approx(VECTORS["momentum"]["before"]["unused.weight"] * w**2, rel=PRINTED)


@pytest.mark.parametrize("tensor", ["used.weight", "used.bias"])
def test_the_heat_of_plain_descent_is_that_of_its_gradients(tensor):
    *_, heat = read(VECTORS["sgd"]["printed"])[tensor]
    assert heat == pytest.approx(VECTORS["sgd"]["walked"][tensor], rel=PRINTED)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch: requirements-bench.txt")
@pytest.mark.parametrize("name", RECIPES)
def test_pytorch_prints_that_again(name):
    again, stored = read(watched(name)["printed"]), read(VECTORS[name]["printed"])
    assert list(again) == list(stored)
    for tensor, values in again.items():
        assert values == pytest.approx(stored[tensor], rel=PRINTED, abs=1e-25)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch: requirements-bench.txt")
def test_an_optimiser_without_a_clock_is_refused():
    import torch

    from view.snippets.your_run import watch

    model = torch.nn.Linear(2, 2)
    with pytest.raises(AssertionError, match="clock"):
        watch(model, torch.optim.Adam(model.parameters()))
