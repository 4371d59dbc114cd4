"""A hosted app gets a fresh environment with requirements.txt alone, and little memory."""

import os
import re
import subprocess
import sys
import venv

from playwright.sync_api import expect

from tests.browser.serving import Server
from tests.conftest import ROOT

COMMUNITY_CLOUD = 690e6
"""Bytes of memory that Streamlit Community Cloud promises at least."""
PATIENCE = 300_000
"""Milliseconds."""


def test_requirements_alone_serve_the_article_in_little_memory(tmp_path, browser, mnist_files):
    venv.create(tmp_path)
    python = tmp_path / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", "-r", ROOT / "requirements.txt"], check=True)
    server = Server(python, mnist=mnist_files)
    try:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(server.url + "/decay_per_epoch?c2_epochs=100&c2_seed=400")
        expect(page.get_by_text("8 seeds, 100 epochs each")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        used = server.memory()
        page.goto(server.url + "/book")
        page.get_by_role("button", name="Train seed 10 on MNIST").click()
        expect(page.get_by_text(re.compile(r"Training: epoch [1-9]\d* of 30; .* left"))).to_be_visible(timeout=PATIENCE)
        training = server.memory()
        page.goto(server.url + "/decay_dominates?c1_data=mnist&c1_n=50000&c1_seeds=1&c1_epochs=10")
        expect(page.get_by_role("link", name="Next:")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.close()
        most = server.memory("VmHWM")
        sizes = (f"{size / 1e6:.0f}" for size in (used, training, most))
        print("\nmemory of the serving process, MB: {}, with a run on MNIST {}, at most {}".format(*sizes))
        assert used < training <= most < COMMUNITY_CLOUD
    finally:
        server.stop()


def test_requirements_are_pinned_and_the_commands_of_the_readme_exist():
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        assert re.fullmatch(r"[a-z]+==[\d.]+", line)
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for command in re.findall(r"`make ([a-z]+)`", readme):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert sys.version_info >= (3, 11)
