"""`python -m keras_dl` is `keras-dl`."""

import sys

from keras_dl.cli import main

sys.exit(main())
