import math

import torch


def watch(model, optimizer):
    """Call it before training; what it returns prints a line for each tensor that is trained, whenever you call it."""
    assert isinstance(optimizer, (torch.optim.SGD, torch.optim.AdamW)), "only their decay has a clock"
    S, heat, before = {}, {}, {}

    def keep(*_):
        before.update((p, p.detach().clone()) for g in optimizer.param_groups for p in g["params"])

    def count(*_):
        for g in optimizer.param_groups:
            taken = g["lr"] * g["weight_decay"]
            for p in (p for p in g["params"] if p.grad is not None):
                S[p] = S.get(p, 0.0) + taken / (1 - g.get("momentum", 0))
                step = p.detach() - (1 - taken) * before[p]  # what is not decay: with momentum, its memory of decay as well
                heat[p] = heat.get(p, 0.0) + step.square().sum().item()

    def report():
        for name, p in ((name, p) for name, p in model.named_parameters() if p in S):
            size = p.detach().square().sum().item()
            print(f"{name:30} S {S[p]:.6g}  exp(-S) {math.exp(-S[p]):.3g}  |W|^2 {size:.6g}  heat {heat[p]:.6g}")

    optimizer.register_step_pre_hook(keep)
    optimizer.register_step_post_hook(count)
    return report
