"""Code that the article shows to be copied, as files of their own, so that it can be run as it stands."""

from pathlib import Path

YOUR_RUN = (Path(__file__).parent / "your_run.py").read_text()
