"""A container whose new words a screen reader says once it is silent: the role of a status, for which Streamlit has no option.

The container stays where it is while its words change, as the role asks.
"""

import streamlit as st

KEY = "spoken"
"""Its class on the page is st-key-spoken, by which article.css takes no place for it."""
SCRIPT = """export default ({ parentElement, data }) => {
  const container = parentElement.closest(`.st-key-${data}`);
  container.setAttribute("role", "status");
  container.setAttribute("aria-live", "polite");
}"""


@st.cache_resource(show_spinner=False)
def _component():
    """Registered once: a second one of the same name is warned of."""
    return st.components.v2.component(KEY, js=SCRIPT, html="<i></i>", isolate_styles=False)


def speak(container, name):
    """Let the words that will be in a container be said, which has that key."""
    with container:
        _component()(key=KEY, data=name)
