"""Cumulative layout shift of a page, as web.dev/articles/cls defines it."""

OBSERVE = """window.shifts = []; new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts.push([one.startTime, one.value]);
}).observe({type: "layout-shift", buffered: true});"""
"""To run before the page does (Page.add_init_script)."""
PAUSE, LONGEST = 1000, 5000
"""Milliseconds between two shifts after which another session begins, and that a session lasts at most."""


def cumulative(page):
    """The largest sum of shifts within a session so far."""
    sums, begun, last = [], 0.0, float("-inf")
    for at, value in page.evaluate("window.shifts"):
        if at - last >= PAUSE or at - begun >= LONGEST:
            sums, begun = [*sums, 0.0], at
        sums[-1] += value
        last = at
    return max(sums, default=0.0)
