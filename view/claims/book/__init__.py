"""The tables and figures of the book's page."""
