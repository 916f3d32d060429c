import json
import sys
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from keras_dl.data import Classes, Data, Features, Split, Values, load
from keras_dl.data.adaptation import load_domains
from keras_dl.data.few_labels import with_labels
from keras_dl.data.few_shot import few_shot
from keras_dl.data.opening import open_dataset
from keras_dl.data.reading import record
from keras_dl.data.summary import show, summary
from keras_dl.data.text import characters, corpus, token_sequences
from keras_dl.data.toys import subsample


def labelled(counts, names):
    """Features 0…1 with so many examples of each class in every split."""
    y = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    split = Split(np.linspace(0, 1, len(y), dtype=np.float32)[:, None], y)
    splits = {"train": split, "validation": split, "test": split}
    return Data.from_splits("toy", splits, inputs=Features(), targets=Classes(tuple(names)))


def test_examples_by_split_and_class_and_the_cut_off_splits():
    text = load("iris").summary().text(120)
    assert text.splitlines() == [
        "data     iris, embedded in scikit-learn",
        f"digest   {load('iris').digest[:12]}",
        "inputs   4 features, float32 0.1 … 7.9",
        "targets  classification, 3 classes",
        "split    test (20 % of the examples) and validation (10 % of the rest) cut off by class, "
        "seed 20260101",
        "            examples  setosa  versicolor  virginica",
        "train            108      36          36         36",
        "validation        12       4           4          4",
        "test              30      10          10         10",
        "! 1 of 30 test examples (3.33 %) is in train too; scores on such examples say nothing "
        "about new ones.",
    ]


def test_a_narrow_terminal_has_a_row_per_class():
    lines = load("iris").summary().text(40).splitlines()
    assert "versicolor     36           4    10" in lines
    assert max(map(len, lines)) <= 40


def test_sizes_before_and_after_resizing():
    assert dict(load("digits", image_size=28).summary().rows)["image size"] == "8×8 → 28×28"
    assert "image size" not in dict(load("digits").summary().rows)


def test_splits_of_the_source_are_no_cuts():
    x, y = np.zeros((20, 2)), np.arange(20) % 2
    keys = ("train", "validation", "test")
    own = {f"{a}_{k}": v for k in keys for a, v in (("x", x), ("y", y))}
    assert "split" not in load(own).reading.facts
    del own["x_validation"], own["y_validation"]
    expected = "validation (10 % of train) cut off by class, seed 20260101"
    assert load(own).reading.facts["split"] == expected


def test_of_many_classes_the_first_a_count_and_the_extremes():
    counts = [3] * 18 + [1, 9]
    made = labelled(counts, [f"class {i}" for i in range(20)]).summary()
    assert dict(made.rows)["targets"] == (
        "classification, 20 classes; "
        "in train the smallest is class 18 with 1, the largest class 19 with 9"
    )
    assert made.table[0][2:] == (*(f"class {i}" for i in range(5)), "15 more")
    assert made.table[1] == ("train", "64", "3", "3", "3", "3", "3", "49")


def test_control_characters_of_names_are_escaped():
    data = labelled([2, 2], ["a\x1b[31m", "b<i>\n"])
    data = replace(data, source="\x1b]0;title\x07")
    data.reading.notices.append("1 of 2 files is left out: \x1b[2J.")
    text = str(data.summary())
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "a\\x1b[31m" in text
    assert "b<i>\\n" in text
    assert text.splitlines()[-1] == "! 1 of 2 files is left out: \\x1b[2J."
    page = data.summary()._repr_html_()
    assert "b&lt;i&gt;\\n" in page
    assert "\x1b" not in page


def test_notebooks_get_well_formed_tables():
    depth = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            depth.append(tag)

        def handle_endtag(self, tag):
            assert depth.pop() == tag

    Parser().feed(load("iris").summary()._repr_html_())
    assert not depth


def test_facts_are_json_and_give_the_same_summary():
    data = load("digits", image_size=10)
    data.reading.notices.append("3 of 60 files are left out: a, b, c.")
    stored = json.loads(json.dumps(data.facts()))
    assert stored["class_counts"]["test"] == np.bincount(data.test.y).tolist()
    assert stored["ranges"] == {"x": {"": ["uint8", 0, 255]}}
    assert summary(stored) == data.summary()


def test_regression_targets_have_a_range():
    rows = dict(load("diabetes").summary().rows)
    assert rows["targets"] == "regression, float32 25 … 346"
    assert rows["split"].startswith("test (20 % of the examples) and validation")
    assert "cut off at random" in rows["split"]
    assert not load("diabetes").reading.notices


def test_inputs_in_dicts_have_a_shape_and_a_range_each():
    x = {"image": np.zeros((3, 2, 2, 1), np.uint8), "age": np.array([[1.0], [2], [70]])}
    split = Split(x, np.zeros((3, 1), np.float32))
    splits = dict.fromkeys(("train", "validation", "test"), split)
    rows = dict(Data.from_splits("d", splits, inputs=Features(), targets=Values()).summary().rows)
    assert rows["inputs"] == "features image 2×2×1, age 1; image uint8 0 … 0, age float64 1 … 70"


