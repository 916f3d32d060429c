"""Tables in CSV files: rows, header, columns, and their conversion to arrays."""

from keras_dl.data.tables.columns import TARGETS
from keras_dl.data.tables.csv_files import read_csv
from keras_dl.data.tables.rows import Table, open_table

__all__ = ["TARGETS", "Table", "open_table", "read_csv"]
