"""Drafts on sites: where to, what would be sent, and the job that sends it exactly once."""

from writer.services.publishing.job import PublishJob
from writer.services.publishing.service import Preview, Publishing, Wishes
from writer.services.publishing.sites import Sites, Tried

__all__ = ["Preview", "PublishJob", "Publishing", "Sites", "Tried", "Wishes"]
