"""Node classification: classes of the nodes of a graph that the model contains."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl.data import Data
from keras_dl.space import Range
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task
from keras_dl.tasks.classification import (
    ClassificationEvaluator,
    ImageClassification,
    rank_classes,
    report_classification,
)

__all__ = ["NodeClassification", "task"]


class NodeClassification(Task):
    """Classes of nodes."""

    name = "node_classification"
    test_metrics = ImageClassification.test_metrics

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of balanced accuracy, F1 and areas under curves."""
        return (ClassificationEvaluator(data),)

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns the figures of `report_classification`."""
        return report_classification(model, data)

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        top: Annotated[int, Range(1, 1000)] = 3,
    ) -> Iterable[Prediction]:
        """Classifies nodes of the graph of training.

        Args:
            run: a classifier of nodes.
            inputs: node numbers from 0, as texts; "0-9" names ten of them.
            top: classes per node, most probable first.

        Raises:
            ValueError: if the run is no such classifier, or an input is no number of a node.
        """
        if run.spec["inputs"]["type"] != "Nodes":
            raise ValueError(
                "`run_id` must name a classifier of nodes. Received: one of "
                f"{run.spec['inputs']['type']}"
            )
        count = run.spec["inputs"]["num_nodes"]
        nodes = [node for text in inputs for node in _numbers(text, count)]
        return rank_classes(run, np.array(nodes, np.int32), [f"node {n}" for n in nodes], top)


def _numbers(text: str, count: int) -> Sequence[int]:
    first, dash, last = text.partition("-")
    ends = (first, last if dash else first)
    if all(end.isdecimal() for end in ends) and int(ends[0]) <= int(ends[1]) < count:
        return range(int(ends[0]), int(ends[1]) + 1)
    raise ValueError(
        f"`inputs` must be node numbers from 0 to {count - 1}, or ranges such as 0-9. "
        f"Received: {text!r}"
    )


task = NodeClassification()
