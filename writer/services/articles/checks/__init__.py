"""Deterministic checks that content types name; each is a small function from an article to findings."""

from writer.services.articles.checks import prose, structure
from writer.services.articles.checks.registry import CHECKS, Article, Finding, findings, findings_of

__all__ = ["CHECKS", "Article", "Finding", "findings", "findings_of", "prose", "structure"]
