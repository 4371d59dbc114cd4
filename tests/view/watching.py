"""A small model in PyTorch under the snippet that the article shows: for the vectors, and where PyTorch is at hand."""

import contextlib
import hashlib
import io
import json
import re

from engine.theory.recipe import Recipe, scheduled
from tests.conftest import ROOT
from view.snippets import YOUR_RUN

STORED = ROOT / "tests" / "view" / "your_run.json"
UPDATES = 60
RECIPES = {
    "sgd": Recipe("sgd", 0.05, 0.1, scheduled("linear", UPDATES)),
    "momentum": Recipe("momentum", 0.02, 0.05, scheduled("steps", UPDATES), momentum=0.9),
    "adamw": Recipe("adamw", 0.01, 0.3, scheduled("cosine", UPDATES)),
}
"""Optimiser -> the recipe that the model is trained by."""


def fingerprint():
    """Of the snippet that the vectors were made with."""
    return hashlib.sha256(YOUR_RUN.encode()).hexdigest()


def watched(name):
    """Squared lengths before and sums of squared lr |gradient| from PyTorch, by tensor, and what the snippet prints.

    `unused` feels a gradient of 0, `used.bias` does not decay, `idle` has no gradient at all.
    """
    import torch

    from view.snippets.your_run import watch

    recipe = RECIPES[name]
    torch.manual_seed(0)
    model = torch.nn.ModuleDict({part: torch.nn.Linear(4, 3, part == "used") for part in ("used", "unused", "idle")}).double()
    parameters = dict(model.named_parameters())
    groups = [
        {"params": [p for key, p in parameters.items() if key != "used.bias"]},
        {"params": [parameters["used.bias"]], "weight_decay": 0.0},
    ]
    settings = dict(lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    if name == "adamw":
        optimizer = torch.optim.AdamW(groups, **settings)
    else:
        optimizer = torch.optim.SGD(groups, momentum=recipe.momentum, **settings)
    schedulers = torch.optim.lr_scheduler
    scheduler = {
        "sgd": lambda: schedulers.LinearLR(optimizer, 1.0, 0.0, UPDATES),
        "momentum": lambda: schedulers.StepLR(optimizer, UPDATES // 3, 0.1),
        "adamw": lambda: schedulers.CosineAnnealingLR(optimizer, UPDATES),
    }[name]()
    report = watch(model, optimizer)
    before = {key: p.detach().square().sum().item() for key, p in parameters.items()}
    walked = dict.fromkeys(parameters, 0.0)
    for _ in range(UPDATES):
        x, y = torch.randn(8, 4).double(), torch.randn(8, 3).double()
        optimizer.zero_grad()
        ((model["used"](x) - y).square().mean() + 0 * model["unused"](x).sum()).backward()
        for key, p in parameters.items():
            if p.grad is not None:
                walked[key] += (scheduler.get_last_lr()[0] * p.grad).square().sum().item()
        optimizer.step()
        scheduler.step()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        report()
    return {"before": before, "walked": walked, "printed": printed.getvalue()}


def read(printed):
    """name -> [S, exp(-S), |W|^2, heat] of the lines that the snippet prints."""
    lines = [
        re.fullmatch(r"(\S+) +S (\S+)  exp\(-S\) (\S+)  \|W\|\^2 (\S+)  heat (\S+)", line) for line in printed.splitlines()
    ]
    return {line[1]: [float(value) for value in line.groups()[1:]] for line in lines}


def main():
    STORED.write_text(json.dumps({"snippet": fingerprint()} | {name: watched(name) for name in RECIPES}, indent=1) + "\n")
