"""Many readers at once: python -m scripts.load [--readers 200] [--window 30] [--waves 3] [--kill] [--soak MINUTES].

Starts a server as `make run` does, on a free port of the loopback. Once its /health says that it is ready, readers come in
waves, each with a WebSocket of its own: they load a page, read, move a control or turn the page, and leave. Half of those who
move controls move λ where all else is as the page opens, which is what most readers ask; the others go to a seed, an η and a λ
that nobody had. Whoever waits longer than PATIENCE seconds gives up. What a page costs one reader alone, scripts.view_cost
tells.

Printed are seconds as the readers meet them, and memory and processor time of the server with all processes behind it. Readers
and server share this machine: what the readers take of it is printed as well.
"""

import argparse
import asyncio
import itertools
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager

import numpy as np
from websockets.exceptions import WebSocketException

from engine.claims import CLAIMS
from scripts import process_tree
from scripts.tab import Tab
from tests.browser.serving import Server
from view.first_reader import PLACES

PREFIX = {claim.NAME: claim.PREFIX for claim in CLAIMS}
PATIENCE = 120
"""Seconds after which a reader gives up."""
LEAVES = 4
"""A reader turns the page after so many pauses."""
LOST = (OSError, EOFError, WebSocketException)
"""What a connection that is refused or breaks raises."""
KINDS = {
    "connect": "files loaded, connected",
    "page": "first page",
    "turn": "page turned",
    "usual": "λ moved at the defaults",
    "new": "settings nobody had",
    "back": "back after the kill",
}
QUIET = 5
"""Seconds in which the server should do nothing, once all have left."""
GENTLE = 12
"""Readers at a time in a soak."""
MOST = 1000
"""Readers: a process cannot have many more connections open."""


class Crowd:
    """Readers of one server, and what they met."""

    def __init__(self, url, think, stay, seed=0):
        self.url, self.think, self.stay = url, think, stay
        self.answers = []  # (kind, moment of asking, seconds)
        self.counts = Counter()
        self.tracebacks = []
        self._stream = random.Random(seed)
        self._unseen = {}  # page -> settings that nobody had yet

    async def wave(self, readers, window, share):
        """`readers` arrive at random within `window` seconds, a `share` of them to move controls; until all have left."""
        kinds = ["usual", "new"] * readers
        kinds = kinds[: round(share * readers)] + [None] * (readers - round(share * readers))
        await asyncio.gather(*(self.reader(self._stream.uniform(0, window), kind) for kind in kinds))

    async def reader(self, delay, moves):
        """One who arrives after `delay` seconds and stays; `moves` names what is done with controls, None for nothing."""
        await asyncio.sleep(delay)
        tab, page = Tab(self.url), self._page(moves)
        try:
            async with self._timed("connect"):
                await tab.load(page)
                await tab.connect()
            async with self._timed("page"):
                await tab.open(page)
        except TimeoutError:
            self.counts["the first page was given up"] += 1
        except LOST:
            self.counts["no connection for the first page"] += 1
            if await self.come_back(tab, page, {}):
                await self._read(tab, moves)
        else:
            await self._read(tab, moves)
        finally:
            self.tracebacks += tab.tracebacks
            await tab.leave()

    async def _read(self, tab, moves):
        until = time.monotonic() + self.stay
        for pause in itertools.count(1):
            await asyncio.sleep(self.think)
            if time.monotonic() > until:
                return
            try:
                if pause % LEAVES == 0:
                    async with self._timed("turn"):
                        await tab.turn(self._page(moves))
                elif moves:
                    async with self._timed(moves):
                        await tab.move(**self._settings(tab, moves))
            except TimeoutError:
                self.counts["an answer was given up"] += 1
                return
            except LOST:
                self.counts["the connection broke"] += 1
                if not await self.come_back(tab, tab.page, dict(tab.address)):
                    return

    async def come_back(self, tab, page, address):
        """As the front end does it: it connects again as soon as there is a server, and asks for its address."""
        try:
            async with self._timed("back"):
                while True:
                    try:
                        await tab.connect()
                        await tab.open(page, **address)
                        break
                    except LOST:
                        await asyncio.sleep(0.5)
        except TimeoutError:
            self.counts["did not come back"] += 1
            return False
        for name, value in address.items():
            kept = tab.values.get(name) == value
            self.counts["settings brought back by their address" if kept else "settings lost"] += 1
        return True

    def _page(self, moves):
        return self._stream.choice([*(PREFIX if moves else PLACES)])

    def _settings(self, tab, moves):
        """Values for controls of the page, by their names in the address."""
        names = [f"{PREFIX[tab.page]}_{name}" for name in (("lambda",) if moves == "usual" else ("lambda", "eta", "seed"))]
        offered = {name: [o for o in tab.options[name] if o != tab.values[name]] for name in names if name in tab.options}
        if moves == "usual":
            return {name: self._stream.choice(options) for name, options in offered.items()}
        if not self._unseen.get(tab.page):
            settings = [s for s in itertools.product(*offered.values()) if float(s[1]) <= 1]  # η
            self._unseen[tab.page] = self._stream.sample(settings, len(settings))
        return dict(zip(offered, self._unseen[tab.page].pop()))

    @asynccontextmanager
    async def _timed(self, kind):
        started = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            yield
        self.answers.append((kind, started, time.monotonic() - started))


