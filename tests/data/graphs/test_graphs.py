import numpy as np
import pytest

from keras_dl.data import Classes, DatasetError, DatasetUnavailable, Nodes, load
from keras_dl.data.graphs import load_graph
from keras_dl.data.opening import open_dataset

ARRAYS = {
    "features": np.eye(12, 5, dtype="float32"),
    "edges": np.array([[i, (i + 1) % 12] for i in range(12)]),
    "labels": np.arange(12) % 2,
}


def listed(data):
    return np.concatenate([data.splits[s].x for s in ("train", "validation", "test")])


def test_communities_are_the_same_in_every_run():
    data, again = load_graph("communities"), load_graph("communities", batch_size=3)
    assert data.digest == again.digest
    assert (data.inputs, again.batch_size) == (Nodes(320, shape=()), 3)
    assert [s.num_examples for s in data.splits.values()] == [20, 100, 200]
    np.testing.assert_array_equal(np.bincount(data.train.y), [5, 5, 5, 5])
    assert len(np.unique(listed(data))) == 320
    graph = data.extras["graph"]
    same = graph.labels[graph.edges[:, 0]] == graph.labels[graph.edges[:, 1]]
    assert 0.7 < same.mean() < 0.9
    assert load_graph(data, batch_size=5).batch_size == 5


def test_splits_that_lack_are_cut_off_by_class():
    data = load_graph(ARRAYS)
    assert [s.num_examples for s in data.splits.values()] == [8, 2, 2]
    np.testing.assert_array_equal(np.bincount(data.test.y), [1, 1])
    assert sorted(listed(data)) == list(range(12))
    assert load_graph({**ARRAYS, "features": ARRAYS["features"] * 2}).digest != data.digest
    given = load_graph({**ARRAYS, "train": np.arange(6), "test": np.arange(12) > 8})
    np.testing.assert_array_equal(given.test.x, [9, 10, 11])
    assert set(given.train.x) | set(given.validation.x) == set(range(6))


def test_file_with_names_and_sparse_words(tmp_path):
    names = np.array(["cat", "dog"])
    np.savez(
        tmp_path / "pets.npz",
        edges=np.concatenate([ARRAYS["edges"], ARRAYS["edges"][:, ::-1], [[3, 3]]]),
        labels=names[ARRAYS["labels"]],
        word_indices=np.array([4, 0, 1]),
        word_offsets=np.array([0, 0, 2, *[2] * 9, 3]),
        num_words=5,
    )
    data = load_graph(tmp_path / "pets.npz")
    graph = data.extras["graph"]
    assert data.targets == Classes(("cat", "dog"))
    np.testing.assert_array_equal(graph.rows, [1, 1, 11])
    assert len(graph.edges) == 12
    assert "1 edges from a node to itself are left out" in str(data.summary())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edges": np.array([[0, 12]])}, "`edges` must hold numbers from 0 to 11. Received: 0"),
        ({"edges": np.arange(4)}, r"must be a graph.*edges \(4,\)"),
        ({"features": np.eye(11)}, r"a row for each of the 12 labels.*\(11, 11\)"),
        ({"features": np.full((12, 2), np.nan)}, "`features` must be finite"),
        ({"features": None}, "`features` must be numbers"),
        ({"weights": np.ones(12)}, r"must be a graph.*Received: \['weights'\]"),
        ({"train": np.arange(3), "test": np.arange(2, 5)}, "must not share nodes.*1 repeated"),
        ({"train": np.arange(0)}, "Received: 0 left|must name a node|more examples"),
        ({"labels": np.arange(12) + 0.5}, "must be a graph.*labels"),
    ],
)
def test_graphs_that_do_not_fit_together_are_refused(change, message):
    with pytest.raises(DatasetError, match=message):
        load_graph({**ARRAYS, **change})


def test_offsets_must_fit_the_words():
    words = {"word_indices": np.arange(3), "word_offsets": np.zeros(13, int), "num_words": 5}
    arrays = {name: ARRAYS[name] for name in ("edges", "labels")}
    with pytest.raises(DatasetError, match="`word_offsets` must rise from 0 to the 3"):
        load_graph({**arrays, **words})
    with pytest.raises(DatasetError, match="must be a graph"):
        load_graph(arrays)


def test_what_is_no_graph_is_refused(tmp_path, monkeypatch):
    with pytest.raises(DatasetError, match="must be cora, communities.*dataset='kora'"):
        load_graph("kora")
    with pytest.raises(DatasetError, match="must be a graph. Received: digits"):
        load_graph(load("digits"))
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match="put graphs/cora.npz into the folder"):
        load_graph("cora")
    with pytest.raises(DatasetError, match="labelled images or a table here; cora holds a graph"):
        load("cora")


def test_description_of_a_graph():
    summary = str(open_dataset("communities").summary())
    assert "numbers of 320 nodes" in summary
    assert "320 nodes, 966 edges, 60 features" in summary
