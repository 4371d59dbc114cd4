"""The sum of decay over a recipe's updates, against loops in plain Python, and published runs against a table made apart."""

import math
import time
from itertools import accumulate

import numpy as np
import pytest

from engine.claims import today
from engine.recipes import published
from engine.theory.recipe import MOST, NEARLY_GONE, Phase, Recipe, answer, scheduled, stretched
from tests.nonsense import Nonsense


def cosine(t, over, end):
    return end + (1 - end) * (1 + math.cos(math.pi * t / over)) / 2


def warm(updates, then):
    """The level at update t: a ramp from 0, then `then` of the updates since."""
    return lambda t: t / updates if t < updates else then(t - updates)


def deit(t):
    epoch = t // 1251
    return 1e-3 + (1 - 1e-3) * epoch / 5 if epoch < 5 else cosine(epoch, 300, 0.01)


def deepseek(t):
    return (
        t / 2000
        if t < 2000
        else 1.0
        if t < 166_488
        else cosine(t - 166_488, 68_347, 0.1)
        if t < 234_835
        else 0.1
        if t < 240_128
        else 7.3e-6 / 2.2e-4
    )


def gpt3(warmup, flat, skip, falling):
    """Warm-up, flat while the batch grows, cosine over 260 billion tokens of 3.2 million an update, flat."""

    def level(t):
        t -= warmup
        if t < 0:
            return 1 + t / warmup
        if t < flat:
            return 1.0
        return cosine(t - flat + skip, 81_250, 0.1) if t < flat + falling else 0.1

    return level