class Watched:
    """A server, what it takes, and what it says; it may be killed and started again."""

    def __init__(self):
        self.peak, self._before, self._said = 0, 0.0, ""
        self._start()

    def _start(self, **place):
        self._server = Server(mnist=os.environ.get("MNIST_DIR", ""), script="serve.py", **place)
        if not place:  # after a kill readers come back at once
            self._server.wait_until_ready()
        self.url = self._server.url

    @property
    def memory(self):
        """Bytes."""
        return process_tree.memory(self._server.process.pid)

    @property
    def used(self):
        """Seconds of processor time."""
        return self._before + process_tree.processor_time(self._server.process.pid)

    async def keep_peak(self):
        while True:
            self.peak = max(self.peak, self.memory)
            await asyncio.sleep(0.5)

    async def kill_after(self, seconds):
        """With no word to anybody; another one starts at the same place."""
        await asyncio.sleep(seconds)
        self._before = self.used
        self._said += self._server.stop(signal.SIGKILL)
        await asyncio.to_thread(self._start, port=self._server.port)

    def stop(self):
        """Everything that it has said."""
        return self._said + self._server.stop()


async def wave(watched, crowd, options):
    """One wave of readers, printed."""
    crowd.answers, crowd.counts, crowd.tracebacks = [], Counter(), []
    started, used, own = time.monotonic(), watched.used, time.process_time()
    watched.peak = 0
    beside = [asyncio.create_task(watched.keep_peak())]
    if options.kill:
        beside.append(asyncio.create_task(watched.kill_after(options.window + options.stay / 3)))
    await crowd.wave(options.readers, options.window, options.share)
    took, used, own = time.monotonic() - started, watched.used - used, time.process_time() - own
    for task in beside:
        task.cancel()
    _print_answers(crowd.answers, started + options.window)
    views = sum(kind != "connect" for kind, *_ in crowd.answers)
    each = f"{1000 * used / max(views, 1):.0f} ms an answer"
    print(f"  {views} answers in {took:.0f} s; processor time: server {used:.0f} s, {each}; readers {own:.0f} s")
    _print_crowd(crowd)
    used = watched.used
    await asyncio.sleep(QUIET)
    print(f"  all have left: the server uses {100 * (watched.used - used) / QUIET:.0f} % of a core", end="; ")
    print(f"memory {watched.memory / 1e6:.0f} MB, at most {watched.peak / 1e6:.0f} MB")


async def soak(watched, crowd, options):
    """So many readers at a time that come and go; the memory every half minute."""
    beside = asyncio.TaskGroup()
    print(f"{'minutes':>8}{'memory, MB':>12}{'answers':>9}{'% of a core':>13}")

    async def come_and_go(delay, moves):
        await asyncio.sleep(delay)
        while True:
            await crowd.reader(0, moves)

    async with beside:
        kinds = [None, None, "usual", None, None, "new"] * GENTLE
        tasks = [beside.create_task(come_and_go(k * options.stay / GENTLE, kind)) for k, kind in zip(range(GENTLE), kinds)]
        for half_minutes in range(1, round(2 * options.soak) + 1):
            used, answers = watched.used, len(crowd.answers)
            await asyncio.sleep(30)
            cells = watched.memory / 1e6, len(crowd.answers) - answers, 100 * (watched.used - used) / 30
            print(f"{half_minutes / 2:8.1f}{cells[0]:12.0f}{cells[1]:9}{cells[2]:13.0f}", flush=True)
        for task in tasks:
            task.cancel()
    _print_crowd(crowd)


def _print_crowd(crowd):
    for what, count in crowd.counts.items():
        print(f"  {what}: {count}")
    for traceback in dict.fromkeys(crowd.tracebacks):
        print(f"  a page showed: {traceback}")


def _print_answers(answers, arrived):
    """A line for each kind, those apart that were asked for once all had `arrived`."""
    print(f"  {'seconds':44}{'count':>6}{'p50':>8}{'p95':>8}{'max':>8}")
    for kind, name in KINDS.items():
        for when, later in (("while they arrive", False), ("afterwards", True)):
            seconds = [took for what, asked, took in answers if what == kind and (asked > arrived) == later]
            if seconds:
                p50, p95 = np.percentile(seconds, [50, 95])
                print(f"  {f'{name}, {when}':44}{len(seconds):6}{p50:8.2f}{p95:8.2f}{max(seconds):8.2f}")


def parser():
    p = argparse.ArgumentParser(prog="python -m scripts.load", description="Readers at once, on a server of their own.")
    p.add_argument("--readers", type=int, default=200, help=f"in a wave, at most {MOST} (default: 200)")
    p.add_argument("--window", type=float, default=30, help="seconds within which they arrive (default: 30)")
    p.add_argument("--think", type=float, default=5, help="seconds that a reader pauses (default: 5)")
    p.add_argument("--stay", type=float, default=60, help="seconds after which a reader leaves at the next pause (default: 60)")
    p.add_argument("--share", type=float, default=1 / 3, help="of them who move controls (default: 1/3)")
    p.add_argument("--waves", type=int, default=1)
    p.add_argument("--seed", type=int, default=0, help="of who does what when")
    p.add_argument("--kill", action="store_true", help="kill the server under load, and start it again")
    p.add_argument(
        "--soak", type=float, metavar="MINUTES", help=f"instead of waves, {GENTLE} readers at a time, who come and go"
    )
    return p


async def run(watched, options):
    crowd = Crowd(watched.url, options.think, options.stay, options.seed)
    if options.soak:
        return await soak(watched, crowd, options)
    for k in range(options.waves):
        print(f"wave {k + 1}: {options.readers} readers within {options.window:g} s", flush=True)
        await wave(watched, crowd, options)


def main(arguments=None):
    options = parser().parse_args(arguments)
    if not 1 <= options.readers <= MOST:
        return f"readers must be from 1 to {MOST}"
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most[1], most[1]))  # a reader has up to six connections
    watched = Watched()
    try:
        asyncio.run(run(watched, options))
    finally:
        said = watched.stop()
    print(f"tracebacks in the server's log: {said.count('Traceback')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