def test_samples_and_few_labels_of_recipes():
    few = with_labels(load("digits"), 100)
    assert (
        few.reading.facts["labels"]
        == "100 of 1,293 training examples, in equal parts of each class"
    )
    assert dict(few.summary().rows)["epoch"] == "draws 2,000 of train"
    drawn = subsample(load("digits"), (100, 20, 20), seed=3)
    expected = "140 of 1,438 examples of train and validation, draw 3"
    assert drawn.reading.facts["sample"] == expected


def test_domains_and_few_shot_classes():
    data = load_domains("digits")
    made = data.summary()
    assert data.reading.facts["domains"] == (
        "train and validation hold digits with labels and digits_two_photos without, "
        "drawn independently; test holds digits_two_photos"
    )
    assert made.table[2][:2] == ("validation", "290")
    assert sum(int(n.replace(",", "")) for n in made.table[2][2:]) == 145  # others are unlabelled
    made = few_shot("glyphs", way=5).summary()
    assert made.table[0] == ("", "examples", "classes", "first ones")
    assert made.table[2][3].endswith(", …")


def test_texts_without_a_known_word_are_counted():
    texts = ["good film", "bad film", "good one", "bad one"] * 5
    test = ["zzz", "qqq xxx", "good"]
    data = token_sequences(((texts, [1, 0] * 10), (test, [1, 0, 1])), length=4)
    assert data.reading.notices == [
        "2 of 3 test texts have no word of the vocabulary: 'zzz', 'qqq xxx'."
    ]
    assert data.reading.facts["split"].startswith("validation (10 % of train) cut off by class")


def test_running_texts_tell_their_cuts():
    words = ["the quick brown fox jumps over the lazy dog "] * 40
    assert corpus(words, min_count=1).reading.facts["split"] == (
        "validation and test are the last words, 5 % each"
    )
    expected = "train is the first 90 % of the characters, test those after 95 %"
    assert characters(words, context=8).reading.facts["split"] == expected


def test_facts_of_two_readings_are_joined():
    with record() as outer:
        load("iris")
        load("digits", image_size=9)
        load("digits", image_size=10)
    assert outer.facts["image size"] == "8×8 → 9×9; 8×8 → 10×10"
    assert outer.facts["split"].count("cut off") == 1


def test_any_kind_of_path_is_opened(tmp_path):
    folder = tmp_path / "films"
    for name, text in (("good", "a good film"), ("bad", "a bad film")):
        (folder / name).mkdir(parents=True)
        for i in range(10):
            (folder / name / f"{i}.txt").write_text(f"{text} {i}")
    assert open_dataset(str(folder)).class_names == ("bad", "good")
    (tmp_path / "poem.txt").write_text("the quick brown fox jumps over the lazy dog " * 200)
    assert open_dataset(str(tmp_path / "poem.txt")).inputs.vocabulary_size == 27
    with pytest.raises(ValueError, match="`image_size` must be left out"):
        open_dataset("topics", image_size=3)
    with pytest.raises(ValueError, match="must be a path that exists"):
        open_dataset(str(tmp_path / "nowhere"))


def test_shown_on_stderr_or_in_the_notebook(capsys, monkeypatch):
    facts = load("iris").facts()
    show(facts, "Data of a, b:")
    assert capsys.readouterr() == ("", f"Data of a, b:\n{summary(facts)}\n\n")
    cells = []
    kernel = ModuleType("IPython")
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setattr(kernel, "get_ipython", lambda: shell, raising=False)
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    notebook = ModuleType("IPython.display")
    monkeypatch.setattr(notebook, "display", cells.append, raising=False)
    monkeypatch.setitem(sys.modules, "IPython.display", notebook)
    show(facts)
    assert cells == [summary(facts)]
    assert capsys.readouterr() == ("", "")


def test_decisions_on_a_file_share_a_row(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("length;width;kind\n" + "1,5;2,5;a\n3,5;4,5;b\n" * 10)
    rows = dict(load(path).summary().rows)
    assert rows["file"] == (
        "header line 1: length, width, kind; delimiter semicolon; decimal mark comma; "
        "encoding utf-8"
    )
    assert rows["targets"] == "classification, 2 classes; column kind, the last one"
    assert rows["inputs"] == "2 features, float32 1.5 … 4.5"
    assert "header" not in rows


def test_splits_with_classes_of_their_own_among_all_names():
    data = labelled([1, 3], [str(i) for i in range(20)])
    own = {"train": ("0", "1"), "validation": ("0", "1"), "test": ("2", "3")}
    made = replace(data, targets=Classes(data.class_names, own)).summary()
    assert dict(made.rows)["targets"] == (
        "classification, 20 classes; in train the smallest is 0 with 1, the largest 1 with 3"
    )
    assert made.table[3] == ("test", "4", "2", "2, 3")
