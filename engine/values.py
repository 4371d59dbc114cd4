"""The values that the controls offer and that studies go through: each place on a map can be gone to."""

ETAS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)
"""Learning rates."""
LAMBDAS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 30, 40, 50, 75, 90, 100, 200, 500)
"""Regularisation, without 0."""
