import hashlib

import pytest

from keras_dl.data import DatasetError, load
from keras_dl.data.text import passages


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A mirror with a list of digests."""
    files = {
        "text/trec/TREC.train": "A:b one two\nB:c three four\n" * 5,
        "text/trec/TREC.test": "A:b one\nB:c four\n",
        "tabular/sonar.csv": "1,2,R\n2,1,M\n" * 10,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    sums = (f"{hashlib.sha256(t.encode()).hexdigest()}  {n}\n" for n, t in files.items())
    (tmp_path / "SHA256SUMS").write_text("".join(sums))
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    return tmp_path


def test_files_of_the_mirror_s_list_pass(mirror):
    assert len(passages("trec").texts[2]) == 2
    assert load("sonar").num_classes == 2


@pytest.mark.parametrize(
    ("file", "read", "name"),
    [("text/trec/TREC.test", passages, "trec"), ("tabular/sonar.csv", load, "sonar")],
)
def test_file_that_is_another_than_listed_is_refused(mirror, file, read, name):
    with (mirror / file).open("a") as stream:
        stream.write("A:b five\n" if name == "trec" else "3,3,R\n")
    with pytest.raises(DatasetError, match=f"`{file}` must be the file that .*SHA256SUMS lists"):
        read(name)


def test_file_that_the_list_leaves_out_passes(mirror):
    (mirror / "SHA256SUMS").write_text("0000  other.txt\n")
    assert len(passages("trec").texts[2]) == 2


@pytest.mark.parametrize(("name", "held"), [("trec", "texts"), ("facades", "pairs of images")])
def test_images_and_tables_are_not_looked_for_among_texts_and_pairs(mirror, name, held):
    with pytest.raises(DatasetError, match=f"{name} holds {held}"):
        load(name)
