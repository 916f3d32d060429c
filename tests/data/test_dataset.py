import dataclasses
import json

import numpy as np
import pytest

from keras_dl.data import (
    Classes,
    Data,
    Features,
    Images,
    Masks,
    NoTargets,
    Split,
    Tokens,
    Values,
    digest,
)
from keras_dl.data.samplers import Sequential, Shuffle, Windows
from keras_dl.data.specs import to_dict

X = np.arange(24, dtype="float32").reshape(6, 4)
Y = np.arange(6, dtype="int32") % 3
TREE = Split(
    {"image": X, "boxes": {"corners": X[:, None], "valid": Y[:, None] > 0}},
    {"labels": Y},
    np.linspace(0, 1, 6),
)


def data_of(split, **options):
    options = {"inputs": Features(), "targets": Classes(("a", "b", "c"))} | options
    return Data.from_splits("toy", {"train": split, "validation": split, "test": split}, **options)


def test_digest_depends_on_values_shape_and_type():
    x = np.arange(6, dtype=np.uint8)
    different = [x, x + 1, x.reshape(2, 3), x.astype(np.int32), x.view(np.int8)]
    assert len({digest(a) for a in different}) == len(different)
    assert digest(x) == digest(x.copy())
    assert len(digest(x)) == 64


def test_digest_is_independent_of_the_memory_layout():
    x = np.arange(12).reshape(3, 4)
    assert digest(x) == digest(np.asfortranarray(x)) == digest(np.repeat(x, 2, axis=1)[:, ::2])


def test_examples_of_a_tree_are_counted_by_the_first_axis():
    assert TREE.num_examples == 6
    assert [array.shape for array in TREE.arrays()] == [(6, 4), (6, 1, 4), (6, 1), (6,), (6,)]
    assert Split(X, Y).num_examples == 6
    assert len(Split(X, Y).arrays()) == 2


@pytest.mark.parametrize(
    "rows",
    [np.array([4, 0, 4]), Y == 1, slice(1, None, 2), np.array([[0, 1], [5, 2], [3, 3]])],
    ids=["rows", "mask", "slice", "2-D rows"],
)
def test_take_gathers_rows_of_each_array(rows):
    taken = TREE.take(rows)
    for array, source in zip(taken.arrays(), TREE.arrays(), strict=True):
        np.testing.assert_array_equal(array, source[rows])
    assert taken.x.keys() == TREE.x.keys()
    assert taken.x["boxes"]["corners"].shape == (*Y[rows].shape, 1, 4)


def test_split_without_weights_has_none_after_take():
    assert Split(X, Y).take(slice(2)).sample_weight is None


@pytest.mark.parametrize(
    "parts",
    [
        (X, Y[:5]),
        ({"a": X, "b": X[:4]}, Y),
        ({"a": {"b": X, "c": X[1:]}}, Y),
        (X, {"a": Y, "b": Y[:2]}),
        (X, Y, np.ones(7)),
    ],
)
def test_first_axes_of_different_length_are_refused(parts):
    with pytest.raises(ValueError, match=r"first axes of equal length.*Received: lengths \["):
        Split(*parts)


def test_split_is_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TREE.x = X


def test_from_splits_digests_all_arrays():
    data = data_of(TREE)
    assert data.digest == digest(*TREE.arrays() * 3)
    assert data.digest == data_of(TREE.take(slice(None))).digest
    assert data.digest != data_of(TREE, digested=(np.array(["word"]),)).digest
    assert data.digest != data_of(dataclasses.replace(TREE, sample_weight=np.ones(6))).digest
    assert (data.source, data.batch_size, data.samplers) == ("generated", 128, {})


def test_with_splits_replaces_the_named_ones():
    data = data_of(Split(X, Y), batch_size=2, extras={"more": 1})
    changed = data.with_splits({"train": Split(X[:4], Y[:4])}, name="smaller")
    assert (changed.name, changed.batch_size, changed.extras) == ("smaller", 2, {"more": 1})
    assert changed.validation is data.validation
    assert changed.digest == digest(X[:4], Y[:4], *[X, Y] * 2)
    assert changed.digest != data.digest


def test_train_is_shuffled_and_other_splits_are_read_in_order():
    data = data_of(TREE)
    assert isinstance(data.sampler("train"), Shuffle)
    assert isinstance(data.sampler("validation"), Sequential)
    assert isinstance(data.sampler("test"), Sequential)
    assert data.sampler("train").num_examples == 6


def test_samplers_of_the_data_take_precedence():
    windows = Windows(6, 2, shuffle=True)
    data = data_of(Split(Y, Y), inputs=Tokens(), samplers={"train": windows})
    assert data.sampler("train") is windows
    assert isinstance(data.sampler("test"), Sequential)
    assert data.facts()["examples"] == {"train": 3, "validation": 6, "test": 6}
    assert data.facts()["input_shape"] == []


def test_input_shape_is_that_of_the_spec_or_of_the_arrays():
    assert data_of(Split(X, Y)).input_shape == (4,)
    assert data_of(Split(X, Y), inputs=Images(shape=(2, 2, 1))).input_shape == (2, 2, 1)
    assert data_of(TREE).input_shape == {
        "image": (4,),
        "boxes": {"corners": (1, 4), "valid": (1,)},
    }


INPUTS = [Images(), Images(shape=(2, 2, 1)), Features(), Tokens(), Tokens(vocabulary_size=9)]
TARGETS = [
    Classes(("a", "b")),
    Classes(("a", "b"), by_split={"train": ("a",), "test": ("b",)}),
    Masks(("road", "car"), ignore=255, colours=((0, 0, 0), (1, 2, 3))),
    Values(),
    Values(shape=(2,)),
    NoTargets(),
    Images(),
    Tokens(vocabulary_size=9),
]


@pytest.mark.parametrize("split", [Split(X, Y), TREE], ids=["array", "tree"])
@pytest.mark.parametrize("inputs", INPUTS, ids=str)
@pytest.mark.parametrize("targets", TARGETS, ids=str)
def test_facts_fit_into_json(split, inputs, targets):
    facts = data_of(split, inputs=inputs, targets=targets).facts()
    restored = json.loads(json.dumps(facts))
    assert restored["inputs"]["type"] == type(inputs).__name__
    assert restored["targets"]["type"] == type(targets).__name__
    assert restored["class_names"] == list(getattr(targets, "names", ()))
    assert restored["examples"]["test"] == 6
    assert restored["input_shape"] == facts["input_shape"]


def test_spec_as_dict():
    assert to_dict(Tokens(vocabulary_size=9)) == {
        "type": "Tokens",
        "shape": None,
        "vocabulary_size": 9,
    }
    classes = to_dict(Classes(("a", "b"), by_split={"train": ("a",)}))
    assert classes == {
        "type": "Classes",
        "shape": None,
        "names": ("a", "b"),
        "by_split": {"train": ("a",)},
    }
    assert to_dict(Values(shape=(2,))) == {"type": "Values", "shape": (2,)}


def test_data_without_classes_have_no_class_names():
    assert data_of(TREE, targets=Values()).class_names == ()
    assert data_of(TREE, targets=NoTargets()).num_classes == 0
    assert data_of(TREE, targets=Masks(("road", "car"))).num_classes == 2
