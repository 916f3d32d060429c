import functools
import itertools
import math
import random
from typing import Annotated, Any, Literal, Optional

import numpy as np
import pytest

from keras_dl.space import (
    AtLeast,
    Choice,
    Hyper,
    Range,
    Repeat,
    When,
    check,
    check_names,
    format_value,
    hyper,
    hypers,
    parse_value,
    resolve,
)


def build(
    data: Any,
    *,
    flip: bool = True,
    depth: Annotated[int, Range(1, 9)] = 2,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    activation: Annotated[str, Choice("relu", "tanh")] = "relu",
    units: Annotated[tuple[int, ...], Repeat(Range(16, 1024, log=True), 1, 3)] = (512, 256),
    image_size: int | None = None,
    optimizer: Annotated[str, Choice("adam", "sgd")] = "adam",
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
) -> None: ...


SPACE = hypers(build)
ACTIVE = {name: h.default for name, h in SPACE.items() if name != "momentum"}


def message(function, *arguments):
    """The words of the error that the call raises."""
    with pytest.raises((TypeError, ValueError)) as caught:
        function(*arguments)
    return str(caught.value)


def test_signature_is_read_in_order():
    assert list(SPACE) == list(build.__kwdefaults__)
    assert SPACE["units"] == Hyper(
        "units", tuple, (512, 256), Repeat(Range(16, 1024, log=True), 1, 3), None, int
    )
    assert SPACE["image_size"] == Hyper("image_size", int, None, optional=True)
    assert SPACE["momentum"].when == When("optimizer", "sgd")


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[int | None, Range(1, 3)],
        Annotated[int, Range(1, 3)] | None,
        Optional[Annotated[int, Range(1, 3)]],  # noqa: UP045, the older way is read too
        Annotated[Annotated[int, Range(1, 3)] | None, "a note"],
    ],
)
def test_none_may_stand_inside_or_outside_of_annotated(annotation):
    assert hyper("x", annotation, None) == Hyper("x", int, None, Range(1, 3), optional=True)


def test_annotations_written_as_text_are_read():
    def f(data: "Unknown", *, x: "Annotated[int, Range(1, 3)]" = 2) -> "Unknown": ...  # noqa: F821

    assert hypers(f) == {"x": Hyper("x", int, 2, Range(1, 3))}


def test_partial_changes_the_default():
    assert hypers(functools.partial(build, depth=5))["depth"].default == 5


@pytest.mark.parametrize(
    ("annotation", "received"),
    [
        (list[int], "list[int]"),
        (int | str | None, "int | str | None"),
        (tuple, "tuple"),
        (tuple[int, int], "tuple[int, int]"),
        (tuple[list[int], ...], "tuple[list[int], ...]"),
        (dict, "dict"),
    ],
)
def test_only_plain_kinds_are_hyperparameters(annotation, received):
    said = message(hyper, "x", annotation, None)
    assert said.startswith("`x` must be annotated bool, int, float, str or tuple[int, ...]")
    assert said.endswith(f"Received: {received}")


def test_annotation_and_default_are_needed():
    def bare(*, x=1): ...
    def open_ended(*, x: int): ...

    assert message(hypers, bare).endswith("Received: nothing")
    assert message(hypers, open_ended).startswith("`x` must have a default")


def test_a_forgotten_star_is_noticed():
    def f(data, dropout: float = 0.1): ...

    assert message(hypers, f).startswith("`dropout` must stand behind a `*`")


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        (Annotated[str, Range(0, 1)], "a"),
        (Annotated[int, Range(0.5, 3)], 1),
        (Annotated[int, Range(0, 4, step=0.5)], 1),
        (Annotated[bool, Range(0, 1)], True),
        (Annotated[str, AtLeast(1)], "a"),
        (Annotated[int, AtLeast(1), Range(1, 2)], 1),
        (Annotated[int, Repeat(Range(0, 1), 1, 2)], 1),
        (Annotated[tuple[int, ...], Range(0, 1)], (1,)),
        (Annotated[tuple[int, ...], Repeat(Range(0.5, 1), 1, 2)], (1,)),
        (Annotated[tuple[str, ...], Repeat(Choice("a", 1), 1, 2)], ("a",)),
    ],
)
def test_domain_must_suit_the_kind(annotation, default):
    assert message(hyper, "x", annotation, default).startswith("`x` must have a domain for ")


