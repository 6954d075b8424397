"""Pages from the web become sources: over real sockets, with robots.txt, pauses, limits, and what is known already."""

import gzip
from functools import partial

import pytest

from tests.services.knowledge.studio import Studio
from tests.support.sites import Page, Site
from writer.domain.actors import LOCAL_ACTOR as ME
from writer.domain.actors import Actor
from writer.domain.collections import Cut
from writer.domain.errors import NotFound, SourceRefused, UserMistake
from writer.domain.imports import ImportOutcome
from writer.domain.jobs import JobState
from writer.domain.sources import SourceState
from writer.security.fetch import fetch
from writer.services.knowledge.recutting import RECUT_KIND

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = "The tide rises by four metres in spring, and pilots wait for high water before they bring ships in. "
ADDED, UPDATED, UNCHANGED, DUPLICATE, REFUSED = ImportOutcome


def a_page(title: str, more: str = "", head: str = "") -> bytes:
    body = "".join(f"<h2>{title} part {n}</h2><p>{title} {n}. {TEXT * 2}</p>" for n in range(1, 4))
    article = f"<article><h1>{title}</h1>{body}{more}</article>"
    return f"<html><head><title>{title}</title>{head}</head><body>{article}</body></html>".encode()


class Web:
    """A site under a name of its own, reached by the studio's fetcher through a resolver."""

    def __init__(self, studio: Studio, site: Site) -> None:
        self.studio = studio
        self.site = site
        self.base = f"http://page.example:{site.port}"
        studio.fetch = partial(
            fetch, resolver=lambda host, port: ["127.0.0.1"], allow_private=frozenset({f"page.example:{site.port}"})
        )

    def put(self, path: str, body: bytes, **headers: str) -> str:
        self.site.pages[path] = Page(body=body, headers={**HTML, **headers})
        return self.base + path

    def outcomes(self) -> list[ImportOutcome | None]:
        return [row.outcome for row in self.studio.sources.imports(ME)[0].rows]

    def reasons(self) -> str:
        return " ".join(row.sentence for row in self.studio.sources.imports(ME)[0].rows)


@pytest.fixture
def web(sqlite_studio, serve) -> Web:
    return Web(sqlite_studio, serve({}))


def test_a_page_becomes_a_source_with_its_address_title_author_day_and_the_moment_it_was_fetched(studio, serve):
    web = Web(studio, serve({}))
    head = (
        '<link rel="canonical" href="/tides"><meta name="author" content="Ada Example">'
        '<meta property="article:published_time" content="2024-05-03">'
    )
    url = web.put("/tides", a_page("Tides", head=head))

    job = studio.sources.add_address(f"{url}?utm_source=mail#causes", ME)
    assert studio.work() == []

    (source,) = studio.sources.listing(ME)
    assert (source.title, source.authors, source.published) == ("Tides", "Ada Example", "2024-05-03")
    assert (source.kind, source.state, source.revision) == ("html", SourceState.READY, 1)
    assert source.canonical_url == source.url == f"{web.base}/tides"
    assert source.retrieved_at is not None
    assert studio.stores.jobs.job(job.id).state is JobState.DONE
    assert studio.sources.search("When do pilots wait?", ME)
    assert web.outcomes() == [ADDED]
    assert web.site.paths == ["/robots.txt", "/tides"]


def test_robots_txt_is_kept_to_and_said(web):
    web.put("/robots.txt", b"User-agent: *\nDisallow: /private/\nCrawl-delay: 4\n")
    urls = [web.put("/private/a", a_page("A")), web.put("/open/b", a_page("B")), web.put("/open/c", a_page("C"))]

    web.studio.sources.add_addresses("\n".join(urls), ME)
    web.studio.work()

    assert web.outcomes() == [REFUSED, ADDED, ADDED]
    assert "robots.txt" in web.reasons()
    assert "/private/a" not in web.site.paths
    assert web.studio.slept == [1.0, 5.0]  # the clock stands still: a pause after robots.txt, then the one it asks for


def test_a_server_that_cannot_give_its_robots_txt_is_left_alone(web):
    web.site.pages["/robots.txt"] = Page(503)

    web.studio.sources.add_address(web.put("/a", a_page("A")), ME)
    web.studio.work()

    assert web.outcomes() == [REFUSED]
    assert web.site.paths == ["/robots.txt"]


def test_a_page_that_did_not_change_is_not_even_sent_again(web):
    url = web.put("/a", a_page("A"), ETag='"1"')
    web.studio.sources.add_address(url, ME)
    web.studio.work()

    web.studio.sources.sync(ME)
    web.studio.work()

    assert web.outcomes() == [UNCHANGED]
    assert len(web.studio.sources.listing(ME)) == 1
    assert web.studio.sources.listing(ME)[0].revision == 1


