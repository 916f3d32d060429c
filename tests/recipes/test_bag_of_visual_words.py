import numpy as np
import pytest

from recipes import bag_of_visual_words as recipe


def test_training_images_are_balanced_and_others_stay():
    data = recipe.data(dataset="digits", examples=100)
    whole = recipe.data(dataset="digits", examples=None)
    assert np.bincount(data.train.y).tolist() == [10] * 10
    assert data.test.num_examples == whole.test.num_examples


@pytest.mark.parametrize("assignment", ["triangle", "hard"])
def test_words_tell_digits_apart_and_the_saved_model_says_the_same(assignment, store):
    import keras_dl

    result = recipe.run(
        dataset="digits", image_size=16, words=40, assignment=assignment, epochs=40, verbose=False
    )
    assert result.metrics["test/accuracy"] > 0.8
    x = result.data.test.x[:20]
    loaded = keras_dl.load_model(result.run_id)
    np.testing.assert_allclose(
        loaded.predict(x, verbose=0), result.model.predict(x, verbose=0), rtol=1e-5
    )


def test_images_below_a_descriptor_name_the_option(store):
    with pytest.raises(ValueError, match="`image_size` must be at least 17 .* of 8 pixels a side"):
        recipe.run(dataset="digits", descriptor="sift", verbose=False)
