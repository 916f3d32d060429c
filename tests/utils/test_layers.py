import keras

from keras_dl.utils.layers import leaf_layers


def test_nested_models_give_way_to_their_layers():
    inner = keras.Sequential([keras.layers.Dense(3, name="a"), keras.layers.Dense(2, name="b")])
    model = keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(1, name="c")])
    assert [layer.name for layer in leaf_layers(model)] == ["a", "b", "c"]


def test_a_layer_has_no_leaves():
    assert leaf_layers(keras.layers.Dense(1)) == []
