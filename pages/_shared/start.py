"""What is said when the served app cannot start."""

import sys

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from writer.domain.errors import WriterError


class StartInWords:
    """A damaged database or a folder that cannot be used ends the start with one sentence, not with a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def in_words(message: Message) -> None:
            error = sys.exception()
            if message["type"] == "lifespan.startup.failed" and isinstance(error, WriterError):
                message = {**message, "message": str(error)}
            await send(message)

        await self._app(scope, receive, in_words if scope["type"] == "lifespan" else send)