def test_a_server_without_versions_is_told_by_its_bytes(web):
    web.studio.sources.add_address(web.put("/a", a_page("A")), ME)
    web.studio.work()

    web.studio.sources.sync(ME)
    web.studio.work()

    assert web.outcomes() == [UNCHANGED]


def test_only_the_changed_passage_of_a_changed_page_is_embedded_again(web, embedder):
    counted = _Counting(embedder)
    studio = Studio(web.studio.stores, web.studio.folder / "counted", counted)
    with studio:
        other = Web(studio, web.site)
        url = other.put("/a", a_page("A"), ETag='"1"')
        studio.sources.add_address(url, ME)
        studio.work()
        before = {passage.id: passage for passage in studio.sources.passages(studio.sources.listing(ME)[0].id, ME)}
        first = counted.texts
        other.put("/a", a_page("A").replace(b"A 2. The tide", b"A 2. Mostly the tide"), ETag='"2"')

        studio.sources.sync(ME)
        studio.work()

        (source,) = studio.sources.listing(ME)
        after = {passage.id: passage for passage in studio.sources.passages(source.id, ME)}
        changed = [id_ for id_ in after if after[id_].digest != before[id_].digest]
        assert other.outcomes() == [UPDATED]
        assert (first, counted.texts - first) == (len(before), 1)
        assert (source.revision, source.state, list(after)) == (2, SourceState.READY, list(before))
        assert len(changed) == 1
        assert studio.sources.search("Mostly the tide", ME)[0].passage.id == changed[0]


def test_the_same_page_under_another_address_is_named_and_not_added_twice(web):
    web.studio.sources.add_address(web.put("/a", a_page("A")), ME)
    web.studio.work()
    same_bytes = web.put("/copy", a_page("A"))
    same_page = web.put("/b?x=1", a_page("A", "<p>More.</p>", f'<link rel=canonical href="{web.base}/a">'))

    web.studio.sources.add_addresses(f"{same_bytes}\n{same_page}", ME)
    web.studio.work()

    assert web.outcomes() == [DUPLICATE, UPDATED]
    assert "This is here already as S1 “A”" in web.reasons()
    assert len(web.studio.sources.listing(ME)) == 1


def test_a_page_cannot_pass_itself_off_as_one_of_another_site(web):
    web.studio.sources.add_address(web.put("/a", a_page("A")), ME)
    evil = a_page("Evil", head='<link rel="canonical" href="http://good.example/a">')

    web.studio.sources.add_address(web.put("/evil", evil), ME)
    web.studio.work()

    assert [source.canonical_url for source in web.studio.sources.listing(ME)] == [f"{web.base}/evil", f"{web.base}/a"]


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (Page(404), "answered with the status 404"),
        (Page(500), "answered with the status 500"),
        (Page(body=b"\x89PNG", headers={"Content-Type": "image/png"}), "holds image/png"),
        (Page(body=b"%PDF-1.7 no", headers=HTML), "holds a PDF"),
        (Page(body=b"words", headers={"Content-Type": "application/pdf"}), "is not a PDF"),
        (Page(body=b"", headers=HTML), "is empty"),
        (Page(body=b"x" * 6_000_001, headers=HTML), "larger than 6,000,000 bytes"),
        (Page(302, headers={"Location": "http://127.0.0.1:1/inside"}), "private network"),
        (Page(302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}), "private network"),
        (Page(302, headers={"Location": "file:///etc/passwd"}), "http://"),
        (Page(302, headers={"Location": "/a"}), "more than 3 times"),
    ],
)
def test_what_cannot_become_a_source_is_one_reason_and_the_others_go_on(web, page, says):
    web.site.pages["/a"] = page
    good = web.put("/good", a_page("Good"))

    job = web.studio.sources.add_addresses(f"{web.base}/a\n{good}", ME)
    assert web.studio.work() == []

    assert web.outcomes() == [REFUSED, ADDED]
    assert says in web.reasons()
    assert [source.title for source in web.studio.sources.listing(ME)] == ["Good"]
    assert web.studio.stores.jobs.job(job.id).state is JobState.DONE


def test_a_page_that_never_ends_is_given_up_when_its_time_is_over(web):
    web.site.pages["/a"] = Page(body=b"<html><p>", headers=HTML, endless=True)
    opened = web.studio.fetch

    def hurried(url, *, timeout, **rest):
        return opened(url, timeout=min(timeout, 0.3), **rest)

    web.studio.fetch = hurried
    web.studio.sources.add_address(f"{web.base}/a", ME)
    web.studio.work()

    assert web.outcomes() == [REFUSED]
    assert "took too long" in web.reasons()


