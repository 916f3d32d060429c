import numpy as np
import pytest

from keras_dl import plots


@pytest.mark.parametrize(("heads", "panels"), [((), 1), ((3,), 3)])
def test_a_panel_for_each_head_with_tokens_on_both_sides(heads, panels):
    weights = np.full((*heads, 2, 4), 0.25)
    figure = plots.attention_map(weights, ["a", "$b", "c", "d"], ["x", "<end>"], "title")
    axes = [a for a in figure.axes if a.images]
    assert len(axes) == panels
    assert [t.get_text() for t in axes[0].get_xticklabels()] == ["a", "$b", "c", "d"]
    assert [t.get_text() for t in axes[0].get_yticklabels()] == ["x", "<end>"]
    np.testing.assert_array_equal(axes[0].images[0].get_array(), np.full((2, 4), 0.25))


def test_weights_of_other_tokens_are_refused():
    with pytest.raises(ValueError, match="a row for each target"):
        plots.attention_map(np.ones((2, 3)), ["a"], ["b"])


def test_references_stand_below_wrong_translations_only():
    figure = plots.translated_texts(["one", "two"], ["eins", "drei"], ["eins", "zwei"])
    lines = [t.get_text() for t in figure.axes[0].texts]
    assert lines == ["one", "→ eins", "two", "→ drei", "= zwei"]
