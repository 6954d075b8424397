import asyncio
import threading

import pytest

from writer.services.editing.streams import LineStreams
from writer.services.jobs import EngineLoop


@pytest.fixture
def engine():
    loop = EngineLoop()
    yield loop
    loop.close()


async def here():
    return False


async def read(streams, work, left=here):
    return [line async for line in streams.lines(work, left)]


async def test_lines_come_in_order_from_the_other_loop(engine):
    async def work(put):
        for number in range(100):
            put({"type": "note", "n": number})
            await asyncio.sleep(0)

    lines = await read(LineStreams(engine.submit), work)

    assert [line["n"] for line in lines] == list(range(100))


async def test_a_reader_who_left_ends_the_work_though_it_is_silent(engine):
    begun, ended = threading.Event(), threading.Event()

    async def work(put):
        try:
            put({"type": "begin"})
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def left():
        return begun.is_set()

    assert await read(LineStreams(engine.submit), work, left) in ([], [{"type": "begin"}])
    assert await asyncio.to_thread(ended.wait, 20)


async def test_a_reader_who_is_cancelled_ends_the_work(engine):
    begun, ended = threading.Event(), threading.Event()

    async def work(put):
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    reading = asyncio.create_task(read(LineStreams(engine.submit), work))
    await asyncio.to_thread(begun.wait, 20)
    reading.cancel()

    assert await asyncio.to_thread(ended.wait, 20)


async def test_a_silent_line_gives_a_sign_now_and_then(engine):
    seconds = iter(range(0, 1000, 3))
    over = threading.Event()

    async def work(put):
        await asyncio.to_thread(over.wait, 20)

    stream = LineStreams(engine.submit, clock=lambda: next(seconds)).lines(work, here)
    assert await anext(stream) == {"type": "beat"}
    over.set()
    assert all(line == {"type": "beat"} for line in [line async for line in stream])


async def test_what_nobody_expected_reaches_the_boundary_after_the_lines_before_it(engine):
    async def work(put):
        put({"type": "begin"})
        raise ZeroDivisionError

    stream = LineStreams(engine.submit).lines(work, here)

    assert await anext(stream) == {"type": "begin"}
    with pytest.raises(ZeroDivisionError):
        await anext(stream)