def test_a_name_that_leads_into_the_own_network_is_refused_at_each_request(web, serve):
    inside = serve({"/a": Page(body=a_page("Secret"), headers=HTML)})
    answers = iter([["203.0.113.9", "127.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"]])
    web.studio.fetch = partial(fetch, resolver=lambda host, port: next(answers))

    web.studio.sources.add_addresses("\n".join(f"http://flips.example:{inside.port}/{n}" for n in "abc"), ME)
    web.studio.work()

    assert web.outcomes() == [REFUSED] * 3
    assert inside.asked == []


def test_an_address_of_the_own_network_is_refused_unless_it_was_opened(web):
    web.studio.fetch = fetch

    web.studio.sources.add_address(f"http://127.0.0.1:{web.site.port}/a", ME)
    web.studio.work()

    assert "private network" in web.reasons()
    assert web.site.asked == []


@pytest.mark.parametrize("text", ["", "  \n", "not an address", "ftp://x.example/a", "http://user@x.example/"])
def test_what_is_no_address_is_said_before_any_job_begins(web, text):
    with pytest.raises(UserMistake):
        web.studio.sources.add_addresses(text, ME)

    assert web.studio.sources.imports(ME) == []


def test_a_longer_list_than_the_limit_is_refused_with_both_numbers(web):
    with pytest.raises(UserMistake, match=r"These are 3 addresses; one import asks for 2"):
        web.studio.sources.add_addresses("http://a.example\nhttp://b.example\nhttp://c.example", ME, limit=2)


def sitemap_of(*urls: str, kind: str = "urlset", entry: str = "url") -> bytes:
    places = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return (
        f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</{kind}>'.encode()
    )


def test_a_sitemap_of_sitemaps_packed_and_plain_gives_its_own_sites_pages_up_to_the_limit(web):
    pages = [web.put(f"/{n}", a_page(f"Page {n}")) for n in range(5)]
    packed = web.put("/a.xml.gz", gzip.compress(sitemap_of(*pages[:2], "http://other.example/x")))
    plain = web.put("/b.txt", "\n".join(pages[1:]).encode())
    index = web.put("/sitemap.xml", sitemap_of(packed, plain, kind="sitemapindex", entry="sitemap"))

    web.studio.sources.add_sitemap(index, ME, limit=4)
    assert web.studio.work() == []

    assert web.outcomes() == [ADDED] * 4
    assert [row.place for row in web.studio.sources.imports(ME)[0].rows] == pages[:4]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html><body>no</body></html>", "is no sitemap"),
        (b"just words", "is no sitemap"),
        (b"<urlset", "can be read"),
        (b"\x1f\x8bbroken", "packed and broken"),
        (gzip.compress(b" " * 11_000_000), "too large"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>', "XML entities"),
        (sitemap_of("http://other.example/x"), "no pages of its own site"),
    ],
)
def test_a_bad_sitemap_ends_its_import_with_a_sentence(web, content, says):
    job = web.studio.sources.add_sitemap(web.put("/sitemap.xml", content), ME)

    (error,) = web.studio.work()

    assert says in error
    assert web.studio.stores.jobs.job(job.id).error == error
    assert says in web.reasons()


def test_a_stopped_import_keeps_what_it_has_and_goes_on_where_it_was(web):
    urls = [web.put(f"/{n}", a_page(f"Page {n}")) for n in range(3)]
    job = web.studio.sources.add_addresses("\n".join(urls), ME)
    ledger = web.studio.stores.jobs
    web.studio.run(ledger.claim("test", 1, 60)[0])
    ledger.stop(job.id)
    web.studio.work()
    assert web.outcomes() == [ADDED, None, None]

    ledger.resume(job.id)
    web.studio.work()

    assert web.outcomes() == [ADDED] * 3
    assert web.site.paths.count("/0") == 1


def test_what_was_refused_is_tried_again_alone_and_everything_is_looked_at_again_on_wish(web):
    good = web.put("/good", a_page("Good"))
    job = web.studio.sources.add_addresses(f"{good}\n{web.base}/late", ME)
    web.studio.work()
    web.put("/late", a_page("Late"))

    web.studio.sources.import_again(job.id, ME, only_refused=True)
    web.studio.work()
    assert [(row.place, row.outcome) for row in web.studio.sources.imports(ME)[0].rows] == [(f"{web.base}/late", ADDED)]

    web.studio.sources.import_again(job.id, ME)
    web.studio.work()
    assert web.outcomes() == [UNCHANGED, UNCHANGED]


def test_the_same_import_that_is_still_at_work_is_not_begun_twice(web):
    assert web.studio.sources.add_address(f"{web.base}/a", ME) == web.studio.sources.add_address(f"{web.base}/a#x", ME)


