"""Libraries that block, or that do not let go of a stream when it is closed, as streams that can be closed at once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from writer.providers.timing import T

Put = Callable[[T], None]


async def from_thread(produce: Callable[[Put[T]], None], stop: Callable[[], None]) -> AsyncGenerator[T, None]:
    """What `produce` puts, as it comes; its exception at the end. Closing calls `stop`, and does not wait for it.

    A thread of its own: the loop's shared pool is small, and storage needs it.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[T] | None] = asyncio.Queue()

    def tell(piece: tuple[T] | None) -> None:
        # The loop may be gone by the time that an abandoned thread speaks again.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="provider")
    done = executor.submit(produce, lambda piece: tell((piece,)))
    done.add_done_callback(lambda _: tell(None))
    try:
        while (piece := await pieces.get()) is not None:
            yield piece[0]
        done.result()
    finally:
        stop()
        executor.shutdown(wait=False)


async def from_task(produce: Callable[[], AsyncIterator[T]]) -> AsyncGenerator[T, None]:
    """What `produce` yields, read by a task of its own. Closing cancels the task where it waits for the next byte, so
    that every generator in the library unwinds, innermost first; closing the outermost one leaves the others to the
    garbage collector, and the connection open until then."""
    pieces: asyncio.Queue[tuple[T] | None] = asyncio.Queue()

    async def read() -> None:
        async for piece in produce():
            pieces.put_nowait((piece,))

    task = asyncio.get_running_loop().create_task(read())
    task.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        while (piece := await pieces.get()) is not None:
            yield piece[0]
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # seen: it may have come after the reader left
