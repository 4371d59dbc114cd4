"""A button for what takes long to make: it asks for it, then gives it up, and puts it away once it is there."""

import streamlit as st


class Switch:
    """In `place`, an st.empty. What the reader asked for, `what`, stays asked for until it is another or is taken back."""

    def __init__(self, controls, what, place):
        self._name, self._what, self._place = controls.name, what, place

    def asked(self, label):
        """Whether it is asked for; if not, the button with this label asks for it."""
        name = self._name("asked")
        if st.session_state.get(name) == self._what:
            self._off_button("Stop training", "stop_button")
            return True
        self._off()
        ask = {"on_click": st.session_state.update, "args": ({name: self._what},)}
        self._place.button(label, key=self._name("start_button"), type="primary", **ask)
        return False

    def failed(self, label):
        """It cannot be had, so it is not asked for any more."""
        self._off()
        self.asked(label)

    def finished(self, label):
        """It is there: the button can only put it away."""
        self._off_button(label, "away_button")

    def _off_button(self, label, key):
        self._place.button(label, on_click=self._off, key=self._name(key))

    def _off(self):
        st.session_state.pop(self._name("asked"), None)
