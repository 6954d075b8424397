import json
from pathlib import Path

import pytest

from writer.domain.completions import Tokens
from writer.domain.errors import ConfigurationError
from writer.providers.own_prices import OwnPrices, read_prices

PRICES = {
    "date": "2026-11-01",
    "routes": {
        "openai:gpt-5-mini": {"input": 0.25, "output": 2, "cached_input": 0.025},
        "vllm:*": {"input": 0.1, "output": 0.1},
    },
}


@pytest.fixture
def prices(tmp_path: Path) -> OwnPrices:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(PRICES))
    return read_prices(file)


def test_a_call_costs_what_the_file_says_and_names_its_date(prices: OwnPrices):
    price_of = prices.of("openai:gpt-5-mini")

    assert price_of
    assert price_of(Tokens(1_000_000, 500_000, 400_000)) == (150_000 + 10_000 + 1_000_000, "own prices of 2026-11-01")
    assert price_of(Tokens()) == (0, "own prices of 2026-11-01")
    assert price_of(Tokens(2)) == (1, "own prices of 2026-11-01")


def test_an_account_may_have_one_price_for_all_its_models(prices: OwnPrices):
    price_of = prices.of("vllm:any/model")

    assert price_of
    assert price_of(Tokens(10_000, 10_000, 10_000))[0] == 2_000


def test_routes_without_a_price_of_ones_own_are_left_to_the_list(prices: OwnPrices):
    assert prices.of("openai:gpt-5") is None
    assert read_prices(None).of("openai:gpt-5") is None


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        '{"date": "soon", "routes": {}}',
        '{"date": "2026-11-01", "routes": {"no-model": {"input": 1, "output": 1}}}',
        '{"date": "2026-11-01", "routes": {"a:b": {"input": 1}}}',
        '{"date": "2026-11-01", "routes": {"a:b": {"input": -1, "output": 1}}}',
        '{"date": "2026-11-01", "routes": {"a:b": {"input": NaN, "output": 1}}}',
        '{"date": "2026-11-01", "routes": {"a:b": {"input": 1, "output": true}}}',
        '{"date": "2026-11-01", "routes": {"a:b": {"input": 1, "output": 1, "per_call": 1}}}',
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_an_example(tmp_path: Path, text: str):
    file = tmp_path / "prices.json"
    file.write_text(text)

    with pytest.raises(ConfigurationError, match=r"not of the form .*gpt-5-mini"):
        read_prices(file)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_prices(tmp_path / "none.json")
