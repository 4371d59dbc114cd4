"""Recipes of published runs, with where their numbers are from and what had to be assumed: data/recipes.json."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.files import shipped
from engine.theory.recipe import Phase, Recipe

PATH = Path(__file__).parent / "data" / "recipes.json"


@dataclass(frozen=True)
class Published:
    """A recipe as somebody published it."""

    name: str  # in an address
    label: str
    recipe: Recipe
    source: str
    url: str
    assumed: str  # in whole sentences


@cache
def published():
    """name -> Published, in the order of the file."""
    with shipped(PATH):
        rows = json.loads(PATH.read_text())
        return {row["name"]: _published(**row) for row in rows}


def _published(name, label, source, url, assumed, phases, **recipe):
    phases = tuple(Phase(**phase) for phase in phases)
    return Published(name, label, Recipe(phases=phases, **recipe), source, url, assumed)
