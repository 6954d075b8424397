"""The playground: one prompt on several routes, blind votes, ratings; and the library of prompts that are kept."""

from writer.services.playground.prompts import Prompts
from writer.services.playground.replying import Replying, Stops
from writer.services.playground.service import Playground

__all__ = ["Playground", "Prompts", "Replying", "Stops"]
