"""Execution of trainings: jobs, workers, journals, progress."""
