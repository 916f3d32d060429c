import errno
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from keras_dl.utils.files import (
    append_line,
    atomic_path,
    drop_torn_line,
    locked,
    remove_folder,
    write_atomically,
)


def test_text_and_bytes_are_written_as_they_are(tmp_path):
    write_atomically(tmp_path / "text.json", "Schüler\n")
    write_atomically(tmp_path / "bytes.bin", b"\xff\x00")
    assert (tmp_path / "text.json").read_bytes() == "Schüler\n".encode()
    assert (tmp_path / "bytes.bin").read_bytes() == b"\xff\x00"


def test_missing_folders_are_created(tmp_path):
    write_atomically(tmp_path / "a" / "b" / "file.txt", "x")
    assert (tmp_path / "a" / "b" / "file.txt").read_text() == "x"


def test_failure_in_the_middle_leaves_the_old_file(tmp_path):
    path = tmp_path / "state.npz"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        _fail_in_the_middle(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def _fail_in_the_middle(path):
    with atomic_path(path) as part:
        part.write_text("ne")
        raise KeyboardInterrupt


def test_temporary_file_keeps_the_suffix_and_is_hidden(tmp_path):
    with atomic_path(tmp_path / "model.keras") as part:
        assert part.suffix == ".keras"
        assert part.name.startswith(".")
        assert part.parent == tmp_path
        part.write_text("x")
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


def test_two_writers_do_not_share_a_temporary_file(tmp_path):
    path = tmp_path / "file.txt"
    with atomic_path(path) as first, atomic_path(path) as second:
        assert first != second
        first.write_text("1")
        second.write_text("2")
    assert path.read_text() == "1"  # the outer block ends last


def test_full_disk_passes_through(tmp_path, monkeypatch):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def full(self, content):
        self.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(path, "new")
    assert caught.value.errno == errno.ENOSPC
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission_is_refused(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(PermissionError):
        write_atomically(folder / "file.txt", "x")


def test_permissions_of_the_replaced_file_stay(tmp_path):
    path = tmp_path / "script.sh"
    path.write_text("old")
    path.chmod(0o750)
    write_atomically(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


def test_symbolic_link_stays_a_link(tmp_path):
    target = tmp_path / "target.txt"
    target.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


HOLD = """
    import sys
    from pathlib import Path
    from keras_dl.utils.files import locked

    with locked(Path(sys.argv[1])):
        print("locked", flush=True)
        sys.stdin.read()
"""


def test_lock_excludes_other_processes_and_ends_with_them(tmp_path):
    path = tmp_path / "folder" / ".lock"
    words = [sys.executable, "-c", textwrap.dedent(HOLD), str(path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(BlockingIOError), locked(path, wait=False):
            pass
        process.kill()
        process.wait()
        with locked(path, wait=False):
            pass
    with locked(path):
        assert path.exists()


@pytest.mark.parametrize("plant", [Path.symlink_to, lambda path, _: os.mkfifo(path)])
def test_lock_is_a_regular_file(tmp_path, plant):
    victim = tmp_path / "victim"
    victim.write_text("content")
    plant(tmp_path / "lock", victim)
    with pytest.raises(OSError, match="symbolic links|regular file"), locked(tmp_path / "lock"):
        pass
    assert victim.read_text() == "content"


def test_line_is_appended_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    append_line(path, "one")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        append_line(path, "two", sync=True)
    append_line(path, "three")
    assert path.read_text() == "one\nthree\n"


@pytest.mark.parametrize("text", ["", "one\n", "one\ntwo\n", "one\ntw", "on"])
def test_torn_line_is_dropped(tmp_path, text):
    path = tmp_path / "lines"
    path.write_text(text)
    drop_torn_line(path)
    assert path.read_text() == text[: text.rfind("\n") + 1]
    drop_torn_line(tmp_path / "missing")


def test_folder_is_removed_with_what_a_kill_has_left(tmp_path):
    for name in (".removed-old-12", "kept", "gone"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    remove_folder(tmp_path / "gone")
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]
    remove_folder(tmp_path / "missing")
