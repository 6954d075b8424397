"""A person's own prices, from a file: for models that no list knows, and for contracts that no list tells."""

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from writer.domain.completions import Tokens
from writer.domain.errors import ConfigurationError
from writer.providers import prices
from writer.providers.presets import Preset
from writer.providers.prices import PriceOf

_MOST = Decimal(1_000_000)
_EXAMPLE = '{"date": "2026-11-01", "routes": {"openai:gpt-5-mini": {"input": 0.25, "output": 2, "cached_input": 0.03}}}'


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens, which is millionths of a dollar for one. `cached_input` is for the part of the
    input that the service had read before."""

    input: Decimal
    output: Decimal
    cached_input: Decimal

    def micros(self, tokens: Tokens) -> int:
        cached = min(tokens.cached_input, tokens.input)
        cost = self.input * (tokens.input - cached) + self.cached_input * cached + self.output * tokens.output
        return int(cost.to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True)
class OwnPrices:
    """By route; "account:*" is for all models of an account that have no price of their own."""

    version: str = ""
    routes: dict[str, Price] = field(default_factory=dict)

    def of(self, route: str) -> PriceOf | None:
        price = self.routes.get(route) or self.routes.get(f"{route.partition(':')[0]}:*")
        if price is None:
            return None
        return lambda tokens: (price.micros(tokens), self.version)

    def price_of(self, route: str, preset: Preset, model: str) -> PriceOf:
        """One's own price, else the list's."""
        listed = prices.nothing if preset.adapter == "huggingface" else prices.listed(preset.price_id, model)
        return self.of(route) or listed


def read_prices(file: Path | None) -> OwnPrices:
    """None where no file is named. Raises ConfigurationError."""
    if file is None:
        return OwnPrices()
    try:
        data: Any = json.loads(file.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
        day = date.fromisoformat(data["date"])
        routes = {_route(route): _price(price) for route, price in data["routes"].items()}
    except OSError as error:
        raise ConfigurationError(f"The prices in {file} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        raise ConfigurationError(
            f"The prices in {file} are not of the form {_EXAMPLE} (dollars per million)."
        ) from None
    return OwnPrices(f"own prices of {day.isoformat()}", routes)


def _route(route: str) -> str:
    if not all(route.partition(":")):
        raise ValueError(route)
    return route


def _price(values: dict[str, Any]) -> Price:
    paid = {name: _dollars(value) for name, value in values.items()}
    return Price(paid.pop("input"), paid.pop("output"), paid.pop("cached_input", _dollars(values["input"])), **paid)


def _dollars(value: Any) -> Decimal:
    if not isinstance(value, Decimal) or not 0 <= value <= _MOST:
        raise ValueError(value)
    return value
