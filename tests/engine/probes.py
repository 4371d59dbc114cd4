"""Small runs that together go through all that decides the numbers of a run."""

from pathlib import Path

from engine import Hyperparameters

FOLDER = Path(__file__).parent / "vectors" / "probes"
SMALL = {"hidden": (5,), "n_train": 105, "epochs": 4, "replicates": 2, "l2": 10.0}
PROBES = {
    "digits": Hyperparameters(**SMALL),
    "scaled": Hyperparameters(**SMALL, initialization="scaled", activation="tanh", cost="log-likelihood", l2_until=2),
    "teacher": Hyperparameters(**SMALL, dataset="teacher", noise=0.5, fan_in=20, activation="relu", cost="quadratic"),
}
