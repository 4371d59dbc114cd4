"""The tables and figures of the page on lengths."""
