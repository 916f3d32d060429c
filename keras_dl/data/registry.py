"""Registry of data sets by name: size, source and licence."""

from typing import Literal, NamedTuple

__all__ = ["CLASSES", "DATASETS", "Entry"]


class Entry(NamedTuple):
    """Entry of a data set.

    Attributes:
        home: "embedded" in scikit-learn or Python, "tfds" for TensorFlow Datasets, "mirror" for a
            file in the folder that KERAS_DL_DATA names, or "derived" from another set.
        kind: "image", "table", "text", "pairs" of images, images with "masks", "boxes" or
            "captions", a "graph", recordings of "speech", or a time "series".
        size: number and shape of the examples, in words.
        licence: as stated by the authors, and their names.
        file: path inside the mirror; for "tfds" the folder with the original files; for "derived"
            the name of the other set.
        more: further files of a set in the mirror.
    """

    home: Literal["embedded", "tfds", "mirror", "derived"]
    kind: Literal[
        "image", "table", "text", "pairs", "masks", "boxes", "graph", "speech", "captions", "series"
    ]
    size: str
    licence: str
    file: str = ""
    more: tuple[str, ...] = ()


CIFAR = "airplane automobile bird cat deer dog frog horse ship truck"
FASHION = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"
CLASSES = {"cifar10_jpeg": tuple(CIFAR.split()), "fashion_mnist": tuple(FASHION.split(","))}
UCI = "CC BY 4.0 (UCI)"
UNSTATED = "not stated"
M30K = "text/multi30k/{}.{}.gz"
PTB, SST2 = "text/ptb/ptb.{}.txt.gz", "text/sst2/stsa.binary.{}"

