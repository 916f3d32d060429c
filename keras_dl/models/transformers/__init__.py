"""Transformers."""

from keras_dl.models.transformers.bert import PUBLISHED as ENCODERS
from keras_dl.models.transformers.bert import (
    SIZES,
    bert,
    bert_classifier,
    bert_masked_lm,
    masked_lm_on,
)
from keras_dl.models.transformers.document_reader import PUBLISHED as READERS
from keras_dl.models.transformers.document_reader import document_reader
from keras_dl.models.transformers.gpt import GPT2_SIZES, GPT3_SIZES, gpt, gpt2
from keras_dl.models.transformers.gpt import PUBLISHED as DECODERS
from keras_dl.models.transformers.transformer import PUBLISHED as ENCODER_DECODERS
from keras_dl.models.transformers.transformer import (
    transformer,
    transformer_base,
    transformer_big,
)

__all__ = [
    "GPT2_SIZES",
    "GPT3_SIZES",
    "PUBLISHED",
    "SIZES",
    "bert",
    "bert_classifier",
    "bert_masked_lm",
    "document_reader",
    "gpt",
    "gpt2",
    "masked_lm_on",
    "transformer",
    "transformer_base",
    "transformer_big",
]

PUBLISHED = DECODERS | ENCODERS | ENCODER_DECODERS | READERS
