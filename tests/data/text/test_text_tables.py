import gzip
import zipfile

import pytest

from keras_dl.data import DatasetError
from keras_dl.data.reading import record
from keras_dl.data.reading_options import reading_options
from keras_dl.data.text import characters, corpus, passages, read_texts, token_sequences, tokenize
from keras_dl.recipe import Recipe
from keras_dl.training.job import Job, recipe_data
from recipes import text_classification

# The form in which AG News is distributed: number of the class, title, description, no header.
NEWS = "".join(
    f'"{1 + i % 4}","Title {i}","The ""first"" line, and\\the second of {i}"\n' for i in range(60)
)


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """No mirror, an empty folder."""
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def texts(result):
    return sorted(text for part in result.texts for text in part)


def test_news_without_header(bare):
    (bare / "train.csv").write_text(NEWS)
    with record() as reading:
        result = passages("train.csv", header=False, target=0, text=(1, 2))
    assert result.class_names == ("1", "2", "3", "4")
    assert len(texts(result)) == 60
    assert texts(result)[0] == 'Title 0 The "first" line, and\\the second of 0'
    assert reading.facts.pop("split").startswith("test (20 % of the texts)")
    assert reading.facts == {
        "encoding": "utf-8",
        "delimiter": "comma",
        "header": "none",
        "target": "column 0 (from 0)",
        "text": "column 1 (from 0), 2 (from 0)",
        "task": "classification, 4 classes",
    }
    assert texts(passages("train.csv", target="0", text="1,2")) == texts(result)


def test_a_training_reads_news_by_its_options(bare):
    (bare / "train.csv").write_text(NEWS)
    recipe = text_classification.recipe
    assert isinstance(recipe, Recipe)
    values = {"dataset": "train.csv"}
    options = {"header": False, "target": "0", "text": ("1", "2")}
    data = recipe_data(Job(recipe, values, 0, 1, bare, reading=options))
    assert data.num_classes == 4
    assert data.reading.facts["text"] == "column 1 (from 0), 2 (from 0)"
    assert data.reading.facts["words"] == "the first 60 of each text; 0 of 60 texts reach them"


@pytest.mark.parametrize("archive", [False, True])
def test_tables_of_a_folder_are_its_splits(bare, archive):
    (bare / "news").mkdir()
    (bare / "news" / "train.csv").write_text(NEWS)
    (bare / "news" / "test.csv").write_text(NEWS.replace("Title", "Headline"))
    (bare / "news" / "classes.txt").write_text("World\nSports\n")
    path = bare / "news"
    if archive:
        path = bare / "news.zip"
        with zipfile.ZipFile(path, "w") as file:
            for member in (bare / "news").iterdir():
                file.write(member, member.relative_to(bare))
    with record() as reading:
        result = passages(path, header=False, target=0, text=(1, 2))
    assert "left out: classes.txt." in reading.notices[0] or archive
    assert [len(part) for part in result.texts] == [52, 8, 60]
    assert all(text.startswith("Headline") for text in result.texts[2])


def test_columns_are_stated_by_name(bare):
    rows = "".join(f"{i};Heading {i};Body {i};{'ab'[i % 2]}\n" for i in range(40))
    (bare / "a.csv").write_text(f"n;title;description;section\n{rows}")
    with record() as reading:
        result = passages("a.csv", target="Section", text="title,description")
    assert texts(result)[0] == "Heading 0 Body 0"
    assert reading.facts["header"] == "line 1: n, title, description, section"
    assert reading.facts["unused columns"] == "n"
    with reading_options(text=("description",)):
        bodies, names = read_texts("a.csv")
    assert (bodies[0], names[0]) == ("Body 0", "a.csv:2")


