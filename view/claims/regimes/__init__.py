"""The tables and figures of the map of regimes."""
