"""What a browser sends for a widget: anything that is no value of that widget counts as not sent, instead of ending the run.

Streamlit 1.67 reads what was sent before the page's script begins, where no page can catch what that raises. So the reading
itself is replaced here, once for all widgets.
"""

import threading

from streamlit.runtime.state.common import unpack_widget_state_value, user_key_from_element_id
from streamlit.runtime.state.session_state import Serialized, WStates

_read = WStates.__getitem__
_run = threading.local()


def _value(states, widget):
    """The value of a widget, its default where something else was sent. Raises KeyError where there is no such widget."""
    sent, declared = states.states.get(widget), states.widget_metadata.get(widget)
    if not isinstance(sent, Serialized) or declared is None:
        return _read(states, widget)
    try:
        value = _read(states, widget)
        refused = not _is_value(sent.value, value, declared)
    except Exception:  # whatever a reader of Streamlit's makes of a wrong type
        refused = True
    states.set_widget_metadata(declared)  # reading replaced its type by that of what was sent
    if refused:
        value = declared.deserializer(None)
        states.set_from_value(widget, value)
        vars(_run).setdefault("refused", {})[user_key_from_element_id(widget) or "a button"] = None
    return value


def _is_value(sent, value, declared):
    """Whether what was read, written again, is what was sent."""
    plain = unpack_widget_state_value(sent)
    if value is None and declared.bind:  # the article has no empty control with a name in the address
        return False
    if plain is None or declared.value_type in ("string_value", "json_value"):  # nothing sent; or a text spaced at will
        return True
    return declared.serializer(value) == plain


WStates.__getitem__ = _value


def refused():
    """The keys of the widgets for which something else was sent, since this was last asked in this run."""
    return list(vars(_run).pop("refused", {}))
