"""The arrows of the house: app, serve -> pages -> view -> engine; the engine's own order; no orphan, no arithmetic in pages."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from view.frame import PAGES

ROOT = Path(__file__).parents[2]
OURS = ("app", "serve", "pages", "view", "engine")
MAY_IMPORT = {
    "app": {"view", "pages"},
    "serve": {"view"},
    "pages": {"view", "engine"},
    "view": {"view", "engine"},
    "engine": {"engine"},
}
OUTSIDE = {  # beyond the standard library
    "app": {"streamlit"},
    "serve": {"streamlit", "starlette"},
    "pages": {"streamlit"},
    "view": {"streamlit", "altair", "numpy", "pandas", "jinja2", "pyarrow", "PIL"},
    "engine": {"numpy", "scipy", "distributed"},  # the last for a cluster alone
}
PLAIN = {"files", "mnist"}
"""Whoever knows nothing else of ours may know how bytes are read and written."""
BELOW = {  # module of the engine -> modules of the engine that it may not know
    "theory": {"*"},
    "statistics": {"*"},
    "files": {"*"},
    "network": {"*"},
    "mnist": {"*"},
    "datasets": {"*"},
    "weights": {"theory", "optimizers", "training", "measurements", "cache", "verdicts"},
    "optimizers": {"theory", "training", "measurements", "cache", "verdicts"},
    "training": {"theory", "cache", "archive", "sweep", "studies", "verdicts", "defaults"},  # the simulator does not ask theory
    "archive": {"training", "cache", "sweep", "studies", "verdicts"},
    "measurements": {"training", "cache", "verdicts"},
    "hyperparameters": {"theory", "training", "measurements", "cache", "verdicts"},
    "initialization": {"theory", "training", "measurements", "cache", "verdicts"},
    "grid": {"theory", "training", "cache", "verdicts"},
    "verdicts": {"training", "cache", "network", "datasets", "studies"},
    "worker": {"theory", "cache", "workers", "archive", "sweep", "studies", "verdicts", "defaults"},
    "workers": {"theory", "training", "cache", "archive", "sweep", "studies", "verdicts", "defaults"},
    "line": {"*"},
    "budget": {"theory", "cache", "archive", "sweep", "studies", "verdicts", "defaults"},
    "cache": {"sweep", "studies", "verdicts", "defaults"},
    "sweep": {"theory", "cache", "studies", "verdicts", "defaults"},
    "values": {"*"},
    "progress": {"*"},
}
ENTRIES = ("__init__.py", "__main__.py", "make_digits.py")
FILES = [
    p
    for p in (ROOT / "app.py", ROOT / "serve.py", *(q for d in OURS[2:] for q in sorted((ROOT / d).rglob("*.py"))))
    if p.parent.name != "snippets"
]
"""Without what is shown to be copied, which nobody here runs."""


def imported(path):
    """Dotted names of what a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def house(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_arrows(path):
    for name in imported(path):
        top = name.split(".")[0]
        if top in OURS:
            assert top in MAY_IMPORT[house(path)], name
        elif path.name != "make_digits.py":
            assert top in sys.stdlib_module_names | OUTSIDE[house(path)], name


@pytest.mark.parametrize("module", BELOW)
def test_the_engine_keeps_its_order(module):
    files = [ROOT / "engine" / f"{module}.py", *(ROOT / "engine" / module).glob("*.py")]
    names = {name for path in files if path.exists() for name in imported(path)}
    known = {name.split(".")[1] for name in names if name.startswith("engine.")} - {module}
    assert not (known - PLAIN if BELOW[module] == {"*"} else known & BELOW[module])


def test_no_module_is_an_orphan():
    reached = {name for path in FILES for name in imported(path)}
    commands = (ROOT / "Makefile").read_text()
    for path in FILES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        entry = name in OURS or name.startswith("pages.") or f"-m {name}\n" in commands
        assert entry or path.name in ENTRIES or name in reached, f"nobody imports {name}"


def test_every_page_is_in_the_navigation_and_guarded_first():
    assert {p.stem for p in (ROOT / "pages").glob("*.py")} == set(PAGES)
    for name in PAGES:
        body = ast.parse((ROOT / "pages" / f"{name}.py").read_text()).body
        assert [ast.unparse(node) for node in body[1:3]] == ["from view import frame", "frame.enter()"]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.stem)
def test_pages_contain_no_arithmetic(path):
    """Text may be joined with +, and tuples of names; nothing is computed."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.BinOp):
            assert isinstance(node.op, ast.Add), f"line {node.lineno}: {ast.unparse(node)}"
            numbers = [s for s in (node.left, node.right) if isinstance(s, ast.Constant) and not isinstance(s.value, str)]
            assert not numbers, f"line {node.lineno}: {ast.unparse(node)}"


def test_importing_the_engine_reads_and_prints_nothing():
    code = (
        "import os, sys; opened, ours = [], os.path.abspath('engine') + os.sep\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import engine\n"
        "assert 'streamlit' not in sys.modules and 'altair' not in sys.modules\n"
        "mine = [o for o in opened if o.startswith(ours) and not o.endswith(('.py', '.pyc')) and '__pycache__' not in o]\n"
        "assert not mine, mine"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
