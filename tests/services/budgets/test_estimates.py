import pytest

from writer.services.budgets import Estimate, told


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        (0, 0, "Research costs nothing."),
        (0, 3, "Research will cost about $0.00 to $0.000003."),
        (5_000, 80_123, "Research will cost about $0.005 to $0.08."),
        (99_900, 1_500_000, "Research will cost about $0.10 to $1.50."),
    ],
)
def test_an_estimate_is_told_to_two_digits(low: int, high: int, sentence: str) -> None:
    assert told(Estimate(low, high), "Research") == sentence


def test_an_unknown_price_is_said_and_never_nothing() -> None:
    assert told(None, "Research") == "Cost: n/a, the price of this route is not known."
