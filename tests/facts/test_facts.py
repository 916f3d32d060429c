import re

import keras
import pytest

from keras_dl import catalog, facts, models
from keras_dl.facts import FACTS, check, groups, iter_results, select_facts
from keras_dl.facts.nets import TABLES

# Counting their nets takes half a second each and more.
NETS = ("fcn", "resnet", "plain", "vgg", "zfnet", "googlenet", "inception", "mobilenet")
LARGE = [g for g in groups() if g.startswith((*NETS, "efficientnet", "nfnet"))]
SMALL = [g for g in groups() if g not in LARGE]


def unexplained(results):
    return [f"{r.group}/{r.name}: {r.ours}" for r in results if r.status == "open"]


def stale(found, results):
    """Reasons of differences that there are none of."""
    excuses = []
    for fact, result in zip(found, results, strict=True):
        for who in ("lecture", "published", "derived"):
            stated = getattr(fact, who)
            differs = any(r.startswith(f"{who} differs") for r in result.remarks)
            if stated is not None and stated.reason and not differs:
                excuses.append(f"{fact.group}/{fact.name}: {stated.reason}")
    return excuses


@pytest.mark.parametrize("group", SMALL)
def test_no_difference_is_left_unexplained(group):
    found = select_facts(group)
    results = list(iter_results(found))
    assert unexplained(results) == []
    assert stale(found, results) == []


@pytest.mark.slow
@pytest.mark.parametrize("group", LARGE)
def test_no_difference_of_large_nets_is_left_unexplained(group):
    found = select_facts(group)
    results = list(iter_results(found))
    assert unexplained(results) == []
    assert stale(found, results) == []


def test_there_are_many_facts_each_with_a_name_and_a_figure_to_compare_with():
    names = [(fact.group, fact.name) for fact in FACTS]
    assert len(set(names)) == len(names) >= 60
    assert all(re.fullmatch(r"[a-z0-9_]+", group) for group, _ in names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for _, name in names)
    assert [f.name for f in FACTS if not (f.lecture or f.published or f.derived)] == []
    assert [f.name for f in FACTS if f.published is not None and not f.published.source] == []


def test_published_is_what_somebody_has_printed():
    """A year or a project stands in its source; arithmetic and truth tables are derived."""
    sources = {f"{f.group}/{f.name}": f.published.source for f in FACTS if f.published}
    printed = r"\b(19|20)\d\d\b|Hastie|keras\.|torchvision"
    assert [name for name, source in sources.items() if not re.search(printed, source)] == []
    assert [name for name, source in sources.items() if "arithmetic" in source] == []
    by_group = {f.group: f for f in FACTS if f.name == "parameters"}
    assert by_group["lenet5_1998"].published.value == 60_000
    for ours in ("lenet5", "mlp", "alexnet_cifar", "neocognitron"):
        assert (by_group[ours].published, by_group[ours].derived is None) == (None, False)


def test_every_published_count_is_a_fact():
    assert set(TABLES) - set(groups()) == set()
    assert len(TABLES) > 30


def test_counts_that_lectures_get_wrong():
    by_name = {r.name: r for r in check("net2")}
    assert (by_name["links"].lecture, by_name["links"].ours) == (3240, 3214)
    entropy = {r.name: r for r in check("cross_entropy")}["class-0"]
    assert entropy.ours == pytest.approx(0.105361, abs=1e-6)
    assert entropy.lecture == pytest.approx(-0.105361, abs=1e-6)
    assert entropy.status == "explained"


def test_recipe_stands_for_its_builders():
    assert "resnet20" in catalog.names()
    assert {f.group for f in select_facts("resnet20")} == {"resnet20"}
    assert {f.group for f in select_facts("mlp")} == {"mlp"}


def test_recipe_of_another_name_than_its_builder(monkeypatch, tmp_path):
    text = catalog.find("mlp").read_text(encoding="utf-8")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "wide.py").write_text(
        text.replace('name="mlp"', 'name="wide"'), encoding="utf-8"
    )
    monkeypatch.setattr(catalog, "folder", lambda: tmp_path)
    assert {f.group for f in select_facts("wide")} == {"mlp"}


def test_recipe_without_published_counts(monkeypatch, tmp_path):
    text = catalog.find("mlp").read_text(encoding="utf-8")
    text = text.replace("from keras_dl.models.mlp import mlp", "mlp = print")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bare.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalog, "folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="No facts are known about the builders of the recipe"):
        select_facts("bare")


def test_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'lenet5'"):
        check("lenet6")


def test_only_what_was_asked_for_is_built(monkeypatch):
    built = []
    monkeypatch.setattr(models, "perceptron", lambda *a, **k: built.append("perceptron"))
    monkeypatch.setattr(models, "alexnet", lambda *a, **k: built.append("alexnet"))
    assert check("kernel_trick")
    assert built == []


def test_nets_are_built_once(monkeypatch):
    from keras_dl.facts import nets

    nets._measure.cache_clear()
    built = []
    real = models.lenet5_1998

    def counted(*given, **words):
        built.append(words)
        return real(*given, **words)

    monkeypatch.setattr(models, "lenet5_1998", counted)
    check("lenet5_1998")
    assert len(built) == 1


def test_ours_is_computed_and_not_typed(monkeypatch):
    """A builder that changed turns its facts red."""
    from keras_dl.facts import nets

    nets._measure.cache_clear()
    real = models.net5
    monkeypatch.setattr(models, "net5", lambda *given, **_: real((16, 16, 1), 9))
    try:
        assert {r.status for r in check("net5")} == {"open"}
    finally:
        nets._measure.cache_clear()


@pytest.mark.slow
def test_vgg16_is_that_of_keras():
    model = keras.applications.VGG16(weights=None)
    assert {r.name: r.ours for r in check("vgg16")}["parameters"] == model.count_params()
    assert model.get_layer("fc1").count_params() == 102_764_544
    assert facts.check("vgg16")[0].published == model.count_params()
