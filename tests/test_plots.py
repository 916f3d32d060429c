import pkgutil
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from keras_dl import plots

DIGITS = [str(digit) for digit in range(10)]


def _texts(figure):
    """All text that a reader of the figure sees, after drawing it."""
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


def _check(figure):
    """A figure that draws without warnings, with at most 40 ticks an axis."""
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    for axes in figure.axes:
        assert len(axes.get_xticks()) <= 41  # a locator may keep one outside the limits
        assert len(axes.get_yticks()) <= 41
    return figure


def test_plots_leave_pyplot_alone():
    code = "import sys, keras_dl.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


class TestLearningCurves:
    def test_losses_left_and_metrics_right(self):
        history = {"loss": [2.0, 1.0, 0.5], "val_loss": [2.0, 1.2, 0.9], "accuracy": [0.1, 0.5, 1]}
        left, right = _check(plots.learning_curves(history)).axes
        assert (left.get_xlabel(), left.get_ylabel()) == ("epoch", "loss")
        assert (right.get_xlabel(), right.get_ylabel()) == ("epoch", "accuracy (share of examples)")
        assert [line.get_label() for line in left.lines] == ["training", "validation"]
        np.testing.assert_array_equal(left.lines[0].get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(left.lines[1].get_ydata(), history["val_loss"])

    def test_epochs_are_whole_numbers(self):
        for epochs in (1, 2, 3, 30, 500):
            figure = _check(plots.learning_curves({"loss": np.linspace(2, 1, epochs)}))
            ticks = figure.axes[0].get_xticks()
            assert (ticks == np.round(ticks)).all()

    def test_one_epoch_shows_its_points(self):
        figure = _check(plots.learning_curves({"loss": [0.5], "val_loss": [0.4]}))
        assert all(line.get_markersize() > 0 for line in figure.axes[0].lines)

    def test_several_losses_keep_their_names(self):
        history = {"generator_loss": [1.0], "discriminator_loss": [2.0], "learning_rate": [0.1]}
        (axes,) = _check(plots.learning_curves(history)).axes
        labels = ["generator loss, training", "discriminator loss, training"]
        assert [line.get_label() for line in axes.lines] == labels

    def test_wide_losses_get_a_logarithmic_axis(self):
        (axes,) = _check(plots.learning_curves({"loss": [100.0, 1.0]})).axes
        assert axes.get_yscale() == "log"

    def test_diverged_and_missing_values_leave_gaps(self):
        figure = _check(plots.learning_curves({"loss": [1.0, float("nan"), float("inf"), None]}))
        drawn = figure.axes[0].lines[0].get_ydata()
        np.testing.assert_array_equal(np.isfinite(drawn), [True, False, False, False])

    def test_nothing_to_draw_is_refused(self):
        with pytest.raises(ValueError, match=r"`history` must hold at least one value"):
            plots.learning_curves({"loss": []})


class TestAddTitle:
    def test_line_stands_above_the_other_titles(self):
        figure = plots.confusion_matrix([0, 1], [0, 1], ["cat", "dog"])
        height = figure.get_figheight()
        plots.add_title(figure, "lenet5 on $a$ and _b_")
        _check(figure)
        assert figure.get_suptitle() == "lenet5 on $a$ and _b_"
        assert figure.axes[0].get_title().startswith("accuracy")
        assert figure.get_figheight() > height
        plots.add_title(figure, "above")
        assert figure.get_suptitle() == "above\nlenet5 on $a$ and _b_"

    def test_legends_leave_room_for_the_line(self):
        bounds = [[0.7], [0.9]]
        drawn = [
            plots.comparison(["a"], [0.8], *bounds, [[0.8]], "accuracy"),
            plots.main_effects(["a"], ["b"], [0.8], *bounds, [[0.8]], "accuracy"),
            plots.class_scores(["a"], np.ones(1), np.ones(1), np.ones((1, 2)), np.ones((1, 2))),
            plots.analogy_bars({"3CosAdd": [0.5]}, ["family"]),
            plots.search_history([0.5, 0.6], "max", "accuracy"),
        ]
        for figure in drawn:
            plots.add_title(figure, "lenet5 on digits")
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
            (title,) = (t for t in figure.texts if t.get_text() == "lenet5 on digits")
            renderer = canvas.get_renderer()
            line = title.get_window_extent(renderer)
            assert not any(line.overlaps(x.get_window_extent(renderer)) for x in figure.legends)


class TestClassScores:
    def test_lowest_recall_on_top_and_intervals_within_the_axes(self):
        shares, ends = (
            np.array([1.0, 0.5, np.nan]),
            np.array([[0.9, 1.0], [0.4, 0.6], [np.nan] * 2]),
        )
        figure = _check(plots.class_scores(["cat", "dog", "cow"], shares, shares, ends, ends))
        labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        assert labels == ["dog", "cat", "cow"]

    def test_of_many_classes_the_lowest_are_drawn(self):
        names, shares = [str(i) for i in range(60)], np.linspace(0, 1, 60)
        ends = np.stack([shares, shares], axis=1)
        axes = _check(plots.class_scores(names, shares, shares, ends, ends)).axes[0]
        assert axes.get_title() == "lowest 40 of 60 classes"

    def test_bad_input_is_refused(self):
        with pytest.raises(ValueError, match="must be equally long"):
            plots.class_scores(["cat"], np.ones(2), np.ones(2), np.ones((2, 2)), np.ones((2, 2)))


class TestConfusionMatrix:
    def test_counts_names_and_accuracy(self):
        figure = _check(plots.confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1], ["cat", "dog"]))
        axes = figure.axes[0]
        counts = {text.get_position(): text.get_text() for text in axes.texts}
        assert counts == {(0, 0): "1", (1, 0): "1", (1, 1): "2"}  # (predicted, true)
        np.testing.assert_allclose(axes.images[0].get_array(), [[0.5, 0.5], [0, 1]])
        assert axes.get_title() == "accuracy 75.00 % of 4 examples"
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")

    def test_small_integers_do_not_wrap(self):
        labels = np.arange(40, dtype="uint8")
        axes = plots.confusion_matrix(labels, labels, [str(label) for label in labels]).axes[0]
        np.testing.assert_array_equal(axes.images[0].get_array(), np.eye(40))

    def test_one_true_class(self):
        figure = _check(plots.confusion_matrix([2, 2], [2, 0], DIGITS))
        assert np.asarray(figure.axes[0].images[0].get_array()).sum() == pytest.approx(1.0)

    def test_a_hundred_classes_have_no_counts_and_few_names(self):
        labels = np.arange(100)
        axes = _check(plots.confusion_matrix(labels, labels, [f"class {i}" for i in labels])).axes[
            0
        ]
        assert not axes.texts
        assert len(axes.get_xticks()) <= 40

    def test_long_names_are_cut(self):
        figure = plots.confusion_matrix([0], [1], ["short", "a name of far more than 20 letters"])
        assert "a name of far more…" in _texts(figure)

    @pytest.mark.parametrize(
        ("y_true", "y_pred", "message"),
        [
            ([0, 1], [0], r"`y_true`, `y_pred` must be equally long"),
            ([], [], r"must not be empty"),
            ([0, 2], [0, 1], r"`y_true` must lie in 0 … 1.*from 0 to 2"),
            ([0, 1], [[0.5, 0.5], [0, 1]], r"`y_pred` must hold one class number per example"),
        ],
    )
    def test_labels_that_do_not_fit_are_refused(self, y_true, y_pred, message):
        with pytest.raises(ValueError, match=message):
            plots.confusion_matrix(y_true, y_pred, ["cat", "dog"])


