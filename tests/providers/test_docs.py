from pathlib import Path

import pytest

from tests.providers.plugin_folder import EXAMPLE

PAGE = (Path(__file__).parents[2] / "docs" / "adding-a-provider.md").read_text()


@pytest.mark.parametrize("name", ["writer_echo.py", "pyproject.toml"])
def test_the_page_shows_the_example_that_is_tested(name: str):
    assert (EXAMPLE / name).read_text().strip() in PAGE
