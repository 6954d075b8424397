"""Budgets as people set them, what is left of them, and what an article will cost before it is begun."""

from writer.services.budgets.estimates import Call, Estimate, Estimates, both, of_words, told
from writer.services.budgets.service import Budgets

__all__ = ["Budgets", "Call", "Estimate", "Estimates", "both", "of_words", "told"]
