"""Amounts of US dollars as people read and write them; kept in millionths."""

import math

from writer.domain.errors import UserMistake

MICROS = 1_000_000
MOST_MICROS = 1_000_000_000 * MICROS


def money(micros: float) -> str:
    """Cents; below a dime four digits, or as many as leave two that are not zero."""
    dollars = micros / MICROS
    if not dollars or abs(dollars) >= 0.1:
        return f"${dollars:,.2f}"
    return f"${dollars:.{max(4, 1 - math.floor(math.log10(abs(dollars))))}f}"


def micros_of(dollars: float | str, what: str = "The amount") -> int:
    """Raises UserMistake for what is no amount of dollars, or one too small to be kept."""
    if isinstance(dollars, bool):
        raise UserMistake(f"{what} must be a number of US dollars, such as 0.50.")
    try:
        value = float(dollars)
    except ValueError:
        raise UserMistake(f"{what} must be a number of US dollars, such as 0.50.") from None
    if not 0 <= value <= MOST_MICROS / MICROS:  # also what is not a number
        raise UserMistake(f"{what} must be from $0 to $1,000,000,000.")
    if value and value * MICROS < 1:
        raise UserMistake(f"{what} must be $0, or $0.000001 at the least: less cannot be counted.")
    return round(value * MICROS)
