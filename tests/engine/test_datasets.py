"""The digits against scikit-learn's copy; the teacher against its description."""

import hashlib

import numpy as np
import pytest
from scipy import stats

from engine import Hyperparameters, datasets
from tests.engine.vectors import stored


def digits(**options):
    return datasets.load(Hyperparameters(**options))


def teacher(**options):
    return datasets.load(Hyperparameters(dataset="teacher", **options))


def labels_of(data):
    """Of the training examples, then of the validation examples."""
    return np.concatenate([data.y_train.argmax(axis=1), data.y_validation])


def inputs_of(data):
    return np.concatenate([data.x_train, data.x_validation])


def test_digits_are_scikit_learns():
    """Every image with its label, each as often as there, none twice in the two halves."""
    data = digits()
    ours = np.column_stack([inputs_of(data) * 16, labels_of(data)])
    assert (ours == np.rint(ours)).all()
    in_order = np.array(sorted(map(tuple, ours.astype(int).tolist())), np.uint8)
    assert hashlib.sha256(in_order.tobytes()).hexdigest() == stored("digits")["sha256"]


def test_digits_shapes_and_ranges():
    data = digits()
    assert data.x_train.shape == (1440, 64)
    assert data.y_train.shape == (1440, 10)
    assert data.x_validation.shape == (357, 64)
    assert data.y_validation.shape == (357,)
    assert data.x_train.dtype == data.y_train.dtype == data.x_validation.dtype == np.float32
    assert (data.x_train.min(), data.x_train.max()) == (0, 1)
    assert set(np.unique(data.y_train)) == {0, 1}
    np.testing.assert_array_equal(data.y_train.sum(axis=1), 1)


def test_every_beginning_holds_all_classes_in_proportion():
    labels = labels_of(digits())
    share = np.bincount(labels) / len(labels)
    for beginning in (100, 720, 1440, *range(1, 1797, 7)):
        # at most one example off by the spreading of each class, and a tenth of one for each of the ten others;
        # a random order is off by six or more at 720
        assert abs(np.bincount(labels[:beginning], minlength=10) - beginning * share).max() <= 2


@pytest.mark.parametrize("n_train", [1, 10, 100, 1440])
def test_unused_inputs(n_train):
    data = digits(n_train=n_train)
    blank = [all(image[k] == 0 for image in data.x_train) for k in range(64)]
    assert data.unused_inputs.tolist() == blank
    never = stored("digits")["blank"]  # in none of the images at all
    assert len(never) == 3
    assert data.unused_inputs[never].all()


@pytest.mark.parametrize("load", [digits, teacher])
def test_fewer_examples_are_the_first_ones(load):
    whole, part = load(), load(n_train=33)
    np.testing.assert_array_equal(part.x_train, whole.x_train[:33])
    np.testing.assert_array_equal(part.y_train, whole.y_train[:33])
    np.testing.assert_array_equal(part.x_validation, whole.x_validation)
    np.testing.assert_array_equal(part.y_validation, whole.y_validation)


@pytest.mark.parametrize("load", [digits, teacher])
def test_shared_arrays_cannot_be_changed(load):
    data = load()
    for array in (data.x_train, data.y_train, data.x_validation, data.y_validation):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("fan_in", [1, 7, 100, 400])
def test_teacher_shapes(fan_in):
    data = teacher(fan_in=fan_in)
    assert data.x_train.shape == (2000, fan_in)
    assert data.y_train.shape == (2000, 10)
    assert data.x_validation.shape == (500, fan_in)
    assert data.y_validation.shape == (500,)
    assert data.x_train.dtype == data.y_train.dtype == np.float32
    np.testing.assert_array_equal(data.y_train.sum(axis=1), 1)
    assert not data.unused_inputs.any()


def test_teacher_is_the_same_every_time():
    one = teacher(fan_in=8, noise=0.3)
    datasets._load.cache_clear()
    other = teacher(fan_in=8, noise=0.3)
    assert one is not other
    np.testing.assert_array_equal(inputs_of(one), inputs_of(other))
    np.testing.assert_array_equal(labels_of(one), labels_of(other))


