"""Verdicts on the law of lengths, its clock and its prediction: where they hold, and every way in which they do not."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Hyperparameters, train
from engine.lengths import at_rest, measured_ratio, ratio
from engine.verdicts import lengths as verdicts

SMALL = Hyperparameters(n_train=400, l2=5.0, epochs=80, replicates=4)
"""lambda/n as in the whole of the digits at 18."""
RELU = replace(SMALL, activation="relu")


def outcomes(judged):
    return {str(v.outcome) for v in judged}


def law(h):
    return verdicts.judge_law(train(h), ratio(h, h.epochs))


def size(h):
    return verdicts.judge_size(train(h), at_rest(h))


# the law


@pytest.mark.rests
@pytest.mark.parametrize("change", [{"l2": 10.0}, {"l2": 20.0, "activation": "tanh"}], ids=str)
def test_the_law_holds_at_rest(change):
    h = Hyperparameters(**change)
    (found,) = law(h)
    assert str(found.outcome) == "holds"
    assert found.part == "hidden weights and output weights"
    assert found.measured.mean == pytest.approx(measured_ratio(train(h)).mean())
    assert found.ratio.mean == pytest.approx(1, abs=0.03)


def test_the_law_of_a_deeper_network_has_a_verdict_for_each_two_neighbours():
    found = law(replace(SMALL, hidden=(20, 15), replicates=2, epochs=20))
    assert [v.part for v in found] == ["hidden weights 1 and hidden weights 2", "hidden weights 2 and output weights"]


def test_a_run_on_its_way_is_not_at_rest():
    for epochs in (5, 25):
        assert outcomes(law(replace(SMALL, epochs=epochs))) == {"not at rest"}


def test_large_steps_spoil_the_law():
    assert "holds" not in outcomes(law(replace(SMALL, learning_rate=3.0)))


def test_a_wrong_ratio_fails():
    run = train(SMALL)
    assert outcomes(verdicts.judge_law(run, 1.2 * ratio(SMALL, SMALL.epochs))) == {"fails"}


def test_without_decay_nothing_is_promised():
    for change in ({"l2": 0.0}, {"l2_until": 10}):
        h = replace(SMALL, epochs=20, **change)
        assert outcomes(law(h)) == {"promises nothing"}


# equal lengths


def test_relu_layers_come_to_equal_lengths():
    h = replace(RELU, learning_rate=0.05, epochs=160)
    assert outcomes(verdicts.judge_relu(train(h))) == {"holds"}


def test_equal_lengths_are_promised_for_relu_alone():
    assert outcomes(verdicts.judge_relu(train(SMALL))) == {"promises nothing"}


def test_noise_keeps_relu_layers_apart():
    assert "holds" not in outcomes(verdicts.judge_relu(train(replace(RELU, learning_rate=0.3))))


# the clock


def test_the_clock_holds_for_relu_and_not_for_sigmoid_units():
    h = Hyperparameters(activation="relu", epochs=20, learning_rate=0.05)
    (found,) = verdicts.judge_clock(train(h))
    assert str(found.outcome) == "holds"
    assert found.predicted == 1
    assert outcomes(verdicts.judge_clock(train(replace(h, activation="sigmoid")))) == {"fails"}


def test_large_steps_spoil_the_clock():
    assert outcomes(verdicts.judge_clock(train(replace(RELU, learning_rate=0.3, epochs=20)))) <= {"fails", "undecided"}


def test_the_clock_needs_decay_and_an_epoch():
    assert outcomes(verdicts.judge_clock(train(replace(RELU, l2=0.0, epochs=2)))) == {"promises nothing"}
    assert outcomes(verdicts.judge_clock(train(replace(RELU, epochs=0)))) == {"promises nothing"}


# the size


@pytest.mark.rests
def test_the_size_of_a_wide_network_at_large_lambda_is_the_predicted_one():
    h = Hyperparameters(l2=20.0, hidden=(150,), epochs=60, replicates=3)
    assert outcomes(size(h)) == {"holds"}


def test_few_units_do_not_reach_the_size():
    assert "fails" in outcomes(size(Hyperparameters(l2=20.0, hidden=(8,), epochs=60, replicates=4)))


def test_at_small_lambda_the_network_is_longer_than_predicted():
    h = Hyperparameters(l2=0.5, n_train=200, learning_rate=0.5, epochs=200, replicates=4)
    assert "fails" in outcomes(size(h))


def test_of_a_collapsed_network_no_size_is_promised():
    h = Hyperparameters(l2=200.0, epochs=10, replicates=2)
    assert outcomes(verdicts.judge_size(train(h), 0.0)) == {"promises nothing"}


def test_a_run_that_diverged_is_judged_so():
    run = train(Hyperparameters(l2=1e6, replicates=2, n_train=100, hidden=(3,), epochs=30))
    assert run.diverged_at is not None
    found = [*verdicts.judge_law(run, np.ones((2, 1))), *verdicts.judge_clock(run), *verdicts.judge_size(run, 1.0)]
    assert outcomes(found) == {"diverged"}


def test_a_run_that_diverges_in_its_first_epoch_has_no_clock():
    change = dict(activation="relu", l2=500.0, learning_rate=5.0, n_train=20, batch_size=1, epochs=10, replicates=2)
    run = train(Hyperparameters(**change))
    assert (run.epochs, run.diverged_at) == (0, 1)
    assert outcomes(verdicts.judge_clock(run)) == {"diverged"}
