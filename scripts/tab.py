"""A reader's tab without a browser: it speaks to the server as Streamlit's front end does, and draws nothing."""

import asyncio
import gzip
import re
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

CONNECTIONS = 6
"""That a browser has open to one server at a time."""
GZIPPED = b"\x1f\x8b"
"""The first bytes of what is compressed."""


class Tab:
    """One page of the article at a time, over one WebSocket, with the controls that stand on it.

    What the server does not answer raises OSError or websockets.WebSocketException; a page that shows a traceback is counted in
    `tracebacks`.
    """

    def __init__(self, url):
        self.url = url
        self.tracebacks = []
        self._forget()

    def _forget(self):
        self.socket, self.page = None, ""
        self.options, self.values, self.address = {}, {}, {}  # of the controls with a name in the address, by that name
        self._ids, self._hashes, self._page_hash = {}, {}, ""
        self._kept, self._runs = {}, 0  # hash of a message -> the run that had it last
        self._keeps = 0  # runs for which the front end keeps a message that the server need not send again

    async def load(self, page):
        """The page's HTML and the files that it names: what a browser asks for first."""
        (html,) = await self._get(f"/{page}")
        html = gzip.decompress(html) if html.startswith(GZIPPED) else html  # what follows is left as it comes: it is not read
        files = [f"/{path}" for path in re.findall(r'(?:src|href)="\./(static/[^"]+)"', html.decode())]
        parts = [files[k::CONNECTIONS] for k in range(CONNECTIONS)]
        await asyncio.gather(*(self._get(*part) for part in parts))
        await self._get("/_stcore/health", "/_stcore/host-config")

    async def connect(self):
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self._forget()
        self.socket = await connect(address, subprotocols=["streamlit"], origin=self.url, max_size=None, open_timeout=60)

    async def open(self, page, **address):
        """The page of this name under an address, to its last figure."""
        self.page, self.address = page, address
        await self._rerun(page_name=page)

    async def turn(self, page):
        """By the navigation: the address of the other page has no settings."""
        self.page, self.address, self.options, self.values, self._ids = page, {}, {}, {}, {}
        await self._rerun(page_script_hash=self._hashes[page])

    async def move(self, **values):
        """Controls, by their names in the address, to other values: until the last figure of the answer."""
        self.values |= values
        self.address |= values
        await self._rerun(page_script_hash=self._page_hash)

    async def leave(self):
        if self.socket is not None:
            await self.socket.close()

    async def _rerun(self, **where):
        message = BackMsg()
        asked = message.rerun_script
        for name, value in where.items():
            setattr(asked, name, value)
        asked.query_string = urlencode(self.address)
        asked.cached_message_hashes.extend(self._kept)
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en"
        asked.context_info.url = f"{self.url}/{self.page}?{asked.query_string}"
        for name, value in self.values.items():
            state = asked.widget_states.widgets.add(id=self._ids[name])
            state.string_array_value.data.append(value)
        await self.socket.send(message.SerializeToString())
        run = None
        while True:
            answer = ForwardMsg.FromString(await self.socket.recv())
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                run = answer.metadata.run.script_run_id
                self._keeps = answer.new_session.config.max_cached_message_age
            elif kind == "script_finished" and answer.metadata.run.script_run_id == run:
                if answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
            else:
                self._note(kind, answer)
        self._runs += 1
        self._kept = {hash: last for hash, last in self._kept.items() if last > self._runs - self._keeps}

    def _note(self, kind, message):
        if kind == "ref_hash":
            self._kept[message.ref_hash] = self._runs
        elif message.metadata.cacheable:
            self._kept[message.hash] = self._runs
        if kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
            self._hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "exception":
                self.tracebacks.append(f"{self.page}?{urlencode(self.address)}: {element.exception.message}")
            elif kind in ("slider", "button_group"):
                self._note_control(getattr(element, kind))

    def _note_control(self, control):
        """What the front end sends for every control with each run: its value, a text."""
        name, options = control.query_param_key, [getattr(option, "content", option) for option in control.options]
        if name:
            given = getattr(control, "raw_value", None) or getattr(control, "raw_values", None)  # of a slider, of a menu
            self._ids[name], self.options[name] = control.id, options
            if control.set_value:
                self.values[name] = self.address[name] = given[0]
            else:
                self.values.setdefault(name, options[int(control.default[0])])

    async def _get(self, *paths):
        """What is at these paths, asked for over one connection, one after the other."""
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            return [await _answer(reader, writer, place.netloc, path) for path in paths]
        finally:
            writer.close()


async def _answer(reader, writer, host, path):
    """What is at this path, which a browser is sent compressed."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    if head.split()[1] != "200":
        raise ConnectionError(f"{path}: {head.splitlines()[0]}")
    length = re.search(r"content-length: (\d+)", head)
    return await reader.readexactly(int(length[1])) if length else b"".join([part async for part in _chunks(reader)])


async def _chunks(reader):
    """Of an answer whose length was not known before."""
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
