"""The frame of the article: page config and navigation."""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before NumPy: matrices of this size train no faster in two threads

import streamlit as st

from view import frame

st.set_page_config(page_icon=frame.ICON, layout="wide")
frame.run()
