"""Fused batch normalization and Adam: values, gradients and state of Keras' own."""

import keras
import numpy as np
import pytest

from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.backend.fused_operations import fused_operations
from keras_dl.backend.inference import outputs
from keras_dl.data import Split
from keras_dl.data.samplers import Shuffle

tf = pytest.importorskip("tensorflow", reason="the fused operation is TensorFlow's")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the fused operation is TensorFlow's"
)
Layer = keras.layers.BatchNormalization


def images(count=7, dtype="float32", seed=0):
    return tf.constant(np.random.default_rng(seed).normal(2, 3, (count, 5, 4, 3)), dtype)


def layer(**options):
    made = Layer(**options)
    made.build((None, 5, 4, 3))
    rng = np.random.default_rng(1)
    made.set_weights([rng.uniform(0.5, 2, w.shape) for w in made.weights])
    return made


def operations(function, *arguments):
    graph = tf.function(function).get_concrete_function(*arguments).graph
    return {operation.type for operation in graph.get_operations()}


def call(norm, x, training, *, fused):
    """Outputs, gradient of a sum of cubes, and the weights afterwards."""
    if not fused:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = norm(x, training=training)
            loss = tf.reduce_sum(tf.cast(y, "float32") ** 3)
        found = tape.gradient(loss, [x, *(v.value for v in norm.trainable_variables)])
    else:
        with fused_operations():
            y, found = call(norm, x, training, fused=False)[:2]
    return y, found, norm.get_weights()


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "options",
    [{}, {"scale": False}, {"center": False}, {"epsilon": 1e-5, "momentum": 0.9}, {"axis": 3}],
    ids=str,
)
@pytest.mark.parametrize("count", [7, 1])
def test_equals_keras(options, training, count):
    ours = call(layer(**options), images(count), training, fused=True)
    theirs = call(layer(**options), images(count), training, fused=False)
    for a, b in zip(*map(tf.nest.flatten, (ours, theirs)), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4)


def test_low_precision_keeps_its_statistics_in_float32():
    options = {"dtype": "mixed_bfloat16"}
    ours = call(layer(**options), images(64, "bfloat16"), True, fused=True)
    theirs = call(layer(**options), images(64, "bfloat16"), True, fused=False)
    assert ours[0].dtype == "bfloat16"
    for a, b in zip(ours[2], theirs[2], strict=True):
        assert a.dtype == "float32"
        np.testing.assert_allclose(a, b, rtol=1e-3)


def test_frozen_layer_keeps_its_statistics():
    norm = layer()
    norm.trainable = False
    before = norm.get_weights()
    call(norm, images(), True, fused=True)
    for a, b in zip(before, norm.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_second_derivatives_equal():
    def penalty(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                loss = tf.reduce_sum(norm(x, training=True) ** 3)
            loss = tf.reduce_sum(inner.gradient(loss, x) ** 2)
        return outer.gradient(loss, x)

    norm, x = layer(), images()
    theirs = penalty(x)
    with fused_operations():
        np.testing.assert_allclose(penalty(x), theirs, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (layer, (2, 5, 4, 3)),
        (lambda: Layer(axis=1), (2, 5, 4, 3)),
        (Layer, (6, 3)),
        (lambda: Layer(renorm=True), (2, 5, 4, 3)),
        (lambda: Layer(dtype="float64"), (2, 5, 4, 3)),
        (lambda: type("Own", (Layer,), {})(), (2, 5, 4, 3)),
    ],
    ids=["fused", "other axis", "vectors", "renormalized", "float64", "subclass"],
)
def test_others_are_left_to_keras(made, shape, request):
    norm = made()
    with fused_operations():
        found = operations(lambda x: norm(x, training=True), tf.zeros(shape))
    assert ("FusedBatchNormV3" in found) == (request.node.callspec.id == "fused")


def test_methods_are_keras_own_again_after_the_last_block():
    def methods():
        return Layer.call, keras.optimizers.Adam.update_step

    own = methods()
    with fused_operations():
        with pytest.raises(ZeroDivisionError), fused_operations():
            _ = 1 / 0
        assert not set(methods()) & set(own)
    assert methods() == own


def stepped(make, *, rows=False, steps=5):
    """Variables and the optimizer's state after some steps, and the operations of one."""
    start = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    variable, optimizer = keras.Variable(start), make()
    optimizer.build([variable])

    @tf.function
    def step(number):
        gradient = tf.sin(number + tf.range(18, dtype=tf.float32)) * tf.ones(18)
        gradient = tf.reshape(gradient, (6, 3))
        if rows:
            gradient = tf.IndexedSlices(gradient[:2], tf.constant([4, 1]), (6, 3))
        optimizer.apply([gradient], [variable])

    for number in range(steps):
        step(tf.constant(float(number)))
    graph = step.get_concrete_function(tf.constant(0.0)).graph
    found = {operation.type for operation in graph.get_operations()}
    return [variable.numpy(), *(v.numpy() for v in optimizer.variables)], found


@pytest.mark.parametrize(
    ("make", "options", "fused"),
    [
        (lambda: keras.optimizers.Adam(0.1), {}, True),
        (lambda: keras.optimizers.Adam(0.1, 0.5, 0.9, 1e-3), {}, True),
        (lambda: keras.optimizers.AdamW(0.1, weight_decay=0.1, clipnorm=1.0), {}, True),
        (lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 4)), {}, True),
        (lambda: keras.optimizers.Adam(0.1, use_ema=True), {}, True),
        (lambda: keras.optimizers.Adam(0.1, gradient_accumulation_steps=2), {}, True),
        (lambda: keras.optimizers.Adam(0.1, amsgrad=True), {}, False),
        (lambda: keras.optimizers.Nadam(0.1), {}, False),
        (lambda: keras.optimizers.Adam(0.1), {"rows": True}, False),
    ],
    ids=["adam", "betas", "adamw", "schedule", "ema", "accumulated", "amsgrad", "nadam", "rows"],
)
def test_steps_equal_those_of_keras(make, options, fused):
    theirs, _ = stepped(make, **options)
    with fused_operations():
        ours, found = stepped(make, **options)
    nested = {"StatelessIf", "If"} & found  # accumulation applies within a branch
    assert ("ResourceApplyAdam" in found) == fused or nested
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def net():
    return keras.Sequential(
        [
            keras.Input((5, 4, 3)),
            keras.layers.Conv2D(4, 3, kernel_initializer=keras.initializers.HeNormal(seed=0)),
            Layer(),
            keras.layers.ReLU(),
            keras.layers.Flatten(),
            keras.layers.Dense(2, kernel_initializer=keras.initializers.HeNormal(seed=1)),
        ]
    )


def test_training_and_outputs_equal_those_of_keras():
    x, y = images(32).numpy(), np.arange(32) % 2
    ours, theirs = net(), net()
    for model in (ours, theirs):
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    loop = CompiledLoop(ours, training=True, batch_size=8)
    steps = loop.attach(Split(x, y), Shuffle(32), seed=0)
    ours.train_function = loop
    ours.fit(steps, epochs=3, callbacks=[loop], verbose=0, shuffle=False)
    assert "FusedBatchNormV3" in str(loop.traced(jit_compile=False).graph.as_graph_def().library)
    for epoch in range(3):
        for rows in np.reshape(Shuffle(32).indices(0, epoch, 8, 4), (4, 8)):
            theirs.train_on_batch(x[rows], y[rows])
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
    expected = theirs.predict(x, verbose=0)
    np.testing.assert_allclose(outputs(ours, x), expected, rtol=1e-3, atol=1e-3)
