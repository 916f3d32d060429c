"""Helpers shared by all packages: atomic files, argument checks, layers of a model, close matches.

Importing them loads the standard library only.
"""
