import zipfile

import numpy as np
import pytest

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.text import passages, read_texts

SAID = [("down", "bad, awful day"), ("up", 'a "good" day')] * 10


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """No mirror, an empty folder."""
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, content, prefix=""):
    for i, (label, text) in enumerate(content):
        place = folder / prefix / label
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{i}.txt").write_text(text, encoding="utf-8")


def pairs(result, split):
    return [(result.class_names[y], t) for t, y in zip(result.texts[split], result.labels[split])]  # noqa: B905


def all_pairs(result):
    return sorted(pair for split in range(3) for pair in pairs(result, split))


def test_folder_of_texts_by_class(bare):
    write(bare / "mine", SAID)
    (bare / "mine" / "README.md").write_text("not a text of the set")
    result = passages("mine")
    assert result.name == "mine"
    assert result.class_names == ("down", "up")
    assert all_pairs(result) == sorted(SAID)


def test_folder_with_splits_keeps_them(bare):
    write(bare / "mine", SAID, "train")
    write(bare / "mine", [("up", "late"), ("down", "later")], "test")
    assert sorted(pairs(passages(bare / "mine"), 2)) == [("down", "later"), ("up", "late")]


def test_archive_is_read_as_its_folder(bare):
    write(bare / "mine", SAID)
    with zipfile.ZipFile(bare / "mine.zip", "w") as archive:
        for file in sorted((bare / "mine").rglob("*.txt")):
            archive.write(file, file.relative_to(bare))
    assert all_pairs(passages("mine.zip")) == sorted(SAID)


@pytest.mark.parametrize(("name", "between"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
@pytest.mark.parametrize(("text", "label"), [("text", "label"), ("Sentence", "Class")])
def test_table_with_named_columns(bare, name, between, text, label):
    rows = [["id", label, text], *([str(i), y, t] for i, (y, t) in enumerate(SAID))]
    lines = (between.join('"{}"'.format(c.replace('"', '""')) for c in row) for row in rows)
    (bare / name).write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    assert all_pairs(passages(name)) == sorted(SAID)


def test_cell_may_hold_lines_and_be_long(bare):
    long = "word " * 50_000
    rows = "".join(f'"{long}\nand more",a\nshort,b\n' for _ in range(5))
    (bare / "a.csv").write_text(f"text,label\n{rows}")
    assert max(map(len, passages("a.csv").texts[0])) == len(long) + len("\nand more")


def test_lines_with_a_label_may_hold_single_quotation_marks(bare):
    (bare / "a.tsv").write_text('up\t"unclosed\ndown\t6" long\n' * 10)
    assert set(passages("a.tsv").texts[0]) == {'"unclosed', '6" long'}


@pytest.mark.parametrize(
    "form",
    [
        lambda x, y, s, t: (x, y, s, t),
        lambda x, y, s, t: ((x, y), (s, t)),
        lambda x, y, s, t: {"x_train": x, "y_train": y, "x_test": s, "y_test": t},
        lambda x, y, s, t: (np.array(x), np.array(y), np.array(s), np.array(t)),
    ],
)
def test_texts_in_memory_keep_their_test(form):
    labels, texts = (list(column) for column in zip(*SAID, strict=True))
    result = passages(form(texts, labels, ["late", "later"], ["up", "down"]))
    assert pairs(result, 2) == [("up", "late"), ("down", "later")]
    assert len(result.texts[0]) + len(result.texts[1]) == len(SAID)


def test_columns_of_a_table_in_memory():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(SAID, columns=["label", "text"])
    assert all_pairs(passages((table["text"], table["label"]))) == sorted(SAID)


@pytest.mark.parametrize(
    ("dataset", "error", "words"),
    [
        ((["a", 3.0], [0, 1]), DatasetError, "each a str. Received: 3.0 in train"),
        ((["a", "b"], [[0, 1], [1, 0]]), DatasetError, "one label for each text"),
        ((["a", "b"], 1), DatasetError, "2 texts and 1 labels"),
        (["just", "texts"], DatasetError, "Received: list of length 2"),
        ({"text": ["a"]}, DatasetError, "Received: dict"),
        ((["a", "b", "c"], [0.5, 1.0, 2.0]), DatasetError, "whole numbers"),
        ("a.csv", DatasetError, "a column text, sentence or review and a column label, class or"),
        ("torn.csv", DatasetError, "line 3 of torn.csv"),
        ("flat", DatasetError, "one folder per class: class/a.txt"),
        ("none", DatasetUnavailable, "a folder of texts for each class"),
        ("empty", DatasetError, "no .txt file in empty"),
        ("binary", DatasetError, "a text in utf-8. Received: binary/x/"),
    ],
)
def test_unreadable_files_are_refused_with_one_sentence(bare, dataset, error, words):
    (bare / "a.csv").write_text("comment,stars\nfine,5\n")
    (bare / "torn.csv").write_text("text,label\nfine,5\nonly one cell\n")
    for folder in ("flat", "empty"):
        (bare / folder).mkdir()
    (bare / "flat" / "x.txt").write_text("words")
    write(bare / "binary", [("x", "a"), ("y", "b")])
    (bare / "binary" / "x" / "z.txt").write_bytes(b"caf\xe9")
    with pytest.raises(error, match=words):
        passages(dataset)


def test_texts_to_predict_are_files_tables_folders_or_strings(bare):
    write(bare / "some", [("a", "first"), ("b", "second")])
    (bare / "t.csv").write_text("n,text\n1,third\n2,fourth\n")
    (bare / "one.txt").write_text("fifth\nand sixth")
    long = "seventh, at some length, which is cut off in its name"
    texts, names = read_texts(["some", "t.csv", "one.txt", long, "50/50"[:2]])
    assert texts == ["first", "second", "third", "fourth", "fifth\nand sixth", long, "50"]
    assert names[:5] == ["some/a/0.txt", "some/b/1.txt", "t.csv:2", "t.csv:3", "one.txt"]
    assert names[5] == "seventh, at some length, which is cut o…"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "at least one text"),
        ("", "an empty text"),
        ("none.txt", "`paths` must exist. Received: none.txt"),
        ("./none", "must exist"),
        ("a.csv", "a column text or sentence or review. Received: comment in a.csv"),
        ("empty", "none in empty"),
    ],
)
def test_unusable_texts_to_predict_are_refused(bare, value, words):
    (bare / "a.csv").write_text("comment\nfine\n")
    (bare / "empty").mkdir()
    with pytest.raises(DatasetError, match=words):
        read_texts(value)


@pytest.mark.parametrize("text", ["~5 stars, a bit long", "very good " * 60, "~nobody_", "a\0b"])
def test_text_that_is_no_name_of_a_file_is_a_text(text):
    assert read_texts(text)[0] == [text]