def test_of_two_columns_the_other_one_is_the_other(bare):
    (bare / "a.csv").write_text("".join(f"text {i},{'ab'[i % 2]}\n" for i in range(40)))
    assert passages("a.csv", header=False, target=1).class_names == ("a", "b")
    assert len(texts(passages("a.csv", header=False, text="0"))) == 40


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("title,section\nfine,5\n", {}, "--text and --target state others"),
        ("text,sentence,label\na,b,5\n", {}, "--text text or --text sentence. Received: columns"),
        ("text,label,target\na,b,5\n", {}, "--target label or --target target"),
        ("title,section\nfine,5\n", {"target": "label"}, "must name one column|no header"),
        ("title,section\nfine,5\n", {"target": 1, "text": 1, "header": False}, "state others"),
        (
            "text,label\n ,5\nfine,6\n",
            {},
            "text in every row. Received: 1 of 2 empty ones, line 2",
        ),
        ("text,label\n" + "good,\n" * 9 + "fine,a\n", {}, "9 of 10 rows without one"),
        ("text,label\n" + "".join(f"a,{i}\n" for i in range(12)), {}, "12 different values in 12"),
    ],
)
def test_unusable_tables_of_texts(bare, content, options, message):
    (bare / "a.csv").write_text(content)
    with pytest.raises(DatasetError, match=message):
        passages("a.csv", **options)


def test_options_for_tables_are_refused_for_other_texts(bare):
    for label in "ab":
        (bare / "mine" / label).mkdir(parents=True)
        for i in range(9):
            (bare / "mine" / label / f"{i}.txt").write_bytes("caf\xe9".encode("latin-1"))
    assert texts(passages("mine", encoding="latin-1"))[0] == "café"
    with pytest.raises(DatasetError, match="`target` must be left out for these data"):
        passages("mine", encoding="latin-1", target="label")
    with pytest.raises(DatasetError, match="`encoding` must be left out"):
        passages((["a", "b"] * 10, [0, 1] * 10), encoding="latin-1")


def test_lines_lose_no_text_to_an_open_quotation_mark(bare):
    rows = [f"{'ab'[i % 2]}\t{'' if i % 20 else chr(34)}film {i}" for i in range(60)]
    header = ["label\ttext", *rows]
    (bare / "a.tsv").write_text("\n".join(header))
    with record():
        assert len(texts(passages("a.tsv"))) == 60
        assert len(read_texts("a.tsv")[0]) == 60
    (bare / "b.tsv").write_text("\n".join(rows))
    assert len(texts(passages("b.tsv"))) == 60


@pytest.mark.parametrize("mark", ["NA", "?", "None"])
def test_texts_without_a_label_are_left_out(bare, mark):
    lines = [f"{'ab'[i % 2] if i % 9 else mark}\tfilm {i}\n" for i in range(60)]
    (bare / "a.tsv").write_text("".join(lines))
    (bare / "b.tsv").write_text("label\ttext\n" + "".join(lines))
    for name, first in (("a.tsv", 1), ("b.tsv", 2)):
        with record() as reading:
            result = passages(name)
        assert result.class_names == ("a", "b")
        assert len(texts(result)) == 53
        assert f"left out: lines {first}, {first + 9}, {first + 18}, …." in reading.notices[0]


def test_texts_in_memory_without_a_label_are_left_out():
    labels = [float("nan"), "pos", "neg"] * 20
    with record() as reading:
        result = passages((["a b", "c d", "e f"] * 20, labels))
    assert result.class_names == ("neg", "pos")
    assert "20 of 60 rows without a label (nan)" in reading.notices[0]


def test_numbers_of_classes_are_in_their_order(bare):
    rows = "".join(f"{1 + i % 11}\tfilm {i}\n" for i in range(60))
    (bare / "a.tsv").write_text(rows)
    assert passages("a.tsv").class_names == tuple(map(str, range(1, 12)))
    (bare / "b.tsv").write_text(rows.replace("1\t", "01\t"))
    assert "01" in passages("b.tsv").class_names


def test_composed_and_decomposed_labels_are_one_class():
    labels = ["caf\u00e9", "cafe\u0301", "tea"] * 5
    assert passages((["x"] * 15, labels)).class_names == ("café", "tea")


def archive(path, names):
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, f"words of {name} are here")
    return path


def test_files_without_suffix_are_texts(bare):
    names = [f"news/{'ab'[i % 2]}/{i}" for i in range(50)]
    path = archive(bare / "a.zip", [*names, "news/README", "news/cats.txt"])
    with record() as reading:
        result = passages(path)
    assert result.class_names == ("a", "b")
    assert len(texts(result)) == 50
    assert reading.notices == ["2 of 52 files are left out: news/README, news/cats.txt."]
    with record() as reading:
        data = corpus(archive(bare / "b.zip", [*names, "news/topics.txt"]), min_count=1)
    assert "topics" not in data.preprocessor.words
    assert reading.notices == ["1 of 51 files is left out: news/topics.txt."]
    with record():
        assert len(read_texts(bare / "b.zip")[0]) == 50


