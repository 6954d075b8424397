"""Adapters to sites that articles are published on, over the one fetcher."""

from writer.publishing.choice import KINDS, SiteKind, make_publisher

__all__ = ["KINDS", "SiteKind", "make_publisher"]
