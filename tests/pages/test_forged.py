"""What no browser of ours sends: values of a wrong type for every widget, at any time. The page stays and says so in a line."""

import re
from functools import partial

import pytest
from streamlit.elements.widgets.number_input import NumberInputSerde
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state import session_state
from streamlit.runtime.state.common import WidgetMetadata

from tests.pages.reading import page
from view import sent

FORGED = {
    "text": lambda w: setattr(w, "string_value", "5"),
    "no JSON": lambda w: setattr(w, "string_value", "{"),
    "digits": lambda w: setattr(w, "string_value", "9" * 4400),
    "a list in JSON": lambda w: setattr(w, "json_value", "[[1]]"),
    "no JSON at all": lambda w: setattr(w, "json_value", "{"),
    "an index": lambda w: setattr(w, "int_value", 10**9),
    "not a number": lambda w: setattr(w, "double_value", float("nan")),
    "infinite": lambda w: setattr(w, "double_value", float("inf")),
    "true": lambda w: setattr(w, "bool_value", True),
    "pressed": lambda w: setattr(w, "trigger_value", True),
    "bytes": lambda w: setattr(w, "bytes_value", b"\xff\x00"),
    "indices": lambda w: w.int_array_value.data.extend([0, 10**9]),
    "numbers": lambda w: w.double_array_value.data.extend([float("nan")]),
    "no option": lambda w: w.string_array_value.data.extend(["[x](//evil.io)"]),
    "options": lambda w: w.string_array_value.data.extend(["5", "7"]),
    "none": lambda w: w.string_array_value.data.extend([]) or w.string_array_value.SetInParent(),
    "a file": lambda w: w.file_uploader_state_value.SetInParent(),
    "an arrow": lambda w: w.arrow_value.SetInParent(),
}
SELECTIONS = ("null", "[]", '"x"', '{"selection": 5}', '["selection"]', '{"selection": {"cell": 5}}', "1e999")


def select(state, text):
    state.string_value = text


def send(at, forged):
    """Run the page again as if a browser had sent {id: how to set its value}."""
    states = WidgetStates()
    for name, forge in forged.items():
        state = states.widgets.add()
        state.id = name
        forge(state)
    at._run(widget_state=states)
    assert not [e.value for e in at.exception]
    return at


def controls_of(at):
    return {w.key: w for w in [*at.select_slider, *at.button_group, *at.number_input]}


def values(at):
    return {key: w.value for key, w in controls_of(at).items()}


def quiet(at):
    return [c.value for c in at.caption if c.value.startswith("Not accepted")]


@pytest.fixture(scope="module")
def opened():
    return page(c2_epochs="10", c2_seeds="2")


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_value_shows_the_default_and_a_quiet_line(opened, how):
    """All widgets of a page at once: sliders, menus, the bet, buttons."""
    before = values(opened)
    buttons = [b.proto.id for b in opened.button if how != "pressed"]
    at = send(opened, dict.fromkeys([*(w.proto.id for w in controls_of(opened).values()), *buttons], FORGED[how]))
    for key, value in values(at).items():
        if not key.endswith(("_epochs", "_seeds", "_bet")):  # these were not at their default
            assert value == before[key] or (how == "text" and key == "c2_lambda")
    lines = quiet(at)
    assert len(lines) == len(set(lines))
    for key in controls_of(at):
        assert (
            how == "none" and key.endswith("_bet")
        ) or f"Not accepted, so the default is shown: what was sent for `{key}`" in lines
    assert all(re.fullmatch(r"Not accepted, so the default is shown: what was sent for `[^`]+`", line) for line in lines)
    again = send(at, {})  # and no trace of it is left
    assert not quiet(again)


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_number(how):
    """The field for a number is on a page that is slow to run: its reader alone."""
    reader = NumberInputSerde(10.0, NumberInput.FLOAT, 10.0, 999_999.0)
    states, forged = session_state.WStates(), WidgetState(id="$$ID-0-book_seed")
    states.set_widget_metadata(WidgetMetadata(forged.id, reader.deserialize, reader.serialize, "double_value"))
    FORGED[how](forged)
    states.set_widget_from_proto(forged)
    assert states[forged.id] == 10.0
    assert sent.refused() == ["book_seed"]
    assert states[forged.id] == 10.0
    assert not sent.refused()
    states.set_widget_from_proto(WidgetState(id=forged.id, double_value=1000))
    assert states[forged.id] == 1000
    assert not sent.refused()


def test_a_forged_value_in_the_first_message_of_a_session():
    """A tab that outlived the server sends what it has before the page has drawn a widget."""
    ids, hows = [w.proto.id for w in controls_of(page(c2_epochs="10", c2_seeds="2")).values()], list(FORGED.values())
    for turn in (0, len(ids)):  # every way, at one widget or another
        fresh = page("method")
        fresh.switch_page("pages/decay_per_epoch.py")
        at = send(fresh, {name: hows[(turn + k) % len(hows)] for k, name in enumerate(ids)})
        shown = values(at)
        assert shown.pop("c2_lambda") == "5"
        assert shown == {key: w.value for key, w in controls_of(page()).items() if key != "c2_lambda"}
        assert len(quiet(at)) >= len(ids) - 2


def test_a_forged_click_on_the_map_changes_nothing():
    at = page("decay_dominates", c1_epochs="10", c1_seeds="2")
    maps = [c.proto.id for c in at.get("vega_lite_chart") if c.proto.id]
    assert len(maps) == 2
    before = values(at)
    for selection in SELECTIONS:
        forged = dict.fromkeys(maps, partial(select, text=selection))
        assert values(send(at, forged)) == before


def test_a_click_on_the_map_still_sets_the_controls():
    at = page("decay_dominates", c1_epochs="10", c1_seeds="2")
    chosen = next(c.proto.id for c in at.get("vega_lite_chart") if c.proto.id)
    at = send(at, {chosen: partial(select, text='{"selection":{"cell":[{"eta":0.5,"l2":20}]}}')})
    assert (values(at)["c1_eta"], values(at)["c1_lambda"]) == ("0.5", "20")
    assert not quiet(at)


def test_what_of_streamlit_this_rests_on():
    """Private names that may change with a new version."""
    assert session_state.WStates.__getitem__ is sent._value
    assert {"deserializer", "serializer", "value_type"} <= set(WidgetMetadata.__dataclass_fields__)
