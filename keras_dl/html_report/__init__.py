"""A self-contained HTML page of tracked runs: tables, curves, searches and their figures."""

from keras_dl.html_report.page import write_page

__all__ = ["write_page"]
