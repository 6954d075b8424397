"""Hostile and broken sites: over real sockets, through the one fetcher."""

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.support.site_server import (
    GHOST_KEY,
    PASSWORD,
    USER,
    Answer,
    GhostSite,
    Request,
    Site,
    WordPressSite,
    serving,
)
from writer.domain.errors import (
    AuthenticationFailed,
    ProviderTimeout,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    WriterError,
)
from writer.domain.ports.publishing import Publisher
from writer.domain.publishing import EditedThere, Post, SendingRefused
from writer.domain.publishing import Site as Place
from writer.publishing import make_publisher
from writer.security.fetch import fetch

MARK = "writer-mark-0123456789abcdef"
SECRETS = {"wordpress": PASSWORD, "ghost": GHOST_KEY}


@pytest.fixture(params=["wordpress", "ghost"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(kind: str) -> Iterator[Site]:
    with serving(WordPressSite() if kind == "wordpress" else GhostSite()) as site:
        yield site


@pytest.fixture
def publisher(kind: str, site: Site) -> Publisher:
    return made(kind, site.url, partial(fetch, allow_private=frozenset({site.host})))


def made(kind: str, address: str, fetch: Any, secret: str = "") -> Publisher:
    publisher = make_publisher(Place("1", kind, "My site", address, USER), secret or SECRETS[kind], fetch)
    assert publisher is not None
    return publisher


def calls(publisher: Publisher) -> list[Callable[[], object]]:
    post = Post("A title", "a-title", "<p>Text.</p>")
    return [
        publisher.test,
        lambda: publisher.find(MARK),
        lambda: publisher.create(MARK, "A title"),
        lambda: publisher.read("12"),
        lambda: publisher.update("12", post, "x|y"),
        lambda: publisher.discard("12"),
    ]


def always(site: Site, answer: Answer) -> None:
    site.override = lambda request: answer


def test_a_post_goes_round(publisher: Publisher, site: Site) -> None:
    assert publisher.find(MARK) == []
    created = publisher.create(MARK, "A title")
    assert created.bare
    assert [post.id for post in publisher.find(MARK)] == [created.id]

    updated = publisher.update(created.id, Post("B", "b", "<p>Text &amp; all.</p>"), created.version)

    assert publisher.find(MARK) == []
    assert publisher.read(created.id) == updated
    assert (updated.title, updated.slug, updated.bare, updated.url) == ("B", "b", False, f"{site.url}/b/")
    publisher.discard(created.id)
    publisher.discard(created.id)
    assert publisher.read(created.id) is None


def test_ghost_itself_refuses_to_overwrite_another_version() -> None:
    with serving(GhostSite()) as site:
        publisher = made("ghost", site.url, partial(fetch, allow_private=frozenset({site.host})))
        created = publisher.create(MARK, "A title")
        site.edit(created.id, title="Theirs")

        with pytest.raises(EditedThere):
            publisher.update(created.id, Post("Mine", "mine", "<p>x</p>"), created.version)

        assert site.posts[created.id]["title"] == "Theirs"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_credentials_never_follow_a_redirect(publisher: Publisher, site: Site, status: int) -> None:
    with serving(WordPressSite()) as elsewhere:
        always(site, Answer({}, status, headers={"Location": elsewhere.url + "/steal"}))

        for call in calls(publisher):
            with pytest.raises(SendingRefused, match="leads on to another address"):
                call()

        assert elsewhere.requests == []


def test_the_own_network_is_asked_only_where_it_was_opened(kind: str, site: Site) -> None:
    for address in (site.url, "http://169.254.169.254", "http://[::1]:80", "http://localhost"):
        for call in calls(made(kind, address, fetch)):
            with pytest.raises(SendingRefused):
                call()

    assert site.requests == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AuthenticationFailed),
        (403, AuthenticationFailed),
        (418, SendingRefused),
        (422, SendingRefused),
        (429, RateLimited),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
    ],
)
def test_a_status_says_what_it_means(publisher: Publisher, site: Site, status: int, error: type[WriterError]) -> None:
    always(site, Answer({"code": "<img src=x onerror=alert(1)>", "message": "<script>"}, status))

    for call in calls(publisher):
        with pytest.raises(error) as raised:
            call()
        assert "<" not in str(raised.value)


