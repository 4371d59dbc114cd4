"""The rows of a chart as it is sent them: bytes of Arrow, written once for all readers."""

import pyarrow as pa

from view.made import once

ROWS = "rows"
"""Their name in a specification: Streamlit sends data that have one, and are bytes already, as they are."""


def with_rows(spec, rows):
    """A specification with its data, a DataFrame."""
    return dict(spec) | {"data": {"name": ROWS}, "datasets": {ROWS: once(arrow, rows)}}


def arrow(rows):
    """A table as a stream of Arrow, bytes."""
    table, sink = pa.Table.from_pandas(rows), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()
