"""The tables and figures of the contest of exponents."""
