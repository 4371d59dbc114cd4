"""The tables and figures of the opening."""
