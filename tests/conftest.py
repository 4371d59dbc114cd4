"""A server and a browser for the tests that look at the article as a reader does."""

import gzip
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent


class Server:
    """The article, served by a fresh process on a port of its own."""

    def __init__(self, python=sys.executable, folder=ROOT, mnist=""):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://localhost:{port}"
        options = ["--server.headless=true", f"--server.port={port}", "--server.fileWatcherType=none"]
        self.process = subprocess.Popen(
            [python, "-m", "streamlit", "run", "app.py", *options],
            cwd=folder,
            env=os.environ | {"MNIST_DIR": str(mnist)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url + "/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.05)
        self.process.terminate()
        raise RuntimeError(f"the server did not start: {self.process.communicate(timeout=10)[0].decode()}")

    def memory(self, which="VmRSS"):
        """Bytes of the process now, or at most so far (VmHWM), where the system tells."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(which))

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=10)


def like_mnist(folder):
    """Four files of the format and shape of MNIST: the small digits, three times as large, each shifted a little."""
    with np.load(ROOT / "engine" / "data" / "digits.npz") as file:
        images, labels = file["images"].reshape(-1, 8, 8), file["labels"]
    large = np.minimum(np.kron(images, np.ones((1, 3, 3), int)) * 16, 255)
    stream = np.random.default_rng(0)
    for prefix, count in (("train", 60_000), ("t10k", 10_000)):
        which, (down, right) = stream.integers(0, len(labels), count), stream.integers(0, 3, (2, count))
        canvas = np.zeros((count, 28, 28), np.uint8)
        for k in range(9):
            here = np.flatnonzero((down == k // 3) & (right == k % 3))
            canvas[here, 1 + k // 3 : 25 + k // 3, 1 + k % 3 : 25 + k % 3] = large[which[here]]
        for kind, array in (("images-idx3", canvas), ("labels-idx1", labels[which])):
            header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            (folder / f"{prefix}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes(), 1))


@pytest.fixture(scope="session")
def mnist_given():
    """The folder with the real MNIST, for tests of results made with it."""
    if not os.environ.get("MNIST_DIR"):
        pytest.skip("needs MNIST: name a folder with its files in MNIST_DIR")
    return Path(os.environ["MNIST_DIR"])


@pytest.fixture(scope="session")
def mnist_files(tmp_path_factory):
    """A folder with MNIST, the real one if MNIST_DIR names it; else something of its format and shape."""
    if os.environ.get("MNIST_DIR"):
        return Path(os.environ["MNIST_DIR"])
    folder = tmp_path_factory.mktemp("like_mnist")
    like_mnist(folder)
    return folder


@pytest.fixture
def mnist_folder(mnist_files, monkeypatch):
    """MNIST can be had, without a network."""
    monkeypatch.setenv("MNIST_DIR", str(mnist_files))
    return mnist_files


def chromium(playwright):
    """A browser that is installed, or else Playwright's own."""
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return playwright.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-gpu"])


@pytest.fixture
def fresh_server():
    """A server that nobody has visited."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server(mnist_files):
    server = Server(mnist=mnist_files)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        yield browser
        browser.close()
