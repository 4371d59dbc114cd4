"""The tables and figures of the page on the recipes of today."""
