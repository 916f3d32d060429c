"""One recipe a file; each can be imported, run and read on its own."""

from keras_dl import settings

settings.load_backend()  # here, because every recipe's first import is Keras
