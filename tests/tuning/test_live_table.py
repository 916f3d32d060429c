"""The table of a search in a notebook: one output, updated in place."""

import sys
import types

from keras_dl import Objective
from keras_dl.execution.journal import Trial
from keras_dl.tuning.progress import TrialReporter

BEST = Objective("val_accuracy", "max")


class Handle:
    def __init__(self):
        self.contents = []

    def update(self, content):
        self.contents.append(content)


def notebook(monkeypatch):
    """Stands in for a kernel; returns what is displayed."""
    handle = Handle()
    display = types.ModuleType("IPython.display")
    display.HTML = lambda text: text
    display.display = lambda content, display_id: handle
    kernel = types.ModuleType("IPython")
    kernel.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return handle


def test_each_trial_updates_the_same_table(monkeypatch, capsys):
    handle = notebook(monkeypatch)
    with TrialReporter(3, BEST, {"units": None}, verbose=True) as reporter:
        reporter.restore_trials([Trial(0, {}, {"units": 4}, 1, status="done", score=0.25)])
        reporter.report_trial(Trial(1, {}, {"units": 16}, 1, status="done", score=0.75))
        reporter.report_trial(
            Trial(2, {}, {"units": 8}, 1, status="failed", reason="diverged", message="<nan>")
        )
    assert len(handle.contents) == 2
    first, last = handle.contents
    assert "2/3 trials · best 0.7500 (#1)" in first
    assert first.index("units=16") < first.index("units=4")
    assert "3/3 trials" in last
    assert "1 failed" in last
    assert "#1" not in capsys.readouterr().err  # no line for a trial beside the table


def test_running_trials_are_shown_once_a_second(monkeypatch):
    handle = notebook(monkeypatch)
    reporter = TrialReporter(3, BEST, {}, verbose=True)
    for epoch in range(50):
        reporter.update({"#0": epoch})
    assert 1 <= len(handle.contents) <= 5
    assert "0/3 trials · no best yet · #0 epoch 0" in handle.contents[0]


def test_terminals_and_silent_searches_have_no_table(monkeypatch):
    assert TrialReporter(1, BEST, {}, verbose=True)._table is None
    handle = notebook(monkeypatch)
    reporter = TrialReporter(1, BEST, {}, verbose=False)
    reporter.report_trial(Trial(0, {}, {}, 1, status="done", score=0.5))
    assert handle.contents == []


def test_an_import_of_ipykernel_is_no_notebook(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    with TrialReporter(1, BEST, {"units": None}, verbose=True) as reporter:
        reporter.report_trial(Trial(0, {}, {"units": 4}, 1, status="done", score=0.25))
    assert "#0" in capsys.readouterr().err