class TestMistakes:
    def _wrong(self, count, shape=(4, 4, 1)):
        """Images of class 0 taken for class 1, the later the more certain."""
        certainty = np.linspace(0.6, 0.97, count)
        images = np.random.default_rng(0).random((count, *shape), dtype="float32")
        return images, np.zeros(count, int), np.stack([1 - certainty, certainty], axis=1)

    def test_most_certain_first(self):
        texts = _texts(_check(plots.mistakes(*self._wrong(30), DIGITS[:2], count=4)))
        captions = [text for text in texts if text.startswith("true")]
        assert captions[0] == "true 0 → 1 (97 %)"
        assert len(captions) == 4
        assert "4 most certain of 30 mistakes in 30 examples" in texts

    @pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 6, 3)])
    @pytest.mark.parametrize("dtype", ["uint8", "float16", "float64"])
    def test_kinds_of_images(self, shape, dtype):
        images, y_true, probabilities = self._wrong(2, shape)
        images = (images * (255 if dtype == "uint8" else 1)).astype(dtype)
        figure = _check(plots.mistakes(images, y_true, probabilities, DIGITS[:2]))
        assert "2 mistakes in 2 examples" in _texts(figure)

    def test_no_mistakes(self):
        images, _, probabilities = self._wrong(5)
        figure = plots.mistakes(images, np.ones(5, int), probabilities, DIGITS[:2])
        assert "no mistakes in 5 examples" in _texts(_check(figure))

    def test_one_mistake_with_long_names(self):
        names = ["a very long name of a class", "another one of those names"]
        texts = _texts(_check(plots.mistakes(*self._wrong(1), names)))
        assert "1 mistake in 1 examples" in texts
        assert "true a very long na…\n→ another one of… (60 %)" in texts

    def test_logits_are_refused(self):
        images, y_true, probabilities = self._wrong(3)
        with pytest.raises(ValueError, match=r"`probabilities` must lie in \[0, 1\]; logits need"):
            plots.mistakes(images, y_true, 9 * probabilities, DIGITS[:2])

    def test_shapes_that_do_not_fit_are_refused(self):
        images, y_true, probabilities = self._wrong(3)
        with pytest.raises(ValueError, match=r"`probabilities` must have shape \(examples, 10\)"):
            plots.mistakes(images, y_true, probabilities, DIGITS)
        with pytest.raises(ValueError, match=r"`images` must have shape .*\(3, 16\)"):
            plots.mistakes(images.reshape(3, 16), y_true, probabilities, DIGITS[:2])


