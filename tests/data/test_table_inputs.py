"""Rows to predict get the columns of the training data."""

import numpy as np
import pytest

from keras_dl.data import DatasetError, load, reading
from keras_dl.data.tables.inputs import read_rows

RANDOM = np.random.default_rng(0)


def write(path, head, rows, between=","):
    lines = [between.join(map(str, row)) for row in rows]
    path.write_text("\n".join([*([between.join(head)] if head else []), *lines]) + "\n")
    return str(path)


@pytest.fixture(params=["named", "numbered"])
def trained(request, tmp_path):
    """Facts of a table with an index, two features around the target, and its rows."""
    x = RANDOM.normal(size=(40, 2)).round(3)
    kinds = ["ab"[i % 2] for i in range(40)]
    rows = [(i, x[i, 0], kinds[i], x[i, 1]) for i in range(40)]
    head = ["id", "height", "label", "Width"] if request.param == "named" else []
    options = {"target": "label" if head else 2}
    return load(write(tmp_path / "train.csv", head, rows), **options).facts(), x, head


def test_columns_are_found_by_name_or_number(trained, tmp_path):
    facts, x, head = trained
    if head:
        assert facts["inputs"]["names"] == ("height", "Width")
        path = write(tmp_path / "a.csv", ["width", "note", "HEIGHT"], [(2, "x", 1), (4, "y", 3)])
        rows, names = read_rows([path], facts)
        assert rows.tolist() == [[1, 2], [3, 4]]
        assert names == [f"{path}:2", f"{path}:3"]
    else:
        path = write(tmp_path / "a.csv", [], [(7, 1, "b", 2), (8, 3, "a", 4)])
        assert read_rows([path], facts)[0].tolist() == [[1, 2], [3, 4]]
        path = write(tmp_path / "b.csv", [], [(1.5, 2), (3, 4.5)])
        assert read_rows([path], facts)[0].tolist() == [[1.5, 2], [3, 4.5]]
    assert read_rows([str(tmp_path / "train.csv")], facts)[0].shape == x.shape
    np.testing.assert_allclose(read_rows([str(tmp_path / "train.csv")], facts)[0], x, rtol=1e-6)


def test_rows_without_names_of_named_columns_are_told(trained, tmp_path):
    facts, _, head = trained
    path = write(tmp_path / "a.csv", [], [(1.5, 2), (3, 4.5)])
    with reading.record() as record:
        read_rows([path], facts)
    expected = f"{path} has no names of columns; they are read in the order of training."
    assert record.notices == ([expected] if head else [])


def test_decimal_commas(trained, tmp_path):
    facts, _, head = trained
    path = write(
        tmp_path / "a.csv", head and ["height", "Width"], [("1,5", "2"), ("3", "4,5")], ";"
    )
    assert read_rows([path], facts)[0].tolist() == [[1.5, 2], [3, 4.5]]


def test_missing_columns_are_refused_by_name(trained, tmp_path):
    facts, _, head = trained
    path = write(tmp_path / "a.csv", head and ["id", "Height"], [(1, 2.5), (3, 4.5)])
    if head:
        with pytest.raises(
            DatasetError, match="1 of 2 are missing: Width. Received: columns id, H"
        ):
            read_rows([path], facts)
    path = write(tmp_path / "a.csv", [], [(1.5,), (2.5,)])
    with pytest.raises(DatasetError, match="the 2 columns of training"):
        read_rows([path], facts)


def test_rows_and_files_that_cannot_be_read_are_named(trained, tmp_path):
    facts, _, head = trained
    path = write(
        tmp_path / "a.csv", head and ["height", "Width"], [(1, 2.5), ("?", 1.5), ("inf", 1), (3, 4)]
    )
    line = 2 if head else 1
    unreadable = []
    rows, names = read_rows([path, "nowhere.csv"], facts, unreadable)
    assert rows.tolist() == [[1, 2.5], [3, 4]]
    assert names == [f"{path}:{line}", f"{path}:{line + 3}"]
    assert [name for name, _ in unreadable] == [
        f"{path}:{line + 1}", f"{path}:{line + 2}", "nowhere.csv"]  # fmt: skip
    assert "'?' in column" in unreadable[0][1]
    with pytest.raises(DatasetError):
        read_rows([path], facts)


def test_arrays(trained, tmp_path):
    facts, x, _ = trained
    np.savez(tmp_path / "a.npz", x=x)
    np.testing.assert_array_equal(
        read_rows([str(tmp_path / "a.npz")], facts)[0], x.astype(np.float32)
    )
    np.savez(tmp_path / "b.npz", x=x[:, :1])
    with pytest.raises(DatasetError, match=r"shape \(n, 2\). Received: \(40, 1\)"):
        read_rows([str(tmp_path / "b.npz")], facts)
