"""Tables with texts, ranks, cycles and gaps: kinds, encoding by train, DataFrames, predictions."""

import numpy as np
import pandas as pd
import pytest

from keras_dl.data import DatasetError, load, reading
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.tables import Column, ColumnEncoder
from keras_dl.data.tables.inputs import read_rows

ROWS = 120
RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "id": range(ROWS),
        "age": np.where(np.arange(ROWS) % 10 == 3, np.nan, RANDOM.normal(40, 9, ROWS).round(1)),
        "port": np.array(["Bergen", "Kiel", "Oslo"])[np.arange(ROWS) % 3],
        "size": np.array(["S", "M", "L"])[RANDOM.integers(0, 3, ROWS)],
        "hour": RANDOM.integers(0, 24, ROWS),
        "cabin": [f"C{i}" if i % 4 == 0 else None for i in range(ROWS)],
        "name": [f"person {i}" for i in range(ROWS)],
        "class": np.array(["no", "yes"])[np.arange(ROWS) % 2],
    }
)
KINDS = {"size": "S<M<L", "hour": "circular:24"}


@pytest.fixture
def path(tmp_path):
    FRAME.to_csv(tmp_path / "trips.csv", index=False)
    return tmp_path / "trips.csv"


def test_columns_are_typed_by_content_and_said(path):
    data = load(path)
    encoder = data.preprocessor
    kinds = {c.name: c.kind for c in encoder.columns}
    assert kinds == {"age": "numerical", "port": "nominal", "size": "nominal", "hour": "numerical"}
    assert data.input_shape == (2 + 3 + 3 + 1,)
    assert data.inputs.names[:2] == ("age", "age=missing")
    assert data.reading.facts["columns"] == "2 numerical, 2 nominal"
    notices = " ".join(data.reading.notices)
    assert "Column cabin is left out; 90 of 120 cells are missing." in notices
    assert "Column name is left out; it holds 120 different texts." in notices
    assert "Missing cells have the median of train (age " in notices


def test_stated_kinds_are_ranks_and_cycles(path):
    data = load(path, columns=KINDS)
    names = data.inputs.names
    assert names == ("age", "age=missing", "port=Bergen", "port=Kiel", "port=Oslo", "size",
                     "sin hour", "cos hour")  # fmt: skip
    x = data.train.x
    assert set(np.unique(x[:, 5])) == {0, 1, 2}
    np.testing.assert_allclose(x[:, 6] ** 2 + x[:, 7] ** 2, 1, rtol=1e-5)
    np.testing.assert_array_equal(x[:, 2:5].sum(axis=1), 1)


def test_encoding_is_that_of_train(path):
    data = load(path, columns=KINDS)
    gaps = data.train.x[:, 1] == 1
    median = np.median(data.train.x[~gaps, 0])
    np.testing.assert_allclose(data.train.x[gaps, 0], median, rtol=1e-6)
    np.testing.assert_allclose(data.test.x[data.test.x[:, 1] == 1, 0], median, rtol=1e-6)


def test_frame_equals_its_file(path):
    from_file, from_frame = load(path, columns=KINDS), load(FRAME, columns=KINDS)
    assert from_frame.digest == from_file.digest
    assert from_frame.class_names == ("no", "yes")
    assert load(FRAME, target="age", task="regression").num_classes == 0


def test_ordered_categories_are_ranks_by_themselves():
    frame = FRAME.assign(size=pd.Categorical(FRAME["size"], ["S", "M", "L"], ordered=True))
    columns = {c.name: c for c in load(frame).preprocessor.columns}
    assert (columns["size"].kind, columns["size"].values) == ("ordinal", ("S", "M", "L"))


def test_numbers_without_gaps_stay_as_they_are(tmp_path):
    FRAME[["hour", "class"]].to_csv(tmp_path / "plain.csv", index=False)
    assert load(tmp_path / "plain.csv").preprocessor is None


