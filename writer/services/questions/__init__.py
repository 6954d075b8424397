"""Questions to the writer's sources: asked, answered with checked citations, kept, asked again."""

from writer.services.questions.answering import Answering
from writer.services.questions.checking import AnswerCheck
from writer.services.questions.extractive import ExtractiveAnswerer
from writer.services.questions.model import ModelAnswerer
from writer.services.questions.service import Questions

__all__ = ["AnswerCheck", "Answering", "ExtractiveAnswerer", "ModelAnswerer", "Questions"]