def test_teacher_inputs_are_standard_normal():
    x = inputs_of(teacher(fan_in=40))  # 100,000 numbers: the standard deviation to 0.2 %
    assert x.std() == pytest.approx(1, rel=0.01)
    assert abs(x.mean()) < 0.01
    assert stats.kstest(x.ravel(), "norm").pvalue > 0.01
    covariance = np.cov(x.T)  # independent: 4 standard errors of 2,500 examples are 0.08
    assert abs(covariance - np.eye(40)).max() < 0.12


def test_teacher_classes_are_roughly_balanced():
    """A tenth each, give or take the norm of the class's own row of the teacher."""
    share = np.bincount(labels_of(teacher(fan_in=100)), minlength=10) / 2500
    assert share.min() > 0.04
    assert share.max() < 0.2


def test_teacher_is_linear():
    """Without noise the perceptron's rule finds weights without a mistake; for labels of no linear rule it would never end."""
    data = teacher(fan_in=10)
    x, labels = inputs_of(data).astype(float), labels_of(data)
    w, mistakes = np.zeros((10, 10)), True
    for _ in range(2000):
        mistakes = False
        for a, label in zip(x[:200], labels[:200]):
            guess = (w @ a).argmax()
            if guess != label:
                w[label] += a
                w[guess] -= a
                mistakes = True
        if not mistakes:
            break
    assert not mistakes
    assert ((x[200:] @ w.T).argmax(axis=1) == labels[200:]).mean() > 0.8  # and the rule is the same for all the others


def test_noise_turns_labels_as_often_as_it_should():
    clean = labels_of(teacher(fan_in=100))
    stream = np.random.default_rng(0)
    outputs, noise = stream.standard_normal((2, 50_000, 10))  # outputs of a teacher have unit variance, on average over rows
    for deviation in (0.3, 1.0, 3.0, 100.0):
        noisy = teacher(fan_in=100, noise=deviation)
        np.testing.assert_array_equal(noisy.x_train, teacher(fan_in=100).x_train)
        expected = (outputs.argmax(axis=1) == (outputs + deviation * noise).argmax(axis=1)).mean()
        # 2,500 labels know the share to 0.01; the rows' norms, spread by 7 %, move it by as much
        assert (labels_of(noisy) == clean).mean() == pytest.approx(expected, abs=0.04)


@pytest.fixture
def images(tmp_path, monkeypatch):
    """Images of MNIST's width, and an empty cache of the user's."""
    monkeypatch.setattr(datasets.mnist, "cache_folder", lambda: tmp_path / "cache")
    return np.random.default_rng(1).integers(0, 256, (2000, 784), dtype=np.uint8)


def test_scaled_images_are_mapped_from_one_file_for_all_processes(images, tmp_path):
    scaled = datasets._shared(images)
    np.testing.assert_array_equal(scaled, images / np.float32(255))
    (file,) = (tmp_path / "cache").iterdir()
    assert isinstance(scaled.base, np.memmap)
    assert not scaled.flags.writeable
    again = datasets._shared(images)
    assert str(again.base.filename) == str(file)


@pytest.mark.parametrize("content", [b"", b"nonsense", "cut", "other"], ids=str)
def test_a_damaged_file_of_scaled_images_is_made_again(images, tmp_path, content):
    datasets._shared(images)
    (file,) = (tmp_path / "cache").iterdir()
    whole = file.read_bytes()
    damaged = {"cut": whole[: len(whole) // 2], "other": whole[:128] + bytes(len(whole) - 128)}
    file.write_bytes(damaged.get(content, content))
    np.testing.assert_array_equal(datasets._shared(images), images / np.float32(255))
    assert file.read_bytes() == whole


def test_without_a_place_for_the_file_images_are_scaled_in_memory(images, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    np.testing.assert_array_equal(datasets._shared(images), images / np.float32(255))
