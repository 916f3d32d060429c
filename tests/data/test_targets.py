import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.reading import record
from keras_dl.data.targets import encode


@pytest.mark.parametrize(
    ("y", "names", "numbers"),
    [
        ([0, 1, 2, 1], ("0", "1", "2"), [0, 1, 2, 1]),
        ([[0], [1], [1]], ("0", "1"), [0, 1, 1]),
        ([3, 7, 3], ("3", "7"), [0, 1, 0]),
        ([-1, 1, -1], ("-1", "1"), [0, 1, 0]),
        ([0.0, 1.0, 1.0], ("0", "1"), [0, 1, 1]),
        ([True, False], ("False", "True"), [1, 0]),
        (["dog", "cat", "dog"], ("cat", "dog"), [1, 0, 1]),
        ([b"dog", b"cat"], ("cat", "dog"), [1, 0]),
        (np.array(["b", "a"], dtype=object), ("a", "b"), [1, 0]),
        ([[0, 0, 1], [1, 0, 0]], ("0", "1", "2"), [2, 0]),
    ],
)
@pytest.mark.parametrize("kind", ["image", "table"])
def test_classes(y, names, numbers, kind):
    (encoded,), class_names = encode([y], tabular=kind == "table")
    assert class_names == names
    assert encoded.tolist() == numbers
    assert encoded.dtype == np.int32


@pytest.mark.parametrize(
    "y", [[0.5, 1.0, 2.0], np.arange(21.0), np.arange(1000, 3000, 7), [[0.1, 2], [1, 0]]]
)
def test_quantities_of_a_table(y):
    (encoded,), class_names = encode([y], tabular=True)
    assert class_names == ()
    assert encoded.dtype == np.float32
    np.testing.assert_allclose(encoded, y)


def test_many_gapless_classes_of_a_table_are_classes():
    (encoded,), class_names = encode([np.arange(520) % 26], tabular=True)
    assert len(class_names) == 26
    assert encoded.max() == 25


@pytest.mark.parametrize(
    ("targets", "class_names", "message"),
    [
        ([[0.5, 1, 0]], ("a", "b"), "`y` must hold whole class numbers"),
        ([[0, 1, np.nan]], None, "`y` must be finite; remove those examples. Received: 1 NaN"),
        ([["a", None, "b"]], None, "a label for every example.* 1 missing, first None in row 1"),
        ([["a", float("nan"), "b"]], None, "a label for every example.* first nan in row 1"),
        ([[1, None, 2]], None, "a label for every example"),
        ([np.array(["?", "a", "NA"])], None, "2 missing, first '\\?' in row 0"),
        ([[0, 1], [2]], None, r"only classes of `y_train`.*unseen classes \['2'\]"),
        ([[0, 1, 5]], ("a", "b"), r"`y` must lie in 0..1, .*Received: 1 labels outside, first 5"),
        ([[0, -1, 1]], ("a", "b"), "labels outside, first -1"),
        ([[[0, 2], [1, 0]]], None, "one-hot rows with a single 1"),
        ([[{}, {}]], None, "`y` must hold class numbers, class names or one-hot rows"),
        ([np.zeros((2, 2, 2))], None, "one target per example"),
    ],
)
def test_unusable_targets_of_images(targets, class_names, message):
    with pytest.raises(DatasetError, match=message):
        encode(targets, class_names=class_names)


def test_names_that_differ_in_case_only_are_recorded():
    with record() as reading:
        assert len(encode([["Pos", "neg", "pos", "pos\u200b"]])[1]) == 4
    alike = r"'Pos' and 'pos' and 'pos\u200b'"
    assert reading.notices == [
        f"Classes {alike} differ in case, blanks or invisible characters only."
    ]


@pytest.mark.parametrize(
    ("values", "task", "told"),
    [
        (range(3, 9), "classification", '6 different whole numbers (3..8) are classes; task="reg'),
        (range(3), "classification", ""),
        (range(30, 90), "regression", '60 different whole numbers are regression targets; task="c'),
    ],
)
def test_guess_from_whole_numbers_is_stated(values, task, told):
    y = np.resize(list(values), 240)
    with record() as reading:
        _, names = encode([y], tabular=True)
    assert bool(names) == (task == "classification")
    assert reading.facts["guessed"].startswith(f"{task}, as the target has {len(values)} different")
    assert len(reading.notices) == bool(told)
    assert told in "".join(reading.notices)


@pytest.mark.parametrize("options", [{"task": "classification"}, {"class_names": ("a", "b", "c")}])
def test_stated_task_is_no_guess(options):
    with record() as reading:
        encode([np.arange(30) % 3], tabular=True, **options)
        encode([np.linspace(0, 1, 30)], tabular=True)
    assert "guessed" not in reading.facts
    assert not reading.notices


def test_values_beyond_float32_are_refused():
    with pytest.raises(DatasetError, match=r"`y` must lie within float32.*1e\+39"):
        encode([np.array([0.5, -1e39, 2.5])], tabular=True)
