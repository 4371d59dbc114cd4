"""Processor time that a page costs the server: python -m scripts.view_cost.

Readers one after another, as their browsers ask (scripts.tab). For every page: a new reader opens it untouched; then it is run
again and no control has moved; then lambda goes to and fro between two values whose runs are known. The mean of each in ms.
"""

import asyncio

from scripts.process_tree import processor_time
from scripts.tab import Tab
from tests.browser.serving import Server
from view.first_reader import PLACES
from view.frame import PAGES

TIMES = 20
"""Of what is measured; the system counts in hundredths of a second."""
VALUES = 6, 7
"""Places on the slider of lambda."""


async def cost(server, does):
    """ms of processor time that `await does(k)` takes, mean over TIMES."""
    before = processor_time(server.process.pid)
    for k in range(TIMES):
        await does(k)
    return 1000 * (processor_time(server.process.pid) - before) / TIMES


async def opened(server, place):
    """A new reader's tab on the page there. RuntimeError on a traceback."""
    tab = Tab(server.url)
    await tab.connect()
    await tab.open(place)
    _refuse(tab)
    return tab


def _refuse(tab):
    """RuntimeError where a page showed a traceback: it looks cheap."""
    if tab.tracebacks:
        raise RuntimeError(tab.tracebacks[0])


async def measured(server, place):
    """ms of processor time: (a new reader, a rerun, a move; the last None where the page has no lambda)."""

    async def visit(_):
        await (await opened(server, place)).leave()

    await visit(0)  # what is made once for all
    new = await cost(server, visit)
    tab = await opened(server, place)
    again = await cost(server, lambda _: tab.move())
    name = next((name for name in tab.options if name.endswith("_lambda")), None)
    _refuse(tab)
    if name is None:
        await tab.leave()
        return new, again, None
    values = [tab.options[name][place] for place in VALUES]
    for value in values:
        await tab.move(**{name: value})
    move = await cost(server, lambda k: tab.move(**{name: values[k % 2]}))
    await tab.leave()
    _refuse(tab)
    return new, again, move


def main():
    server = Server()
    try:
        print(f"{'ms of processor time':24}{'new reader':>12}{'rerun':>12}{'move':>12}")
        for page, place in zip(PAGES, PLACES):
            costs = ("-" if ms is None else f"{ms:.0f}" for ms in asyncio.run(measured(server, place)))
            print(f"{page:24}" + "".join(f"{ms:>12}" for ms in costs), flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
