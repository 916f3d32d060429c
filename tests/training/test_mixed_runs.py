"""A run on a mixed table, and predictions for rows of another file."""

import numpy as np

from keras_dl.cli import main
from keras_dl.tracking import store as tracking
from tests.data.test_mixed_tables import FRAME, KINDS
from tests.toys import toy


def test_run_on_a_frame_stores_the_encoding_that_predict_uses(store, capsys):
    result = toy.run(data=FRAME, columns=KINDS, epochs=1, verbose=False)
    run = tracking.find_run(result.run_id)
    assert run.data.params["columns"] == "size=S<M<L,hour=circular:24"
    FRAME.drop(columns="class").head(3).to_csv("new.csv", index=False)
    assert main(["predict", result.run_id, "new.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all("yes" in line and "no" in line for line in lines)


def test_search_with_workers_of_this_process_takes_a_frame(store):
    options = {"workers": 0, "final_seeds": 0, "algorithm": "random", "verbose": False}
    search = toy.tune(data=FRAME, columns=KINDS, trials=1, epochs=1, **options)
    assert np.isfinite(search.score)
