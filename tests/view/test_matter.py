"""What stands around the text: all that is pointed to is there, and sections have addresses."""

import re

import pytest

from tests.conftest import ROOT
from view import layout, matter, prose
from view.frame import PAGES

SOURCES = {name: (ROOT / "pages" / f"{name}.md").read_text() for name in PAGES}


def test_every_page_is_read_for_something_and_leads_on_at_its_end():
    assert matter.PULLS.keys() == PAGES.keys()
    for source in SOURCES.values():
        assert source.endswith("\n\n::way\n")


def test_a_reference_has_the_number_of_the_list_and_says_on_hover_what_it_is():
    number = 1 + list(matter.REFERENCES).index("nielsen")
    text = "M. Nielsen, “Neural Networks and Deep Learning”, chapter 3, 2015"
    assert matter.cite("nielsen") == f'\\[[{number}](method#references "{text}")\\]'
    with pytest.raises(KeyError):
        matter.cite("nobody")


def test_a_term_says_on_hover_what_it_means():
    assert matter.term("at rest", "At rest").startswith('[At rest](method#glossary "Said of a layer')
    with pytest.raises(KeyError):
        matter.term("weather")


def test_a_page_writes_references_and_terms_as_links():
    written = prose.compiled(prose.ENVIRONMENT.parse('[[ cite("saad") ]] [[ term("rms") ]]')).render()
    assert written == f"{matter.cite('saad')} {matter.term('rms')}"


@pytest.mark.parametrize("said", [*matter.GLOSSARY.values(), *(one["text"] for one in matter.REFERENCES.values())])
def test_what_is_said_on_hover_and_in_a_table_breaks_neither(said):
    assert not set('"|\n') & set(said)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_whatever_a_page_points_to_is_there(source):
    assert set(re.findall(r'\bcite\("([^"]+)"', source)) <= matter.REFERENCES.keys()
    assert set(re.findall(r'\bterm\("([^"]+)"', source)) <= matter.GLOSSARY.keys()


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_page_explains_some_terms_and_each_of_them_once(source):
    terms = re.findall(r'\bterm\("([^"]+)"', source)
    assert terms
    assert len(set(terms)) == len(terms)


def test_a_paper_that_is_linked_in_a_text_has_its_number_beside_it_where_the_list_has_it():
    numbers = {one["address"]: name for name, one in matter.REFERENCES.items()}
    for source in SOURCES.values():
        for address, after in re.findall(r"\]\((https?://(?:arxiv|doi)\.org/[^)]*)\)(.{0,30})", source):
            if address in numbers:
                assert after.startswith(f' [[ cite("{numbers[address]}")'), address


def anchors(page):
    return [layout.anchor(heading) for heading in re.findall(r"^## (.*)", SOURCES[page], re.MULTILINE)]


@pytest.mark.parametrize("page", PAGES)
def test_a_section_has_an_address_of_its_own(page):
    found = anchors(page)
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[a-z\d]+(-[a-z\d]+)*", one) for one in found)


def test_an_address_of_a_section_leads_there():
    pointed = [matter.cite("saad"), matter.term("rms"), *SOURCES.values()]
    found = {link for text in pointed for link in re.findall(r"\]\((\w+)#([\w-]+)", text)}
    assert {("method", "references"), ("method", "glossary")} <= found
    for page, section in found:
        assert section in anchors(page), (page, section)


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("λ chooses the size", "lambda-chooses-the-size"),
        ("A weight’s fate, in $n$ steps", "a-weights-fate-in-n-steps"),
    ],
)
def test_an_address_is_made_of_the_words_of_the_heading(heading, address):
    assert layout.anchor(heading) == address
