"""Thousands of addresses and forged messages, from a fixed seed: the pages stay, and say what they did not accept."""

import json
import math
import re
from functools import partial

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state import session_state
from streamlit.runtime.state.common import user_key_from_element_id
from streamlit.testing.v1 import AppTest

from tests.nonsense import Nonsense
from tests.pages.reading import NOT_A_NUMBER, PATIENCE, PREFIX, everything, opened, page, wrong
from tests.pages.test_forged import select, send, values
from view import sent
from view.controls import CONTROLS, SHOWN, quoted, refused
from view.frame import PAGES
from view.recipe import URLS

ADDRESSED = PREFIX | {"book": "book", "today": "today"}
PANELS = [f"p{k}" for k in range(8)]


def panels():
    """A page of panels and fields alone, which trains nothing."""
    import streamlit as st

    from engine import Hyperparameters
    from tests.pages.test_bad_input import PANELS
    from view.controls import CONTROLS, Controls

    for prefix in PANELS:
        controls, names = Controls(prefix), list(CONTROLS)
        h = controls.panel(Hyperparameters(), names[:2], names[2:], "which is a test")
        shown = controls.choice("kappa", "Decay", (0.003, 0.01), 0.01), controls.whole("first", "First seed", 10, 999_999)
        st.session_state[f"used_{prefix}"] = h, *shown


def address(nonsense, names):
    """Nonsense for each, now and then several times over."""
    return {name: [nonsense.text() for _ in range(nonsense.stream.choice((1, 1, 1, 1, 2, 5)))] for name in names}


def lines(at):
    """What the page says of what it did not accept: each with one span of code, from which no Markdown gets out."""
    said = [c.value for c in at.caption if re.match("Not accepted|Given more than once|.* is not offered", c.value)]
    for line in said:
        assert line.count("`") == 2, line
        assert "\n" not in line
        assert len(line) < 400, line
    return said


def test_what_an_address_asks_of_its_controls():
    """Some 3,000 values: each is used as it stands, or the page says that it was not."""
    nonsense, asked = Nonsense(11), 0
    keys = [f"{prefix}_{control.url}" for prefix in PANELS for control in CONTROLS.values()]
    keys += [f"{prefix}_{name}" for prefix in PANELS for name in ("kappa", "first")]
    for _ in range(20):
        url = address(nonsense, keys)
        asked += sum(map(len, url.values()))
        at = AppTest.from_function(panels, default_timeout=PATIENCE)
        for key, given in url.items():
            at.query_params[key] = given
        at.run()
        assert not at.exception
        said = lines(at)
        shown = {w.key: w for w in [*at.select_slider, *at.button_group, *at.number_input]}
        for key, given in url.items():
            value = shown[key].value
            if key.endswith("_first"):
                assert 10 <= value <= 999_999
                fits = len(given) == 1 and float_of(given[0]) == value == int(value)
            else:
                assert value in shown[key].options or (
                    value is None and given[-1] == ""
                )  # a menu shows that nothing was chosen
                fits = len(given) == 1 and (given == [value] or float_of(given[0]) == float_of(value or ""))
            assert any(f"`{key}=" in line for line in said) == (not fits), (key, given, value)
        for prefix in PANELS:
            h, kappa, first = at.session_state[f"used_{prefix}"]
            assert kappa in (0.003, 0.01)
            assert type(first) is int
            assert math.isfinite(h.l2 + h.learning_rate)
    assert asked > 3000


