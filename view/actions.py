"""Beside the controls of a page: back to its defaults, and a link with every value."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
HTML = '<div class="copy"><button type="button">Copy link</button><output aria-live="polite"></output></div>'
TOUCHED = "touched"
"""Of the session: whether a slider that figures follow was touched."""


@st.cache_resource(show_spinner=False)
def _hand():
    """Registered once: a second one of the same name is warned of."""
    return st.components.v2.component("hand", html=HTML, css=(HERE / "hand.css").read_text(), js=(HERE / "hand.js").read_text())


def draw(controls, others=(), follow=False):
    """Reset and Copy link for all of them, in a line; to be drawn once they have been. `follow`: figures follow the sliders."""
    key = controls.name("hand")

    def touch():
        st.session_state[TOUCHED] = True

    with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small", key="actions"):
        st.button("Reset", type="tertiary", on_click=controls.reset, args=others, key=controls.name("reset"))
        data = {"address": controls.address(*others), "follow": follow}
        _hand()(key=key, data=data, on_touched_change=touch, height="content", width="content")


def touched():
    """Whether the reader has had a slider in hand, so that figures should follow it."""
    return st.session_state.get(TOUCHED, False)
