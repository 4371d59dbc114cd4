"""A server and a browser for the tests that look at the article as a reader does."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.serving import Server, chromium


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
