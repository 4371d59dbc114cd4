"""The article, served to a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

from tests.conftest import ROOT

PATIENCE = 120
"""Seconds after which a server has failed, on however busy a machine."""


class Server:
    """The article, served by a fresh process on a port of its own."""

    def __init__(self, python=sys.executable, folder=ROOT, mnist=""):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://localhost:{port}"
        options = ["--server.headless=true", f"--server.port={port}"]
        self.process = subprocess.Popen(
            [python, "-m", "streamlit", "run", "app.py", *options],
            cwd=folder,
            env=os.environ | {"MNIST_DIR": str(mnist)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url + "/_stcore/health", timeout=10) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.05)
        self.process.terminate()
        raise RuntimeError(f"the server did not start: {self.process.communicate(timeout=PATIENCE)[0].decode()}")

    def memory(self, which="VmRSS"):
        """Bytes of the process now, or at most so far (VmHWM), where the system tells."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(which))

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)


def chromium(playwright):
    """A browser that is installed, or else Playwright's own."""
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return playwright.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-gpu"])
