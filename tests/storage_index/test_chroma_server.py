"""Server mode against the real server of the pinned package."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage_index.conftest import NAME
from tests.storage_index.test_chroma import WAIT, holds_all, ids
from tests.support.vectors import DIMENSION, MODEL, add_source, vector_of
from writer.storage.index import ChromaIndex, ChromaServer, ExactIndex


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "server")]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        assert any(b"listening on" in line for line in process.stdout)
        drain = threading.Thread(target=process.stdout.read)  # a full pipe would stop the server
        drain.start()
        yield f"http://127.0.0.1:{port}"
        process.kill()
        drain.join()


def index_on(url, store):
    exact = ExactIndex(store, MODEL, DIMENSION)
    return ChromaIndex(ChromaServer(url, NAME), store, MODEL, exact, sleep=lambda seconds: None, first_look=0)


def test_two_replicas_share_a_server_and_each_goes_on_where_the_other_was(server, store):
    first, second = index_on(server, store), index_on(server, store)
    source = add_source(store, [f"text {n}" for n in range(300)], title="A")
    for index in (first, second):
        index.start()
        index.catch_up()
        assert index.wait_until_current(WAIT)

    gone = add_source(store, ["b"], title="B")
    first.catch_up()
    assert first.wait_until_current(WAIT)
    store.delete(gone)
    second.catch_up()

    assert second.wait_until_current(WAIT)
    assert holds_all(second, store)
    assert ids(second.nearest(vector_of("text 7"), 1, [source])) == [f"S{source}.p8"]
    first.close()
    second.close()


def test_a_server_that_cannot_be_reached_leaves_exact_search(store):
    source = add_source(store, ["a", "b"])
    index = index_on("http://127.0.0.1:9", store)
    index.start()
    index.catch_up()

    assert not index.wait_until_current(1)
    assert ids(index.nearest(vector_of("b"), 1, [source])) == [f"S{source}.p2"]
    index.close()