def test_every_choice_must_be_of_the_kind():
    said = message(hyper, "x", Annotated[str, Choice("a", 3)], "a")
    assert said == "`x` must be text. Received: x=3 (int)"


def test_default_must_lie_in_the_domain():
    said = message(hyper, "x", Annotated[int, Range(1, 3)], 4)
    assert said == "`x` must lie in 1 … 3. Received: x=4"


def test_default_takes_the_kind():
    assert repr(hyper("x", float, 1).default) == "1.0"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("flip", np.True_, True),
        ("depth", np.int64(3), 3),
        ("depth", np.array(3), 3),
        ("dropout", np.float32(0.25), 0.25),
        ("dropout", 0, 0.0),
        ("activation", np.str_("tanh"), "tanh"),
        ("units", [512], (512,)),
        ("units", (np.int32(16), np.int32(32)), (16, 32)),
        ("image_size", None, None),
    ],
)
def test_value_is_kept_as_its_kind(name, value, kept):
    made = check(SPACE[name], value)
    assert made == kept
    assert type(made) is type(kept)


def test_items_are_kept_as_their_kind():
    floats = hyper("x", tuple[float, ...], ())
    assert [type(v) for v in check(floats, [1, np.float64(2)])] == [float, float]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("flip", 1, "`flip` must be true or false. Received: flip=1 (int)"),
        ("depth", True, "`depth` must be an integer. Received: depth=True (bool)"),
        ("depth", 2.0, "`depth` must be an integer. Received: depth=2.0 (float)"),
        ("depth", None, "`depth` must be an integer. Received: depth=None (NoneType)"),
        ("dropout", "0.1", "`dropout` must be a number. Received: dropout='0.1' (str)"),
        ("dropout", False, "`dropout` must be a number. Received: dropout=False (bool)"),
        ("activation", 3, "`activation` must be text. Received: activation=3 (int)"),
        ("units", 512, "`units` must be a tuple of integers. Received: units=512 (int)"),
        (
            "units",
            (512.0,),
            "`units` must be a tuple of integers. Received: units=(512.0,) (tuple)",
        ),
        ("units", (True,), "`units` must be a tuple of integers. Received: units=(True,) (tuple)"),
        (
            "image_size",
            "a",
            "`image_size` must be an integer or none. Received: image_size='a' (str)",
        ),
    ],
)
def test_wrong_kind_is_refused(name, value, said):
    with pytest.raises(TypeError) as caught:
        check(SPACE[name], value)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("depth", 10, "`depth` must lie in 1 … 9. Received: depth=10"),
        ("dropout", 0.51, "`dropout` must lie in 0 … 0.5. Received: dropout=0.51"),
        ("dropout", math.nan, "`dropout` must lie in 0 … 0.5. Received: dropout=nan"),
        (
            "activation",
            "rlu",
            "`activation` must be relu or tanh. Did you mean 'relu'? Received: activation='rlu'",
        ),
        (
            "units",
            (8,),
            "`units` must be 1 to 3 values that each lie in 16 … 1024. Received: units=(8,)",
        ),
        (
            "units",
            (),
            "`units` must be 1 to 3 values that each lie in 16 … 1024. Received: units=()",
        ),
    ],
)
def test_value_outside_its_domain_is_refused(name, value, said):
    with pytest.raises(ValueError, match="must") as caught:
        check(SPACE[name], value)
    assert str(caught.value) == said


def test_value_below_its_bound_is_refused_and_none_is_none():
    steps = hyper("steps", Annotated[int | None, AtLeast(1)], 5)
    assert steps.domain is None
    assert [check(steps, value) for value in (1, None)] == [1, None]
    assert message(check, steps, 0) == "`steps` must be at least 1. Received: steps=0"


def test_resolve_gives_the_active_defaults():
    assert resolve(SPACE, {}) == ACTIVE
    assert list(resolve(SPACE, {"depth": 3})) == list(ACTIVE)


def test_resolve_takes_what_is_given():
    given = {"dropout": 0.25, "units": [16]}
    assert resolve(SPACE, given) == {**ACTIVE, "dropout": 0.25, "units": (16,)}


