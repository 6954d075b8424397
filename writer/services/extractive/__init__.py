"""The keyless path: a source brief of verbatim, cited extracts. It never pretends to be written prose."""

from writer.services.extractive.drafter import ExtractiveDrafter

__all__ = ["ExtractiveDrafter"]
