"""Models that are composed of layers and networks, and their configuration."""

from typing import Any, ClassVar, Self

import keras

__all__ = ["ComposedModel", "ScaledModel"]


class ComposedModel(keras.Model):
    """A model whose constructor takes layers or networks, and plain values.

    Subclasses keep each argument in an attribute of its name.

    Attributes:
        components: names of the arguments that are layers or networks.
        arguments: names of the others that a saved model needs.
        reusable_step: whether a step changes nothing but variables and `training_state`, so that
            its trace can serve another training.
        training_state: names of attributes beside variables that a training reads or changes.
    """

    components: ClassVar[tuple[str, ...]] = ("scaling", "net")
    arguments: ClassVar[tuple[str, ...]] = ()
    reusable_step: ClassVar[bool] = False
    training_state: ClassVar[tuple[str, ...]] = ()

    def build(self, input_shape: Any) -> None:
        """Marks the model as built: its components are."""
        self.built = True

    def shared_variables(self) -> list[keras.Variable]:
        """Returns variables that steps read and all trainings on a data set have in common."""
        return []

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        saved = {n: keras.saving.serialize_keras_object(getattr(self, n)) for n in self.components}
        own = {name: getattr(self, name) for name in self.arguments}
        return {**super().get_config(), **saved, **own}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Self:
        """Creates a model from the result of `get_config`."""
        built = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in cls.components
        }
        return cls(**{**config, **built})


class ScaledModel(ComposedModel):
    """A composed model whose component `scaling` gets the raw inputs."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the scaling outside the traced step, which would discard its constants."""
        scaling: keras.layers.Layer = self.scaling  # type: ignore[attr-defined]
        if not scaling.built:
            scaling.build(input_shape)
        self.built = True
