import gzip

import numpy as np
import pytest

from keras_dl.data import DatasetError, Features, load


def table(tmp_path, *lines, repeat=10):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([*lines[:1], *(lines[1:] * repeat)]) + "\n", encoding="utf-8")
    return path


def test_numbers_with_named_classes(tmp_path):
    data = load(table(tmp_path, "1,2.5,a", "1,2.5,a", "3,4.5,b"))
    assert data.inputs == Features(numbers=(0, 1))
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
        (["1,2,a", "1,2,"], "a target in every row; .* Received: 10 of 11 rows without one"),
        (["a,class,Class", "1,2,3"], "a different name for each column. Received: class 2 times"),
        (["a;class", "1.000,5;2"], r"Received: '1\.000,5' in column a, line 2"),
        (["1,2,a", "1_0,2,b"], r"Received: '1_0' in column 0 \(from 0\), line 2"),
        (["1,2,3.5", "1,2,high"], "numbers or names as target, not both. Received: 10 texts"),
        (["a,label,target", "1,2,3"], "--target label or --target target. Received: columns label"),
        (["0,1,2", "3,4,5"], "`header` must be stated .* Received: 0, 1, 2 in line 1"),
        (["5,6,7", "0.5,0.2,1"], "`header` must be stated .* Received: 5, 6, 7 in line 1"),
        (["a,b,class", '1,2,"x', '1,2,"y,z'], "close every quotation mark .* open from line 2 of"),
        (
            ["1,2,a", "1,inf,b"],
            r"must be finite in float32.* Received: 10 NaN or inf, .* column 1 \(from 0\), line 2",
        ),
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
    with pytest.raises(DatasetError, match="must be a text in utf-8.*option `encoding`"):
        load(path)
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match="must not be an empty file"):
        load(path)
    path.write_bytes(b"\n\n")
    with pytest.raises(DatasetError, match="must be a text file with words"):
        load(path)


def write(tmp_path, header, rows, name="mine.csv"):
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in [header, *rows] if line is not None))
    return path


def count(data):
    return sum(split.num_examples for split in data.splits.values())


NOISE = np.random.default_rng(0).normal(size=(60, 2))


@pytest.mark.parametrize("head", ["0,1,2", "1,2,3", "2019,2020,y", "0,1,class"])
def test_numbers_may_be_names_of_columns(tmp_path, head):
    rows = [f"{a:.2f},{b:.2f},{i % 3}" for i, (a, b) in enumerate(NOISE)]
    data = load(write(tmp_path, head, rows))
    assert count(data) == 60
    assert data.class_names == ("0", "1", "2")
    assert data.reading.facts["header"] == f"line 1: {head.replace(',', ', ')}"
    assert any("taken for the header" in n for n in data.reading.notices) == head[-1].isdigit()
    assert count(load(write(tmp_path, head, rows), header=True)) == 60
    if head[-1].isdigit() and head[0] != "1":
        assert count(load(write(tmp_path, head, rows), header=False)) == 61


@pytest.mark.parametrize("head", ["0.5,0.25,1", "6,148,0", "5,1,2"])
def test_numbers_are_examples_otherwise(tmp_path, head):
    rows = [f"{i},{b:.2f},{i % 3}" for i, (_, b) in enumerate(NOISE, 3)]
    data = load(write(tmp_path, head, rows))
    assert count(data) == 61
    assert data.reading.facts["header"] == "none"
    assert data.reading.facts["target"] == "column 2 (from 0), the last one"


@pytest.mark.parametrize(
    ("head", "start", "dropped"),
    [
        (",a,b,class", 0, True),
        ("id,a,b,class", 1, True),
        ("PassengerId,a,b,class", 1, True),
        ("Unnamed: 0,a,b,class", 0, True),
        (None, 0, True),
        ("hour,a,b,class", 0, False),
        ("valid,a,b,class", 1, False),
    ],
)
def test_index_columns_are_no_features(tmp_path, head, start, dropped):
    rows = [f"{i},{a:.3f},{b:.3f},{'xy'[i % 2]}" for i, (a, b) in enumerate(NOISE, start)]
    data = load(write(tmp_path, head, rows))
    assert count(data) == 60
    assert data.input_shape == (2 if dropped else 3,)
    end = "an index and left out of the features." if dropped else "is kept as a feature."
    assert f"counts the rows from {start}" in data.reading.notices[0]
    assert data.reading.notices[0].endswith(end)


