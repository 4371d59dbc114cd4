"""A few readers of scripts.load, for some seconds: they get what a browser gets, and what is measured of the server is so."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from websockets.exceptions import ConnectionClosed

from scripts import process_tree
from scripts.load import KINDS, Crowd
from scripts.tab import Tab
from tests.browser.serving import Server
from tests.coroutines import completed

BURN = """import time
held = bytes(range(256)) * 400_000
while time.process_time() < 0.6: pass
print(flush=True)
input()
"""


@asynccontextmanager
async def tab_on(server):
    tab = Tab(server.url)
    await tab.connect()
    try:
        yield tab
    finally:
        await tab.leave()


def test_a_tab_sees_what_a_reader_sees(server):
    """The values of an address, of a moved control, of a page that is returned to."""

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

    completed(visit())


def test_a_few_readers(server):
    crowd = Crowd(server.url, think=0.1, stay=0.2, seed=8)  # with which both open the page that trains fastest
    completed(crowd.wave(readers=2, window=0.2, share=1))
    kinds = [kind for kind, *_ in crowd.answers]
    assert kinds.count("connect") == kinds.count("page") == 2
    assert {"usual", "new"} <= {*kinds} <= {*KINDS}
    assert all(seconds > 0 for *_, seconds in crowd.answers)
    assert (crowd.counts, crowd.tracebacks) == ({}, [])


def test_a_reader_comes_back_to_a_server_that_was_killed():
    """With the settings in the address, as soon as there is a server again."""
    server, settings = Server(), {"c2_epochs": "10", "c2_seeds": "2", "c2_lambda": "20"}
    servers, crowd = [server], Crowd(server.url, think=1, stay=1)

    async def restart():
        await asyncio.sleep(0.5)
        servers.append(await asyncio.to_thread(Server, port=server.port))

    async def visit():
        async with tab_on(server) as tab:
            await tab.open("decay_per_epoch", **settings)
            server.stop(signal.SIGKILL)
            with pytest.raises(ConnectionClosed):
                await tab.move(c2_lambda="10")
            back, _ = await asyncio.gather(crowd.come_back(tab, "decay_per_epoch", settings), restart())
            assert back
            assert tab.values | settings == tab.values

    try:
        completed(visit())
    finally:
        said = servers[-1].stop()
    assert "Traceback" not in said
    assert crowd.counts == {"settings brought back by their address": len(settings)}


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="only Linux tells")
def test_memory_and_time_are_those_of_the_whole_tree():
    """A child that holds 102 MB and has worked for 0.6 s, under a shell that does nothing."""
    command = ["sh", "-c", '"$0" -c "$1"; :', sys.executable, BURN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        shell.stdout.readline()
        assert len(process_tree.tree(shell.pid)) == 2
        assert 102e6 < process_tree.memory(shell.pid) < 140e6
        assert 0.58 <= process_tree.processor_time(shell.pid) < 1
        shell.stdin.write(b"\n")
    assert process_tree.memory(shell.pid) == process_tree.processor_time(shell.pid) == 0
