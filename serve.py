"""app.py as a server of its own: bundles kept compressed, titles, descriptions and previews in what is served, robots, health.

`streamlit run serve.py`; app.py is whole without it.
"""

import asyncio
import gzip
import html
import re
import time
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

import view.layout  # noqa: F401  what draws a page is there before its first reader
from view import first_reader, pace, rooms, runs
from view.frame import ICON, PAGES, STYLE, TITLE

STATIC = Path(st.__file__).parent / "static"
KEPT = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
"""Of the files of Streamlit's that are kept in memory, what they are."""
FONT = ".woff2"
"""The last of them, which is compressed already."""
FOREVER = "public, immutable, max-age=31536000"
"""Names of Streamlit's bundles change with their content."""
DESCRIPTION = "Does weight decay forget the first draw of a network’s weights? An article whose figures train as they are read."
FONTS = [font for name in ("Main-Regular", "Math-Italic") for font in STATIC.glob(f"static/media/KaTeX_{name}.*woff2")]
"""Of formulas: where they come later, lines break anew."""
UNUSED = re.compile(r"<link[^>]*SourceSans[^>]*>")
"""Streamlit asks for a font that this article has no use for."""
PARTS = ("Html", "rehype-raw", "rehype-katex", "Button", "Slider", "ArrowVegaLiteChart", "PageLink")
"""Of Streamlit's front end, what draws parts of most pages: it would be asked for one after another, once they have come."""
PREVIEWS = {name: Path(f"view/previews/{name}.png").resolve() for name in PAGES}
"""Page -> its picture in what others show of a link to it: python -m scripts.previews makes them."""
STARTED = time.monotonic()


@cache
def bundle(name):
    """A file of Streamlit's in fewest bytes, gzipped once unless it is a font; None where it is no such file."""
    path = (STATIC / name).resolve()
    if path.suffix not in KEPT or not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        return None
    return path.read_bytes() if path.suffix == FONT else gzip.compress(path.read_bytes(), mtime=0)


@cache
def modules():
    """Scripts of PARTS with all that they import, without those that a page asks for itself: addresses relative to it."""
    scripts = STATIC / "static/js"
    found, asked = {}, [path.name for part in PARTS for path in scripts.glob(f"{part}.*.js")]
    page = (STATIC / "index.html").read_text()
    while asked:
        if (name := asked.pop()) not in found and name not in page:
            found[name] = None  # in the order in which they were asked for
            asked += re.findall(r'(?:from|import)"\./([^"]+\.js)"', (scripts / name).read_text())
    return [f"./static/js/{name}" for name in found]


@lru_cache(maxsize=100)  # a request may name any host
def index(page, host):
    """The HTML of a page, by its name: Streamlit's own with a title, a description, an icon and what a link to it shows.

    `host` is the address of the server: a picture is shown by others by its whole address alone.
    """
    title = html.escape(f"{PAGES[page]} · {TITLE}")
    told = {"og:title": title, "og:description": DESCRIPTION, "og:type": "article"}
    told["og:image"] = html.escape(f"{host}/preview/{page}.png")
    tags = "".join(f'<meta property="{name}" content="{said}" />' for name, said in told.items())
    tags += f'<meta name="description" content="{DESCRIPTION}" />'
    tags += f"<style>{STYLE.read_text()}</style>{rooms.style(page)}"  # before the first paint: nothing moves for it
    tags += '<meta name="twitter:card" content="summary_large_image" />'
    plain = (STATIC / "index.html").read_text().replace('href="./favicon.png"', 'type="image/svg+xml" href="./icon.svg"')
    plain = re.sub("<title>.*?</title>", lambda _: f"<title>{title}</title>{tags}", plain, count=1)
    return UNUSED.sub("", plain).replace("</head>", f"{later()}</head>", 1)


@cache
def later():
    """Links to what a page needs after its own scripts, and in no hurry: on a slow line words come first."""
    how = 'fetchpriority="low" crossorigin'
    fonts = (f'<link rel="preload" as="font" {how} href="./{font.relative_to(STATIC)}" />' for font in FONTS)
    scripts = (f'<link rel="modulepreload" {how} href="{script}" />' for script in modules())
    return "".join((*fonts, *scripts))


def address(scope):
    """Of the server, as a request names it; a proxy says in a header what it was asked."""
    headers = Headers(scope=scope)
    scheme = headers.get("x-forwarded-proto", scope["scheme"])
    return f"{scheme}://{headers.get('host', 'localhost')}"


class Light:
    """Answers with what is kept here, and passes on everything else."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        answer = self.answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self.app)(scope, receive, send)

    def answer(self, scope):
        path = scope["path"][1:]
        if (page := path or next(iter(PAGES))) in PAGES:
            return Response(index(page, address(scope)), media_type="text/html", headers={"Cache-Control": "no-cache"})
        kind = Path(path).suffix
        accepted = kind == FONT or "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if path.startswith("static/") and accepted and (content := bundle(path)) is not None:
            how = {} if kind == FONT else {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return Response(content, media_type=KEPT[kind], headers=how | {"Cache-Control": FOREVER})
        return None


async def robots(request):
    return PlainTextResponse("User-agent: *\nAllow: /\nDisallow: /_stcore/\n")


async def icon(request):
    return FileResponse(ICON)


async def preview(request):
    """The picture of a page; 404 where there is no such page."""
    path = PREVIEWS.get(request.path_params["name"])
    return FileResponse(path) if path and path.is_file() else PlainTextResponse("no such picture", 404)


async def health(request):
    """Seconds since the server started, whether every page was opened once, and what its runs are doing."""
    uptime = round(time.monotonic() - STARTED, 1)
    return JSONResponse({"uptime": uptime, "ready": first_reader.READY.is_set(), "runs": runs.cache().state})


@asynccontextmanager
async def begun(app):
    """Every page is opened, before the first reader or beside him."""
    reading = asyncio.create_task(first_reader.read(app))
    try:
        yield
    finally:
        reading.cancel()


pace.minutes(*PAGES)  # counting all words takes long: before the first reader
app = st.App(
    "app.py",
    lifespan=begun,
    routes=[
        Route("/robots.txt", robots),
        Route("/health", health),
        Route("/icon.svg", icon),
        Route("/preview/{name}.png", preview),
    ],
    middleware=[Middleware(Light)],
)
