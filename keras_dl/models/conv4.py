"""Conv4: the four-block convolutional embedding of few-shot learning."""

from collections.abc import Sequence

import keras

from keras_dl.models._check import check_count, check_image_shape

__all__ = ["PUBLISHED", "conv4"]

PUBLISHED = {
    "conv4": {
        "trainable_parameters": 111_936,
        "arguments": {"input_shape": (28, 28, 1)},
        "output_shapes": {
            "block1_pool": (14, 14, 64),
            "block2_pool": (7, 7, 64),
            "block3_pool": (3, 3, 64),
            "block4_pool": (1, 1, 64),
            "embedding": (64,),
        },
        "source": "shapes: Snell et al. 2017, section 3.1; count: convolutions 640 + 3·36,928 "
        "+ scales and offsets 4·128",
    },
}

BLOCKS = 4


def conv4(input_shape: Sequence[int], *, filters: int = 64, name: str = "conv4") -> keras.Model:
    """Four blocks of 3×3 convolution, batch normalization, ReLU and 2×2 max pooling.

    Args:
        input_shape: (height, width, channels) of one image, at least 16 pixels a side; floats in
            [0, 1].
        filters: filters of each convolution; 64 in the paper.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 embeddings
        (batch, dim) with dim = filters·⌊height/16⌋·⌊width/16⌋: 64 for Omniglot's 28×28 pixels.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if an image is too small or `filters` is below 1.

    Reference:
        Snell, Swersky and Zemel, 2017, Prototypical Networks for Few-shot Learning,
        arXiv:1703.05175, section 3.1; the architecture of Vinyals et al., 2016, Matching Networks
        for One Shot Learning, arXiv:1606.04080, section 4.1.1.
    """
    check_image_shape(input_shape, smallest=2**BLOCKS)
    check_count("filters", filters, "it is the number of filters of each convolution")
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = inputs
    for block in (f"block{number}" for number in range(1, BLOCKS + 1)):
        x = keras.layers.Conv2D(int(filters), 3, padding="same", name=f"{block}_conv")(x)
        # The authors' framework: ε = 1e-5 and a tenth of the new batch in each moving average.
        # Few-shot runs are short; Keras' momentum of 0.99 would lag behind the weights.
        x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{block}_norm")(x)
        x = keras.layers.ReLU(name=f"{block}_relu")(x)
        x = keras.layers.MaxPooling2D(2, name=f"{block}_pool")(x)
    # float32 also under mixed precision: distances between half floats lose digits.
    embedding = keras.layers.Flatten(name="embedding", dtype="float32")(x)
    return keras.Model(inputs, embedding, name=name)
