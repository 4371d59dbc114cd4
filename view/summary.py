"""The opening's answer and its verdicts, from the runs of the untouched pages."""

from dataclasses import dataclass

import streamlit as st
