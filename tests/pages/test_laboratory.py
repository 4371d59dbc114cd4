"""The page of the laboratory: two settings, one address, and the way there from the other pages."""

import pytest

from engine.claims import laboratory as lab
from tests.pages.reading import charts, everything, opened, page, prose, wrong

SHORT = {f"{side}_{name}": value for side in (lab.A, lab.B) for name, value in (("epochs", "10"), ("seeds", "2"), ("n", "200"))}


def test_two_settings_are_drawn_and_compared():
    at = page("laboratory", **SHORT, labb_lambda="50", laba_show="ratio of the lengths", labb_start="large")
    courses, difference, *_ = charts(at)
    assert set(courses[2]["part"].dropna()) == {"A", "B"}
    assert (difference[2]["part"] == "B − A").any()
    assert "What differs between the two: `l2`." in prose(at)
    assert "squared length, first layer over last" in everything(at)
    assert wrong(at) == []


def test_the_address_and_the_code_keep_both():
    at = page(
        "laboratory",
        **SHORT,
        labb_optimiser="adamw",
        labb_eta="0.01",
        labb_l2until="5",
        labb_warmup="2.0",
        laba_show="accuracy",
    )
    address, code = (block.value for block in at.code[:2])
    for part in ("laba_epochs=10", "labb_optimiser=adamw", "labb_eta=0.01", "laba_show=accuracy"):
        assert part in address
    scope = {}
    exec(code, scope)
    other = scope["other"].hyperparameters
    assert (other.optimizer, other.l2_until, other.warmup) == ("adamw", 5, 2.0)
    assert scope["a"].shape == scope["b"].shape == (2, 11)


@pytest.mark.parametrize("label", ["two starts", "with and without L2", "Adam and AdamW", "sigmoid and ReLU"])
def test_presets_set_both(label):
    at = page("laboratory", **SHORT)
    at.button(key=f"laba_preset_{label}").click().run()
    assert not at.exception
    assert not any("Not accepted" in c.value for c in at.caption)
    assert "What differs between the two: `" in prose(at)


def test_a_bad_address_is_answered_with_the_defaults():
    at = page("laboratory", **SHORT, laba_optimiser="lion", labb_show="all", laba_eta="nan", laba_show="everything")
    assert any("lion" in c.value for c in at.caption)
    assert wrong(at) == []


def test_a_page_leads_to_the_laboratory_with_its_settings():
    at = page("decay_per_epoch", c2_lambda="20", c2_epochs="10", c2_seeds="2")
    (link,) = (found.proto for found in at.get("page_link") if "laboratory" in found.proto.page)
    for part in ("laba_lambda=20", "labb_lambda=20", "laba_epochs=10"):
        assert part in link.query_string
    assert opened("laboratory")