APART = {  # name -> learning rate, rate of decay over it, updates, level at t, S of the table
    "book": (0.1, 1e-4, 150_000, lambda t: 1.0, (1.50,)),
    "resnet50-imagenet": (0.1, 1e-4 / 0.1, 450_450, lambda t: 0.1 ** (t // (30 * 5005)), (16.7,)),
    "resnet18-cifar10": (0.1, 5e-4 / 0.1, 78_200, lambda t: cosine(t // 391, 200, 0), (19.6,)),
    "nanogpt": (6e-4, 0.1, 600_000, warm(2000, lambda t: cosine(t, 598_000, 0.1)), (19.8,)),
    "gpt3-ramp-4b": (6e-5, 0.1, 98_315, gpt3(2942, 2873, 1250, 80_000), (0.29,)),
    "gpt3-ramp-12b": (6e-5, 0.1, 107_444, gpt3(5337, 12_107, 3750, 77_500), (0.34,)),
    "llama2-7b": (3e-4, 0.1, 500_000, warm(2000, lambda t: cosine(t, 498_000, 0.1)), (8.25,)),
    "llama2-70b": (1.5e-4, 0.1, 500_000, warm(2000, lambda t: cosine(t, 498_000, 0.1)), (4.12,)),
    "deit-b": (1e-3, 0.05, 375_300, deit, (9.32,)),
    "bert-base": (1e-4, 0.01, 1_000_000, lambda t: t / 10_000 if t < 10_000 else 1 - t / 1_000_000, (0.495,)),
    "pythia-160m": (6e-4, 0.1, 143_000, warm(1430, lambda t: cosine(t, 141_570, 0.1)), (4.71,)),
    "pythia-1.4b": (2e-4, 0.1, 143_000, warm(1430, lambda t: cosine(t, 141_570, 0.1)), (1.57,)),
    "pythia-12b": (1.2e-4, 0.1, 143_000, warm(1430, lambda t: cosine(t, 141_570, 0.1)), (0.94,)),
    "olmo2-7b": (3e-4, 0.1, 928_646, warm(2000, lambda t: cosine(t, 5e12 / 4_194_304 - 2000, 0.1)), (18.6,)),
    "deepseek-v3": (2.2e-4, 0.1, 242_782, deepseek, (4.48,)),
}
"""Written down from the sources once more, with no phases in it."""


@pytest.mark.parametrize("name", APART)
def test_a_published_run_sums_up_to_what_a_plain_loop_and_the_table_have(name):
    eta, k, updates, level, (tabled,) = APART[name]
    recipe = published()[name].recipe
    assert recipe.updates == updates
    total = sum(eta * k * level(t) for t in range(updates))
    found = answer(recipe)
    assert found.total == pytest.approx(total, rel=1e-6)
    assert found.left == pytest.approx(math.exp(-total), rel=1e-5)
    if name == "resnet18-cifar10":
        return  # the table counts by the update: the test below
    digits = len(f"{tabled:g}".replace(".", "").lstrip("0"))
    assert abs(total - tabled) <= 0.51 * 10.0 ** (math.floor(math.log10(tabled)) + 1 - digits)


def test_nothing_is_published_that_was_not_written_down_twice():
    assert set(published()) == set(APART)
    for one in published().values():
        assert one.url.startswith("http")
        assert one.source
        assert one.assumed.endswith(".")


def test_the_residual_network_on_cifar_is_stepped_once_an_epoch():
    """By the update it would be a quarter of a percent less: between the two lies what the table has."""
    by_epoch = answer(published()["resnet18-cifar10"].recipe).total
    by_update = sum(5e-4 * cosine(t, 78_200, 0) for t in range(78_200))
    assert by_update < 19.6 < by_epoch


def levels(recipe):
    return list(recipe.levels())


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "steps"])
@pytest.mark.parametrize("warmup", [0, 7])
def test_schedules_are_what_their_names_say(schedule, warmup):
    recipe = Recipe("adamw", 0.01, 0.1, scheduled(schedule, 97, warmup, 0.2))
    rest = 97 - warmup
    after = {
        "constant": lambda t: 1.0,
        "linear": lambda t: 1 - 0.8 * t / rest,
        "cosine": lambda t: cosine(t, rest, 0.2),
        "steps": lambda t: 0.1 ** sum(t >= round(rest * part / 3) for part in (1, 2)),
    }[schedule]
    expected = [t / 7 if t < warmup else after(t - warmup) for t in range(97)]
    np.testing.assert_allclose(levels(recipe), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("optimizer", ["sgd", "sgdw", "adamw"])
def test_the_coefficient_is_the_product_of_what_the_updates_leave(optimizer):
    recipe = Recipe(optimizer, 0.02, 0.1, scheduled("cosine", 3000, 100), momentum=0.9)
    draw = 1.0
    for level in levels(recipe):
        draw *= 1 - 0.02 * level * 0.1
    squares = sum((0.002 * level) ** 2 for level in levels(recipe))
    assert 0 < answer(recipe).left / draw - 1 < squares  # -ln(1 - e) lies between e and e + e^2 here


def test_coupled_momentum_fades_by_its_recursion():
    recipe = Recipe("momentum", 0.1, 1e-4, scheduled("constant", 50_000), momentum=0.9)
    w, v = 1.0, 0.0
    for level in levels(recipe):
        v = 0.9 * v + 1e-4 * w
        w -= 0.1 * level * v
    found = answer(recipe)
    assert found.total == pytest.approx(5.0)
    assert found.left == pytest.approx(w, rel=0.01)
    assert found.time == pytest.approx(10_000)
    assert found.size is None


def test_when_one_percent_is_left():
    recipe = Recipe("sgdw", 0.1, 0.01, scheduled("linear", 20_000, 50))
    sums = list(accumulate(0.001 * level for level in levels(recipe)))
    first = next(t for t, taken in enumerate(sums, 1) if math.exp(-taken) <= NEARLY_GONE)
    assert answer(recipe).gone == first
    assert answer(Recipe("sgdw", 0.1, 0.01, scheduled("linear", 2000))).gone is None


@pytest.mark.parametrize("start", [0.001, 0.02, 1.0])
def test_the_size_under_adamw_follows_its_recursion(start):
    recipe = Recipe("adamw", 0.01, 0.5, scheduled("cosine", 900, 30, 0.1), start=start)
    square = start**2
    for level in levels(recipe):
        eta = 0.01 * level
        square = (1 - eta * 0.5) ** 2 * square + eta**2
    assert answer(recipe).size.end == pytest.approx(math.sqrt(square))
    assert answer(recipe).size.rest == pytest.approx(0.1)


def test_steps_with_independent_signs_come_to_rest_there():
    """The random walk itself: 20,000 weights, each a step of eta up or down and the decay."""
    recipe = Recipe("adamw", 0.02, 0.5, scheduled("constant", 1500), start=1.0)
    stream = np.random.default_rng(0)
    w = stream.standard_normal(20_000)
    for _ in range(1500):
        w = (1 - 0.01) * w + 0.02 * stream.choice([-1.0, 1.0], w.shape)
    size = answer(recipe).size
    error = 4 / math.sqrt(2 * 20_000)
    assert size.end == pytest.approx(math.sqrt(np.mean(w**2)), rel=error)
    assert size.at_rest
    assert not answer(Recipe("adamw", 0.02, 0.5, scheduled("constant", 10), start=1.0)).size.at_rest


def test_with_l2_in_adams_gradient_there_is_no_clock():
    recipe = Recipe("adam", 0.01, 0.1, scheduled("constant", 100))
    assert not recipe.has_clock
    with pytest.raises(ValueError, match="there is no S"):
        answer(recipe)


@pytest.mark.parametrize("updates", [4, 5, 17, 999, 500_000])
def test_a_shape_is_stretched_over_any_length(updates):
    for one in published().values():
        phases = one.recipe.phases
        if updates < len(phases):
            continue
        again = stretched(phases, updates)
        assert sum(phase.updates for phase in again) == updates
        assert len(again) == len(phases)
    same = stretched(published()["nanogpt"].recipe.phases, 600_000)
    assert same == published()["nanogpt"].recipe.phases


def test_a_stretched_run_takes_as_much_an_update():
    for name in ("nanogpt", "deepseek-v3", "olmo2-7b", "bert-base"):
        recipe = published()[name].recipe
        twice = Recipe(
            recipe.optimizer, recipe.learning_rate, recipe.weight_decay, stretched(recipe.phases, 2 * recipe.updates)
        )
        assert answer(twice).total == pytest.approx(2 * answer(recipe).total, rel=1e-4)


def test_the_course_begins_with_all_and_ends_with_what_is_left():
    for one in published().values():
        found = answer(one.recipe)
        assert found.course[0, [0, 2]].tolist() == [0, 1]
        assert found.course[-1, 0] == one.recipe.updates
        assert found.course[-1, 2] == pytest.approx(found.left)
        assert (np.diff(found.course[:, 2]) <= 0).all()


def test_a_million_updates_cost_milliseconds():
    recipe = Recipe("adamw", 1e-4, 0.1, scheduled("cosine", 1_000_000, 2000))
    began = time.process_time()
    answer(recipe)
    assert time.process_time() - began < 0.5
    assert answer(recipe) is answer(recipe)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"optimizer": "lion"}, "optimiser must be one of sgd, momentum, sgdw, adam, adamw"),
        ({"learning_rate": math.nan}, "learning rate must be from"),
        ({"learning_rate": -1.0}, "learning rate must be from"),
        ({"weight_decay": 0.0}, "weight decay must be from"),
        ({"momentum": 1.0}, "momentum must be from"),
        ({"learning_rate": 10.0, "weight_decay": 0.1}, "must be below 1 here"),
        ({"optimizer": "momentum", "momentum": 0.9, "weight_decay": 0.5}, "must be below 0.00263 here"),
        ({"start": math.inf}, "size of the start must be from"),
        ({"per_epoch": 0}, "updates in an epoch must be from"),
        ({"phases": ()}, "number of updates must be from"),
        ({"phases": (Phase("linear", MOST), Phase("linear", 1))}, "number of updates must be from"),
    ],
)
def test_what_makes_no_recipe_is_refused_with_a_sentence(changed, says):
    values = {"optimizer": "adamw", "learning_rate": 0.01, "weight_decay": 0.1, "phases": scheduled("constant", 10)}
    with pytest.raises(ValueError, match=says):
        Recipe(**values | changed)