def test_index_columns_may_be_in_any_order_or_text(tmp_path):
    order = np.random.default_rng(0).permutation(60)
    rows = [f"{a:.3f},{b:.3f},{order[i]},k{i},{i % 2}" for i, (a, b) in enumerate(NOISE)]
    data = load(write(tmp_path, "a,b,customer_id,id,class", rows))
    assert data.input_shape == (2,)
    assert data.reading.notices == [
        "Column customer_id differs in every row; it is an index and left out of the features.",
        "Column id differs in every row; it is an index and left out of the features.",
    ]


def test_integers_are_the_same_classes_in_a_file_and_in_memory(tmp_path):
    y = np.arange(520) % 26
    x = np.random.default_rng(0).normal(size=(520, 2))
    rows = [f"{a:.3f},{b:.3f},{c}" for (a, b), c in zip(x, y, strict=True)]
    assert load(write(tmp_path, "a,b,value", rows)).num_classes == load((x, y)).num_classes == 26
    assert load(write(tmp_path, "a,b,value", rows), task="regression").class_names == ()
    sparse = [f"{a:.3f},{b:.3f},{3 * c + 1}" for (a, b), c in zip(x, y, strict=True)]
    assert load(write(tmp_path, "a,b,label", sparse)).num_classes == 26
    data = load(write(tmp_path, "a,b,value", sparse))
    assert data.class_names == ()
    assert "26 different whole numbers are regression targets" in data.reading.notices[0]
    assert load(write(tmp_path, "a,b,value", sparse), task="classification").num_classes == 26


@pytest.mark.parametrize("mark", ["NA", "nan", "?", "None", "", "null", "N/A", "<NA>"])
def test_rows_without_a_label_are_left_out(tmp_path, mark):
    rows = [f"{a:.2f},{b:.2f},{'xyz'[i % 3] if i % 9 else mark}" for i, (a, b) in enumerate(NOISE)]
    data = load(write(tmp_path, "a,b,class", rows))
    assert data.class_names == ("x", "y", "z")
    assert count(data) == 53
    assert data.reading.notices == [
        f"7 of 60 rows without a label ({mark or 'empty'}) in column class are left out: lines 2, "
        "11, 20, …."
    ]


def test_labels_with_leading_zeros_are_names(tmp_path):
    rows = [f"{a:.2f},{b:.2f},{('007', '7', '010')[i % 3]}" for i, (a, b) in enumerate(NOISE)]
    assert load(write(tmp_path, "a,b,agent", rows)).class_names == ("007", "010", "7")


def test_decimal_commas(tmp_path):
    rows = [f"{a:.3f};{b:.3f};{a + b:.3f}".replace(".", ",") for a, b in NOISE]
    for head in ("a;b;y", None):
        data = load(write(tmp_path, head, rows))
        assert data.class_names == ()
        assert data.train.x.shape[1] == 2
        everything = np.concatenate([split.x for split in data.splits.values()])
        assert sorted(everything[:, 0]) == pytest.approx(sorted(NOISE[:, 0]), abs=1e-3)
        assert data.reading.facts["decimal mark"] == "comma"
        assert data.reading.facts["delimiter"] == "semicolon"


def test_open_quotation_marks_swallow_no_rows(tmp_path):
    rows = [f"{a:.2f},{b:.2f},{'xyz'[i % 3]}" for i, (a, b) in enumerate(NOISE)]
    for i in (10, 30):
        rows[i] = rows[i][:-1] + '"' + rows[i][-1]
    data = load(write(tmp_path, "a,b,class", rows))
    assert data.class_names == ("x", "y", "z")
    assert count(data) == 60
    assert data.reading.notices == [
        "Quotation marks are not closed in lines 12, 32 (2 in all); each line is read as a row."
    ]
    rows[29] += '"'  # the cell that line 12 opens ends here: a well-formed file, 41 rows
    rows[30] = rows[30].replace('"', "")
    with pytest.raises(DatasetError, match="a cell that is open from line 12 up to 31"):
        load(write(tmp_path, "a,b,class", rows))


def test_target_is_stated_by_name_or_number(tmp_path):
    numbers = [f"{i % 2},{a:.2f},{b:.2f},{i % 3}" for i, (a, b) in enumerate(NOISE)]
    path = write(tmp_path, "label,Größe,b,target", numbers)
    assert load(path, target="TARGET").num_classes == 3
    data = load(path, target="label")
    assert data.num_classes == 2
    assert data.reading.notices == ["Column target is a feature, as the target is another column."]
    assert load(path, target="Gro\u0308\u00dfe").class_names == ()
    headless = write(tmp_path, None, numbers)
    assert load(headless, target=0).num_classes == 2
    assert load(headless, target="3").num_classes == 3


