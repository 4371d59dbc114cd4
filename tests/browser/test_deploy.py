"""A hosted app gets an environment with requirements.txt alone, and little memory."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from playwright.sync_api import expect

from tests.browser.serving import Server
from tests.conftest import ROOT

COMMUNITY_CLOUD = 690e6
"""Bytes of memory that Streamlit Community Cloud promises at least."""
PATIENCE = 300_000
"""Milliseconds."""
REQUIRED = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines()]


def everything_behind(requirements):
    """The distributions that pip would install for them, by name."""
    found, asked = {}, [*requirements]
    while asked:
        requirement = asked.pop()
        if requirement.name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[requirement.name] = distribution(requirement.name)
        assert requirement.specifier.contains(found[requirement.name].version, prereleases=True)
        asked += map(Requirement, found[requirement.name].requires or ())
    return found


def an_environment_of(requirements, folder):
    """A Python that can import what they install and nothing else: linked from this one, which spares the installation."""
    venv.create(folder, with_pip=False)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    for found in everything_behind(requirements).values():
        for name in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
            if not (site / name).exists():
                (site / name).symlink_to(found.locate_file(name))
    return folder / "bin" / "python"


def test_requirements_alone_serve_the_article_in_little_memory(tmp_path, browser, mnist_files):
    python = an_environment_of(REQUIRED, tmp_path)
    assert subprocess.run([python, "-c", "import pytest"], capture_output=True, check=False).returncode
    server = Server(python, mnist=mnist_files)
    try:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(server.url + "/decay_per_epoch?c2_epochs=30&c2_seed=400")
        expect(page.get_by_text("8 seeds, 30 epochs each")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        used = server.memory()
        page.goto(server.url + "/book")
        page.get_by_role("button", name="Train seed 10 on MNIST").click()
        expect(page.get_by_text(re.compile(r"Training: epoch [1-9]\d* of 30; .* left"))).to_be_visible(timeout=PATIENCE)
        training = server.memory()
        page.get_by_role("button", name="Stop training").click()
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
    for requirement in REQUIRED:
        assert re.fullmatch(r"[a-z\d]+(\[[a-z]+\])?==[\d.]+", str(requirement))
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for command in re.findall(r"`make ([a-z]+)`", readme):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert sys.version_info >= (3, 11)
