"""DataFrames with a column of text, for the recipes of texts."""

import numpy as np
import pandas as pd
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.tables.frames import Frame, as_frame
from keras_dl.data.text import characters, corpus, passages, token_sequences
from recipes import bag_of_words, text_classification, word2vec


def reviews(count=60, gaps=()):
    frame = pd.DataFrame(
        {
            "title": ["Film"] * count,
            "review": ['fine,\n"good" film', "awful bad film"] * (count // 2),
            "stars": np.arange(count, dtype=float),
            "label": pd.Categorical(["up", "down"] * (count // 2)),
        }
    )
    frame.loc[list(gaps), "review"] = None
    return frame


def test_columns_are_found_by_usual_names_or_stated():
    found = passages(reviews())
    assert found.class_names == ("down", "up")
    assert 'fine,\n"good" film' in found.texts[0]
    joined = passages(reviews(), text=("title", "review"), target="label")
    assert joined.texts[0][0].startswith("Film ")
    renamed = reviews().rename(columns={"review": "words", "label": "mood"})
    stated = passages(renamed, text="words", target="mood")
    assert stated.texts == found.texts


def test_rows_without_text_or_label_are_left_out_and_named():
    frame = reviews(gaps=(1, 5))
    frame.loc[7, "label"] = None
    data = token_sequences(frame, length=4)
    assert sum(split.num_examples for split in data.splits.values()) == 57
    notices = " ".join(data.reading.notices)
    assert "2 of 59 rows have no text and are left out" in notices
    assert "1 of 60 rows without a label" in notices
    with pytest.raises(DatasetError, match="a text in every row. Received: 30 of 60"):
        token_sequences(reviews(gaps=range(30)))


def test_missing_columns_are_named():
    with pytest.raises(DatasetError, match="`text` must name one column of the header: title, re"):
        passages(reviews(), text="comment", target="label")
    with pytest.raises(DatasetError, match="--text and --target"):
        passages(reviews().rename(columns={"review": "words"}))


def test_a_column_a_frame_and_a_list_are_the_same_corpus():
    frame = reviews(gaps=(3,))
    texts = frame["review"].dropna()
    digests = {
        corpus(form, min_count=1).digest for form in (frame, texts, list(texts), texts.to_frame())
    }
    assert len(digests) == 1
    assert characters(frame, context=8).digest == characters(list(texts), context=8).digest


def test_a_frame_goes_to_workers_as_its_cells():
    frame = as_frame(pd.DataFrame({"a b": [1.5, None], 3: ["x", "y,\n"]}))
    assert frame is not None
    assert Frame.from_json(frame.to_json()) == frame
    assert as_frame(frame) is frame
    assert as_frame([1]) is None


def test_runs_take_frames(store):
    result = bag_of_words.run(
        data=reviews(), text="review", target="label", epochs=2, min_count=1, verbose=False
    )
    assert result.metrics["test/accuracy"] > 0.9
    vectors = word2vec.run(data=reviews()["review"], epochs=1, min_count=1, dim=25, verbose=False)
    assert vectors.data.preprocessor.words


@pytest.mark.slow
def test_searches_take_frames_and_resume(store):
    arguments = {"data": reviews(gaps=(2,)), "text": "review", "target": "label", "epochs": 1,
                 "search": ("dropout",), "seeds": 2, "verbose": False}  # fmt: skip
    search = text_classification.tune(trials=1, **arguments)
    again = text_classification.tune(trials=2, resume=True, **arguments)
    assert [t.number for t in again.trials][:1] == [t.number for t in search.trials]
