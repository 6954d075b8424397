import socket
import threading
from dataclasses import dataclass
from itertools import chain, repeat

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from writer.api.jobs import event_stream
from writer.domain.errors import StorageError


@dataclass
class Said:
    text: str

    def as_json(self):
        return {"type": "delta", "key": "s1", "text": self.text}


async def told(events, **options):
    return [piece async for piece in event_stream(lambda gone: (event for event in events), **options)]


async def test_events_are_one_line_of_json_each_and_then_the_end():
    pieces = await told([Said("line\nbreak “ü”"), None, Said("b")])

    assert pieces == [
        'data: {"type": "delta", "key": "s1", "text": "line\\nbreak “ü”"}\n\n',
        'data: {"type": "delta", "key": "s1", "text": "b"}\n\n',
        "event: end\ndata: {}\n\n",
    ]


async def test_a_quiet_job_gives_a_sign_of_life_every_ten_seconds():
    seconds = chain([0.0, 4.0, 9.9, 10.0, 10.0, 15.0, 20.1], repeat(20.1))

    pieces = await told([None] * 5, clock=lambda: next(seconds))

    assert pieces == [": still here\n\n", ": still here\n\n", "event: end\ndata: {}\n\n"]


async def test_trouble_on_the_way_is_told_and_ends_the_stream():
    def troubled(gone):
        yield Said("a")
        raise StorageError("The database is locked.")

    pieces = [piece async for piece in event_stream(troubled)]

    assert pieces[1:] == ['event: problem\ndata: {"detail": "The database is locked."}\n\n', "event: end\ndata: {}\n\n"]


async def test_a_reader_that_leaves_lets_the_follower_go_though_it_blocks():
    waiting, let_go, ended = threading.Event(), threading.Event(), threading.Event()

    def follow(gone):
        yield Said("a")
        while not gone():
            waiting.set()
            let_go.wait(10)
        ended.set()

    async def read():
        async for _ in event_stream(follow):
            pass

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        await anyio.to_thread.run_sync(waiting.wait, 10)
        tasks.cancel_scope.cancel()
    let_go.set()

    assert await anyio.to_thread.run_sync(ended.wait, 10)


async def test_many_followers_leave_the_servers_threads_free():
    held = threading.Event()

    def follow(gone):
        held.wait(10)
        yield Said("a")

    async def read():
        async for _ in event_stream(follow):
            pass

    async with anyio.create_task_group() as tasks:
        for _ in range(60):
            tasks.start_soon(read)
        await anyio.sleep(0)
        assert await anyio.to_thread.run_sync(lambda: "answered") == "answered"
        held.set()


def test_a_quiet_follower_ends_when_its_browser_closes_the_connection():
    ended = threading.Event()
    pause = threading.Event()

    def follow(gone):
        try:
            yield Said("first")
            while not gone():
                pause.wait(0.02)
                yield None
        finally:
            ended.set()

    async def events(request):
        return StreamingResponse(event_stream(follow, left=request.is_disconnected), media_type="text/event-stream")

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(Starlette(routes=[Route("/events", events)]), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        with socket.create_connection(listening.getsockname(), timeout=20) as browser:
            browser.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            said = b""
            while b"first" not in said:
                said += browser.recv(4096)

        assert ended.wait(20)
        server.should_exit = True
        thread.join(20)
