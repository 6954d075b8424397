"""Answers that are read piece by piece are fetched under the same rules as whole ones."""

import pytest

from tests.support.sites import Page
from writer.domain.errors import SourceRefused
from writer.security.fetch import Unanswered, fetch
from writer.security.streaming import streaming


def here(host, port):
    return ["127.0.0.1"]


def read(url, *opened, resolver=here, **how):
    with streaming(url, allow_private=frozenset(opened), resolver=resolver, **how) as answer:
        return answer.status, b"".join(answer.chunks)


def test_an_answer_comes_in_pieces_whatever_its_status(serve):
    site = serve({"/": Page(body=b"x" * 300_000)})

    assert read(f"http://page.example:{site.port}/", "page.example") == (200, b"x" * 300_000)
    assert read(f"http://page.example:{site.port}/gone", "page.example")[0] == 404


def test_an_address_of_the_own_network_is_refused_unless_it_was_opened(serve):
    site = serve({"/": Page(body=b"x")})

    with pytest.raises(SourceRefused, match="private network"):
        read(f"http://page.example:{site.port}/")
    assert read(f"http://page.example:{site.port}/", f"page.example:{site.port}")[0] == 200


@pytest.mark.parametrize("where", ["http://inner.example:{port}/", "http://169.254.169.254/", "http://[::1]:{port}/"])
def test_a_redirect_cannot_lead_into_the_own_network(serve, where):
    site = serve({})
    site.pages["/"] = Page(status=302, headers={"Location": where.format(port=site.port)})

    with pytest.raises(SourceRefused, match="private network"):
        read(f"http://page.example:{site.port}/", "page.example")


def test_a_redirect_without_end_is_given_up(serve):
    site = serve({"/": Page(status=302, headers={"Location": "/"})})

    with pytest.raises(SourceRefused, match="more than 3 times"):
        read(f"http://page.example:{site.port}/", "page.example")


@pytest.mark.parametrize("where", ["http://[::1", "//[", "http://[]/", "http://a:99999/", "ftp://x/", "\\\\x"])
def test_a_redirect_to_what_is_no_address_is_a_sentence(serve, where):
    site = serve({"/": Page(status=302, headers={"Location": where})})

    with pytest.raises(SourceRefused):
        read(f"http://page.example:{site.port}/", "page.example")
    own = frozenset({"page.example"})
    with pytest.raises(SourceRefused):
        fetch(f"http://page.example:{site.port}/", limit_bytes=99, timeout=20, allow_private=own, resolver=here)


def test_a_packed_answer_is_refused(serve):
    site = serve({"/": Page(body=b"x", headers={"Content-Encoding": "gzip"})})

    with pytest.raises(SourceRefused, match="packed"):
        read(f"http://page.example:{site.port}/", "page.example")


def test_the_reader_who_leaves_ends_the_wait(serve):
    site = serve({"/": Page(body=b"x")})

    with pytest.raises(Unanswered):
        read(f"http://page.example:{site.port}/", "page.example", ended=lambda: True)


def test_a_fault_of_the_readers_own_stays_what_it_is(serve):
    site = serve({"/": Page(body=b"x")})
    url = f"http://page.example:{site.port}/"

    with (
        pytest.raises(OSError, match="disk full"),
        streaming(url, allow_private=frozenset({"page.example"}), resolver=lambda host, port: ["127.0.0.1"]),
    ):
        raise OSError("disk full")
