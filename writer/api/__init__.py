"""The HTTP API: one file per resource, mounted under /api beside the pages, or served alone."""

from writer.api.application import create_api

__all__ = ["create_api"]
