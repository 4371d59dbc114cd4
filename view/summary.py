"""What the untouched pages measure, once for all readers."""

import streamlit as st

from engine.claims import opening
from view import runs


@st.cache_resource(show_spinner=False)
def found():
    """Trained, or taken from the runs that ship with the project."""
    trained = {page: {name: runs.cache().train(h) for name, h in asked.items()} for page, asked in opening.runs().items()}
    return opening.found(trained, runs.cache().network)


@st.cache_resource(show_spinner=False)
def facts():
    """Of the opening, by name in it."""
    return opening.facts(found())
