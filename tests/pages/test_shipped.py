"""The usual questions train nothing and evaluate nothing: pages whose worker refuses everything, as they open and moved."""

import pytest

from engine import sliders
from engine.cache import RunCache
from tests.engine.test_sliders import Refuses
from tests.pages.reading import page
from view import made, runs, summary
from view.controls import text
from view.frame import PAGES

WITH_SLIDERS = {claim.NAME: claim for claim in sliders.PAGES}


@pytest.fixture
def refusing(monkeypatch):
    """Nothing is made yet, and nobody trains."""
    cache, store = RunCache(workers=[Refuses()]), made.Made()
    monkeypatch.setattr(runs, "cache", lambda: cache)
    monkeypatch.setattr(made, "store", lambda: store)
    summary.found.clear()
    summary.facts.clear()


@pytest.mark.parametrize("name", PAGES)
def test_an_untouched_page_trains_nothing(name, refusing):
    page(name)


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_a_moved_slider_trains_nothing(name, refusing):
    claim = WITH_SLIDERS[name]
    at = page(name)
    for h in sliders.settings(claim):
        for url, value in (("lambda", h.l2), ("eta", h.learning_rate)):
            at.select_slider(key=f"{claim.PREFIX}_{url}").set_value(text(value))
        at.run()
        assert not at.exception, (h, at.exception)
        assert not at.warning, (h, at.warning)
