"""Equations have the colours of the figures, and the reader's values under their braces."""

import re

import numpy as np
import pytest

from engine import theory
from tests.conftest import ROOT
from tests.view.seeing import THEMES, contrast, luminance_and_lab, parts
from view import equations
from view.figures import DATA, DECAY, IN_EQUATIONS, in_colour

NAMED = {DECAY: "yellow", DATA: "violet"}
"""As Streamlit's Markdown names the colours in the text."""
CSS = (ROOT / "view/article.css").read_text()


def test_each_term_has_its_colour_and_the_equation_stays():
    decay, data = IN_EQUATIONS[DECAY], IN_EQUATIONS[DATA]
    shown = equations.coloured(r"\underbrace{a{b}}_{\text{decay}} - \underbrace{c}_{\text{data}}")
    assert shown == (
        rf"\textcolor{{{decay}}}{{\underbrace{{a{{b}}}}_{{\text{{decay}}}}}} - "
        rf"\textcolor{{{data}}}{{\underbrace{{c}}_{{\text{{data}}}}}}"
    )
    for latex in (theory.UPDATE, theory.MEMORY, theory.DECAY_STEP, theory.LENGTH_AT_REST):
        shown = equations.coloured(latex)
        assert shown.count(r"\textcolor") == latex.count(r"\underbrace")
        assert re.sub(r"\\textcolor\{#\w+\}\{(.*?\}_\{\\text\{\w+\}\})\}", r"\1", shown) == latex


def test_no_brace_is_without_a_colour():
    """Of the equations that pages write themselves, and of those of the theory that they name."""
    pages = "".join(path.read_text() for path in (ROOT / "pages").glob("*.md"))
    named = "".join(getattr(theory, name) for name in re.findall(r"^::equation ([A-Z_]+)", pages, re.MULTILINE))
    braces = set(re.findall(r"\}_\{\\text\{([^}]*)\}", pages + named))
    assert {"decay", "data", "pull", "heat", "left of the draw"} <= braces <= set(equations.WHOSE)
    shown = equations.coloured(r"\underbrace{a}_{\text{left of the draw}} \approx b")
    assert shown == rf"\textcolor{{{IN_EQUATIONS[DECAY]}}}{{\underbrace{{a}}_{{\text{{left of the draw}}}}}} \approx b"


def test_values_stand_under_their_braces():
    shown = equations.coloured(theory.UPDATE, r"decay \times 0.5; data \eta/m=2")
    assert r"_{\text{decay: }\times 0.5}}" in shown
    assert r"_{\text{data: }\eta/m=2}}" in shown
    with pytest.raises(ValueError, match="momentum"):
        equations.coloured(theory.UPDATE, "momentum 0.9")


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize("name", NAMED)
def test_text_equation_and_figure_have_one_colour_that_can_be_read(scheme, name):
    """The colour in an equation is mixed with the text's, so that it suits both themes; the theme has the result."""
    theme = THEMES[scheme]
    palette = dict(zip(in_colour(name).to_dict()["scale"]["domain"], theme["chartCategoricalColors"]))
    assert palette[name] == theme[f"{NAMED[name]}TextColor"]
    marker = parts(IN_EQUATIONS[name])
    red, green, blue = (marker * 255).round().astype(int)
    share = int(re.search(rf"rgb\({red}, {green}, {blue}\).*?{IN_EQUATIONS[name]} (\d+)%, currentcolor", CSS)[1]) / 100
    mixed = share * marker + (1 - share) * parts(theme["textColor"])
    np.testing.assert_allclose(mixed, parts(palette[name]), atol=1 / 255)
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(mixed, parts(theme[ground])) >= 4.5  # AA


@pytest.mark.parametrize("scheme", THEMES)
def test_no_two_colours_of_the_figures_are_alike(scheme):
    """Neighbours that differ by 2.3 can just be told apart; ten times that is seen without comparing."""
    seen = [luminance_and_lab(parts(colour))[1] for colour in THEMES[scheme]["chartCategoricalColors"]]
    assert len(seen) == len(in_colour(DECAY).to_dict()["scale"]["domain"])
    assert min(np.linalg.norm(seen[k] - seen[j]) for k in range(len(seen)) for j in range(k)) > 23
