"""A few readers of scripts.load, for some seconds: they get what a browser gets, and what is measured of the server is so."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest

from scripts import process_tree
from scripts.load import KINDS, Crowd
from scripts.tab import Tab
from tests.browser.serving import Server

BURN = (
    "import time\nheld = bytes(range(256)) * 4_000_00\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\n"
)
BURN += "print(flush=True)\ninput()"


@asynccontextmanager
async def tab_on(server):
    tab = Tab(server.url)
    await tab.connect()
    try:
        yield tab
    finally:
        await tab.leave()


def test_a_tab_sees_what_a_reader_sees(server):
    """The values of the address, of a moved control, of the page that it comes back to; and messages that the server leaves out."""

    async def visit():
        async with tab_on(server) as tab:
            await tab.load("decay_per_epoch")
            await tab.open("decay_per_epoch", c2_epochs="10", c2_seeds="2", c2_units="tanh", c2_lambda="nonsense")
            assert tab.values | {"c2_epochs": "10", "c2_seeds": "2", "c2_units": "tanh", "c2_lambda": "5"} == tab.values
            await tab.move(c2_lambda="20")
            assert tab.values["c2_lambda"] == "20"
            await tab.turn("method")
            assert tab.options == {}
            await tab.turn("decay_per_epoch")
            assert (tab.values["c2_lambda"], tab.values["c2_units"]) == ("20", "tanh")
            assert tab.address == {"c2_lambda": "20", "c2_units": "tanh", "c2_epochs": "10", "c2_seeds": "2"}
            assert tab.tracebacks == []

    asyncio.run(visit())


def test_a_few_readers(server):
    crowd = Crowd(server.url, think=0.2, stay=2)
    asyncio.run(crowd.wave(readers=4, window=0.5, share=0.5))
    kinds = [kind for kind, *_ in crowd.answers]
    assert kinds.count("connect") == kinds.count("page") == 4
    assert {"usual", "new"} <= {*kinds} <= {*KINDS}
    assert all(seconds > 0 for *_, seconds in crowd.answers)
    assert (crowd.counts, crowd.tracebacks) == ({}, [])


def test_readers_come_back_to_a_server_that_was_killed():
    """With the settings in their addresses."""
    server = Server()
    crowd = Crowd(server.url, think=0.2, stay=6)
    servers = [server]

    async def kill():
        await asyncio.sleep(3)
        server.stop(signal.SIGKILL)
        servers.append(await asyncio.to_thread(Server, port=server.port))

    async def both():
        await asyncio.gather(crowd.wave(readers=3, window=0.5, share=1), kill())

    try:
        asyncio.run(both())
    finally:
        said = servers[-1].stop()
    assert "Traceback" not in said
    assert crowd.counts["the connection broke"] == sum(kind == "back" for kind, *_ in crowd.answers) == 3
    assert crowd.counts["settings brought back by their address"] > 0
    assert "settings lost" not in crowd.counts
    assert crowd.tracebacks == []


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="only Linux tells")
def test_memory_and_time_are_those_of_the_whole_tree():
    """A child that holds 102 MB and has worked for half a second, under a shell that does nothing."""
    shell = subprocess.Popen(
        ["sh", "-c", '"$0" -c "$1"; :', sys.executable, BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with shell:
        shell.stdout.readline()
        assert len(process_tree.tree(shell.pid)) == 2
        assert 102e6 < process_tree.memory(shell.pid) < 140e6
        assert 0.5 <= process_tree.processor_time(shell.pid) < 2
        shell.stdin.write(b"\n")
    deadline = time.monotonic() + 30
    while process_tree.memory(shell.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process_tree.memory(shell.pid) == process_tree.processor_time(shell.pid) == 0
