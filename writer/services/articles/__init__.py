"""From a brief to a finished draft: content types, drafting by a model, the steps of the job, the service."""

from writer.services.articles.content_types import ContentType, content_types
from writer.services.articles.desk import Desk, DrafterFor
from writer.services.articles.handlers import ArticleHandlers
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.articles.service import Articles

__all__ = ["ArticleHandlers", "Articles", "ContentType", "Desk", "DrafterFor", "ModelDrafter", "content_types"]
