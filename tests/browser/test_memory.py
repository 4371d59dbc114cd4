"""The most that the controls offer, as far as the budget lets it through, in the memory that a host promises."""

import asyncio
import itertools
import os
import threading
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest

from engine import budget, sliders
from engine.claims import decay_dominates, scaled_start, tail_off
from engine.verdicts.decay_dominates import ruler
from engine.verdicts.tail_off import largest_grid
from scripts import process_tree
from scripts.tab import Tab
from tests.browser.serving import Server
from tests.browser.test_deploy import COMMUNITY_CLOUD
from tests.browser.test_load import completed
from view.controls import CONTROLS, text

ENOUGH = 40
"""Seconds in which the first epochs of every run are trained: what a run holds beside kept networks it holds in each."""
NAMES = ("dataset", "hidden", "replicates", "epochs", "batch_size", "n_train")
"""The controls on which bytes depend."""
ALSO = {decay_dominates: ruler, tail_off: largest_grid}
"""What these pages train beside their runs, with the limits of any run."""


def peak(h):
    return budget.peak_bytes(h) + budget.mini_batch_bytes(h)


def trained(page, h):
    """What the page trains at these settings; nothing where the controls do not accept them."""
    try:
        also = [ALSO[page](h)] if page in ALSO else []
        for one in (h, *also):
            budget.check(one, one.epochs)
    except ValueError:
        return []
    rescue = page.rescue_runs(h, page.UNTIL).values() if page is scaled_start else []
    return [*page.runs(h).values(), *also, *rescue]


def combinations(page):
    """Settings on all of MNIST, whose images take memory as well."""
    names = ("hidden", "replicates", "epochs", "batch_size")
    for values in itertools.product(*(CONTROLS[name].options for name in names)):
        with suppress(ValueError):  # what the engine does not accept, the controls do not either
            yield replace(page.DEFAULT, dataset="mnist", fan_in=None, n_train=None, **dict(zip(names, values)))


@cache
def peaks():
    """[(of the largest run, of all runs of the page together, page, settings)], bytes, of all that is offered."""
    found = ((page, h, [*map(peak, trained(page, h))]) for page in sliders.PAGES for h in combinations(page))
    return [(max(each), sum(each), page, h) for page, h, each in found if each]


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="only Linux tells")
@pytest.mark.parametrize("place", [0, 1], ids=["the largest run", "the page with the largest runs"])
def test_the_worst_that_is_let_through_fits(place, mnist_files):
    worst = max(peaks(), key=lambda found: (found[place], found[1 - place]))
    page, h = worst[2:]
    address = {f"{page.PREFIX}_{CONTROLS[name].url}": text(getattr(h, name)) for name in NAMES}
    server, samples, over = Server(mnist=mnist_files), [], threading.Event()

    def watch():
        while not over.wait(0.1):
            samples.append(process_tree.memory(server.process.pid))

    async def visit():
        tab = Tab(server.url)
        await tab.connect()
        try:
            async with asyncio.timeout(ENOUGH):
                await tab.open(page.NAME, **address)
        except TimeoutError:
            pass
        assert tab.tracebacks == []
        await tab.leave()

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        completed(visit())
    finally:
        over.set()
        watching.join()
        server.stop()
    print(f"\n{page.NAME}, {address}: {max(samples) / 1e6:.0f} MB, where one run takes {worst[0] / 1e6:.0f} by the budget")
    assert worst[0] > 0.9 * budget.MOST_BYTES  # the offer reaches to the limit
    assert samples[0] + worst[0] / 2 < max(samples) < COMMUNITY_CLOUD
