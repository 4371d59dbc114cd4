"""serve.py: what it adds is there, and the article in it is the one of app.py."""

import gzip
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import streamlit

from tests.browser.serving import Server
from tests.browser.test_browser import PAGES, reader, visit  # noqa: F401, reader is a fixture


@pytest.fixture(scope="module")
def served():
    server = Server(script="serve.py")
    yield server
    assert "Traceback" not in server.stop()


def answer(server, path, **headers):
    with urllib.request.urlopen(urllib.request.Request(server.url + path, headers=headers), timeout=60) as found:
        return found.headers, found.read()


def test_bundles_are_compressed_and_are_the_same_files(served):
    (name,) = re.findall(rb'src="\.(/static/js/index\.[^"]+\.js)"', answer(served, "/")[1])
    plain = answer(served, name.decode())[1]
    headers, sent = answer(served, name.decode(), **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent) == plain
    assert len(sent) < len(plain) / 2


def test_fonts_are_the_same_files_and_kept_by_browsers(served):
    names = re.findall(r'href="\./(static/media/[^"]+\.woff2)"', answer(served, "/")[1].decode())
    assert len(names) == 2
    for name in names:
        headers, sent = answer(served, f"/{name}")
        assert sent == (Path(streamlit.__file__).parent / "static" / name).read_bytes()
        assert headers["Content-Type"] == "font/woff2"
        assert "immutable" in headers["Cache-Control"]
        assert "Content-Encoding" not in headers


def test_a_page_names_scripts_that_are_there(served):
    scripts = re.findall(
        r'rel="modulepreload" fetchpriority="low" crossorigin href="\.(/[^"]+)"', answer(served, "/")[1].decode()
    )
    assert any("VegaLiteChart" in script for script in scripts)
    for script in scripts:
        assert "javascript" in answer(served, script)[0]["Content-Type"]


def test_every_page_has_a_title_and_a_description_of_its_own(served):
    pages = {path: answer(served, path)[1].decode() for path in PAGES}
    titles = {re.search("<title>(.*?)</title>", page)[1] for page in pages.values()}
    assert len(titles) == len(PAGES)
    assert not any("Streamlit" in title for title in titles)
    assert all(len(re.findall('name="description"|property="og:title"', page)) == 2 for page in pages.values())


def test_every_page_has_a_picture_for_links_and_an_icon(served):
    for path in PAGES:
        page = answer(served, path)[1].decode()
        (picture,) = re.findall('property="og:image" content="([^"]+)"', page)
        assert picture.startswith(served.url + "/preview/")
        headers, content = answer(served, picture.removeprefix(served.url))
        assert headers["Content-Type"] == "image/png"
        assert content.startswith(b"\x89PNG")
        assert len(content) < 60_000
    (icon,) = re.findall('rel="shortcut icon" type="image/svg\\+xml" href="\\.(/[^"]+)"', page)
    assert answer(served, icon)[1].startswith(b"<svg")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        answer(served, "/preview/nonsense.png")


def test_robots_and_health(served):
    assert answer(served, "/robots.txt")[1].startswith(b"User-agent: *")
    first, second = (json.loads(answer(served, "/health")[1])["uptime"] for _ in range(2))
    assert 0 < first <= second
    served.wait_until_ready()
    runs = json.loads(answer(served, "/health")[1])["runs"]
    assert runs.keys() == {"under_way", "waiting", "seconds", "refused", "restarts", "errors", "bytes"}
    assert answer(served, "/_stcore/health")[1] == b"ok"


def test_a_deep_link_shows_the_article(served, reader):  # noqa: F811
    visit(reader, served.url + "/decay_dominates?c1_lambda=20&c1_epochs=10&c1_seeds=2")
    assert "c1_lambda=20" in reader.url
