"""Processor time that a page costs the server: python -m scripts.view_cost.

Readers over real WebSocket sessions, one after another. For every page: a new reader opens it untouched; then it is run again
and no control has moved; then lambda goes to and fro between two values whose runs are known. The mean of each in ms.
"""

import os

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.browser.serving import Server
from view.frame import PAGES

TIMES = 20
"""Of what is measured; the system counts in hundredths of a second."""


def reader(server):
    """A new session, before its page is asked for."""
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    return connect(address, subprotocols=["streamlit"], origin=server.url, max_size=None)


def run(socket, page, widgets=()):
    """Run a page with values of select sliders, (id, value) each; the elements that came. RuntimeError on a traceback."""
    message = BackMsg()
    message.rerun_script.page_name = "" if page == next(iter(PAGES)) else page
    for name, value in widgets:
        message.rerun_script.widget_states.widgets.add(id=name).string_array_value.data.append(value)
    socket.send(message.SerializeToString())
    elements = []
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(socket.recv(timeout=120))
        if answer.WhichOneof("type") == "delta":
            elements.append(answer.delta.new_element)
            if elements[-1].WhichOneof("type") == "exception":
                raise RuntimeError(elements[-1].exception.message)
        if answer.WhichOneof("type") == "script_finished" and elements:
            return elements


def spent(server):
    """Seconds of processor time of the server so far."""
    with open(f"/proc/{server.process.pid}/stat") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def cost(server, does):
    """ms of processor time that `does(k)` takes, mean over TIMES."""
    before = spent(server)
    for k in range(TIMES):
        does(k)
    return 1000 * (spent(server) - before) / TIMES


def measured(server, page):
    """ms of processor time: (a new reader, a rerun, a move; the last None where the page has no lambda)."""

    def open_page(_):
        with reader(server) as socket:
            run(socket, page)

    open_page(0)  # what is made once for all
    new = cost(server, open_page)
    with reader(server) as socket:
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
