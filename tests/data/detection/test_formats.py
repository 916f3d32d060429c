import json
from pathlib import PurePosixPath

import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.archives import Member
from keras_dl.data.detection.formats import read_coco, read_csv, read_voc

CSV = """filename,width,height,class,xmin,ymin,xmax,ymax
a.png,40,30,cat,1,2,11,12
a.png,40,30,dog,5,5,9.5,20
b.png,40,30,,,,,
"""
COCO = {
    "images": [{"id": 7, "file_name": "a.png"}, {"id": 9, "file_name": "b.png"}],
    "categories": [{"id": 3, "name": "cat"}, {"id": 5, "name": "dog"}],
    "annotations": [
        {"image_id": 7, "category_id": 3, "bbox": [1, 2, 10, 10], "iscrowd": 0},
        {"image_id": 7, "category_id": 5, "bbox": [5, 5, 4.5, 15]},
        {"image_id": 9, "category_id": 5, "bbox": [0, 0, 40, 30], "iscrowd": 1},
    ],
}
VOC = """<annotation><filename>a.png</filename>
<object><name>cat</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>11</xmax><ymax>12</ymax></bndbox></object>
<object><name>dog</name><bndbox><xmin>6</xmin><ymin>6</ymin><xmax>9.5</xmax><ymax>20</ymax></bndbox></object>
</annotation>"""
BOXES = [[1, 2, 11, 12], [5, 5, 9.5, 20]]


def member(text, name="labels.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return Member(PurePosixPath(name), lambda: content)


def test_the_three_formats_say_the_same():
    voc_b = "<annotation><filename>b.png</filename></annotation>"
    for images in (
        read_csv(member(CSV)),
        read_coco(member(json.dumps(COCO))),
        read_voc([member(VOC), member(voc_b)]),
    ):
        assert [image.file for image in images] == ["a.png", "b.png"]
        np.testing.assert_array_equal(images[0].boxes, BOXES)
        assert images[0].labels == ("cat", "dog")
        assert images[1].boxes.shape == (0, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,class,xmin,ymin,xmax\n", r"labels.csv without ymax"),
        ("", r"without class, image, xmax, xmin, ymax, ymin"),
        (CSV.replace("11,12", "x,12"), r"numbers for xmin.*xmax='x'.*line 2 of labels.csv"),
        (CSV.replace("cat", ""), r"class of each box. Received: none in line 2"),
        (CSV.replace("1,2,11,12", "11,2,1,12"), r"left before right.*\[11.0, 2.0, 1.0, 12.0\]"),
        (CSV.replace("1,2,11,12", "nan,2,11,12"), r"finite numbers"),
        (CSV.replace("1,2,11,12", "1,2,1,12").replace("5,5,9.5,20", "5,5,5,5"), "none in labels"),
        (b"image,class,xmin,ymin,xmax,ymax\n\xff", "annotations in UTF-8"),
    ],
)
def test_malformed_csv_is_refused(text, message):
    with pytest.raises(DatasetError, match=message):
        read_csv(member(text))


def changed(image=7, kind=3, box=(0, 0, 1, 1)):
    entry = {"image_id": image, "category_id": kind, "bbox": box}
    return json.dumps({**COCO, "annotations": [entry]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "JSON file in COCO's format.*JSONDecodeError"),
        ("[]", "TypeError"),
        (json.dumps({"images": []}), "KeyError: 'categories'"),
        (changed(image=1), "KeyError: 1"),
        (changed(box=[0, 0, 1]), "ValueError"),
        (changed(box=[0, 0, -1, 1]), "left before"),
        (json.dumps({**COCO, "annotations": []}), "a box with an area"),
    ],
)
def test_malformed_json_is_refused(text, message):
    with pytest.raises(DatasetError, match=message):
        read_coco(member(text, "coco.json"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<annotation>", "can be parsed. Received: a.xml"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><annotation/>", "without a document type"),
        (VOC.replace("<filename>a.png</filename>", ""), "<filename> in each image"),
        (VOC.replace("<name>cat</name>", ""), "<name>.*object 1 of a.xml"),
        (VOC.replace("<xmax>11</xmax>", ""), "xmax=''.*object 1 of a.xml"),
    ],
)
def test_malformed_xml_is_refused(text, message):
    with pytest.raises(DatasetError, match=message):
        read_voc([member(text, "a.xml")])


@pytest.mark.filterwarnings("default::keras_dl.data.DatasetWarning")
def test_boxes_without_area_are_left_out_with_a_notice():
    with pytest.warns(match="1 box has no area and is left out, of a.png"):
        (image, _) = read_csv(member(CSV.replace("1,2,11,12", "1,2,1,12")))
    np.testing.assert_array_equal(image.boxes, BOXES[1:])
    assert image.labels == ("dog",)
