"""Reads the code of documentation pages: commands, Python blocks, and blocks that tests run."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATOR = str(ROOT / "docs" / "generator")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- (executed|saved)(?:: (\S+))? -->\n)?^```(\w*)\n(.*?)^```$", re.M | re.S
)
INLINE = re.compile(r"(?<!`)`(keras-dl [^`\n]+)`(?!`)")
COMMAND = re.compile(r"(?:^|[\s(])(keras-dl [^)|\n]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: "sh", "python", …
        text: its lines.
        mark: "executed", "saved" or None, from the comment above it.
        file: name of the file that it is saved as, or None.
    """

    language: str
    text: str
    mark: str | None
    file: str | None


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page."""
    return [Block(m[3], m[4], m[1], m[2]) for m in BLOCK.finditer(page)]


def commands(page: str) -> list[list[str]]:
    """The words after `keras-dl` of each command, in blocks and within lines."""
    lines = []
    for block in blocks(page):
        if block.language in ("sh", "bash", "console"):
            lines += lines_of(block)
    lines += INLINE.findall(BLOCK.sub("", page))
    matches = (match for line in lines for match in COMMAND.findall(line))
    return [shlex.split(command, comments=True)[1:] for command in matches]


def lines_of(block: Block) -> list[str]:
    """The commands of a block, continued lines joined; in a console those after a prompt."""
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "console":
        return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
