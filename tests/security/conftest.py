import pytest

from tests.support.sites import serving

serve = pytest.fixture(serving)