class TestFilters:
    def test_one_scale_around_zero(self):
        kernel = np.zeros((2, 2, 1, 3))
        kernel[0, 0, 0, 1] = -0.5
        figure = _check(plots.filters(kernel, "c1"))
        picture = figure.axes[0].images[0]
        assert picture.get_clim() == (-0.5, 0.5)
        assert {"c1", "3 filters of 2×2 weights", "weight"} <= set(_texts(figure))

    def test_tiles_stand_in_their_places(self):
        kernel = np.arange(3, dtype=float).reshape(1, 1, 1, 3)
        drawn = np.ma.filled(plots.filters(kernel).axes[0].images[0].get_array(), np.nan)
        np.testing.assert_array_equal(drawn, [[0, np.nan, 1], [np.nan] * 3, [2, np.nan, np.nan]])

    def test_colour_tiles(self):
        kernel = np.zeros((1, 1, 3, 1))
        kernel[0, 0, 0] = 0.2
        figure = _check(plots.filters(kernel))
        np.testing.assert_allclose(figure.axes[0].images[0].get_array(), [[[1.0, 0.5, 0.5]]])
        assert len(figure.axes) == 1  # a colour bar has no meaning here

    def test_other_channels_get_tiles_of_their_own(self):
        assert "5 filters × 2 channels of 3×3 weights" in _texts(
            _check(plots.filters(np.ones((3, 3, 2, 5))))
        )

    def test_units_of_a_dense_layer(self):
        figure = plots.filters(np.ones((12, 100)), image_shape=(3, 4, 1))
        assert "100 filters of 3×4 weights, first 64 tiles shown" in _texts(_check(figure))

    def test_all_zero_and_single_filters(self):
        assert "1 filter of 3×3 weights" in _texts(_check(plots.filters(np.zeros((3, 3, 1, 1)))))

    @pytest.mark.parametrize(
        ("shape", "image_shape"),
        [((9, 4), None), ((9, 4), (2, 4, 1)), ((3, 3, 1), None), ((3, 3, 1, 1), (3, 3, 1))],
    )
    def test_shapes_that_do_not_fit_are_refused(self, shape, image_shape):
        with pytest.raises(ValueError, match=r"`kernel` must have shape"):
            plots.filters(np.ones(shape), image_shape=image_shape)


