import numpy as np
import pytest

from keras_dl.embeddings import WordVectors, analogies, read_pairs, read_questions, similarity
from keras_dl.embeddings.standard import standard_report, standard_scores


def made(words="king queen man woman apple", dim=4, seed=0):
    matrix = np.random.default_rng(seed).normal(size=(len(words.split()), dim))
    return WordVectors(tuple(words.split()), matrix.astype("float32"))


def parallel():
    """Vectors in which royal and female are directions of their own."""
    rows = {"man": (1, 0, 0), "woman": (1, 1, 0), "king": (1, 0, 1), "queen": (1, 1, 1)}
    rows |= {"apple": (0.3, -1, -1), "zero": (0, 0, 0)}
    return WordVectors(tuple(rows), np.array(list(rows.values()), "float32"))


def test_neighbours_are_ordered_by_cosine_without_the_word_itself():
    known = made()
    near = known.neighbours("man", 10)
    assert len(near) == 4
    assert "man" not in dict(near)
    for word, cosine in near:
        a, b = known["man"], known[word]
        assert cosine == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), rel=1e-5)
    assert [c for _, c in near] == sorted((c for _, c in near), reverse=True)


def test_unknown_word_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'queen'"):
        made().neighbours("quen")


def test_matrix_and_words_must_fit():
    with pytest.raises(ValueError, match="one row for each word"):
        WordVectors(("a", "b"), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="all be different"):
        WordVectors(("a", "a"), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="finite"):
        WordVectors(("a",), np.full((1, 2), np.nan))


@pytest.mark.parametrize("method", ["add", "mul"])
def test_analogies_count_by_section_what_is_known(method):
    questions = {
        "royal": [("Man", "King", "Woman", "Queen"), ("man", "king", "woman", "apple")],
        "gram1": [("man", "woman", "king", "queen"), ("man", "men", "king", "kings")],
    }
    found = analogies(parallel(), questions, method=method)
    assert found.correct == {"royal": 1, "gram1": 1}
    assert found.evaluated == {"royal": 2, "gram1": 1}
    assert found.skipped == {"royal": 0, "gram1": 1}
    assert found.accuracy("semantic") == found.accuracy("royal") == 0.5
    assert found.accuracy("syntactic") == 1
    assert found.accuracy() == pytest.approx(2 / 3)
    assert (found.count(), found.total(), found.total("syntactic")) == (3, 4, 2)
    assert found.accuracy(of_all=True) == pytest.approx(2 / 4)
    assert found.accuracy("syntactic", of_all=True) == 0.5
    assert np.isnan(analogies(parallel(), {"none": []}, method=method).accuracy())


def test_words_beyond_the_limit_neither_ask_nor_answer():
    questions = {"royal": [("man", "king", "woman", "queen")]}
    assert analogies(parallel(), questions, max_words=3).skipped == {"royal": 1}


@pytest.mark.parametrize("method", ["add", "mul"])
def test_answers_are_those_of_gensim(method, tmp_path):
    """Gensim's most_similar for add, most_similar_cosmul for mul."""
    keyed = pytest.importorskip("gensim.models.keyedvectors")
    words = [f"w{i}" for i in range(60)]
    known = WordVectors(tuple(words), made(" ".join(words), 8).matrix)
    theirs = keyed.KeyedVectors(8)
    theirs.add_vectors(words, known.matrix)
    rng = np.random.default_rng(1)
    asked = [tuple(rng.choice(words, 3, replace=False)) for _ in range(30)]
    best = theirs.most_similar if method == "add" else theirs.most_similar_cosmul
    answers = [best(positive=[b, c], negative=[a], topn=1)[0][0] for a, b, c in asked]
    questions = {"s": [(*q, answer) for q, answer in zip(asked, answers, strict=True)]}
    assert analogies(known, questions, method=method).correct == {"s": 30}


def test_similarity_is_the_rank_correlation_over_known_pairs():
    pairs = [("man", "woman", 9.0), ("king", "queen", 8.0), ("man", "apple", 1.0), ("a", "b", 5.0)]
    value, count = similarity(parallel(), pairs)
    assert count == 3
    cosines = [1 / 2**0.5, 2 / 2**0.5 / 3**0.5, 0.3 / 2.09**0.5]
    assert value == pytest.approx(np.corrcoef(np.argsort(np.argsort(cosines)), [2, 1, 0])[0, 1])
    assert np.isnan(similarity(parallel(), [])[0])


def test_files_of_questions_and_pairs(tmp_path):
    (tmp_path / "q.txt").write_text(": family\nboy girl man woman\n: gram2-opposite\na b c d\n")
    (tmp_path / "p.txt").write_text("love\tsex\t6.77\ntiger cat 7.35\n")
    assert read_questions(tmp_path / "q.txt")["family"] == [("boy", "girl", "man", "woman")]
    assert read_pairs(tmp_path / "p.txt")[1] == ("tiger", "cat", 7.35)
    (tmp_path / "bad.txt").write_text("a b c d\n")
    for read in (read_questions, read_pairs):
        with pytest.raises(ValueError, match="line 1 of"):
            read(tmp_path / "bad.txt")


def test_standard_scores_need_their_files(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    assert standard_scores(parallel()) == {}
    folder = tmp_path / "text" / "word_eval"
    folder.mkdir(parents=True)
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    (folder / "questions-words.txt").write_text(
        ": family\n" + "man king woman queen\n" * 20 + "man king woman tsarina\n" * 20
    )
    (folder / "EN-RG-65.txt").write_text("man woman 3\n" * 10 + "man apple 1\n" * 10 + "x y 2\n")
    found = standard_report(parallel())
    assert found.pop("analogies").axes[0].get_yticklabels()[0].get_text() == "family"
    assert found == {
        "similarity/rg65": pytest.approx(1.0),
        "similarity/rg65_asked": 20,
        "similarity/rg65_pairs": 21,
        **{f"analogies/{m}{s}": 1.0 for m in ("add", "mul") for s in ("", "_semantic")},
        **{f"analogies/{m}{s}_of_all": 0.5 for m in ("add", "mul") for s in ("", "_semantic")},
        **{f"analogies/asked{s}": n for s, n in (("", 20), ("_semantic", 20), ("_syntactic", 0))},
        **{
            f"analogies/questions{s}": n
            for s, n in (("", 40), ("_semantic", 40), ("_syntactic", 0))
        },
    }
    assert standard_scores(parallel()) == found
