"""Source and packages that runs keep."""

from pathlib import Path

from keras_dl.tracking import provenance
from tests import toys


def test_source_is_the_file_of_the_recipe():
    assert provenance.source(toys.toy) == Path(toys.__file__).read_text(encoding="utf-8")


def test_requirements_name_all_packages_once():
    lines = provenance.requirements().splitlines()
    assert any(line.startswith("keras==") for line in lines)
    assert len(lines) == len(set(lines))
