"""Run -> tidy table, one row a point: what the figures draw and the reader downloads. What all pages share."""

import pandas as pd


def frame(epoch, name, values):
    """One part of a figure by epoch, from an Interval of arrays (epochs,)."""
    return pd.DataFrame({"epoch": epoch, "part": name, "mean": values.mean, "low": values.low, "high": values.high})
