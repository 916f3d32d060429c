"""Tables in CSV files and DataFrames: rows, header, typed columns, conversion to arrays."""

from keras_dl.data.tables.columns import TARGETS
from keras_dl.data.tables.csv_files import read_csv
from keras_dl.data.tables.encoding import Column, ColumnEncoder
from keras_dl.data.tables.rows import Table, open_table

__all__ = ["TARGETS", "Column", "ColumnEncoder", "Table", "open_table", "read_csv"]