def test_condition_that_holds_makes_active():
    assert resolve(SPACE, {"optimizer": "sgd"})["momentum"] == 0.9
    assert resolve(SPACE, {"optimizer": "sgd", "momentum": 0.5})["momentum"] == 0.5


def test_condition_that_fails_refuses_the_value():
    said = message(resolve, SPACE, {"momentum": 0.5})
    assert said == (
        "`momentum` must be left out; it only has an effect when optimizer is sgd. "
        "Received: momentum=0.5, optimizer='adam'"
    )


def test_unknown_name_offers_the_nearest():
    said = message(resolve, SPACE, {"dropot": 0.1})
    assert said.startswith(
        "'dropot' is not a hyperparameter. Did you mean 'dropout'? Available: flip, "
    )


def test_wrong_name_offers_nothing_far_off():
    assert (
        message(check_names, ["zebra"], ["a", "b"], "word")
        == "'zebra' is not a word. Available: a, b"
    )


def values():
    """Many values of every kind, each with a hyperparameter that takes it."""
    draw = random.Random(0)
    floats = [10.0 ** draw.uniform(-12, 12) * draw.choice([-1, 1]) for _ in range(50)]
    integers = [draw.randint(-(10**9), 10**9) for _ in range(20)]
    words = ["relu", "a b", "", "x", "3x3", "Mixed_Float16", "/tmp/some file.npz"]
    samples = {
        bool: [True, False],
        int: [0, *integers],
        float: [0.0, 1.0, 0.1, 1e-300, math.pi, *floats],
        str: words,
    }
    for kind, some in samples.items():
        for value in [None, *some]:
            yield Hyper("v", kind, None, optional=True), value
        items = [w for w in some if w != ""]
        for length, _ in itertools.product(range(5), range(3)):
            yield Hyper("v", tuple, (), item=kind), tuple(draw.choices(items, k=length))


@pytest.mark.parametrize(("hyper", "value"), list(values()))
def test_value_survives_writing_and_reading(hyper, value):
    again = parse_value(hyper, format_value(value))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("flip", "TRUE", True),
        ("depth", " 3", 3),
        ("dropout", "1e-1", 0.1),
        ("units", "512,256", (512, 256)),
        ("units", "512, 256,", (512, 256)),
        ("units", "512x256", (512, 256)),
        ("image_size", "None", None),
        ("image_size", "32", 32),
    ],
)
def test_typed_text_is_read(name, text, value):
    assert parse_value(SPACE[name], text) == value


def test_texts_with_an_x_stay_whole():
    assert parse_value(Hyper("v", tuple, (), item=str), "max_units,3x3") == ("max_units", "3x3")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("flip", "1", "`flip` must be true or false. Received: flip='1'"),
        ("depth", "2.5", "`depth` must be an integer. Received: depth='2.5'"),
        ("depth", "none", "`depth` must be an integer. Received: depth='none'"),
        ("dropout", "abc", "`dropout` must be a number. Received: dropout='abc'"),
        ("dropout", "inf", "`dropout` must lie in 0 … 0.5. Received: dropout=inf"),
        ("units", "512,x", "`units` must be integers with commas between. Received: units='512,x'"),
        (
            "units",
            "16,,32",
            "`units` must be integers with commas between. Received: units='16,,32'",
        ),
        (
            "units",
            "",
            "`units` must be 1 to 3 values that each lie in 16 … 1024. Received: units=()",
        ),
        ("image_size", "x", "`image_size` must be an integer or none. Received: image_size='x'"),
    ],
)
def test_wrong_text_is_refused(name, text, said):
    with pytest.raises(ValueError, match="must") as caught:
        parse_value(SPACE[name], text)
    assert str(caught.value) == said


def test_words_beside_numbers():
    workers = hyper("workers", Annotated[int | Literal["auto"] | None, Range(0, 8)], None)
    assert workers.words == ("auto",)
    assert workers.kind_words == "an integer, auto or none"
    assert [parse_value(workers, text) for text in ("auto", "AUTO", "3", "none")] == [
        "auto",
        "auto",
        3,
        None,
    ]
    assert check(workers, "auto") == "auto"
    assert message(check, workers, 9) == (
        "`workers` must lie in 0 … 8 or be auto. Received: workers=9"
    )
    assert message(parse_value, workers, "all") == (
        "`workers` must be an integer, auto or none. Received: workers='all'"
    )
