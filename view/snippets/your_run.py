import math

import torch


def watch(model, optimizer):
    """Call it before training. What it returns prints a line for each tensor that is trained."""
    assert isinstance(optimizer, (torch.optim.SGD, torch.optim.AdamW)), "its decay has no clock"
    S, heat, before = {}, {}, {}

    def keep(*_):
        before.update((p, p.detach().clone()) for g in optimizer.param_groups for p in g["params"])

    def count(*_):
        for g in optimizer.param_groups:
            taken = g["lr"] * g["weight_decay"]
            for p in (p for p in g["params"] if p.grad is not None):
                S[p] = S.get(p, 0.0) + taken / (1 - g.get("momentum", 0))
                step = p.detach() - (1 - taken) * before[p]  # what is not this update's decay
                heat[p] = heat.get(p, 0.0) + step.square().sum().item()

    def report():
        for name, p in ((name, p) for name, p in model.named_parameters() if p in S):
            kept, size = math.exp(-S[p]), p.detach().square().sum().item()
            print(f"{name:30} S {S[p]:.6g}  exp(-S) {kept:.3g}  |W|^2 {size:.6g}  heat {heat[p]:.6g}")

    optimizer.register_step_pre_hook(keep)
    optimizer.register_step_post_hook(count)
    return report
