"""Runs in MLflow: the store, writing runs, loading their models.

The only package that imports mlflow; models, layers and the training loop do not depend on it.
"""
