"""Images with captions in words."""

from keras_dl.data.captions.loading import captioned_images
from keras_dl.data.captions.tokenizer import END, START, CaptionTokenizer, caption_words

__all__ = ["END", "START", "CaptionTokenizer", "caption_words", "captioned_images"]
