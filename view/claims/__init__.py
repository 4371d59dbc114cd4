"""What the pages draw, a folder each: tables, from runs to tidy rows, and figures, from rows to specifications."""
