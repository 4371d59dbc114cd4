"""The opening's answer and its verdicts, from the runs of the untouched pages."""
