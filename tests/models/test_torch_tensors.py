import pickle
from collections import OrderedDict

import numpy as np
import pytest

from keras_dl.models._torch_tensors import MAGIC, PROTOCOL, read_state_dict


def write(path, *objects):
    path.write_bytes(b"".join(pickle.dumps(o, protocol=2) for o in objects))
    return path


def test_tensors_equal_those_of_torch(tmp_path):
    torch = pytest.importorskip("torch")
    whole = torch.arange(24, dtype=torch.float32)
    state = OrderedDict(
        kernel=torch.randn(4, 1, 3, 3),
        part=whole[6:18].reshape(3, 4),  # two views of one storage
        turned=whole.reshape(4, 6).T,
        count=torch.tensor(7),
    )
    torch.save(state, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    read = read_state_dict(tmp_path / "old.pth")
    assert list(read) == list(state)
    for name, tensor in state.items():
        np.testing.assert_array_equal(read[name], tensor.numpy())


class Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_named_functions_are_not_called(tmp_path):
    written = tmp_path / "written"
    path = write(tmp_path / "bad.pth", MAGIC, PROTOCOL, {}, {"w": Hostile(written)}, [])
    with pytest.raises(pickle.UnpicklingError, match="must not name io.open"):
        read_state_dict(path)
    assert not written.exists()


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(pickle.UnpicklingError, match="no state dict"):
        read_state_dict(write(tmp_path / "other.pth", 1, PROTOCOL))


def test_cut_files_are_refused(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "old.pth"
    torch.save({"w": torch.ones(100)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(pickle.UnpicklingError, match="ends within"):
        read_state_dict(path)
