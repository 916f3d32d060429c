import keras
import numpy as np
import pytest
from PIL import Image
from recipes.alexnet import NETS, build, data, recipe

from keras_dl.models._counts import links
from tests.checks import count_parameters


def _pictures(folder, size):
    random = np.random.default_rng(0)
    for label, shade in (("dark", 60), ("light", 190)):
        (folder / label).mkdir(parents=True)
        for i in range(20):
            pixels = random.normal(shade, 20, (size, size + i % 3, 3)).clip(0, 255)
            Image.fromarray(pixels.astype("uint8")).save(folder / label / f"{i}.png")


def test_default_is_the_small_net():
    model = build(data(dataset="digits"))
    assert model.name == "alexnet_cifar"
    assert isinstance(model.optimizer, keras.optimizers.SGD)


def test_two_towers_have_fewer_links_than_one():
    grouped, one = (NETS[form]((67, 67, 3), 2) for form in ("grouped", "one_tower"))
    assert links(grouped) < links(one)
    # Half of the inputs of conv2, conv4 and conv5.
    saved = 25 * 48 * 256 + 9 * 192 * 384 + 9 * 192 * 256
    assert count_parameters(one) - count_parameters(grouped) == saved


@pytest.mark.slow
def test_the_paper_s_net_runs_on_a_folder_of_images(store):
    _pictures(store / "pictures", 230)
    result = recipe.run(
        dataset="./pictures",
        image_size=227,
        arrangement="grouped",
        initializer="gaussian_0.01",
        batch_size=16,
        budget="smoke",
        verbose=False,
    )
    assert result.data.input_shape == (227, 227, 3)
    assert np.isfinite(result.metrics["test/loss"])
