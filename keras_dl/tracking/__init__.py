"""Runs in MLflow: where they are stored, how they are written, how models come back.

The only package that names mlflow. Models, layers and the training loop know nothing of it.
"""
