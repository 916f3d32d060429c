"""The version, where the command line reads it without importing the package's names."""

__version__ = "0.1.0"