def test_encoder_survives_json_and_takes_rows_and_frames(path):
    encoder = load(path, columns=KINDS).preprocessor
    again = preprocessor_from_json(preprocessor_to_json(encoder))
    frame = FRAME.head(5)
    rows = [[row[c.name] for c in encoder.columns] for _, row in frame.iterrows()]
    np.testing.assert_array_equal(again(frame), encoder(rows))
    with pytest.raises(DatasetError, match="Missing: port"):
        again(frame.drop(columns="port"))
    unknown = again(frame.assign(port="Rome"))
    assert (unknown[:, 2:5] == 0).all()


def test_rows_to_predict_are_found_by_name(path, tmp_path):
    data = load(path, columns=KINDS)
    FRAME.head(4).sample(frac=1, axis=1, random_state=1).to_csv(tmp_path / "new.csv", index=False)
    x, names = read_rows([str(tmp_path / "new.csv")], data.facts(), None, data.preprocessor)
    np.testing.assert_array_equal(x, data.preprocessor(FRAME.head(4)))
    assert names[0].endswith("new.csv:2")
    unreadable = []
    FRAME.head(2).assign(size=["S", "XXL"]).to_csv(tmp_path / "odd.csv", index=False)
    x, _ = read_rows([str(tmp_path / "odd.csv")], data.facts(), unreadable, data.preprocessor)
    assert len(x) == 1
    assert "must rank every value of size: S < M < L. Received: 'XXL'" in unreadable[0][1]


def test_rows_that_training_did_not_know_are_told(path, tmp_path):
    data = load(path, columns=KINDS)
    FRAME.head(2).assign(port="Rome").to_csv(tmp_path / "new.csv", index=False)
    with reading.record() as record:
        read_rows([str(tmp_path / "new.csv")], data.facts(), None, data.preprocessor)
    assert len(record.notices) == 2
    assert "new.csv:2: training had no 'Rome' in column port; its features are 0" in str(record)
    columns = [column.name for column in data.preprocessor.columns]
    FRAME.head(1)[columns].to_csv(tmp_path / "plain.csv", index=False, header=False)
    with reading.record() as record:
        read_rows([str(tmp_path / "plain.csv")], data.facts(), None, data.preprocessor)
    assert "plain.csv has no names of columns" in str(record)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (("size",), "`columns` must be NAME=numerical"),
        (("size=big",), "Received: size=big"),
        (("hour=circular:0",), "Received: hour=circular:0"),
        (("size=S<M",), "must rank every value of size: S < M. Received: 'L'"),
        (("siez=nominal",), "`columns` must name one column of the header"),
        (("class=skip",), "`columns` must not skip the target"),
        (("port=numerical",), "Column port must hold finite numbers"),
    ],
)
def test_wrong_kinds_are_refused(path, columns, message):
    with pytest.raises(DatasetError, match=message):
        load(path, columns=columns)


def test_numbers_and_texts_in_one_column_need_a_statement(tmp_path):
    FRAME.assign(hour=FRAME["hour"].astype(str).where(FRAME.index != 7, "noon")).to_csv(
        tmp_path / "odd.csv", index=False
    )
    with pytest.raises(DatasetError, match="hour=nominal. Received: 'noon' in column hour, line 9"):
        load(tmp_path / "odd.csv")
    names = load(tmp_path / "odd.csv", columns={"hour": "nominal"}).inputs.names
    assert sum(name.startswith("hour=") for name in names) > 20


def test_columns_do_not_apply_to_images():
    with pytest.raises(DatasetError, match="`columns` must be left out for these data"):
        load("digits", columns={"size": "nominal"})


def test_gaps_of_a_cycle_are_at_its_centre():
    column = Column("hour", 0, "circular", period=24).fit(["0", "6", ""])
    encoded = ColumnEncoder([column])([["0"], ["6"], [""]])
    np.testing.assert_allclose(encoded, [[0, 1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-6)
