"""Budgets as people set them, what is left of them, and what an article will cost before it is begun."""

from writer.services.budgets.estimates import Estimate, Estimates
from writer.services.budgets.service import Budgets

__all__ = ["Budgets", "Estimate", "Estimates"]
