"""Processor time that a page costs the server: python -m scripts.view_cost.

Readers over real WebSocket sessions, one after another. For every page: a new reader opens it untouched; then it is run again
and no control has moved; then lambda goes to and fro between two values whose runs are known. The mean of each in ms.
"""

from streamlit.proto.BackMsg_pb2 import BackMsg

from scripts.process_tree import processor_time
from tests.browser.serving import Server, answered, session
from view.frame import PAGES

TIMES = 20
"""Of what is measured; the system counts in hundredths of a second."""


def run(socket, page, widgets=()):
    """Run a page with values of select sliders, (id, value) each; the elements that came. RuntimeError on a traceback."""
    message = BackMsg()
    message.rerun_script.page_name = "" if page == next(iter(PAGES)) else page
    for name, value in widgets:
        message.rerun_script.widget_states.widgets.add(id=name).string_array_value.data.append(value)
    elements = answered(socket, message)
    for element in elements:
        if element.WhichOneof("type") == "exception":
            raise RuntimeError(element.exception.message)
    return elements


def cost(server, does):
    """ms of processor time that `does(k)` takes, mean over TIMES."""
    before = processor_time(server.process.pid)
    for k in range(TIMES):
        does(k)
    return 1000 * (processor_time(server.process.pid) - before) / TIMES


def measured(server, page):
    """ms of processor time: (a new reader, a rerun, a move; the last None where the page has no lambda)."""

    def open_page(_):
        with session(server) as socket:
            run(socket, page)

    open_page(0)  # what is made once for all
    new = cost(server, open_page)
    with session(server) as socket:
        sliders = [e.slider for e in run(socket, page) if e.slider.id.endswith("_lambda")]
        again = cost(server, lambda _: run(socket, page))
        if not sliders:
            return new, again, None
        moves = [[(sliders[0].id, sliders[0].options[place])] for place in (6, 7)]
        for widgets in moves:
            run(socket, page, widgets)
        return new, again, cost(server, lambda k: run(socket, page, moves[k % 2]))


def main():
    server = Server()
    try:
        print(f"{'ms of processor time':24}{'new reader':>12}{'rerun':>12}{'move':>12}")
        for page in PAGES:
            costs = ("-" if ms is None else f"{ms:.0f}" for ms in measured(server, page))
            print(f"{page:24}" + "".join(f"{ms:>12}" for ms in costs), flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
