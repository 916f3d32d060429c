"""Hostile inputs of every kind that is read: damaged, misnamed, too large, of other contents."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.data.writers import arrays, idx_bytes

FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "webp": "WEBP"}


@dataclass(frozen=True)
class Case:
    """An input.

    Attributes:
        name: of the case, for messages.
        make: writes the input into an empty folder and returns its path, or another string.
        options: of `keras_dl.data.load`.
        flags: of `keras-dl data describe`.
    """

    name: str
    make: Callable[[Path], object]
    options: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def cases(seed: int = 0) -> list[Case]:
    """Returns all inputs; the seed decides where files are damaged."""
    return [
        *damaged(seed),
        *special_arrays(),
        *special_texts(),
        *special_files(),
        *special_options(),
    ]


# Whole files of every kind.
def picture(kind: str = "png", value: int = 0, size: tuple[int, int] = (8, 8)) -> bytes:
    rows = np.arange(size[0] * size[1]).reshape(size) * 3 + value
    buffer = io.BytesIO()
    Image.fromarray(rows.astype(np.uint8)).save(buffer, FORMATS[kind])
    return buffer.getvalue()


def pictures(kind: str = "png", count: int = 20) -> dict[str, bytes]:
    return {f"c{i % 2}/{i:02d}.{kind}": picture(kind, i) for i in range(count)}


def texts(count: int = 20) -> dict[str, bytes]:
    words = [("good", "fine", "warm"), ("bad", "sad", "cold")]
    return {
        f"{words[i % 2][0]}/{i}.txt": f"{' '.join(words[i % 2])} day number {i}".encode()
        for i in range(count)
    }


def npz(packed: bool = False) -> bytes:
    x, y = arrays()
    buffer = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(buffer, x=x, y=y)
    return buffer.getvalue()


def table(separator: str = ",") -> bytes:
    rows = [f"{i}{separator}{i * 1.5}{separator}{'ab'[i % 2]}" for i in range(40)]
    return "\n".join([separator.join(("width", "height", "label")), *rows, ""]).encode()


def sentences(separator: str = ",") -> bytes:
    rows = [f'{"ab"[i % 2]}{separator}"It is, so it seems, day {i}."' for i in range(40)]
    return "\n".join([separator.join(("label", "text")), *rows, ""]).encode()


def lines() -> bytes:
    return b"".join(b"%s\tthe day is number %d\n" % (b"ab"[i % 2 :][:1], i) for i in range(40))


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def whole() -> dict[str, bytes]:
    """Returns a file of each kind by its name."""
    book = b"It was the best of times, it was the worst of times.\n" * 40
    return {
        "a.npz": npz(),
        "packed.npz": npz(packed=True),
        "a.csv": table(),
        "semicolons.csv": table(";"),
        "a.tsv": sentences("\t"),
        "texts.csv": sentences(),
        "lines.txt": lines(),
        "lines.txt.gz": gzip.compress(lines()),
        "book.txt": book,
        "book.txt.bz2": bz2.compress(book),
        "book.txt.xz": lzma.compress(book),
        "pictures.zip": zipped(pictures()),
        "texts.zip": zipped(texts()),
        "pictures.tar": tarred(pictures("jpg")),
        "pictures.tar.gz": gzip.compress(tarred(pictures("bmp"))),
        "texts.tgz": gzip.compress(tarred(texts())),
        "rows.json": json.dumps([{"text": "a b", "label": i % 2} for i in range(40)]).encode(),
        "rows.jsonl": b'{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n' * 20,
    }


# Damages to any file.
def truncated(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: rng.integers(1, len(content))]


def flipped(content: bytes, rng: np.random.Generator, count: int = 1) -> bytes:
    raw = bytearray(content)
    for place in rng.integers(0, len(raw), count):
        raw[place] ^= 1 << int(rng.integers(8))
    return bytes(raw)


def flipped_often(content: bytes, rng: np.random.Generator) -> bytes:
    return flipped(content, rng, 1 + len(content) // 40)


def flipped_early(content: bytes, rng: np.random.Generator) -> bytes:
    return flipped(content[:64], rng, 4) + content[64:]


def zeroed(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    return content[:start] + bytes(len(content[start : start + 200])) + content[start + 200 :]


def stuffed(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    return content[:start] + rng.bytes(300) + content[start:]


def repeated(content: bytes, rng: np.random.Generator) -> bytes:
    return content + content[int(rng.integers(len(content))) :]


def noise(content: bytes, rng: np.random.Generator) -> bytes:
    return rng.bytes(len(content))


DAMAGES = (truncated, flipped, flipped_often, flipped_early, zeroed, stuffed, repeated, noise)


def damaged(seed: int) -> Iterator[Case]:
    """Yields each kind of file with each damage, and under a name of another kind."""
    files = whole()
    for number, (name, content) in enumerate(files.items()):
        for damage in DAMAGES:
            rng = np.random.default_rng((seed, number, DAMAGES.index(damage)))
            yield Case(f"{damage.__name__} {name}", _file(name, damage(content, rng)))
        other = list(files)[(number + 5) % len(files)]
        yield Case(f"{name} as {other}", _file(other, content))
        yield Case(f"empty {name}", _file(name, b""))
        yield Case(f"whole {name}", _file(name, content))
    for number, kind in enumerate(FORMATS):
        for place, damage in enumerate(DAMAGES):
            rng = np.random.default_rng((seed, 100 + number, place))
            folder = pictures(kind) | {f"c0/00.{kind}": damage(picture(kind), rng)}
            yield Case(f"folder with one {damage.__name__} {kind}", _folder(folder))
        renamed = {name.replace(f".{kind}", ".png"): c for name, c in pictures(kind).items()}
        yield Case(f"{kind} files named png", _folder(renamed))
    for damage in DAMAGES:
        rng = np.random.default_rng((seed, 200, DAMAGES.index(damage)))
        yield Case(f"idx {damage.__name__}", _idx(lambda c, d=damage, r=rng: d(c, r)))
        yield Case(f"idx.gz {damage.__name__}", _idx(lambda c, d=damage, r=rng: d(c, r), True))
        folder = texts() | {"good/0.txt": damage(b"good warm day " * 9, rng)}
        yield Case(f"folder with one {damage.__name__} text", _folder(folder))


def special_arrays() -> Iterator[Case]:
    """Yields `.npz` files whose headers lie, and arrays of unusual types."""
    x, y = arrays()
    structured = np.zeros(40, [("a", "f4"), ("b", "i4")])
    unusual = {
        "objects": np.array([{}] * 40, object),
        "structured": structured,
        "complex": x * 1j,
        "dates": np.full((40, 2), np.datetime64("2026-01-01")),
        "texts": np.full((40, 2), "red"),
        "bytes": np.full((40, 2), b"\xff\xfe"),
        "void": np.zeros((40, 2), "V3"),
        "rank 0": np.array(1.0),
        "rank 6": np.zeros((40, 1, 1, 1, 1, 1)),
        "no pixels": np.zeros((40, 0, 5)),
        "NaN": np.full((40, 3), np.nan),
        "huge": np.full((40, 3), 1e308),
        "five bands": np.zeros((40, 4, 4, 5), np.uint8),
        "half": x.astype(np.float16) / 255,
        "big-endian": x.astype(">i8"),
        "negative": x.astype(int) - 300,
        "long": np.full((40, 3), 2**63 - 1),
    }
    for name, array in unusual.items():
        yield Case(f"npz x {name}", _npz(x=array, y=y))
        yield Case(f"npz y {name}", _npz(x=x, y=array))
    yield Case("npz keys", _npz(**{"\x1b[2J": x, "../y": y}))
    yield Case("npz many keys", _npz(**{f"a{i}": y for i in range(200)}))
    yield Case("npz with a text", _file("a.npz", zipped({"x.npy": b"text", "read.me": b"me"})))
    for shape in ("(10000000000000,)", "(-5,)", "(2**70,)", "(1e9,)", "()", "(True, 5)", "(9,)*99"):
        yield Case(f"npz shape {shape}", _file("a.npz", _lying_npz(shape, "'|u1'")))
    for kind in (
        "'|O'",
        "'|V0'",
        "'<U0'",
        "'<f99'",
        "[('a','O')]",
        "__import__('os')",
        "'|u1'," * 9,
    ):
        yield Case(f"npz dtype {kind}", _file("a.npz", _lying_npz("(3,)", kind)))
    for shape in ((2**31 - 1,) * 3, (0, 0, 0), (2**32 - 1, 1, 1)):
        sizes = b"".join(n.to_bytes(4, "big") for n in shape)
        yield Case(f"idx shape {shape}", _idx(lambda c, s=sizes: c[:4] + s + c[16:]))


def special_texts() -> Iterator[Case]:
    """Yields tables and texts of other encodings, shapes and sizes."""
    rows = table().decode()
    contents: dict[str, bytes] = {
        "utf-16": rows.encode("utf-16"),
        "utf-32": rows.encode("utf-32"),
        "latin-1": rows.replace("a", "\xe9").encode("latin-1"),
        "mark": b"\xef\xbb\xbf" + rows.encode(),
        "old line ends": rows.replace("\n", "\r").encode(),
        "no line end": rows.replace("\n", " ").encode(),
        "header alone": b"a,b,label\n",
        "one column": b"label\n" + b"1\n0\n" * 20,
        "blank lines": b"\n" * 5000,
        "commas": b",,,,\n" * 50,
        "quotation mark": b'a,b,label\n1,2,"x\n' * 20,
        "quotation marks": b'"' * 9999,
        "one row": b"a,b,label\n1,2,x\n",
        "ragged": b"a,b,label\n1,2,x\n1,2\n1,2,3,4,x\n" * 9,
        "infinite": b"a,b,label\n1e999,nan,x\n-inf,0,y\n" * 9,
        "digits": b"a,b,label\n" + b"9" * 6000 + b",1,x\n2,3,y\n",
        "wide": b",".join(b"%d" % i for i in range(100_000)) + b"\n",
        "long cell": b"a,b,label\n1," + b"x" * 2**20 + b",y\n",
        "control": b"a,\x1b[31mb,label\n1,\x1b]0;title\x07,x\n2,3,\x9b\n" * 9,
        "label control": b"a,b,label\n1,2,\x1b[2Jx\n2,3,\x1b[2Jy\n" * 20,
        "formula": b"a,b,label\n=cmd|' /C calc'!A0,2,x\n" * 9,
        "zero bytes": b"a,b,label\n1,\0,x\n2,3,y\n" * 9,
        "same names": b"a,a,a\n1,2,x\n3,4,y\n" * 9,
        "two targets": b"label,target\n1,2\n3,4\n" * 9,
        "one class": b"a,b,label\n1,2,x\n" * 30,
        "lone classes": b"a,b,label\n" + b"".join(b"1,2,x%d\n" % i for i in range(30)),
        "surrogates": "a,b,label\n1,2,\ud800\n3,4,y\n".encode("utf-8", "surrogatepass") * 9,
        "bidirectional": "a,b,label\n1,2,\u202ex\n3,4,y\n".encode() * 9,
    }
    for name, content in contents.items():
        for suffix in (".csv", ".txt"):
            yield Case(f"{name}{suffix}", _file(f"a{suffix}", content))


def special_files() -> Iterator[Case]:
    """Yields what is no file, paths that no system takes, large and strange files, odd names."""
    for suffix in (".npz", ".csv", ".txt", ".zip", ".tar", ".tar.gz", ""):
        yield Case(f"FIFO {suffix}", lambda folder, s=suffix: _fifo(folder / f"a{s}"))
        yield Case(f"sparse {suffix}", lambda folder, s=suffix: _sparse(folder / f"a{s}"))
        yield Case(f"dangling {suffix}", lambda folder, s=suffix: _link(folder / f"a{s}", "b"))
        yield Case(f"circle {suffix}", lambda folder, s=suffix: _link(folder / f"a{s}", f"a{s}"))
        yield Case(
            f"device {suffix}", lambda folder, s=suffix: _link(folder / f"a{s}", "/dev/zero")
        )
        yield Case(f"long name {suffix}", lambda _, s=suffix: f"./{'a' * 5000}{s}")
        yield Case(f"folder named {suffix}", lambda folder, s=suffix: _make(folder / f"a{s}"))
    for path in (
        "/dev/zero",
        "/dev/null",
        "/dev/stdin",
        "/proc/self/mem",
        "/proc",
        "~nobody_/x.csv",
    ):
        yield Case(path, lambda _, p=path: p)
    for name in (
        "",
        " ",
        ".",
        "..",
        "\0",
        "a\0b.csv",
        "\x1b[2J",
        "\udcff.csv",
        "-",
        "://",
        "C:\\a.csv",
    ):
        yield Case(f"name {name!r}", lambda _, n=name: n)
    undecodable = b"\xff\xfe".decode(errors="surrogateescape")
    odd = ("\x1b[31mred", "a\nb", "\u202egnp", undecodable, "a" * 255, " ", "-rf", "[bold]", "%s%n")
    for name in (*odd, "con", "'; drop", "\u0301", "\\", "{0}"):
        yield Case(f"class {name!r}", _folder({f"{name}/{i}.png": picture() for i in range(9)}
                   | {f"c1/{i}.png": picture(value=9) for i in range(9)}))  # fmt: skip
        yield Case(f"member {name!r}", _file("a.zip", zipped(
            {f"c{i % 2}/{name[:200].encode(errors='replace').decode()}{i}.png": picture(value=i)
             for i in range(20)})))  # fmt: skip
    deep = "/".join(["d"] * 300)
    yield Case("deep folder", _folder({f"{deep}/{n}": c for n, c in pictures().items()}))
    yield Case("empty folder", lambda folder: folder)
    yield Case("FIFO in a folder", _fifo_among(pictures(), "c0/pipe.png"))
    yield Case("FIFO among texts", _fifo_among(texts(), "good/pipe.txt"))
    yield Case("large picture", _folder(pictures() | {"c0/a.png": _blank(30_000)}))
    yield Case("many sizes", _folder({f"c{i % 2}/{i}.png": picture(size=(1 + i, 90 - i))
                                      for i in range(40)}))  # fmt: skip
    yield Case("one line of pixels", _folder({f"c{i % 2}/{i}.png": picture(size=(1, 60_000))
                                              for i in range(20)}))  # fmt: skip
    for name in ("../../c0/a.png", "/c0/a.png", "c0\\a.png", "c0/../a.png", "c0//a.png", "c0/"):
        yield Case(f"zip {name}", _file("a.zip", zipped(pictures() | {name: picture()})))
        yield Case(f"tar {name}", _file("a.tar", tarred(pictures() | {name: picture()})))
    nested = zipped({"c0/inner.zip": zipped(pictures()), **pictures()})
    yield Case("zip in a zip", _file("a.zip", nested))
    zeros = gzip.compress(bytes(2**26))
    yield Case("gzip bomb", _file("a.txt.gz", zeros * 20))
    yield Case("tar bomb", _file("a.tar.gz", zeros * 20))
    yield Case("zip bomb", _file("a.zip", zipped({"c0/a.png": bytes(2**29 + 1)})))
    yield Case("npz bomb", _file("a.npz", zipped({"x.npy": bytes(2**29), "y.npy": bytes(2**20)})))


def special_options() -> Iterator[Case]:
    """Yields whole files with options out of place."""
    values = {
        "image_size": (0, -1, 10**6, 10**9),
        "at_least": (0, -5, 10**7),
        "target": ("missing", "\x1b[2J", "99", ""),
        "task": ("ranking", ""),
        "delimiter": ("", "ab", "\n", "\x1b"),
        "encoding": ("utf-16", "rot13", "no such", "\x1b[2J", "idna"),
    }
    for name, options in values.items():
        for value in options:
            flag = f"--{name.replace('_', '-')}"
            for file in ("a.csv", "pictures.zip"):
                yield Case(f"{file} {flag} {value!r}", _file(file, whole()[file]), {name: value},
                           (f"{flag}={value}",))  # fmt: skip


# Makers of inputs.
def _file(name: str, content: bytes) -> Callable[[Path], object]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _folder(files: dict[str, bytes]) -> Callable[[Path], object]:
    def make(folder: Path) -> Path:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    return make


def _idx(damage: Callable[[bytes], bytes], packed: bool = False) -> Callable[[Path], object]:
    x, y = arrays()
    pack = gzip.compress if packed else bytes
    suffix = ".gz" if packed else ""
    contents = {
        f"train-images-idx3-ubyte{suffix}": damage(pack(idx_bytes(x))),
        f"train-labels-idx1-ubyte{suffix}": pack(idx_bytes(y)),
        f"t10k-images-idx3-ubyte{suffix}": pack(idx_bytes(x)),
        f"t10k-labels-idx1-ubyte{suffix}": pack(idx_bytes(y)),
    }
    return _folder(contents)


def _npz(**contents: np.ndarray) -> Callable[[Path], object]:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=True, **contents)
    return _file("a.npz", buffer.getvalue())


def _lying_npz(shape: str, kind: str) -> bytes:
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    header = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
    return zipped({"x.npy": header + bytes(3), "y.npy": header + bytes(3)})


def _blank(side: int) -> bytes:
    """Returns a small PNG file of side × side black pixels."""
    import struct
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    packer = zlib.compressobj(9)
    rows = packer.compress(bytes(10**6)) + packer.flush()
    size = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _fifo(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _fifo_among(files: dict[str, bytes], name: str) -> Callable[[Path], object]:
    def make(folder: Path) -> object:
        _folder(files)(folder)
        os.mkfifo(folder / name)
        return folder

    return make


def _sparse(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(6 * 2**30)
    return path


def _link(path: Path, target: str) -> Path:
    path.symlink_to(target)
    return path


def _make(path: Path) -> Path:
    path.mkdir()
    return path