def test_imports_of_others_are_neither_listed_nor_repeated(web):
    job = web.studio.sources.add_address(f"{web.base}/a", ME)
    other = Actor("somebody else")

    assert web.studio.sources.imports(other) == []
    with pytest.raises(NotFound):
        web.studio.sources.import_again(job.id, other)
    with pytest.raises(UserMistake):
        web.studio.sources.sync(other)


def test_a_page_is_decoded_as_its_server_says(web):
    page = a_page("Cafés").decode().encode("iso-8859-15")
    web.site.pages["/a"] = Page(body=page, headers={"Content-Type": "text/html; charset=ISO-8859-15"})

    web.studio.sources.add_address(f"{web.base}/a", ME)
    web.studio.work()

    assert web.studio.sources.listing(ME)[0].title == "Cafés"


def test_a_file_behind_an_address_is_read_as_what_it_is(web):
    rows = b"Port,Year\nRiga,1879\n"
    web.site.pages["/ports.csv"] = Page(body=rows, headers={"Content-Type": "application/octet-stream"})

    web.studio.sources.add_address(f"{web.base}/ports.csv", ME)
    assert web.studio.work() == []

    (source,) = web.studio.sources.listing(ME)
    assert (source.kind, source.filename, source.url) == ("csv", "ports.csv", f"{web.base}/ports.csv")


class _Counting:
    """Counts the texts that are embedded by the embedder inside it."""

    def __init__(self, inner) -> None:
        self._inner = inner
        self.texts = 0

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def embed(self, texts):
        self.texts += len(texts)
        return self._inner.embed(texts)


def test_a_refusal_by_the_reader_leaves_the_page_failed_and_only_reading_is_done_again(web):
    web.put("/a", b"<html><body><nav>Home</nav></body></html>")
    web.studio.sources.add_address(f"{web.base}/a", ME)
    (error,) = web.studio.work()
    (source,) = web.studio.sources.listing(ME)
    assert (source.state, source.note) == (SourceState.FAILED, error)

    web.studio.sources.retry(source.id, ME)
    web.studio.work()

    assert web.site.paths == ["/robots.txt", "/a"]
    assert isinstance(SourceRefused(error), UserMistake)


@pytest.mark.parametrize("way", ["addresses", "sitemap"])
def test_what_is_fetched_for_a_collection_is_in_it_and_cut_as_it_says_from_the_start(web, way):
    small = web.studio.collections.add("Small", ME, cut=Cut(64))
    urls = [web.put(f"/{name}", a_page(name.upper())) for name in "ab"]
    if way == "addresses":
        web.studio.sources.add_addresses("\n".join(urls), ME, into=small.id)
    else:
        listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        web.studio.sources.add_sitemap(
            web.put("/sitemap.xml", f"<urlset>{listed}</urlset>".encode()), ME, into=small.id
        )
    assert web.studio.work() == []

    ids = [source.id for source in web.studio.sources.listing(ME)]
    assert web.studio.collections.members(small.id, ME) == sorted(ids)
    assert len(ids) == 2
    assert not web.studio.stores.jobs.jobs(ME.user, kind=RECUT_KIND)
    for passage in (passage for id_ in ids for passage in web.studio.sources.passages(id_, ME)):
        assert len(passage.text.split()) <= 64


def test_a_page_that_is_here_already_joins_the_collection_that_it_is_fetched_for_and_so_does_the_import_again(web):
    url = web.put("/a", a_page("A"))
    web.studio.sources.add_address(url, ME)
    web.studio.work()
    shelf = web.studio.collections.add("Shelf", ME)
    job = web.studio.sources.add_addresses(url, ME, into=shelf.id)
    web.studio.work()
    (member,) = web.studio.collections.members(shelf.id, ME)

    web.studio.collections.leave(shelf.id, [member], ME)
    web.studio.sources.import_again(job.id, ME)
    web.studio.work()
    assert web.studio.collections.members(shelf.id, ME) == [member]


def test_a_collection_that_is_gone_or_anothers_when_the_page_comes_is_passed_over(web):
    theirs = web.studio.collections.add("Theirs", Actor("somebody else"))
    gone = web.studio.collections.add("Gone", ME)
    for into, name in ((theirs.id, "a"), (gone.id, "b")):
        web.studio.sources.add_addresses(web.put(f"/{name}", a_page(name)), ME, into=into)
    web.studio.collections.delete(gone.id, ME)

    assert web.studio.work() == []
    assert len(web.studio.sources.listing(ME)) == 2
    assert web.studio.collections.members(theirs.id, Actor("somebody else")) == []
