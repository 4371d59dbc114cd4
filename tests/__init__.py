"""Tests, in tiers: engine, view, pages, browser."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported: small products wait for other threads in vain