@pytest.mark.parametrize(
    ("head", "options", "message"),
    [
        ("a,b,c", {"target": "d"}, "must name one column of the header: a, b, c. Received: target"),
        ("a,b,c", {"target": 0}, "must name one column of the header"),
        ("a,a,c", {"target": "a"}, "Received: target='a' twice"),
        (None, {"target": "c"}, "must be a number from 0 to 2, as the table has no header"),
        (None, {"target": 3}, "must be a number from 0 to 2"),
        ("a,b,c", {"delimiter": "::"}, "`delimiter` must be one character"),
        ("a,b,c", {"delimiter": ";"}, "feature columns and a target column"),
        ("a,b,c", {"encoding": "klingon"}, "`encoding` must be one that Python knows"),
        ("a,b,c", {"encoding": "base64"}, "`encoding` must be one that Python knows"),
        ("a,b,c", {"header": False}, "Received: 'a' in column 0"),
    ],
)
def test_wrong_statements_about_a_table(tmp_path, head, options, message):
    rows = [f"{a:.2f},{b:.2f},{i % 3}" for i, (a, b) in enumerate(NOISE)]
    with pytest.raises(DatasetError, match=message):
        load(write(tmp_path, head, rows), **options)


def test_other_delimiters_and_encodings(tmp_path):
    path = tmp_path / "mine.csv"
    for delimiter, encoding in (("|", "latin-1"), (" ", "utf-16"), ("\t", "cp1252")):
        rows = "".join(f"{a:.2f}{delimiter}{'äö'[i % 2]}\n" for i, (a, _) in enumerate(NOISE))
        path.write_bytes(f"größe{delimiter}class\n{rows}".encode(encoding))
        data = load(path, delimiter=delimiter, encoding=encoding)
        assert data.class_names == ("ä", "ö")
        assert data.reading.facts["encoding"] == encoding
        assert data.reading.facts["header"] == "line 1: größe, class"


def test_tables_may_be_packed_or_separated_by_tabs(tmp_path):
    rows = "".join(f"{a:.2f}\t{b:.2f}\t{'xy'[i % 2]}\n" for i, (a, b) in enumerate(NOISE))
    (tmp_path / "mine.tsv").write_text(rows)
    with gzip.open(tmp_path / "mine.csv.gz", "wt") as file:
        file.write(rows)
    assert load(tmp_path / "mine.tsv").digest == load(tmp_path / "mine.csv.gz").digest


def test_empty_columns_are_left_out(tmp_path):
    rows = [f"{a:.2f},{b:.2f},{'xyz'[i % 3]}," for i, (a, b) in enumerate(NOISE)]
    for head in ("a,b,kind,", None):
        data = load(write(tmp_path, head, rows))
        assert data.input_shape == (2,)
        assert data.class_names == ("x", "y", "z")
        assert "1 empty column is left out, the first is number 3" in data.reading.notices[0]


def test_encoding_of_a_byte_order_mark_is_named(tmp_path):
    (tmp_path / "a.csv").write_bytes("a,class\n1,x\n".encode("utf-16"))
    with pytest.raises(DatasetError, match="`encoding` must be utf-16"):
        load(tmp_path / "a.csv")


def test_a_mark_in_more_than_a_third_of_the_rows_may_be_a_class(tmp_path):
    rows = [f"{a:.2f},{b:.2f},{('none', 'mild')[i % 2]}" for i, (a, b) in enumerate(NOISE)]
    with pytest.raises(DatasetError, match=r"30 of 60 rows without one \(none\) in column class"):
        load(write(tmp_path, "a,b,class", rows))


def test_features_that_float32_does_not_resolve_are_recorded(tmp_path):
    path = tmp_path / "times.csv"
    rows = "\n".join(f"{1_700_000_000 + 7 * i},{i % 5}.5,{'ab'[i % 2]}" for i in range(60))
    path.write_text(f"seconds,x,label\n{rows}\n")
    notices = load(path).reading.notices
    assert any("1 of 2 features loses digits in float32 (numbers from 0: 0)" in n for n in notices)
    assert not any("lose digits" in n for n in load("wine").reading.notices)
