"""The tables and figures of the laboratory."""
