"""The list of pages, and the guard that puts a page into the frame of app.py, and what is said where it breaks off."""

import logging
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine import mnist
from engine.claims import CLAIMS, laboratory, lengths, today
from engine.files import Damaged
from view import runs, turns
from view.controls import quoted

TITLE = "Weight decay and the first draw"

STYLE, PRINT, PRINT_DARK = (Path(__file__).parent / f"{name}.css" for name in ("article", "print", "print_dark"))
"""Of the screen; of paper; of paper where the screen is dark."""
SECTION = Path(__file__).parent / "section.html"
"""What leads to the section that an address names."""
ICON = (Path(__file__).parent / "icon.svg").as_posix()

HERE = "here"
"""Of the session: the page that it last was on."""

PAGES = {
    "question": "The question",
    **{chapter.NAME: chapter.TITLE for chapter in (*CLAIMS, lengths)},
    "book": "The book",
    today.NAME: today.TITLE,
    laboratory.NAME: laboratory.TITLE,
    "method": "Method",
}
"""File stem, which is also the URL, -> title in the navigation. The first is served at `/`."""


def navigation():
    """The page that the reader asked for, to be run by app.py."""
    pages = [
        st.Page(f"pages/{name}.py", title=title, url_path=name, default=k == 0) for k, (name, title) in enumerate(PAGES.items())
    ]
    return st.navigation(pages, position="top")


def run():
    """The page that the reader asked for; where what ships with the article cannot be read, as much of it as there is."""
    try:
        with turns.turn():
            navigation().run()
    except (Damaged, mnist.Unavailable) as error:
        logging.getLogger(__name__).exception("a page ends early")  # for whoever can mend it
        st.error(f"The rest of this page cannot be shown. {quoted(str(error))}")


def enter():
    """First line of every page. Streamlit serves files in pages/ bare, without app.py, until navigation was called once."""
    if PagesManager.uses_pages_directory:
        navigation()
        st.rerun()
    runs.leave_other_pages()
    come_back()
    st.html(STYLE)
    st.html(PRINT)
    if st.context.theme.type == "dark":
        st.html(PRINT_DARK)
    st.html(SECTION, unsafe_allow_javascript=True)


def come_back():
    """Who goes back or forward to a page finds it as it was left, as by a link, though Streamlit has bared its old address.

    Streamlit keeps the values of controls over a change of pages, but resets them where the browser goes through its history
    to an address without them. An address with values has its own.
    """
    run = get_script_run_ctx()
    page, st.session_state[HERE] = st.session_state.get(HERE), run.page_script_hash
    if page not in (None, run.page_script_hash) and not st.query_params:
        run.is_history_navigation = False
