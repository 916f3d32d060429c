"""Floats that a traced step reads at run time: hyperparameters that change without a new trace.

`build` gets a `RuntimeFloat` in place of a float, and treats it as one. Whatever is computed from
it is a runtime float too; whatever reaches a tensor is read from a variable. Decisions by its
value, a comparison or a conversion to a Python float, are recorded as guards, so that
`RuntimeFloats.assign` knows whether other values would have led to the same trace.
"""

import functools
import importlib
import math
import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["RuntimeFloat", "RuntimeFloats"]

ROOM = 256  # numbers in the variable; TensorFlow wants it whole before the trace


class RuntimeFloats:
    """The floats of one model.

    Args:
        values: number by hyperparameter.

    Attributes:
        floats: by hyperparameter.
        variable: what the traced steps read.
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        tf = _registered()
        self.variable = tf.Variable(np.zeros(ROOM), trainable=False)
        self._slots: list[RuntimeFloat] = []
        self.floats = {name: RuntimeFloat(self, value) for name, value in values.items()}
        self.nodes: list[RuntimeFloat] = [*self.floats.values()]
        self.guards: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = []

    def assign(self, values: Mapping[str, float]) -> bool:
        """Sets the floats, if the trace is the one that these numbers would have given.

        Args:
            values: for the same hyperparameters.

        Returns:
            Whether it is; if not, nothing has changed.
        """
        before = [node.value for node in self.nodes]
        for name, value in values.items():
            self.floats[name].value = value
        try:
            self._recompute()
            same = all(found(*map(_value_of, some)) == was for found, some, was in self.guards)
        except ArithmeticError:  # as a fresh trace would have it: found there, and told
            same = False
        if not same:
            for node, value in zip(self.nodes, before, strict=True):
                node.value = value
        self._write()
        return same

    def slot(self, number: "RuntimeFloat") -> int:
        """Where the number of a number stands in the variable.

        Raises:
            ValueError: if there is no room for it.
        """
        found = [i for i, other in enumerate(self._slots) if other is number]
        if not found:
            if len(self._slots) == ROOM:
                raise ValueError(f"a trace may read at most {ROOM} numbers")
            self._slots.append(number)
            self._write()
        return found[0] if found else len(self._slots) - 1

    def _write(self) -> None:
        numbers = [number.value for number in self._slots]
        self.variable.assign(np.pad(np.array(numbers, float), (0, ROOM - len(numbers))))

    def _recompute(self) -> None:
        for node in self.nodes:  # in the order in which they were made: parts before the whole
            if node.rule is not None:
                node.value = node.rule(*map(_value_of, node.parts))


class RuntimeFloat:
    """A float that remembers where it goes; made by a `RuntimeFloats`.

    Attributes:
        value: the number.
        rule, parts: how the number is reckoned from others; None for a hyperparameter itself.
    """

    dtype = float  # as Keras sees a Python number: the other operand decides

    def __init__(
        self, owner: RuntimeFloats, value: float, rule: Any = None, parts: tuple[Any, ...] = ()
    ) -> None:
        self.owner, self.value, self.rule, self.parts = owner, value, rule, parts

    # isinstance(number, float) is True: Keras insists on it.
    __class__ = property(lambda _: float)  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.value)

    def __format__(self, form: str) -> str:
        return format(self.value, form)

    def __float__(self) -> float:
        """A float made of it stays as it is in the trace."""
        return float(self.guard(float))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self.guard(float)
        return np.array(self.value, dtype)

    def __hash__(self) -> int:
        return int(self.guard(hash))

    def guard(self, rule: Callable[..., Any], *others: Any) -> Any:
        """What `rule` says of the number; another number must lead to the same."""
        found = rule(self.value, *map(_value_of, others))
        self.owner.guards.append((rule, (self, *others), found))
        return found

    def derive(self, rule: Callable[..., float], *parts: Any) -> Any:
        """A number that `rule` reckons from others and numbers; not of tensors."""
        if not all(isinstance(part, float | int) for part in parts):
            return NotImplemented
        made = RuntimeFloat(self.owner, rule(*map(_value_of, parts)), rule, parts)
        self.owner.nodes.append(made)
        return made

    def tensor(self, dtype: Any) -> Any:
        """The number for a computation: in a trace a variable's value, outside a constant."""
        tf = importlib.import_module("tensorflow")
        dtype = dtype or tf.float32
        if tf.executing_eagerly():
            if not _initializes_variable():
                self.guard(float)
            return tf.constant(self.value, dtype)
        with tf.init_scope():
            slot = self.owner.slot(self)
        return tf.cast(self.owner.variable[slot], dtype)


def _value_of(number: Any) -> Any:
    return number.value if type(number) is RuntimeFloat else number


def _initializes_variable() -> bool:
    """Whether the number is a Keras variable's first value, which is set anew for each training."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.endswith("keras/src/backend/common/variables.py"):
            return True
        frame = frame.f_back
    return False


def _convert(
    number: RuntimeFloat, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Any:
    if dtype is not None and not dtype.is_floating:
        raise TypeError(f"cannot convert {number!r} to a tensor of type {dtype.name}")
    return number.tensor(dtype)


@functools.cache
def _registered() -> Any:
    tf = importlib.import_module("tensorflow")
    tf.register_tensor_conversion_function(RuntimeFloat, _convert, priority=1)
    return tf


def _arithmetic(name: str) -> None:
    rule = getattr(operator, name)
    setattr(RuntimeFloat, f"__{name}__", lambda number, other: number.derive(rule, number, other))
    setattr(RuntimeFloat, f"__r{name}__", lambda number, other: number.derive(rule, other, number))


def _guarded(name: str, rule: Callable[..., Any]) -> None:
    def decide(number: RuntimeFloat, *others: Any) -> Any:
        plain = all(isinstance(other, float | int) for other in others)
        return number.guard(rule, *others) if plain else NotImplemented

    setattr(RuntimeFloat, f"__{name}__", decide)


def _sign(name: str) -> None:
    rule = getattr(operator, name)
    setattr(RuntimeFloat, f"__{name}__", lambda number: number.derive(rule, number))


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    _arithmetic(_name)
for _name in ("neg", "pos", "abs"):
    _sign(_name)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _guarded(_name, getattr(operator, _name))
for _rule in (bool, int, round, math.trunc, math.floor, math.ceil):
    _guarded(_rule.__name__, _rule)
