import numpy as np
import pytest

from keras_dl.data import DatasetError, Features, load


def table(tmp_path, *lines, repeat=10):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([*lines[:1], *(lines[1:] * repeat)]) + "\n", encoding="utf-8")
    return path


def test_numbers_with_named_classes(tmp_path):
    data = load(table(tmp_path, "1,2.5,a", "1,2.5,a", "3,4.5,b"))
    assert data.inputs == Features()
    assert data.class_names == ("a", "b")
    assert len(data.train.x) + len(data.validation.x) + len(data.test.x) == 21
    assert data.train.x[0].tolist() == [1, 2.5]


@pytest.mark.parametrize("between", [",", ";", "\t", ", "])
def test_header_and_separators(tmp_path, between):
    lines = [between.join(cells) for cells in (("age", "sex", "ill"), "120", "341")]
    data = load(table(tmp_path, *lines))
    assert data.input_shape == (2,)
    assert data.class_names == ("0", "1")


@pytest.mark.parametrize("title", ["label", "Class", "TARGET"])
def test_target_by_name(tmp_path, title):
    data = load(table(tmp_path, f"{title},1,2", "no,3,4", "yes,5,6"))
    assert data.class_names == ("no", "yes")
    assert data.input_shape == (2,)


def test_whole_numbers_are_classes_up_to_twenty(tmp_path):
    few = [f"{i},{1 + i % 20}" for i in range(100)]
    assert load(table(tmp_path, *few, repeat=1)).num_classes == 20
    many = [f"{i},{1 + i % 21}" for i in range(100)]
    assert load(table(tmp_path, *many, repeat=1)).class_names == ()


def test_fractions_are_a_quantity(tmp_path):
    data = load(table(tmp_path, "x,y", "1,0.5", "2,1.5"))
    assert data.class_names == ()
    assert data.train.y.dtype == np.float32


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["1,2,a", "1,2"], "3 cells in every row, as in its first. Received: 2 cells in line 2"),
        (["a,b,c", "1,2,3", "1,2,3,4"], "Received: 4 cells in line 3 of"),
        (["h,i,c", "1,2,3", "1,red,3"], "Received: 'red' in column i, line 3"),
        (["1,2,3", "1,?,3"], r"Received: '\?' in column 2, line 2"),
        (["1,2,3", "1,,3"], "Received: an empty cell in column 2, line 2"),
        (["1,2,a", "1,2,"], "a target in every row. Received: 10 empty cells in column 3"),
        (["1,2,a", "1,nan,b"], "must be finite in float32.* Received: 10 NaN or inf"),
        (["1", "2"], "feature columns and a target column"),
        (["a,b,c"], "rows below its header"),
        (["1,2,a", "1,2,a"], "at least two classes"),
    ],
)
def test_unusable_tables(tmp_path, lines, message):
    with pytest.raises(DatasetError, match=message):
        load(table(tmp_path, *lines))


def test_other_encoding_and_empty_file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes("1,2,größe\n".encode("latin-1"))
    with pytest.raises(DatasetError, match="must be a CSV file in UTF-8"):
        load(path)
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match="must not be an empty file"):
        load(path)
    path.write_bytes(b"\n\n")
    with pytest.raises(DatasetError, match="Received: no rows in"):
        load(path)
