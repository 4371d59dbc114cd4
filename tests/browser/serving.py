"""The article, served to a real browser."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.conftest import ROOT

PATIENCE = 120
"""Seconds after which a server has failed, on however busy a machine."""


class Server:
    """The article, served by a fresh process on a port of its own, or on one that was given."""

    def __init__(self, python=sys.executable, folder=ROOT, mnist="", port=None, script="app.py"):
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        # no pipe: where nobody reads it, it stops a server that says much
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [python, "-m", "streamlit", "run", script, "--server.headless=true", f"--server.port={self.port}"],
            cwd=folder,
            env=os.environ | {"MNIST_DIR": str(mnist), "RUNS_WORKERS": "1"},  # as a reader meets it
            stdout=self._said,
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
        raise RuntimeError(f"the server did not start: {self.stop()}")

    def wait_until_ready(self):
        """Of serve.py: until it has opened every page itself, a hundred visits."""
        deadline = time.monotonic() + 5 * PATIENCE
        while not json.load(urllib.request.urlopen(self.url + "/health", timeout=10))["ready"]:
            if time.monotonic() > deadline:
                raise RuntimeError("the pages were not all opened")
            time.sleep(0.2)

    def memory(self, which="VmRSS"):
        """Bytes of the process now, or at most so far (VmHWM), where the system tells."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(which))

    def stop(self, how=signal.SIGTERM):
        """End the process; what it has said."""
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        with self._said as file:
            file.seek(0)
            return file.read().decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chromium(playwright):
    """A browser that is installed, or else Playwright's own."""
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return playwright.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-gpu"])


def session(server):
    """A new reader's WebSocket, before a page is asked for."""
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    return connect(address, subprotocols=["streamlit"], origin=server.url, max_size=None)


def answered(socket, message):
    """The elements of the run that a BackMsg asks for, in the order of arrival."""
    socket.send(message.SerializeToString())
    elements = []
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(socket.recv(timeout=PATIENCE))
        if answer.WhichOneof("type") == "delta":
            elements.append(answer.delta.new_element)
        if answer.WhichOneof("type") == "script_finished" and elements:
            return elements
