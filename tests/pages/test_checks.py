"""Each check of what the pages say finds what was planted for it, and leaves alone what is right."""

import pandas as pd
import pytest

from tests.pages import checks

PLANTED = {
    "not_a_number": (
        "Decay takes nan of it.",
        "The size is inf times that.",
        "The layer None holds.",
        "It brings unknown of that of the accuracy.",
        "Decay alone gives ∞.",
    ),
    "raw_python": (
        "It is np.float64(0.5).",
        "The claim Outcome.HOLDS here.",
        "The size is 0.1000000000000000055.",
        "The size is 1e-05.",
        "Of the layers [] hold.",
    ),
    "impossible_share": (
        "Decay alone brings 140 % of the gain in accuracy.",
        "Decay makes −3 % of what changes the length.",
        "Decay makes 95 % to 104 % of their movement.",
        "Decay takes away 106 % of the weights.",
        "The accuracy on unseen images is 101 %.",
        "That is **120 %** (100 % to 140 %) of that.",
    ),
    "impossible_cosine": (
        "The cosine of the angle between them is 6 × 10³⁸.",
        "The cosine falls to −1.2 at the end.",
        "A median correlation of 1.1 is left.",
    ),
    "negative_factor": (
        "At the end (1) asks for −1.2.",
        "The ratio at the end is −0.8.",
        "The data move them −3 times as far.",
    ),
    "nothing_listed": (
        "The claim holds for , and fails.",
        "The claim holds for  the hidden weights.",
        "It fails for the hidden weights and .",
        "The weights: .",
        "There are none ().",
        "It holds, , and fails.",
        "A size of **** is left.",
        "It ends.. Here.",
        "In the first epochs the, and then not.",
    ),
    "repeated_word": ("In the the first epoch.", "It is is said."),
    "minus_nothing": ("It changes by −0.00.", "It changes by −0 %.", "It is -0.0."),
    "bounds_that_do_not_bound": (
        "It is 0.4 (0.6 to 0.7).",
        "It is **31 %** (40 % to 50 %).",
        "They are equal at $\\lambda=0.6$ (0.75 to 0.8).",
        "It is −0.47 (−0.44 to −0.42).",
        "It lies between 5 and 3.",
        "For these values the bounds are 0.7123 and 0.7165, and the exact factor is 0.6953.",
        "It is 2 × 10⁻⁵ (3 × 10⁻⁵ to 4 × 10⁻⁵).",
    ),
    "no_distance": ("It goes from 0.65 to 0.65.", "Anything between 3 % and 3 % is so."),
    "grammar_of_numbers": (
        "After 1 epochs it ends.",
        "The mean of 8 seed is drawn.",
        "The mean of 1,440 example is drawn.",
        "In 1 hidden units it is so.",
        "Over a 8 times longer run.",
        "It is an 20 times longer run.",
        "It rests, and the hidden weights has come to rest.",
        "It is so that the output weights 2 stays.",
        "Only 2 weights and 1 seeds are left.",
    ),
    "not_closed": (
        "It is **so.",
        "It is $x so.",
        "It is *so.",
        "It is `so.",
        "It is (so.",
        "It is “so.",
        ":small[It is so.",
    ),
    "straight_quote": ("It's so.", 'It is "so".'),
    "not_escaped": ("It is <script>so</script>.", "It is [so](//evil.io).", "It is <b>so</b>."),
    "not_a_sentence": ("It ends. it begins.", "It ends.It begins."),
}
RIGHT = (
    "Of what changes the length of the hidden weights decay makes 96 % (95 % to 96 %); the size is 140 % of its start.",
    "They go from 12 % to 97 % right, and a claim holds (✓ holds, ∞ a run diverges).",
    "From N(0, 1) it is −0.44 (−0.441 to −0.428), and in [0, 1) it is not.",
    "The cosine of the angle is −0.044, which is 25 % of what it was; the correlation is 1.",
    "The size of the hidden weights is 0.3, after 1 epoch, 21 epochs, 1,440 examples and 0.5 epochs.",
    "| weights on blank pixels, epochs 1 to 60 | 0.0500 (0.0500 to 0.0500) | :green-badge[= exact] |",
    "It is *so*, **so**, `it's \"so\"`, $g'(z)<1$ and $|W|$, see [Cross Validated](https://stats.stackexchange.com/q/312642).",
    "An 8 times longer run, a 60-epoch run, an 11 times longer and a 7 times longer one: the runs at 10⁻⁵.",
    "1. The first epoch, and the 30-30 network, e.g. at m = 1, and an update of 10 examples (one seed).",
    ":small[**Figure 1.** Means of 8 seeds: what decay does (grey), in the 64-30-10 network.]",
    "The clock of the hidden weights 1 runs out.",
    "The data put back 113 % of what decay takes.",
    "The data’s pull took 30 % of the weights at λ = 0, from 3 % to 5 %, between 3 and 5.",
)


@pytest.mark.parametrize(("name", "passage"), [(name, passage) for name, planted in PLANTED.items() for passage in planted])
def test_a_planted_mistake_is_found(name, passage):
    assert name in {check for check, _ in checks.complaints([passage])}


@pytest.mark.parametrize("passage", RIGHT)
def test_what_is_right_is_left_alone(passage):
    assert checks.complaints([passage], ["hidden weights", "epoch 1", "η"]) == []


def test_every_check_has_something_planted():
    assert set(PLANTED) == {check.__name__ for check in checks.PASSAGE}


def test_a_label_of_a_figure_is_checked_as_well():
    for label in ("nan", "1 seeds", "−0.00", "<b>", "it's"):
        assert checks.complaints([], [label])


def test_a_floor_is_not_told_where_it_is_not_reached():
    said, denied = "The hidden weights come to rest at 0.24.", "The hidden weights have not come to rest."
    assert [check for check, _ in checks.complaints([said, denied])] == ["floors_not_reached"]
    assert not checks.complaints([said, denied.replace("hidden", "output")])


def test_a_share_in_a_table_is_from_none_to_all():
    head = ["| what is dominated | decay’s share |", "|---|---|"]
    assert [check for check, _ in checks.complaints([*head, "| length | 106 % (104 % to 108 %) |"])] == ["shares_of_a_table"]
    assert not checks.complaints([*head, "| length | 96 % (90 % to 104 %) |", "And 106 % of its start."])


def test_the_rows_of_a_figure_are_checked():
    def found(alt, mean, low, high):
        return checks.complaints(
            [], figures=[(alt, pd.DataFrame({"mean": [mean, 2.0], "low": [low, None], "high": [high, None]}))]
        )

    assert found("the cosine of two", -1.1, -1.2, 1.0)
    assert found("accuracy on unseen images by epoch", 1.1, 1.0, 1.2)
    assert found("size", 0.5, 0.6, 0.7)
    assert not found("the cosine of two", 1.0, 0.9, 1.1)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("1,440", 1440, 1), ("−0.050", -0.05, 0.001), ("4.2 × 10⁻⁷", 4.2e-7, 1e-8), ("−7.38 × 10⁴¹", -7.38e41, 1e39)],
)
def test_numbers_are_read_as_they_are_written(text, amount, unit):
    assert checks.amount(text) == pytest.approx(amount, rel=1e-12)
    assert checks.unit(text) == pytest.approx(unit, rel=1e-12)
