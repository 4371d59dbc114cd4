"""A client that speaks to the server as a browser does, and sends what no browser would."""

import time
from contextlib import suppress
from itertools import pairwise

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.serving import answered, session

LONG = 3
"""Seconds in which a run of many epochs does not end."""


def visit(socket, query="", **forged):
    """The elements of a run of the page of claim 2, in the order of arrival; `forged` sets values of widgets by their ids."""
    return answered(socket, asked(query, **forged))


def asked(query="", page="decay_per_epoch", **forged):
    """The message that asks for a page under that address."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    for name, forge in forged.items():
        state = message.rerun_script.widget_states.widgets.add()
        state.id = name
        forge(state)
    return message


def texts(elements):
    return [e.markdown.body for e in elements if e.WhichOneof("type") == "markdown"]


def test_forged_values_over_the_socket(server):
    with session(server) as socket:
        opened = visit(socket, "c2_epochs=10&c2_seeds=2")
        (slider,) = (e.slider.id for e in opened if e.slider.id.endswith("c2_lambda"))
        (menu,) = (e.button_group.id for e in opened if e.button_group.id.endswith("c2_units"))
        for forge in (
            lambda w: setattr(w, "int_value", 3),
            lambda w: setattr(w, "double_value", float("nan")),
            lambda w: setattr(w, "json_value", "{"),
            lambda w: w.int_array_value.data.extend([10**9]),
        ):
            answered = visit(socket, "c2_epochs=10&c2_seeds=2", **{slider: forge, menu: forge})
            assert not [e.exception.message for e in answered if e.WhichOneof("type") == "exception"]
            for key in ("c2_lambda", "c2_units"):
                assert f"Not accepted, so the default is shown: what was sent for `{key}`" in texts(answered)


def test_who_waits_for_a_run_is_told_what_is_new_and_is_heard_when_he_moves_on(server):
    with session(server) as socket:
        socket.send(asked("c2_epochs=300&c2_n=1440&c2_eta=0.3").SerializeToString())
        told, until = [], time.monotonic() + LONG
        while (left := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                element = ForwardMsg.FromString(socket.recv(timeout=left)).delta.new_element
                told += [text for text in texts([element]) if text.startswith(":shimmer")]
        assert told
        assert not [text for text, following in pairwise(told) if text == following]
        started = time.monotonic()
        answered(socket, asked(page="method"))
        assert time.monotonic() - started < LONG
