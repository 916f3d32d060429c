"""Files of a training that travel between machines: what changed, and nothing outside."""

import pytest

from keras_dl.execution.remote_files import (
    ChangeTracker,
    Part,
    names,
    place,
    read_shared,
    receive,
    remove_others,
)


@pytest.fixture
def folders(tmp_path):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    return tmp_path / "here", tmp_path / "there"


def test_growing_files_send_their_whole_new_lines(folders):
    here, there = folders
    tracker, journal = ChangeTracker(there), there / "journal.jsonl"
    journal.write_text('{"epoch": 1}\n{"epo')
    receive(here, tracker.changes())
    assert (here / "journal.jsonl").read_text() == '{"epoch": 1}\n'
    with journal.open("a") as file:
        file.write('ch": 2}\n')
    parts = tracker.changes()
    assert [(part.offset, part.content) for part in parts] == [(13, b'{"epoch": 2}\n')]
    receive(here, parts)
    assert (here / "journal.jsonl").read_text() == journal.read_text()
    assert tracker.changes() == []


def test_replaced_files_are_sent_whole_and_removed_ones_removed(folders):
    here, there = folders
    tracker = ChangeTracker(there)
    (there / "stage").mkdir()
    for name, content in {"stage/checkpoint.npz": b"one", "old.npz": b"two"}.items():
        (there / name).write_bytes(content)
    (there / ".part").write_bytes(b"unfinished")
    receive(here, tracker.changes())
    assert names(here) == ["old.npz", "stage/checkpoint.npz"]
    (there / "new").write_bytes(b"longer than before")
    (there / "new").replace(there / "stage/checkpoint.npz")
    (there / "old.npz").unlink()
    receive(here, tracker.changes(["checkpoint*.npz"]))
    remove_others(here, names(there))
    assert names(here) == ["stage/checkpoint.npz"]
    assert (here / "stage/checkpoint.npz").read_bytes() == b"longer than before"


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])
def test_names_that_lead_out_of_the_folder_are_refused(folders, name):
    with pytest.raises(ValueError, match="`parts` must lie in the folder"):
        receive(folders[0], [Part(name, 0, b"")])
    assert not (folders[0].parent / "outside").exists()


def test_shared_folders_are_placed_once_by_their_digest(folders, tmp_path, monkeypatch):
    here, _ = folders
    monkeypatch.setenv("KERAS_DL_CACHE", str(tmp_path / "cache"))
    (here / "a").mkdir()
    (here / "a" / "1.txt").write_text("one")
    shared, content = read_shared(here)
    fetched = []

    def fetch(digest):
        fetched.append(digest)
        return content

    for _ in range(2):
        path = place(shared, fetch)
        assert (path / "a" / "1.txt").read_text() == "one"
    assert fetched == [shared.digest]
    (here / "a" / "1.txt").write_text("two")
    assert read_shared(here)[0].digest != shared.digest
