"""Context sizes and prices of models, from the list that genai-prices carries in its wheel."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from writer.domain.models import ModelFacts

UNKNOWN = ModelFacts()


class PriceList:
    def facts(self, price_id: str, model: str) -> ModelFacts:
        """For a million tokens. Where the price depends on the length of the prompt, that of a short one."""
        return _facts(price_id, model)


@lru_cache(maxsize=4096)
def _facts(price_id: str, model: str) -> ModelFacts:
    from genai_prices.data_snapshot import get_snapshot

    try:
        _, found = get_snapshot().find_provider_model(model, None, price_id, None)
    except LookupError:
        return UNKNOWN
    prices = found.get_prices(datetime.now(UTC))
    return ModelFacts(found.context_window, _dollars(prices.input_mtok), _dollars(prices.output_mtok))


def _dollars(price: Any) -> float | None:
    base = getattr(price, "base", price)
    return None if base is None else float(base)