def test_files_of_two_kinds_are_refused(bare):
    path = archive(bare / "a.zip", [f"{i}.txt" for i in range(5)] + ["x", "y", "z"])
    with pytest.raises(DatasetError, match="not both. Received: 5 .txt files such as 0.txt and 3"):
        corpus(path)


def test_few_texts_among_many_other_files_are_refused(bare):
    path = archive(bare / "a.zip", [f"ham/{i}.7c53{i}" for i in range(20)] + ["ham/cmds"])
    with pytest.raises(DatasetError, match="1 of those, such as ham/cmds, and 20 others"):
        corpus(path)


@pytest.mark.parametrize("read", [corpus, characters])
def test_running_text_of_a_table_is_its_text_column(bare, read):
    (bare / "a.csv").write_text("label,text\n" + "POS,some words of mine\n" * 80)
    text = read("a.csv").preprocessor
    assert "pos" not in getattr(text, "words", ())
    assert "P" not in getattr(text, "characters", "")
    (bare / "b.csv").write_text("label,body\n" + "POS,some words of mine\n" * 80)
    with pytest.raises(DatasetError, match="a column text or sentence or review"):
        read("b.csv")
    with reading_options(text=("body",)):
        stated = read("b.csv")
    assert stated.digest == read("a.csv").digest


def test_task_of_loaded_texts_is_compared():
    data = token_sequences((["a b", "c d"] * 10, [0, 1] * 10))
    with reading_options(task="classification"):
        assert token_sequences(data).num_classes == 2
    refused = pytest.raises(DatasetError, match="whose targets are Classes")
    with refused, reading_options(task="regression"):
        token_sequences(data)


def test_packed_table(bare):
    with gzip.open(bare / "a.csv.gz", "wt") as file:
        file.write("text,label\n" + "good,a\nbad,b\n" * 10)
    assert len(texts(passages("a.csv.gz"))) == 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("தமிழ்", ["தமிழ்"]),
        ("العَرَبِيَّة", ["العَرَبِيَّة"]),
        ("cafe\u0301, nai\u0308ve", ["caf\u00e9", "na\u00efve"]),
        ("CAF\u00c9", ["caf\u00e9"]),
        ("\u0130stanbul", ["i\u0307stanbul"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("l\u2019e\u0301te\u0301 a_b", ["l\u2019\u00e9t\u00e9", "a", "b"]),
    ],
)
def test_words_are_whole_in_all_scripts(text, words):
    assert tokenize(text) == words


def test_prediction_reads_tables_by_options(bare):
    from keras_dl.space import hypers
    from keras_dl.tasks.text_classification import task

    (bare / "train.csv").write_text(NEWS)
    declared = hypers(task.predict, exclude=("run", "inputs"))
    assert {"text", "header", "delimiter", "encoding"} < set(declared)
    with reading_options(text=("1", "2"), header=False):
        assert read_texts("train.csv")[0][0].startswith("Title 0 The")
    refused = pytest.raises(DatasetError, match="`header` must be left out")
    with refused, reading_options(header=False):
        read_texts(["some words"])


@pytest.mark.parametrize("form", ["tables", "folders"])
def test_classes_are_those_of_train(bare, form):
    def write(split, label, i):
        if form == "tables":
            file = bare / "mine" / f"films_{split}.csv"
            file.parent.mkdir(exist_ok=True)
            before = file.read_text() if file.exists() else "label,text\n"
            file.write_text(f"{before}{label},film {i}\n")
        else:
            (bare / "mine" / split / label).mkdir(parents=True, exist_ok=True)
            (bare / "mine" / split / label / f"{i}.txt").write_text(f"film {i}")

    for i in range(20):
        write("train", "ab"[i % 2], i)
    write("test", "a", 20)
    result = passages("mine")
    assert result.class_names == ("a", "b")
    assert [len(part) for part in result.texts] == [18, 2, 1]
    write("test", "c", 21)
    with pytest.raises(DatasetError, match=r"only classes of `y_train`.*unseen classes \['c'\]"):
        passages("mine")
