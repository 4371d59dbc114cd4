"""The page on the method: nothing is written there that it never says."""

from tests.view.telling import unreached
from view import method


def test_every_branch_is_reached():
    assert unreached("method", [method.facts()]) == []
