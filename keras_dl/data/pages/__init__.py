"""Pages of handwritten characters in lines, composed of images of single ones."""

from keras_dl.data.pages.composing import Pages, compose_pages
from keras_dl.data.pages.loading import handwritten_pages
from keras_dl.data.pages.tokenizer import LINE_BREAK, PageTokenizer

__all__ = ["LINE_BREAK", "PageTokenizer", "Pages", "compose_pages", "handwritten_pages"]
