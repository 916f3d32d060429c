"""Models come back in a fresh process, custom layers included; predictions have names."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_dl
from keras_dl import Recipe
from keras_dl.cli import main
from keras_dl.data import load, with_scaling
from keras_dl.errors import Inaccessible
from keras_dl.tasks.predicting import predictions
from tests.toys import toy

HERE = Path(__file__).resolve().parents[2]


def digits(*, dataset: str = "digits"):
    return load(dataset, batch_size=64)


def shifted(data):
    """A net with one of the package's own layers in it."""
    import keras

    from keras_dl.layers import RandomShift

    net = keras.Sequential(
        [
            keras.Input(data.input_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(data.num_classes),
        ],
        name="shifted",
    )
    model = with_scaling(data, net, augmentation=[RandomShift(1)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


recipe = Recipe(name="shifted", data=digits, build=shifted, epochs=6)


def test_model_comes_back_in_a_fresh_process(store):
    result = recipe.run(epochs=1, verbose=False)
    assert list((store / "mlruns/artifacts/digits-classification/models").glob("m-*/**/*.keras"))
    assert not list((store / "mlruns").glob("0/**/*.keras"))
    np.save("x.npy", result.data.test.x[:5])
    code = (
        "import sys, numpy as np, keras_dl\n"
        "model = keras_dl.load_model(sys.argv[1])\n"
        "np.save('y.npy', model.predict(np.load('x.npy'), verbose=0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, result.run_id[:12]],
        env=os.environ | {"PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    expected = result.model.predict(result.data.test.x[:5], verbose=0)
    np.testing.assert_allclose(np.load("y.npy"), expected, rtol=1e-5, atol=1e-5)


def test_predict_names_the_classes_of_images_on_disk(store):
    result = recipe.run(verbose=False)
    (store / "images").mkdir()
    for i in range(12):
        image = Image.fromarray(result.data.test.x[i, :, :, 0])
        image.save(store / "images" / f"{i:02d}-is-{result.data.test.y[i]}.png")
    found = list(predictions(result.run_id, [str(store / "images")], top=2))
    assert len(found) == 12
    right = sum(Path(each.source).stem[-1] == each.ranking[0][0] for each in found)
    assert right >= 9
    for each in found:
        assert len(each.ranking) == 2
        assert each.ranking[0][1] >= each.ranking[1][1]


def test_predict_refuses_strange_inputs_and_runs(store):
    result = toy.run(epochs=1, verbose=False)  # of a table
    (answer,) = predictions(result.run_id, ["x.png"])
    assert answer.error == "`paths` must exist. Received: x.png"
    with pytest.raises(ValueError, match="`top` must be 1 or more"):
        list(predictions(result.run_id, ["x.png"], top=0))
    with pytest.raises(ValueError, match="`run_id` must name one run"):
        keras_dl.load_model("ffff")


def test_run_without_model_says_so(store):
    from keras_dl.tracking import runs

    empty = runs.start(toy, "iris-classification", "x", "run", {})
    with pytest.raises(ValueError, match="must name a run that has a model"):
        keras_dl.load_model(empty.id)


def test_damaged_or_missing_model_is_one_sentence(store, capsys):
    run_id = toy.run(epochs=1, verbose=False).run_id
    (path,) = (store / "mlruns/artifacts").rglob("*.keras")
    whole = path.read_bytes()
    for damage in (whole[:3000], whole[:-1], b"", None):
        path.unlink() if damage is None else path.write_bytes(damage)
        assert main(["predict", run_id, "a.npz"]) == 2
        error = capsys.readouterr().err
        assert error.startswith("keras-dl: error: `run_id` must name a run whose model can be read")
        assert error.count("\n") == 1


def test_failure_of_the_system_names_the_way_to_go_on(store, capsys, monkeypatch):
    def fail(*_, **__):
        raise OSError(30, "Read-only file system", "/data")

    monkeypatch.setattr("keras_dl.training.checkpoint.save", fail)
    with pytest.raises(Inaccessible, match="Read-only file system: /data"):
        toy.run(epochs=1)
    assert "Read-only file system: /data. --resume " in capsys.readouterr().err
