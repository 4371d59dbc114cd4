"""The tables and figures of claim 2."""
