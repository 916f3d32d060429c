"""Makes pictures from real runs: `python docs/generator/pictures.py [NAME …]`.

Without names all of them are made, in seven minutes on a core. Runs are tracked in a folder of
their own and removed with it. The pictures of `own_data` need KERAS_DL_DATA, the folder of real
data; without it they stay as they are, which is said.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WIDTH = 132  # characters of the terminal
SEARCH = (
    "tune lenet5 --dataset digits --epochs 4 --trials 12 --search "
    "activation,pooling,learning_rate,weight_decay,batch_size --workers 0 --final-seeds 3"
)
ABLATION = (
    "ablate mlp --over activation,batch_norm,dropout --dataset digits --budget smoke --workers 0"
)
LEVELS = "activation=relu,tanh,sigmoid,gelu"
SEGMENTATION = "run unet --dataset threads --epochs 5 --no-verbose"
TWO_ROWS = 650  # pixels of the overlays' figure
# As docs/own_data.md has them.
HOUSING = "run mlp --dataset housing.csv --no-header --units 64,64 --epochs 60 --no-verbose"
PHOTOGRAPHS = (
    "run lenet5 --dataset photos --image-size 64 --augmentation flip --class-weight balanced "
    "--objective val_balanced_accuracy --activation relu --learning-rate 0.001 --batch-size 32 "
    "--epochs 20 --no-verbose"
)
MOST = {"ants": 80, "bees": 190}  # photographs of each class
# Rich's own format loads fonts from another host; this one takes the reader's.
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{ font: {char_height}px monospace; line-height: {line_height}px; }}
{styles}
</style>
<rect width="100%" height="100%" rx="8" fill="#292929"/>
<g transform="translate(14, 8)" class="{unique_id}-matrix">{backgrounds}{matrix}</g>
</svg>
"""


def keras_dl(*words: str) -> str:
    """Carries out a command and returns what it prints."""
    environment = {**os.environ, "COLUMNS": str(WIDTH), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "keras_dl", *words],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def search() -> None:
    """Draws the terminal of a search, and its trials as parallel coordinates."""
    lines = keras_dl(*SEARCH.split()).splitlines()
    trials = [number for number, line in enumerate(lines) if line.startswith("#")]
    best = next(number for number, line in enumerate(lines) if line.startswith("Best val"))
    end = next(number for number, line in enumerate(lines) if line.startswith("Trials: "))
    excerpt = [*lines[: trials[5] + 1], "…", *lines[best:end]]
    _draw_terminal([f"$ keras-dl {SEARCH}", *excerpt], DOCS / "leaderboard.svg")
    _copy_figure("search", "parallel_coordinates")


def _draw_terminal(lines: list[str], file: Path) -> None:
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere)
        console.print(Text("\n".join(lines)))
        file.write_text(console.export_svg(code_format=SVG), encoding="utf-8")


def _copy_figure(
    kind: str, name: str, target: str | None = None, height: int | None = None
) -> None:
    """Copies a figure, or the upper part of it, of the latest run of a kind.

    Args:
        kind: of the run.
        name: of the figure.
        target: name of the copy; None: that of the figure.
        height: pixels of the upper part; None: all.
    """
    from keras_dl.tracking.store import all_runs, client

    runs = all_runs(f"tags.kind = '{kind}'")
    latest = max(runs, key=lambda run: run.info.start_time)
    with tempfile.TemporaryDirectory() as folder:
        figure = client().download_artifacts(latest.info.run_id, f"figures/{name}.png", folder)
        _shrink(Path(figure), DOCS / f"{target or name}.png", height)


def _shrink(figure: Path, target: Path, height: int | None = None) -> None:
    """Stores a figure with 64 colours, a quarter of its size."""
    from PIL import Image

    with Image.open(figure) as image:
        part = image.crop((0, 0, image.width, height or image.height))
        part.convert("RGB").quantize(64).save(target, optimize=True)


def main_effects() -> None:
    """Draws the main effects of three hyperparameters."""
    keras_dl(*ABLATION.split(), "--values", LEVELS)
    _copy_figure("ablation", "main_effects")


def occlusion() -> None:
    """Draws what a trained LeNet-5 looks at in three digits."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    run_id = keras_dl("run", "lenet5", "--dataset", "digits", "--no-verbose").split()[-1]
    digits = np.asarray(load_digits(return_X_y=True)[0]).reshape(-1, 8, 8)
    for number in (0, 4, 6):
        pixels = (digits[number] * 255 / 16).astype("uint8")
        Image.fromarray(pixels).resize((28, 28), Image.Resampling.BILINEAR).save(f"{number}.png")
    images = ("0.png", "4.png", "6.png")
    keras_dl("explain", run_id, *images, "--method", "occlusion", "--out", "figures")
    _shrink(next(Path("figures").glob("*occlusion*.png")), DOCS / "occlusion.png")


def overlays() -> None:
    """Draws the threads that a U-Net finds in noise, beside their labels."""
    keras_dl(*SEGMENTATION.split())
    _copy_figure("run", "overlays", height=TWO_ROWS)


def ilsvrc() -> None:
    """Draws the errors of the entrants of the ImageNet challenge by year."""
    from keras_dl import plots
    from keras_dl.facts import ilsvrc

    plots.error_per_year(ilsvrc.RESULTS, human=5.1).savefig("ilsvrc.png")
    _shrink(Path("ilsvrc.png"), DOCS / "ilsvrc.png")


def own_data() -> None:
    """Draws prices of houses, and the scores of two classes of photographs."""
    if "KERAS_DL_DATA" not in os.environ:
        print("own_data: set KERAS_DL_DATA to the folder of real data; its pictures stay")
        return
    data = Path(os.environ["KERAS_DL_DATA"])
    shutil.copy(data / "tabular" / "housing.csv", "housing.csv")
    keras_dl(*HOUSING.split())
    _copy_figure("run", "predicted_against_actual", "own_housing")
    with tarfile.open(next((data / "hymenoptera").glob("*.tar"))) as archive:
        archive.extractall("unpacked", filter="data")
    for name, most in MOST.items():
        target = Path("photos", name)
        target.mkdir(parents=True)
        for file in sorted(Path("unpacked").glob(f"*/{name}/*"))[:most]:
            # Both halves of the archive have the same names.
            shutil.copy(file, target / f"{file.parts[-3]}_{file.name}")
    keras_dl(*PHOTOGRAPHS.split())
    _copy_figure("run", "class_scores", "own_photographs")


@dataclass(frozen=True)
class Picture:
    """How files of the documentation are made.

    Attributes:
        make: makes them, in an empty folder with a store of its own.
        files: their names.
    """

    make: Callable[[], None]
    files: tuple[str, ...]


PICTURES = {
    "search": Picture(search, ("leaderboard.svg", "parallel_coordinates.png")),
    "main_effects": Picture(main_effects, ("main_effects.png",)),
    "occlusion": Picture(occlusion, ("occlusion.png",)),
    "overlays": Picture(overlays, ("overlays.png",)),
    "ilsvrc": Picture(ilsvrc, ("ilsvrc.png",)),
    "own_data": Picture(own_data, ("own_housing.png", "own_photographs.png")),
}


def main() -> None:
    """Makes the pictures that the command line names."""
    names = sys.argv[1:] or list(PICTURES)
    unknown = set(names) - set(PICTURES)
    if unknown:
        sys.exit(f"NAME must be one of {', '.join(PICTURES)}. Received: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"
        for name in names:
            PICTURES[name].make()


if __name__ == "__main__":
    main()