DATASETS = {
    "digits": Entry("embedded", "image", "1797 digits 8×8 gray, 10 classes", UCI),
    "digits_two_photos": Entry("derived", "image", "digits in front of two photographs, RGB",
                               UCI, "digits"),
    "iris": Entry("embedded", "table", "150 flowers, 4 features, 3 classes", UCI),
    "wine": Entry("embedded", "table", "178 wines, 13 features, 3 classes", UCI),
    "breast_cancer": Entry("embedded", "table", "569 tumours, 30 features, 2 classes", UCI),
    "diabetes": Entry("embedded", "table", "442 patients, 10 features, regression",
                      f"{UNSTATED} (Efron et al. 2004)"),
    "mnist": Entry("tfds", "image", "60000 + 10000 digits 28×28 gray, 10 classes",
                   "commonly given as CC BY-SA 3.0 (LeCun, Cortes, Burges)", "mnist"),
    "mnist_m": Entry("derived", "image", "mnist in front of photographs (BSDS500), RGB, 10 classes",
                     "as mnist and the photographs", "mnist"),
    "mnist_two_photos": Entry("derived", "image", "mnist in front of two photographs, RGB",
                              "as mnist and scikit-learn", "mnist"),
    "fashion_mnist": Entry("tfds", "image", "60000 + 10000 articles 28×28 gray, 10 classes",
                           "MIT (Zalando SE)", "fashion_mnist"),
    "cifar10": Entry("tfds", "image", "50000 + 10000 photographs 32×32 RGB, 10 classes",
                     f"{UNSTATED} (Krizhevsky 2009)", "cifar10"),
    "cifar10_jpeg": Entry("mirror", "image", "cifar10 as JPEG, quality about 75: not comparable",
                          f"{UNSTATED} (Krizhevsky 2009)", "cifar10/cifar10_full_jpeg.npz"),
    "usps": Entry("mirror", "image", "7291 + 2007 digits 16×16 gray, 10 classes",
                  f"{UNSTATED} (LeCun et al. 1989)", "usps/usps.npz"),
    "hymenoptera": Entry("mirror", "image", "244 + 153 photographs of ants and bees, RGB",
                         f"{UNSTATED} (from ImageNet)", "hymenoptera/hymenoptera_short144.tar"),
    "sonar": Entry("mirror", "table", "208 echoes, 60 features, 2 classes", UCI,
                   "tabular/sonar.csv"),
    "pima_diabetes": Entry("mirror", "table", "768 patients, 8 features, 2 classes", UNSTATED,
                           "tabular/pima-indians-diabetes.csv"),
    "boston_housing": Entry("mirror", "table", "506 districts, 13 features, regression", UNSTATED,
                            "tabular/housing.csv"),
    "facades": Entry("mirror", "pairs", "400 + 106 photographs of facades and their parts, RGB",
                     f"{UNSTATED} (CMP Facade Database)", "facades/facades.tar"),
    "camvid": Entry("mirror", "masks", "367 + 101 + 233 street scenes 180×240 RGB, 11 classes",
                    f"{UNSTATED} (Brostow et al. 2009)", "camvid/camvid_180x240.tar"),
    "drive": Entry("mirror", "masks", "20 + 20 retinas 584×565 RGB, vessels and field of view",
                   f"{UNSTATED} (Staal et al. 2004)", "retinal_vessels/drive.tar"),
    "chase_db1": Entry("mirror", "masks", "20 + 8 retinas 960×999 RGB, vessels",
                       "commonly given as CC BY 4.0 (Fraz et al. 2012)",
                       "retinal_vessels/chase_db1.tar"),
    "bccd": Entry("mirror", "boxes", "205 + 87 + 72 blood smears 480×640 RGB, 3 classes",
                  "MIT (Shenggan/BCCD_Dataset)", "bccd/images.tar",
                  ("bccd/annotations.csv", "bccd/train.txt", "bccd/val.txt", "bccd/test.txt")),
    "cora": Entry("mirror", "graph", "2708 papers with 1433 words, 5278 citations, 7 classes",
                  "MIT (kimiyoung/planetoid; Sen et al. 2008)", "graphs/cora.npz"),
    "fsdd": Entry("mirror", "speech", "3000 recordings of ten digits by six speakers",
                  "CC BY-SA 4.0 (Jackson et al.)", "fsdd"),
    "flickr8k_1000": Entry("mirror", "captions", "753 + 113 + 125 photographs with five captions",
                           f"{UNSTATED} (Hodosh et al. 2013)", "flickr8k_1000"),
    "airline_passengers": Entry("mirror", "series", "144 months of passengers, 1949 to 1960",
                                f"{UNSTATED} (Box and Jenkins 1976)",
                                "tabular/airline-passengers.csv"),
    "daily_min_temperatures": Entry("mirror", "series", "3650 days of temperatures in Melbourne",
                                    f"{UNSTATED} (Australian Bureau of Meteorology)",
                                    "tabular/daily-min-temperatures.csv"),
    "topics": Entry("embedded", "text", "65,000 words of Python's reference; 779 passages, "
                    "6 classes", "PSF (Python)"),
    "sst2": Entry("mirror", "text", "6920 + 872 + 1821 sentences of film reviews, 2 classes",
                  f"{UNSTATED} (Socher et al. 2013)", SST2.format("train"),
                  (SST2.format("dev"), SST2.format("test"))),
    "imdb": Entry("mirror", "text", "25000 + 25000 film reviews, 2 classes",
                  f"{UNSTATED} (Maas et al. 2011)", "text/imdb/imdb_train.tsv.bz2",
                  ("text/imdb/imdb_test.tsv.bz2",)),
    "trec": Entry("mirror", "text", "5452 + 500 questions, 6 classes",
                  f"{UNSTATED} (Li and Roth 2002)", "text/trec/TREC.train",
                  ("text/trec/TREC.test",)),
    "enwiki_slice": Entry("mirror", "text", "6.1 million words of Wikipedia, 2015",
                          "CC BY-SA (Wikipedia)", "text/enwiki_slice/enwiki_slice.txt.gz"),
    "ptb": Entry("mirror", "text", "0.9 million words of the Penn Treebank", f"{UNSTATED} (LDC)",
                 PTB.format("train"), (PTB.format("valid"), PTB.format("test"))),
    "tiny_shakespeare": Entry("mirror", "text", "0.2 million words of Shakespeare",
                              "public domain", "text/tiny_shakespeare/input.txt"),
    "multi30k": Entry("mirror", "text", "29000 + 1014 + 1000 English sentences, in German too",
                      f"{UNSTATED} (Elliott et al. 2016)", M30K.format("train", "en"),
                      (M30K.format("train", "de"), M30K.format("val", "en"),
                       M30K.format("val", "de"), M30K.format("test_2016_flickr", "en"),
                       M30K.format("test_2016_flickr", "de"))),
}  # fmt: skip
