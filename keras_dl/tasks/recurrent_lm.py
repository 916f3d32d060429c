"""The report of recurrent language models: perplexity of one stream, and gradients through time."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.algorithms import StatefulLanguageModel
from keras_dl.data import Data
from keras_dl.diagnostics import gradient_by_distance
from keras_dl.models.recurrent_lm import recurrent_lm
from keras_dl.tasks.language_modelling import task

__all__ = ["report_recurrent_lm"]

WINDOWS, REACH = 32, 30  # texts whose gradients are averaged, and their words
NEAR, FAR = 1, 20  # distances whose gradients are compared


def report_recurrent_lm(
    model: StatefulLanguageModel, data: Data, initial: Mapping[str, Any]
) -> dict[str, Any]:
    """Draws a sample and the reach of gradients; computes the perplexity of test as one stream.

    Args:
        model: trained.
        data: as `keras_dl.data.text.words` returns them.
        initial: sizes and scale of untrained nets of both kinds, for `recurrent_lm`.

    Returns:
        Figures, `stream_perplexity` of the test set read in one piece, and for the trained and the
        untrained nets `gradient_ratio_…`: the gradient by the word 20 words before the last one
        over that by the word before it.
    """
    size = model.net.output_shape[0][-1]
    kinds = {
        "rnn": {"cell": "rnn"},
        "lstm": {"cell": "lstm"},
        "lstm_forget_bias": {"cell": "lstm", "forget_bias": True},
    }
    fresh = {name: recurrent_lm(size, **initial, **kind) for name, kind in kinds.items()}
    test = data.test
    starts = np.linspace(0, test.num_examples - REACH - 1, WINDOWS).astype(int)
    ids = test.x[starts[:, None] + np.arange(REACH)]
    targets = test.y[starts + REACH - 1]
    nets = {"trained": model.net, **fresh}
    lines: dict[str, Any] = {
        name: gradient_by_distance(net, ids, targets) for name, net in nets.items()
    }
    losses = model.stream_losses(np.append(test.x, test.y[-1]))
    return {
        **task.report(model, data),
        "gradients_through_time": plots.layer_profiles(
            {
                "gradient of the last word's loss by earlier words' vectors": {
                    name if name == "trained" else f"{name.replace('_', ' ')}, untrained": line
                    for name, line in lines.items()
                }
            },
            "Euclidean norm",
            along="words back, the last one read is 1",
        ),
        "stream_perplexity": float(np.exp(losses.mean())),
        **{f"gradient_ratio_{n}": float(line[FAR] / line[NEAR]) for n, line in lines.items()},
    }