def float_of(text):
    """Of a text as Streamlit's field for a number takes it."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def test_what_is_quoted_is_one_span_of_code():
    nonsense = Nonsense(12)
    for _ in range(1500):
        text = nonsense.text()
        assert re.fullmatch(r"`[^`\n\r]*`", quoted(text))
        for line in refused("c2_lambda", [text] * nonsense.stream.randrange(4), lambda one: False, "5"):
            assert line.count("`") == 2
            assert len(line) < 200 + 3 * SHOWN


# forged messages


def fill(message, nonsense, depth=3):
    """Fields of a protobuf message, of whatever kind they are."""
    for field in message.DESCRIPTOR.fields:
        if nonsense.stream.random() < 0.5:
            put(message, field, nonsense, depth)


def put(message, field, nonsense, depth=3):
    if field.message_type is not None:
        ends = [getattr(message, field.name)]
        if field.is_repeated:
            ends = [ends[0].add() for _ in range(nonsense.stream.randrange(3))]
        else:
            ends[0].SetInParent()
        for end in ends if depth else ():
            fill(end, nonsense, depth - 1)
    elif field.is_repeated:
        getattr(message, field.name).extend(scalar(field, nonsense) for _ in range(nonsense.stream.randrange(5)))
    else:
        setattr(message, field.name, scalar(field, nonsense))


def scalar(field, nonsense):
    stream = nonsense.stream
    if field.enum_type is not None:
        return stream.choice(field.enum_type.values).number
    whole = lambda: stream.choice((0, 1, 5, 10**9, 2**31 - 1))
    return {
        field.CPPTYPE_STRING: lambda: stream.randbytes(5) if field.type == field.TYPE_BYTES else nonsense.text(),
        field.CPPTYPE_BOOL: lambda: stream.random() < 0.5,
        field.CPPTYPE_DOUBLE: lambda: stream.choice((0.0, -0.0, 5.0, 1e308, math.nan, math.inf, -math.inf, 5e-324)),
        field.CPPTYPE_FLOAT: lambda: stream.choice((0.0, math.nan, math.inf)),
    }.get(field.cpp_type, whole)()


@pytest.fixture(scope="module")
def declared():
    """id -> (what Streamlit was told of a widget, the element): of all widgets of three pages."""
    found = {}
    for at in (page(c2_epochs="10", c2_seeds="2"), page("decay_dominates", c1_epochs="10", c1_seeds="2"), opened("book")):
        elements = [*at.select_slider, *at.button_group, *at.number_input, *at.button, *at.get("vega_lite_chart")]
        known = at.session_state._state._state._new_widget_state.widget_metadata
        found |= {e.proto.id: (known[e.proto.id], e) for e in elements if e.proto.id in known}
    return found


def test_forged_messages_of_every_kind(declared):
    """5,000, each for some widget: what is read is a value of that widget, and the same when it is read again."""
    nonsense, kinds, others = Nonsense(13), set(), 0
    fields = [f for f in WidgetState.DESCRIPTOR.fields if f.name != "id"]
    assert {e.type for _, e in declared.values()} == {
        "select_slider",
        "button_group",
        "number_input",
        "button",
        "vega_lite_chart",
    }
    for _ in range(5000):
        name, (metadata, element) = nonsense.stream.choice([*declared.items()])
        states, forged, field = session_state.WStates(), WidgetState(id=name), nonsense.stream.choice(fields)
        put(forged, field, nonsense)
        kinds.add(forged.WhichOneof("value"))
        states.set_widget_metadata(metadata)
        states.set_widget_from_proto(forged)
        value = states[name]
        said = sent.refused()
        assert said in ([], [user_key_from_element_id(name) or "a button"])
        assert repr(states[name]) == repr(value)
        assert sent.refused() == []
        assert_possible(element, value)
        if said:
            assert repr(value) == repr(metadata.deserializer(None))
            others += 1
    assert kinds == {f.name for f in fields}
    assert 2000 < others < 5000


def assert_possible(element, value):
    """Whether the widget could show it."""
    if element.type == "number_input":
        assert element.proto.min <= value <= element.proto.max
    elif element.type == "select_slider":
        assert value in element.options
    elif element.type == "button_group":
        picked = value if isinstance(value, list) else [value]
        assert value is None or set(picked) <= set(element.options) or value == element.value
    elif element.type == "button":
        assert value in (True, False)


def test_forged_selections_of_a_chart():
    """JSON of the shape that a click on the map has, with anything in it, for both maps at once."""
    nonsense, at = Nonsense(15), page("decay_dominates", c1_epochs="10", c1_seeds="2")
    maps, before = [c.proto.id for c in at.get("vega_lite_chart") if c.proto.id], values(at)
    for _ in range(12):
        cells = [{"eta": nonsense.stream.choice(JSON), "l2": nonsense.stream.choice(JSON)} for _ in range(2)]
        selection = nonsense.stream.choice(({"cell": cells}, {"cell": cells[0]}, {nonsense.text(): cells}, cells))
        text = json.dumps(nonsense.stream.choice(({"selection": selection}, selection)))
        assert values(send(at, dict.fromkeys(maps, partial(select, text=text)))) == before, text


JSON = (None, True, -1, 0, 10**400, 1e308, math.nan, math.inf, "5", "", [], [5], {}, {"eta": 5})


# whole pages


def test_pages_whose_every_parameter_is_nonsense(monkeypatch, tmp_path):
    """40 visits. A reader who came before, and one who comes after, see what they saw."""
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))  # nothing is downloaded
    nonsense, urls = (
        Nonsense(14),
        [*(control.url for control in CONTROLS.values()), "until", "kappa", "epoch", "unit", "seed", *URLS.values()],
    )
    before = page(c2_lambda="20", c2_epochs="10", c2_seeds="2")
    told = everything(before)
    for k in range(40):
        name = [*PAGES][k % len(PAGES)]
        names = [f"{ADDRESSED.get(name, 'c1')}_{url}" for url in urls] + [nonsense.text() or "x" for _ in range(5)]
        at = page(name, **address(nonsense, dict.fromkeys(names)))
        lines(at)
        assert wrong(at) == []
        assert not re.search(NOT_A_NUMBER, re.sub("`[^`]*`", "", everything(at)))
    assert everything(before.run()) == told
    assert everything(page()) == everything(opened())
