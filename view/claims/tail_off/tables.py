"""Tables of claim 3."""

import numpy as np
import pandas as pd

from engine import theory
from engine.claims.readings import WIDTHS, whitened_values
from engine.lengths import known_at_rest
from engine.statistics import interval
from engine.studies import erf_unit as erf_study
from engine.verdicts import tail_off as claim
from view.tables import frame, sizes, subscripts

START = {"large": "from N(0, 1)", "scaled": "from N(0, 1/nᵢₙ)"}
"""What figures, whose labels have no LaTeX, call the starts."""
FORETOLD = "computed"


def course(runs, layer, floor):
    """epoch, mean: the fading draw of the large start above the measured floor; empty where none was reached."""
    run = runs["large"]
    h = run.hyperparameters
    if not floor.reached:
        return no_course()
    epoch = np.linspace(0, run.epochs, 121)
    left = theory.memory_size(*h.symbols, epoch)
    start = interval(run.weight_rms[:, 0, layer]).mean
    return pd.DataFrame({"epoch": epoch, "mean": theory.size_course(start, floor.rms.mean, left)})


def no_course():
    return pd.DataFrame({"epoch": [], "mean": []})


def all_candidates(h):
    """name, mean, kind, part: the candidates of the network, and for each layer that of its own fan-in."""
    shared = candidates(h, 0).iloc[:-1].assign(kind="candidate")
    own = [candidates(h, k).iloc[-1:].assign(kind="own", part=name) for k, name in enumerate(h.layer_names)]
    return pd.concat([shared, *own], ignore_index=True)


def candidates(h, layer):
    """name, mean: the sizes that a layer is said to stop at."""
    return pd.DataFrame({"name": map(subscripts, claim.CANDIDATES), "mean": claim.predicted(h, layer)})


def levels(h, layer):
    """name, mean: the candidates, and the size that the convex problem gives, where that is known and not 0."""
    squared = known_at_rest(h)
    if not squared:
        return candidates(h, layer)
    size = np.sqrt(squared / (h.sizes[layer] * h.sizes[layer + 1]))
    foretold = pd.DataFrame({"name": [FORETOLD], "mean": [size]})
    return pd.concat([candidates(h, layer), foretold], ignore_index=True)


def unopposed(runs, layer):
    """epoch, part, start, mean, low, high: (decay + data) / decay of the ledger from both starts."""
    part = runs["large"].hyperparameters.layer_names[layer]
    frames = []
    for name, run in runs.items():
        share = run.unopposed_share[:, :, layer]
        share = np.where(np.isfinite(share), share, np.nan)  # without decay there is none
        frames.append(frame(np.arange(1, run.epochs + 1), part, interval(share)).assign(start=START[name]))
    return pd.concat(frames, ignore_index=True)


def by_lambda(grid, runs):
    """l2, part, mean, low, high: rms of every layer at the end of each run of a grid, and the accuracy on unseen images."""
    rms, accuracy = (interval(np.moveaxis(a, 1, 0)) for a in claim.grid_end(runs))
    frames = []
    for layer, name in enumerate(grid.layer_names):
        frames.append(frame(grid.l2, name, type(rms)(*(bound[:, layer] for bound in rms))))
    frames.append(frame(grid.l2, "accuracy", accuracy))
    return pd.concat(frames, ignore_index=True).rename(columns={"epoch": "l2"})


def all_layers(runs):
    """Sizes and unopposed shares of every layer in one table, for those who take it away."""
    names = runs["large"].hyperparameters.layer_names
    frames = [sizes(runs, k, START).assign(of="rms weight") for k in range(len(names))]
    frames += [unopposed(runs, k).assign(of="unopposed share") for k in range(len(names))]
    return pd.concat(frames, ignore_index=True)


def erf_unit(kappa):
    """updates, kind, mean, low, high: rms of an erf unit's weights, one live run of SGD, its equations, and decay alone."""
    run = erf_study.erf_run(kappa)
    size = np.sqrt(run.solved / erf_study.UNIT["fan_in"])
    alone = size[0] * (1 - erf_study.UNIT["eta"] * kappa) ** run.updates
    frames = [
        frame(run.updates, "measured", interval(np.sqrt(run.norm_squared / erf_study.UNIT["fan_in"]))),
        pd.DataFrame({"epoch": run.updates, "part": "equations", "mean": size}),
        pd.DataFrame({"epoch": run.updates, "part": "decay alone", "mean": alone}),
    ]
    return pd.concat(frames, ignore_index=True).rename(columns={"epoch": "updates", "part": "kind"})


def linear_networks(h, data, norms):
    """width, rms predicted and simulated, total norm of a two-layer linear network on the whitened inputs of `data`.

    `norms` as readings.linear_norms has them of WIDTHS; empty where they are.
    """
    kappa, inputs, values = h.l2 / h.n_train, data.x_train.shape[1], whitened_values(data)
    rows = [
        {
            "width": width,
            "predicted": theory.linear_rms(values, kappa, inputs, width),
            "simulated": np.sqrt(norm / (inputs * width)),
            "norm": norm,
        }
        for width, norm in zip(WIDTHS, norms)
    ]
    return pd.DataFrame(rows)
