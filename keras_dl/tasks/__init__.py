"""Tasks: how a kind of model is compiled, evaluated, reported on and used for predictions."""
