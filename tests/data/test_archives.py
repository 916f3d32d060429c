"""Archives of strangers: torn, packed by other methods, or with headers that ask for too much."""

import bz2
import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, archives, load
from keras_dl.data.archives import list_members
from tests.archives import zipped


def picture(value=0):
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), value, np.uint8)).save(buffer, "png")
    return buffer.getvalue()


def pictures(count=20):
    return {f"c{i % 2}/{i}.png": picture(i) for i in range(count)}


def tarred(files, tar_format=tarfile.PAX_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def set_field(content, offset, value):
    """Overwrites a field of all local and central headers of a zip file."""
    raw = bytearray(content)
    for signature, at in ((b"PK\3\4", offset), (b"PK\1\2", offset + 2)):
        place = raw.find(signature)
        while place >= 0:
            raw[place + at : place + at + len(value)] = value
            place = raw.find(signature, place + 4)
    return bytes(raw)


def header(name, size, kind=b"0"):
    """A tar header with any size, also a negative one."""
    info = tarfile.TarInfo(name)
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = (
        b"\xff" + size.to_bytes(11, "big", signed=True) if size < 0 else b"%011o\0" % size
    )
    block[156:157], block[148:156] = kind, b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def padded(content):
    return content + bytes(-len(content) % 512)


def hostile():
    whole, tar = zipped(pictures()), tarred(pictures())
    return {
        "deflate64.zip": set_field(whole, 8, b"\x09\0"),
        "aes.zip": set_field(whole, 8, b"\x63\0"),
        "password.zip": set_field(whole, 6, b"\1\0"),
        "patched.zip": set_field(whole, 6, b"\x20\0"),
        "claims.zip": set_field(whole, 22, struct.pack("<I", 2**31)),
        "torn.zip": whole[: len(whole) // 2],
        "headless.zip": whole[100:],
        "flipped.zip": whole[:60] + bytes([whole[60] ^ 255]) + whole[61:],
        "bomb.zip": zipped({"c0/a.png": bytes(600 << 20)}),
        "torn.tar": tar[:9000],
        "header.tar": tar[:5120] + b"\x01" + tar[5121:],
        "negative.tar": header("c0/a.png", -1024) + bytes(10240),
        "negative_pax.tar": header("x", -1024, b"x") + bytes(10240),
        "huge_pax.tar": header("x", 2**32, b"x") + bytes(10240),
        "digits.tar": header("x", 2**19, b"x") + b"7 a=b\n" + b"1" * (2**19 - 6) + bytes(1024),
        "huge.tar": header("c0/a.png", 2**33 - 1) + bytes(10240),
        "torn.tar.gz": gzip.compress(tar)[:-100],
        "bomb.tar.gz": gzip.compress(header("c0/a.txt", 2**33 - 1)) + bomb(),
        "plain.tar.gz": tar,
    }


def bomb():
    """Gzip streams of 600 MiB of zeros in all, 600 kB."""
    packer = zlib.compressobj(9, wbits=31)
    stream = packer.compress(bytes(2**20)) + packer.flush()
    return stream * 600


HOSTILE = hostile()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused_in_one_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(HOSTILE[name])
    start = time.monotonic()
    with pytest.raises(DatasetError, match=r"^`dataset` must .*Received: ") as caught:
        load(tmp_path / name)
    assert time.monotonic() - start < 5
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["deflate64.zip", "aes.zip"])
def test_method_that_python_cannot_unpack_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(HOSTILE[name])
    with pytest.raises(DatasetError, match=f"a method that Python can unpack.*Received: .*{name}"):
        load(tmp_path / name)


def test_password_is_named(tmp_path):
    (tmp_path / "p.zip").write_bytes(HOSTILE["password.zip"])
    with pytest.raises(DatasetError, match="an archive without a password"):
        load(tmp_path / "p.zip")


@pytest.mark.parametrize(
    "tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_tar_files_are_read(tmp_path, tar_format, pack):
    files = pictures() | {f"c0/{'long' * 24}.png": picture(200)}
    path = tmp_path / ("a.tar" if pack is bytes else "a.tar.gz")
    path.write_bytes(pack(tarred(files, tar_format)))
    found = list_members(path, (".png",))
    assert {str(member.path): member.read() for member in found} == files


def test_tar_without_an_end_is_read(tmp_path):
    content = b"".join(header(n, len(c)) + padded(c) for n, c in pictures().items())
    (tmp_path / "a.tar").write_bytes(content)
    assert len(list_members(tmp_path / "a.tar", (".png",))) == 20


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_only_regular_members_are_read(tmp_path, kind):
    info = tarfile.TarInfo("c0/link.png")
    info.type, info.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(info)
        for name, picture_bytes in pictures().items():
            entry = tarfile.TarInfo(name)
            entry.size = len(picture_bytes)
            archive.addfile(entry, io.BytesIO(picture_bytes))
    assert "link.png" not in {m.path.name for m in list_members(tmp_path / "a.tar", (".png",))}


def test_names_that_leave_the_folder_touch_no_file(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("../escaped.png", "/escaped.png", "c0/../../escaped.png"):
        (tmp_path / "in" / "a.zip").write_bytes(zipped(pictures() | {name: picture()}))
        list_members(tmp_path / "in" / "a.zip", archives.IMAGES)
        assert [p.name for p in tmp_path.iterdir()] == ["in"]
        assert [p.name for p in (tmp_path / "in").iterdir()] == ["a.zip"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_methods_of_python_are_read(tmp_path, method):
    (tmp_path / "a.zip").write_bytes(zipped(pictures(), method))
    assert load(tmp_path / "a.zip").input_shape == (8, 8, 1)


def test_contents_with_many_digits_are_no_extended_header(tmp_path):
    digits = b"sizes = " + b"0123456789" * 20
    path = tmp_path / "images.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("a/1.txt", "b/2.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(digits)
            archive.addfile(info, io.BytesIO(digits))
    assert [member.read() for member in list_members(path, (".txt",))] == [digits, digits]