def test_silence_is_a_doubt_and_not_a_refusal(kind: str, site: Site) -> None:
    from tests.support.site_server import Fault

    def impatient(url: str, *, limit_bytes: int, timeout: float, ask: Any) -> Any:
        return fetch(url, limit_bytes=limit_bytes, timeout=0.2, ask=ask, allow_private=frozenset({site.host}))

    site.faults.append(Fault("POST", "/posts", "silent"))
    with pytest.raises(ProviderTimeout):
        made(kind, site.url, impatient).create(MARK, "A title")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"[" * 100_000,
        b"null",
        b'"text"',
        b"[1, null]",
        b'{"posts": [{"id": "../../users/1"}], "id": "../../users/1"}',
        b'{"posts": [{"id": {"a": 1}}], "id": [1]}',
        b"\xff\xfe\x00",
        b'{"posts": 3, "id": true}',
    ],
)
def test_an_answer_that_makes_no_sense_is_a_sentence(publisher: Publisher, site: Site, raw: bytes) -> None:
    always(site, Answer(None, 200, raw))

    for call in (lambda: publisher.create(MARK, "A title"), lambda: publisher.read("12")):
        with pytest.raises(ReplyInvalid):
            call()


def test_a_huge_answer_ends(kind: str, site: Site) -> None:
    always(site, Answer(None, 200, b" " * 21_000_000))
    publisher = made(kind, site.url, partial(fetch, allow_private=frozenset({site.host})))

    with pytest.raises(SendingRefused, match="larger than"):
        publisher.read("12")


def test_what_a_site_says_of_a_post_is_data(publisher: Publisher, site: Site) -> None:
    evil = "<script>alert(1)</script>"
    row = {"id": 7, "slug": evil, "status": evil, "title": evil, "html": evil, "content": {"raw": evil}}
    row |= {"link": "javascript:alert(1)", "url": "javascript:alert(1)", "tags": [evil]}
    always(site, Answer({**row, "posts": [row]}))

    post = publisher.read("7")

    assert post is not None
    assert (post.url, post.slug, post.stage) == ("", evil, "draft")


def test_no_secret_is_in_errors_logs_or_shown_values(
    kind: str, site: Site, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = SECRETS[kind].partition(":")[2] or SECRETS[kind]
    hidden = [secret, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()]
    told = [repr(publisher)]
    for status in (200, 401, 403, 404, 422, 429, 500):
        always(site, Answer("nonsense", status))
        for call in calls(publisher):
            try:
                call()
            except WriterError as error:
                told += ["".join(traceback.format_exception(error)), repr(error)]

    assert len(told) > 20
    for text in (*told, caplog.text):
        assert not any(part in text for part in hidden)


@pytest.mark.parametrize("key", ["", "no colon", "12345678:zz", "a:b:c", "64f0c1d2e3a4b5c6d7e8f901:0123"])
def test_a_key_that_ghost_cannot_have_given_is_told_without_asking(key: str) -> None:
    with serving(GhostSite()) as site:
        opened = partial(fetch, allow_private=frozenset({site.host}))
        with pytest.raises(AuthenticationFailed, match="two parts"):
            made("ghost", site.url, opened, key or "-").test()
        assert site.requests == []


def test_ghosts_token_is_signed_for_minutes_and_for_its_admin_interface(site: Site, publisher: Publisher) -> None:
    seen: list[Request] = site.requests
    publisher.test()

    if isinstance(site, GhostSite):  # whose server checks signature, audience and time of each request
        token = seen[0].headers["authorization"].removeprefix("Ghost ")
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        assert claims["exp"] - claims["iat"] <= 300
    assert all("authorization" in request.headers for request in seen)


def test_tables_are_cards_of_html_in_ghost() -> None:
    with serving(GhostSite()) as site:
        publisher = made("ghost", site.url, partial(fetch, allow_private=frozenset({site.host})))
        created = publisher.create(MARK, "A title")
        publisher.update(created.id, Post("A", "a", "<p>x</p><table><tr><td>1</td></tr></table>"), created.version)

        sent = site.requests[-1].json["posts"][0]["html"]
        assert "<!--kg-card-begin: html--><table>" in sent
        assert site.requests[-1].query["source"] == "html"
