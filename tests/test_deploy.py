"""A hosted app gets a fresh environment with requirements.txt alone, and little memory."""

import os
import re
import subprocess
import sys
import venv

from playwright.sync_api import expect

from tests.conftest import ROOT, Server

COMMUNITY_CLOUD = 690e6
"""Bytes of memory that Streamlit Community Cloud promises at least."""


def test_requirements_alone_serve_the_article_in_little_memory(tmp_path, browser, mnist_files):
    venv.create(tmp_path, with_pip=True)
    python = tmp_path / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", ROOT / "requirements.txt"]
    subprocess.run(install, check=True)
    server = Server(python, mnist=mnist_files)
    try:
        page = browser.new_page()
        page.goto(server.url + "/decay_per_epoch?c2_epochs=100&c2_seed=400")
        expect(page.get_by_text("8 seeds, 100 epochs each")).to_be_visible(timeout=60_000)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        used = server.resident_bytes()
        page.goto(server.url + "/book")
        page.get_by_role("button", name="Train seed 10 on MNIST").click()
        expect(page.get_by_text("Training: epoch 5 of 30")).to_be_visible(timeout=60_000)
        training = server.resident_bytes()
        page.close()
        print(f"\nmemory of the serving process: {used / 1e6:.0f} MB, with MNIST and a run on it {training / 1e6:.0f} MB")
        assert used < training < COMMUNITY_CLOUD
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
