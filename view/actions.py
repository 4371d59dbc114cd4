"""Beside the controls of a page: back to its defaults, and a link with every value."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
HTML = '<div class="copy"><button type="button">Copy link</button><output aria-live="polite"></output></div>'


@st.cache_resource(show_spinner=False)
def _copy():
    """Registered once: a second one of the same name is warned of."""
    return st.components.v2.component("copy", html=HTML, css=(HERE / "copy.css").read_text(), js=(HERE / "copy.js").read_text())


def draw(controls, others=()):
    """Reset and Copy link for all of them, in a line; to be drawn once they have been."""
    with st.container(horizontal=True, width="content", gap="small", key="actions"):
        st.button("Reset", type="tertiary", on_click=controls.reset, args=others, key=controls.name("reset"))
        _copy()(key=controls.name("copy"), data={"address": controls.address(*others)}, height="content", width="content")
