"""What tokens cost, from the price list that genai-prices carries in its wheel. Unknown is None, never a guess."""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from writer.domain.completions import Tokens

PriceOf = Callable[[Tokens], tuple[int | None, str]]
"""(millionths of a US dollar or None, the version of the list or "")."""


def unknown(tokens: Tokens) -> tuple[int | None, str]:
    """Nothing used costs nothing, whatever the price."""
    return (None if tokens.input or tokens.output else 0), ""


def nothing(_: Tokens) -> tuple[int | None, str]:
    """A model on one's own machine."""
    return 0, ""


def listed(price_id: str, model: str) -> PriceOf:
    def price_of(tokens: Tokens) -> tuple[int | None, str]:
        if not (tokens.input or tokens.output):
            return 0, ""
        return _listed(price_id, model, tokens)

    return price_of if price_id else unknown


def _listed(price_id: str, model: str, tokens: Tokens) -> tuple[int | None, str]:
    prices = _prices()
    used = prices.Usage(
        input_tokens=tokens.input, output_tokens=tokens.output, cache_read_tokens=tokens.cached_input or None
    )
    try:
        found = prices.calc_price(used, model_ref=model, provider_id=price_id)
    except (LookupError, ValueError):
        return None, ""
    return round(found.total_price * 1_000_000), f"genai-prices {prices.__version__}"


@lru_cache(maxsize=1)
def warm() -> None:
    """Load the list, a quarter of a second's work, beside the loop that calls run on."""
    threading.Thread(target=_prices, name="price-list", daemon=True).start()


@lru_cache(maxsize=1)
def _prices() -> Any:
    import genai_prices

    return genai_prices
