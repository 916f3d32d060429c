"""`explain` in Python and on the command line: runs, files, models in memory; what is refused."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import keras_dl
from keras_dl.cli import main
from keras_dl.explanations.explain import LIMIT
from keras_dl.explanations.methods import METHODS
from keras_dl.explanations.preprocessing import bounds, preprocess
from keras_dl.options import EXPLAIN
from tests.explanations.nets import convolutional

SHAPE = (12, 10, 3)


@pytest.fixture
def folder(tmp_path):
    """Three photographs, a file that is none, a model file and names of its classes."""
    photos = tmp_path / "photos"
    photos.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (3, *SHAPE), dtype="uint8")
    for i, image in enumerate(pixels):
        Image.fromarray(image).save(photos / f"{i}.png")
    convolutional(SHAPE).save(tmp_path / "net.keras")
    (tmp_path / "labels.txt").write_text("ant, emmet\nbee\nwasp\n")
    return tmp_path


def words(folder, *more):
    return ["explain", str(folder / "net.keras"), *more, "--preprocess", "unit"]


@pytest.mark.parametrize("method", METHODS)
def test_each_method_draws_a_figure(method, folder, capsys):
    given = words(folder, str(folder / "photos"), "--method", method, "--out", str(folder / "out"))
    if method == "maximize":
        given += ["--units", "0,2"]
    assert main([*given, "--labels", str(folder / "labels.txt")]) == 0
    printed, written = capsys.readouterr().out, list((folder / "out").iterdir())
    assert written
    for path in written:
        assert f"→ {path}" in printed
        assert np.asarray(Image.open(path)).std() > 0


def test_names_and_probabilities_are_printed(folder, capsys):
    given = words(folder, str(folder / "photos"), "--labels", str(folder / "labels.txt"))
    assert main([*given, "--target", "bee", "--out", str(folder / "out")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.endswith("; explained: bee")]) == 3
    assert "0.png: " in lines[0]
    assert any(line.startswith("Grad-CAM at last, 6×5 positions") for line in lines)
    assert lines[-1] == f"→ {folder / 'out' / 'gradcam.png'}"


def test_models_in_memory_take_arrays_and_paths(folder):
    net = convolutional(SHAPE)
    x = np.random.default_rng(1).random((2, *SHAPE), dtype="float32")
    found = keras_dl.explain(net, x, method="saliency", target=1)
    assert found.values.shape == (2, 12, 10)
    assert found.targets == ["class 1", "class 1"]
    assert isinstance(found.figures["saliency"], Figure)
    assert found.files == []
    paths = [folder / "photos" / "0.png"]
    read = keras_dl.explain(net, paths, method="saliency", target=1, preprocess="unit")
    pixels = np.asarray(Image.open(paths[0]), "float32")[None] / 255
    again = keras_dl.explain(net, pixels, method="saliency", target=1)
    np.testing.assert_allclose(read.values, again.values, rtol=1e-4, atol=1e-7)


def test_run_keeps_its_figures(store, folder):
    from keras_dl.tracking import store as tracking

    random = np.random.default_rng(2)
    x = random.integers(0, 256, (40, *SHAPE), dtype="uint8")
    arrays = (x, np.arange(40) % 3)
    result = keras_dl.run(convolutional(SHAPE), (arrays, arrays), epochs=1, verbose=False)
    found = keras_dl.explain(result, str(folder / "photos"), method="occlusion", target="2")
    assert found.files == [f"explanations/occlusion.png of run {result.run_id}"]
    stored = tracking.client().list_artifacts(result.run_id, "explanations")
    assert [file.path for file in stored] == ["explanations/occlusion.png"]
    chance = result.model.predict(x[:1], verbose=0)
    ranking = keras_dl.explain(result.run_id[:8], x[:1], method="saliency").rankings[0]
    assert ranking[0][1] == pytest.approx(np.exp(chance).max() / np.exp(chance).sum(), rel=1e-4)


def test_many_images_are_thinned_evenly():
    x = np.random.default_rng(1).random((30, *SHAPE), dtype="float32")
    found = keras_dl.explain(convolutional(SHAPE), x, method="saliency")
    assert len(found.images) == LIMIT
    assert found.images[::7] == ["image 0", "image 29"]
    assert any(note.startswith("8 of 30 images") for note in found.notes)


def test_model_without_classes_has_layers_explained():
    inputs = keras.Input(SHAPE)
    hidden = keras.layers.Conv2D(4, 3, activation="tanh", name="maps")(inputs)
    net = keras.Model(inputs, keras.layers.Conv2D(2, 3)(hidden))
    x = np.random.default_rng(1).random((2, *SHAPE), dtype="float32")
    for method in ("feature_maps", "top_patches", "deconvnet", "maximize"):
        found = keras_dl.explain(net, x, method=method, layer="maps")
        assert found.rankings == [], method
    assert found.targets == []
    found = keras_dl.explain(net, x, method="guided_backprop", layer="maps")
    assert "the net has no ReLU: guided backpropagation is the plain gradient" in found.notes
    with pytest.raises(ValueError, match="`model` must have one output"):
        keras_dl.explain(net, x)


def test_unreadable_image_is_named_and_the_others_explained(folder, capsys):
    (folder / "photos" / "broken.png").write_bytes(b"no image")
    assert main([*words(folder, str(folder / "photos")), "--out", str(folder / "out")]) == 1
    streams = capsys.readouterr()
    assert "broken.png" in streams.err
    assert streams.out.count("explained:") == 3


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["{f}/photos", "--method", "gradcm"], "Did you mean 'gradcam'"),
        (["{f}/photos", "--target", "wsap"], "`target` must be a class"),
        (["{f}/photos", "--layer", "lsat"], "Did you mean 'last'"),
        (["{f}/missing"], "`INPUT` must be images or folders that exist"),
        ([], "`INPUT` must be given to explain by gradcam"),
        (["{f}/photos", "--method", "filters", "--target", "1"], "`target` must be left out"),
        (["{f}/photos", "--method", "saliency", "--layer", "last"], "`layer` must be left out"),
        (["{f}/photos", "--units", "1"], "`units` must be left out; gradcam"),
        (
            ["{f}/photos", "--method", "deconvnet", "--units", "1"],
            "have a `layer` beside it",
        ),
        (["{f}/photos", "--labels", "{f}/missing.txt"], "`labels` must be a text file"),
        (["{f}/photos", "--labels", "{f}/two.txt"], "`labels` must have a name for each of 3"),
    ],
)
def test_wrong_words_are_refused_in_one_sentence(more, message, folder, capsys):
    (folder / "two.txt").write_text("a\nb\n")
    given = [word.replace("{f}", str(folder)) for word in more]
    assert main([*words(folder, *given), "--out", str(folder / "out")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (folder / "out").exists()


def test_units_of_inputs_are_not_guessed(folder, capsys):
    net, photos = str(folder / "net.keras"), str(folder / "photos")
    assert main(["explain", net, photos, "--out", str(folder)]) == 2
    assert "`preprocess` must be stated" in capsys.readouterr().err
    assert main(["explain", net, photos]) == 2
    assert "`out` must be given with a .keras file" in capsys.readouterr().err
    assert main(["explain", str(folder / "no.keras"), photos]) == 2
    assert "a .keras file that exists" in capsys.readouterr().err


def test_units_of_keras_applications():
    pixels = np.array([0.0, 255.0]).reshape(1, 2, 1, 1).repeat(3, axis=-1)
    np.testing.assert_allclose(preprocess(pixels, "tf").ravel()[[0, -1]], [-1, 1])
    np.testing.assert_allclose(preprocess(pixels, "unit").ravel()[[0, -1]], [0, 1])
    assert bounds((1, 1, 3), "caffe") == pytest.approx((-123.68, 151.061))
    assert bounds((1, 1, 3), "none") == (0, 255)


def test_methods_are_those_of_the_command_line():
    assert set(METHODS) == set(EXPLAIN["method"].domain.values)
