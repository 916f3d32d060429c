import pytest

from keras_dl.cli import main
from keras_dl.cli.paths import check_dataset


@pytest.mark.parametrize("path", ["no.csv", "./no", "/no/folder", "~/no-such", "no/photos.ZIP"])
def test_missing_paths_are_refused(path):
    with pytest.raises(ValueError, match="`dataset` must be a name .* or a path that exists"):
        check_dataset({"dataset": path})


@pytest.mark.parametrize("name", ["mnist", "mnist+usps", "glue/sst2", None, ("a", "b"), "."])
def test_names_and_what_is_there_pass(name):
    check_dataset({"dataset": name})
    check_dataset({})


@pytest.mark.parametrize("command", ["run mlp", "tune mlp", "compare mlp lenet5", "ablate mlp"])
def test_commands_refuse_before_keras_is_loaded(command, capsys, monkeypatch):
    monkeypatch.setattr("keras_dl.cli.loading.load_recipe", lambda name: pytest.fail("loaded"))
    assert main([*command.split(), "--dataset", "no/such/table.csv"]) == 2
    assert "Received: dataset='no/such/table.csv'" in capsys.readouterr().err
