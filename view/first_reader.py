"""The first reader of a server is the server itself: what is made once for all readers is there when the others come."""

import asyncio
import gc
import logging

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine import sliders
from view.controls import CONTROLS, text
from view.frame import PAGES

PLACES = ("", *[*PAGES][1:])
"""The pages by their addresses; the first is at the root."""
LAMBDA = CONTROLS["l2"]
MOVED = [(claim.NAME, f"{claim.PREFIX}_{LAMBDA.url}={text(lam)}") for claim in sliders.PAGES for lam in LAMBDA.options]
"""What most readers ask next: a page, and the query of its address."""
PATIENCE = 60
"""Seconds after which a page is given up, on however busy a machine: all that it shows ships."""
READY = asyncio.Event()
"""Set once all these were drawn to their ends: what is made for them is there for all readers, but for what is folded."""
SELDOM = 7000
"""New objects, ten times Python's own number, after which it searches for cycles again."""
LOG = logging.getLogger(__name__)
STREAM = {
    "type": "websocket",
    "scheme": "ws",
    "http_version": "1.1",
    "path": "/_stcore/stream",
    "raw_path": b"/_stcore/stream",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
    "subprotocols": ["streamlit"],
    "client": ("localhost", 0),
    "server": ("localhost", 0),
}
"""What an ASGI server says of a connection by which Streamlit's front end talks with it."""


async def read(app):
    """Open every page of an ASGI application, one after another, then those of MOVED; READY is set if all were drawn."""
    try:
        for place, query in (*((place, "") for place in PLACES), *MOVED):
            await _open(app, place, query)
    except Exception:
        LOG.exception("the pages were not all opened before the first reader")
    else:
        _settle()
        READY.set()


def _settle():
    """What was made stays, and no search for cycles goes through it again: that stops every reader for half a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)


async def _open(app, place, query):
    """In a session of its own: one that goes on keeps its settings, whatever the address says."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = place, query
    said, finished = asyncio.Queue(), asyncio.Event()

    async def heard(answer):
        told = ForwardMsg.FromString(answer.get("bytes") or b"")
        if told.WhichOneof("type") == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            finished.set()

    said.put_nowait({"type": "websocket.connect"})
    said.put_nowait({"type": "websocket.receive", "bytes": message.SerializeToString()})
    connection = asyncio.create_task(app(dict(STREAM), said.get, heard))
    until = asyncio.create_task(finished.wait())
    try:
        async with asyncio.timeout(PATIENCE):  # and the connection may be ended from the other side
            await asyncio.wait([until, connection], return_when=asyncio.FIRST_COMPLETED)
    finally:
        until.cancel()
        said.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await connection
    if not finished.is_set():
        raise ConnectionError(f"/{place}?{query} was not drawn to its end")