class TestSearchHistory:
    def test_best_so_far(self):
        figure = _check(plots.search_history([0.5, None, 0.4, 0.9, 0.7], "max", "accuracy"))
        (axes,) = figure.axes
        np.testing.assert_array_equal(axes.lines[0].get_ydata(), [0.5, 0.5, 0.9, 0.9, 0.9])
        np.testing.assert_array_equal(axes.lines[0].get_xdata(), [0, 2, 3, 4, 4.5])
        assert axes.get_title() == "best 0.9 in trial #3"
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("trial", "accuracy")
        assert "failed (1)" in _texts(figure)

    def test_smaller_is_better(self):
        (axes,) = _check(plots.search_history([0.5, 0.4, 0.9], "min", "loss")).axes
        assert axes.get_title() == "best 0.4 in trial #1"

    def test_all_trials_failed(self):
        figure = _check(plots.search_history([None, float("nan"), float("inf")], "max", "accuracy"))
        assert {"all 3 trials failed", "failed (3)"} <= set(_texts(figure))

    def test_one_and_many_trials(self):
        for scores in ([0.5], np.linspace(0, 1, 500)):
            (axes,) = _check(plots.search_history(scores, "max", "accuracy")).axes
            assert sum(len(dots.get_offsets()) for dots in axes.collections) >= len(scores)

    def test_bad_input_is_refused(self):
        with pytest.raises(ValueError, match=r"`direction` must be 'max' or 'min'"):
            plots.search_history([1.0], "up", "accuracy")
        with pytest.raises(ValueError, match=r"`scores` must not be empty"):
            plots.search_history([], "max", "accuracy")


class TestImportance:
    def test_largest_on_top(self):
        (axes,) = _check(plots.importance(["a", "b", "c"], [0.1, 0.7, 0.2], [0, 0.1, 0.1])).axes
        assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c", "a"]
        assert axes.get_ylim() == (2.5, -0.5)
        assert axes.get_xlabel().startswith("importance (loss of R² when the values are shuffled)")
        assert [bar.get_width() for bar in axes.patches] == [0.7, 0.2, 0.1]

    def test_only_the_largest_of_many(self):
        names = [f"p{number}" for number in range(60)]
        (axes,) = _check(plots.importance(names, range(60), [0] * 60)).axes
        assert axes.get_title() == "first 40 of 60"

    def test_unequal_lengths_are_refused(self):
        with pytest.raises(ValueError, match=r"`names`, `means`, `spreads` must be equally long"):
            plots.importance(["a"], [1, 2], [0, 0])


class TestComparison:
    def _draw(self, direction):
        return _check(
            plots.comparison(
                ["a", "b", "c"],
                [98.0, 99.0, 97.0],
                [97.5, None, 96.0],
                [98.5, None, 98.0],
                [[97.9, 98.1], [99.0], [96.5, 97.0, 97.5]],
                "test accuracy (%)",
                direction,
            )
        )

    @pytest.mark.parametrize(
        ("direction", "order", "better"), [("max", "bac", "higher"), ("min", "cab", "lower")]
    )
    def test_best_on_top(self, direction, order, better):
        (axes,) = self._draw(direction).axes
        assert [label.get_text() for label in axes.get_yticklabels()] == list(order)
        assert axes.get_xlabel() == f"test accuracy (%), {better} is better"

    def test_seeds_intervals_and_means(self):
        figure = self._draw("max")
        intervals, seeds, means = figure.axes[0].collections
        np.testing.assert_array_equal(intervals.get_segments()[1], [[97.5, 1], [98.5, 1]])
        assert sorted(seeds.get_offsets()[:, 0]) == [96.5, 97.0, 97.5, 97.9, 98.1, 99.0]
        np.testing.assert_array_equal(means.get_offsets(), [[99, 0], [98, 1], [97, 2]])
        assert {"mean", "95 % interval", "one seed"} <= set(_texts(figure))

    def test_a_single_name_without_interval(self):
        figure = plots.comparison(["a"], [1.0], [None], [None], [[1.0]], "error (%)", "min")
        means = _check(figure).axes[0].collections[-1]
        np.testing.assert_array_equal(means.get_offsets(), [[1, 0]])


def test_figures_are_not_hidden_by_modules_of_their_name():
    modules = {module.name for module in pkgutil.iter_modules(plots.__path__)}
    assert modules.isdisjoint(dir(plots))
    assert all(callable(getattr(plots, name)) for name in dir(plots))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        plots.nothing  # noqa: B018
