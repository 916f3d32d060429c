"""Each hostile input is read, or refused in one or two sentences, in bounded time and memory."""

import contextlib
import os
import re
import resource
import shutil
import signal
import time

import pytest

from keras_dl.cli import main
from keras_dl.data import DatasetError, load, read_images
from keras_dl.data.segmentation.pictures import read_pictures
from keras_dl.data.text import read_texts
from tests.data.hostile import Case, cases

SECONDS, MEMORY = 5, 2 * 2**30
LENGTH = 1000  # characters of a message; that of a missing set lists where it was searched
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
CASES = cases()
READERS = (  # of inputs to predict
    lambda path: read_images(path, (8, 8, 1)),
    lambda path: list(read_pictures([path], 1)),
    read_texts,
)


def test_there_are_enough_cases_with_names_of_their_own():
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.fixture
def bounded():
    """Bounds memory, and ends a call that hangs."""

    def interrupt(*_):
        raise AssertionError(f"takes longer than {SECONDS} s")

    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    before = signal.signal(signal.SIGPROF, interrupt), signal.signal(signal.SIGALRM, interrupt)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, limits[1]))
    signal.alarm(60)  # of a busy machine; waiting for ever takes no processor time
    yield lambda: signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    resource.setrlimit(resource.RLIMIT_AS, limits)
    signal.signal(signal.SIGPROF, before[0])
    signal.signal(signal.SIGALRM, before[1])


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux' limits of memory")
@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.name).replace("\\", ""))
def test_hostile_input_is_read_or_refused(case: Case, tmp_path, monkeypatch, capfd, bounded):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_DL_OFFLINE", "1")
    (tmp_path / "input").mkdir()
    try:
        path = case.make(tmp_path / "input")
    except (OSError, ValueError, UnicodeError) as error:
        pytest.skip(f"this file system refuses the name: {error}")
    try:
        message, start = "", time.process_time()
        bounded()
        try:
            load(str(path), **case.options)
        except DatasetError as error:
            message = str(error)
        for read in READERS:
            bounded()
            with contextlib.suppress(DatasetError, PermissionError):
                read(str(path))
        bounded()
        code = main(["data", "describe", *case.flags, "--", str(path)])
    finally:
        shutil.rmtree(tmp_path / "input", ignore_errors=True)
    assert time.process_time() - start < SECONDS
    shown = capfd.readouterr()
    assert code in ((0, 2) if message else (0,)), shown.err  # `describe` reads texts too
    assert "Traceback" not in shown.err
    for text in (message, shown.out, shown.err):
        assert not CONTROL.search(text), repr(CONTROL.search(text))
    if code:
        assert shown.err.count("\n") == 1, shown.err
        assert len(shown.err) < LENGTH or "searched" in shown.err
