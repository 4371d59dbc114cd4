"""The first reader of a server is the server itself: what is made once for all readers is there when the others come."""

import asyncio

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine import sliders
from engine.values import LAMBDAS
from view.frame import PAGES

PLACES = ("", *[*PAGES][1:])
"""The pages by their addresses; the first is at the root."""
MOVED = [(claim.NAME, f"{claim.PREFIX}_lambda={lam:g}") for claim in sliders.PAGES for lam in (0, *LAMBDAS)]
"""What most readers ask next: a page, and the query of its address."""
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
    """Open every page of an ASGI application, one after another, then those of MOVED."""
    for place, query in (*((place, "") for place in PLACES), *MOVED):
        await _open(app, place, query)


async def _open(app, place, query):
    """In a session of its own: one that goes on keeps its settings, whatever the address says."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = place, query
    said, finished = asyncio.Queue(), asyncio.Event()

    async def heard(answer):
        sent = answer.get("bytes")
        if sent and ForwardMsg.FromString(sent).WhichOneof("type") == "script_finished":
            finished.set()

    said.put_nowait({"type": "websocket.connect"})
    said.put_nowait({"type": "websocket.receive", "bytes": message.SerializeToString()})
    connection = asyncio.create_task(app(STREAM, said.get, heard))
    until = asyncio.create_task(finished.wait())
    await asyncio.wait([until, connection], return_when=asyncio.FIRST_COMPLETED)  # it may be ended from the other side
    until.cancel()
    said.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await connection