def test_phases_and_schedules_refuse_what_they_cannot_be():
    for make in (
        lambda: Phase("square", 5),
        lambda: Phase("linear", 0),
        lambda: Phase("linear", 5, end=2),
        lambda: scheduled("cosine", 10, 10),
        lambda: scheduled("cosine", 10, 0, math.nan),
        lambda: scheduled("zigzag", 10),
        lambda: stretched(published()["deepseek-v3"].recipe.phases, 4),
    ):
        with pytest.raises(ValueError, match=r"must be"):
            make()


def test_values_that_a_reader_may_enter_are_answered_or_refused_with_a_sentence():
    """Any numbers within the fields: a recipe whose answer is finite, or a sentence."""
    stream, refused = Nonsense(3).stream, []
    for _ in range(300):
        name = stream.choice(list(published()))
        values = today.opened(name) | {
            "learning_rate": 10.0 ** stream.uniform(-8, 2),
            "weight_decay": 10.0 ** stream.uniform(-8, 2),
            "optimizer": stream.choice(("sgd", "momentum", "sgdw", "adamw")),
            "schedule": stream.choice(today.SCHEDULES),
            "warmup": stream.choice((0, 5, 1000)),
            "updates": stream.choice((1, 2, 10, 500)),
            "examples": stream.choice((0, 1, 1000)),
            "batch": stream.choice((0, 1, 7, 5000)),
            "epochs": stream.choice((0, 0, 3)),
        }
        try:
            found = answer(today.asked(name, **values))
        except ValueError as error:
            refused.append(str(error))
            continue
        assert math.isfinite(found.total)
        assert 0 <= found.left <= 1
        assert np.isfinite(found.course).all()
        assert found.size is None or math.isfinite(found.size.end)
    assert 30 < len(refused) < 270
    assert all(sentence.endswith(".") for sentence in refused)


def test_epochs_count_the_last_smaller_batch():
    recipe = today.asked("nanogpt", **today.opened("nanogpt") | {"examples": 1000, "batch": 300, "epochs": 5})
    assert recipe.updates == 20
    assert answer(recipe).epochs == pytest.approx(answer(recipe).time / 4)
    assert today.asked("resnet50-imagenet", **today.opened("resnet50-imagenet")) == published()["resnet50-imagenet"].recipe
