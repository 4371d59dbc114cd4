"""Writes digits.npz from scikit-learn's copy of the data: python engine/data/make_digits.py (needs scikit-learn).

Fixed, stratified order: every beginning of it holds the ten classes in nearly their overall proportions.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits


def stratified_order(labels, seed=0):
    """Spread the examples of each class, shuffled, evenly over the whole order."""
    stream = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = stream.permutation(np.flatnonzero(labels == label))
        place[members] = (np.arange(len(members)) + stream.random()) / len(members)
    return np.argsort(place)


if __name__ == "__main__":
    digits = load_digits()
    order = stratified_order(digits.target)
    images, labels = digits.data[order].astype(np.uint8), digits.target[order].astype(np.uint8)
    np.savez_compressed(Path(__file__).parent / "digits.npz", images=images, labels=labels)
