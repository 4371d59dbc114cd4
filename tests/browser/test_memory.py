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
from engine.claims import decay_dominates, laboratory, scaled_start, tail_off
from engine.optimizers import OPTIMIZERS
from engine.verdicts.decay_dominates import ruler
from engine.verdicts.tail_off import largest_grid
from scripts import process_tree
from scripts.tab import Tab
from tests.browser.serving import Server
from tests.browser.test_deploy import COMMUNITY_CLOUD
from tests.coroutines import completed
from view.controls import CONTROLS, text

ENOUGH = 40
"""Seconds in which the first epochs of every run are trained: what a run holds beside kept networks it holds in each."""
NAMES = ("dataset", "hidden", "replicates", "epochs", "batch_size", "n_train", "seed")
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


def both(h):
    """What the laboratory trains, with the same settings but for the seed on both sides; nothing where it refuses them."""
    other = replace(h, seed=next(seed for seed in CONTROLS["seed"].options if seed != h.seed))
    try:
        budget.check(h, h.epochs)
    except ValueError:
        return {}
    return laboratory.runs(h, other)


def combinations(page, **more):
    """Settings on all of MNIST, whose images take memory as well."""
    names = ("hidden", "replicates", "epochs", "batch_size")
    for values in itertools.product(*(CONTROLS[name].options for name in names)):
        with suppress(ValueError):  # what the engine does not accept, the controls do not either
            yield replace(page.DEFAULT, dataset="mnist", fan_in=None, n_train=None, **dict(zip(names, values)), **more)


def address(prefix, h, *more):
    return {f"{prefix}_{CONTROLS[name].url}": text(getattr(h, name)) for name in (*NAMES, *more)}


@cache
def peaks():
    """[(of the largest run, of all runs of the page together, name of the page, address)], bytes, of all that is offered."""
    found = []
    for page in sliders.PAGES:
        found += [(page.NAME, address(page.PREFIX, h), [*map(peak, trained(page, h))]) for h in combinations(page)]
    for optimizer in OPTIMIZERS:
        for runs in map(both, combinations(laboratory, optimizer=optimizer)):
            where = {name: value for side, h in runs.items() for name, value in address(side, h, "optimizer").items()}
            found.append((laboratory.NAME, where, [*map(peak, runs.values())]))
    return [(max(each), sum(each), name, where) for name, where, each in found if each]


def worst(place, of_laboratory):
    """The one of peaks() that is largest in its first or second number."""
    ranked = (found for found in peaks() if (found[2] == laboratory.NAME) == of_laboratory)
    return max(ranked, key=lambda found: (found[place], found[1 - place]))


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="only Linux tells")
@pytest.mark.parametrize(
    ("place", "of_laboratory"),
    [(0, False), (1, False), (1, True)],
    ids=["the largest run", "the page with the largest runs", "the laboratory with both sides full"],
)
def test_the_worst_that_is_let_through_fits(place, of_laboratory, mnist_files):
    largest, _, page, where = worst(place, of_laboratory)
    server, samples, over = Server(mnist=mnist_files), [], threading.Event()

    def watch():
        while not over.wait(0.1):
            samples.append(process_tree.memory(server.process.pid))

    async def visit():
        tab = Tab(server.url)
        await tab.connect()
        try:
            async with asyncio.timeout(ENOUGH):
                await tab.open(page, **where)
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
    print(f"\n{page}, {where}: {max(samples) / 1e6:.0f} MB, where one run takes {largest / 1e6:.0f} by the budget")
    assert largest > 0.9 * budget.MOST_BYTES  # the offer reaches to the limit
    assert samples[0] + largest / 2 < max(samples) < COMMUNITY_CLOUD
