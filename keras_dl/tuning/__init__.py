"""Search: suggestions from KerasTuner's oracles, trials in worker processes, state on disk."""
