"""The stored specifications are all that the untouched pages need."""

import subprocess
import sys

from tests.conftest import ROOT


def test_the_untouched_pages_build_no_specification():
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "from view import figures, frame\n"
        "def refuse(*a): raise AssertionError('built')\n"
        "figures.specification = refuse\n"
        "for name in frame.PAGES:\n"
        "    at = AppTest.from_file('app.py', default_timeout=600)\n"
        "    at.switch_page(f'pages/{name}.py')\n"
        "    at.run()\n"
        "    assert not at.exception, (name, at.exception)\n"
    )
    # before the pages are imported, so that what they take from view.figures is the refusal
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
