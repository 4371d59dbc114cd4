"""A client that speaks to the server as a browser does, and sends what no browser would."""

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.serving import answered, session


def visit(socket, query="", **forged):
    """The elements of a run of the page of claim 2, in the order of arrival; `forged` sets values of widgets by their ids."""
    message = BackMsg()
    message.rerun_script.page_name = "decay_per_epoch"
    message.rerun_script.query_string = query
    for name, forge in forged.items():
        state = message.rerun_script.widget_states.widgets.add()
        state.id = name
        forge(state)
    return answered(socket, message)


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
