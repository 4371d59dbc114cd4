"""Coroutines in tests that share their process with a browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def completed(coroutine):
    """What it returns; in a thread of its own, because the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
