"""What is sent, what is asked about, and what a preview says."""

import base64
import json
from datetime import UTC, datetime

import pytest

from tests.services.publishing.desk import BY, Desk
from tests.support.site_server import Fault, GhostSite, Site
from writer.domain.actors import Actor
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.domain.publishing import GONE, Stage
from writer.services.publishing import Wishes


@pytest.fixture
def desk(desk_anywhere: Desk) -> Desk:
    return desk_anywhere


LATER = datetime(2040, 5, 4, 8, 0, tzinfo=UTC)
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"pixel").decode()
SOMEBODY = Actor("somebody else")


def body(post: dict) -> str:
    return str(post.get("content") or post.get("html") or "")


def excerpt(post: dict) -> str:
    return str(post.get("excerpt") or post.get("custom_excerpt") or "")


def tags(site: Site, post: dict) -> list[str]:
    if isinstance(site, GhostSite):
        return [tag["name"] for tag in post["tags"]]
    return [site.tags[id_] for id_ in post["tags"]]  # type: ignore[attr-defined]  # WordPress alone has them apart


def test_everything_that_was_wished_reaches_the_site(desk: Desk, site: Site) -> None:
    draft = desk.draft()

    desk.sent(
        draft.id,
        title="Of “tides” & men",
        slug="tides",
        excerpt="In short.",
        tags=("Sea", "R&D"),
        stage=Stage.SCHEDULED,
        at=LATER,
    )

    (post,) = site.live
    assert (post["title"], post["slug"], excerpt(post)) == ("Of “tides” & men", "tides", "In short.")
    assert tags(site, post) == ["Sea", "R&D"]
    assert post["status"] in ("future", "scheduled")
    assert (post.get("date_gmt") or post.get("published_at"))[:19] == "2040-05-04T08:00:00"
    assert "<strong>bold</strong>" in body(post)


def test_tags_that_the_site_has_are_used_and_not_made_again(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    desk.sent(draft.id, tags=("Sea",))
    desk.sent(draft.id, tags=("Sea", "Moon"))

    assert tags(site, site.live[0]) == ["Sea", "Moon"]
    assert len(getattr(site, "tags", {})) in (0, 2)


def test_no_script_and_no_mark_of_ours_is_sent(desk: Desk, site: Site) -> None:
    desk.sent(desk.draft().id)

    sent = b"".join(request.body for request in site.requests).decode()
    assert "<script" not in sent
    assert "javascript:" not in sent
    assert "alert(1)" in body(site.live[0])  # as text
    assert "writer-mark" not in json.dumps(site.live)


def test_pictures_are_uploaded_once_and_the_post_shows_them_from_the_site(desk: Desk, site: Site) -> None:
    dot = f"![A dot](data:image/png;base64,{PIXEL})"
    draft = desk.draft(text=f"Look: {dot} and again {dot}")

    desk.sent(draft.id)
    desk.sent(draft.id, title="Again")

    ((name, content),) = site.files.items()
    assert content == base64.b64decode(PIXEL)
    assert body(site.live[0]).count(f"{site.url}/") == 2
    assert name in body(site.live[0])
    assert "data:" not in body(site.live[0])
    assert len([request for request in site.requests if b"pixel" in request.body]) == 1


def test_a_preview_says_what_would_be_sent_and_sends_nothing(desk: Desk, site: Site) -> None:
    draft = desk.draft(text=f"![far](https://far.example/x.png) ![](data:image/png;base64,{PIXEL})")

    preview = desk.publishing.preview(draft.id, "my site", BY, Wishes(tags=("Sea",)))

    assert preview.is_new
    assert (preview.post.slug, preview.post.stage, preview.post.tags) == ("on-tides", Stage.DRAFT, ("Sea",))
    assert [picture.kind for picture in preview.pictures] == ["png"]
    assert preview.linked == ("https://far.example/x.png",)
    assert site.requests == []


def test_the_preview_of_an_update_names_each_change_and_asks_the_site(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    desk.sent(draft.id, tags=("Sea",))
    asked = len(site.requests)

    same = desk.publishing.preview(draft.id, desk.site.id, BY, Wishes(tags=("Sea",)))
    wishes = Wishes(title="New", excerpt="Short", stage=Stage.PUBLISHED)
    other = desk.publishing.preview(draft.id, desk.site.id, BY, wishes)

    assert same.changes == ()
    assert {change.field: change.after for change in other.changes} == {
        "title": "New",
        "excerpt": "Short",
        "tags": "",
        "state": "published",
        "text": "as it is in the draft now",
    }
    assert {request.method for request in site.requests[asked:]} == {"GET"}


def test_a_change_on_the_site_is_never_overwritten_unasked(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    desk.sent(draft.id)
    id_ = str(site.live[0]["id"])
    site.edit(id_, title="Corrected at the site")

    job = desk.tried(draft.id, title="Mine")
    preview = desk.publishing.preview(draft.id, desk.site.id, BY, Wishes(title="Mine"))

    assert "Somebody changed the post on the site" in job.error
    assert site.live[0]["title"] == "Corrected at the site"
    assert preview.overwrite
    assert preview.there is not None
    assert preview.there.title == "Corrected at the site"
    desk.sent(draft.id, title="Mine", overwrite=preview.overwrite)
    assert [post["title"] for post in site.live] == ["Mine"]


def test_giving_up_one_change_does_not_give_up_the_next(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    desk.sent(draft.id)
    id_ = str(site.live[0]["id"])
    site.edit(id_, title="First")
    seen = desk.publishing.preview(draft.id, desk.site.id, BY).overwrite
    site.edit(id_, title="Second")

    job = desk.tried(draft.id, overwrite=seen)

    assert "nothing was overwritten" in job.error
    assert site.live[0]["title"] == "Second"


def test_a_change_in_form_alone_is_a_change_too(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    desk.sent(draft.id)
    site.edit(str(site.live[0]["id"]), slug="better-address")

    assert "nothing was overwritten" in desk.tried(draft.id).error


def test_a_post_that_is_gone_there_is_asked_about_and_then_sent_as_a_new_one(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    gone = desk.sent(draft.id).remote_id
    site.posts.clear()

    job = desk.tried(draft.id)
    preview = desk.publishing.preview(draft.id, desk.site.id, BY)

    assert "not on the site any more" in job.error
    assert (preview.overwrite, preview.is_new, site.live) == (GONE, True, [])
    desk.sent(draft.id, overwrite=GONE)
    assert [post["slug"] for post in site.live] == ["on-tides"]
    assert gone


def test_an_update_leaves_the_state_to_the_site(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    desk.sent(draft.id, stage=Stage.PUBLISHED)

    publication = desk.sent(draft.id)

    assert publication.stage is Stage.PUBLISHED
    assert site.live[0]["status"].startswith("publish")


def test_a_taken_address_is_the_sites_to_decide_and_is_kept(desk: Desk, site: Site) -> None:
    desk.sent(desk.draft().id, stage=Stage.PUBLISHED)

    second = desk.sent(desk.draft().id, stage=Stage.PUBLISHED)

    assert second.slug == "on-tides-2"
    assert len(site.live) == 2


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(slug="Über alles"), "small letters"),
        (Wishes(slug="writer-mark-1"), "small letters"),
        (Wishes(title=" "), "title"),
        (Wishes(excerpt="x" * 301), "300 at most"),
        (Wishes(tags=("x" * 61,)), "60 characters"),
        (Wishes(stage=Stage.SCHEDULED), "needs one"),
        (Wishes(stage=Stage.SCHEDULED, at=LATER.replace(tzinfo=None)), "time zone"),
        (Wishes(stage=Stage.SCHEDULED, at=LATER.replace(year=2001)), "is over"),
        (Wishes(stage=Stage.PUBLISHED, at=LATER), "scheduled"),
    ],
)
def test_what_no_site_takes_is_refused_unsent(desk: Desk, site: Site, wishes: Wishes, says: str) -> None:
    draft = desk.draft()

    with pytest.raises(UserMistake, match=says):
        desk.publishing.publish(draft.id, desk.site.id, BY, wishes)

    assert site.requests == []


def test_a_draft_without_text_and_one_that_has_changed_since_are_refused(desk: Desk) -> None:
    with pytest.raises(UserMistake, match="no text"):
        desk.publishing.publish(desk.drafts.begin("Empty", BY).id, desk.site.id, BY)
    draft = desk.draft()
    with pytest.raises(EditConflict):
        desk.publishing.publish(draft.id, desk.site.id, BY, revision=draft.revision - 1)


def test_others_see_neither_site_nor_draft_nor_publication(desk: Desk) -> None:
    draft = desk.draft()
    publication = desk.sent(draft.id)

    assert desk.sites.listing(SOMEBODY) == []
    for ask in (
        lambda: desk.sites.get(desk.site.id, SOMEBODY),
        lambda: desk.sites.test(desk.site.id, SOMEBODY),
        lambda: desk.sites.remove(desk.site.id, SOMEBODY),
        lambda: desk.publishing.get(publication.id, SOMEBODY),
        lambda: desk.publishing.of_draft(draft.id, SOMEBODY),
        lambda: desk.publishing.preview(draft.id, desk.site.id, SOMEBODY),
        lambda: desk.publishing.publish(draft.id, desk.site.id, SOMEBODY),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_site_that_was_removed_says_so_and_its_secret_is_gone(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    site.faults.append(Fault("GET", "/posts", 400))
    job = desk.tried(draft.id)
    desk.sites.remove(desk.site.id, BY)
    desk.jobs.resume(job.id, BY)

    assert "not set up any more" in desk.over(job.id).error
    assert desk.stores.settings.secret(BY.user, f"publishing:{desk.site.id}") == ""


def test_the_test_says_who_is_known_or_that_the_secret_is_refused(desk: Desk) -> None:
    assert desk.sites.test(desk.site.id, BY).ok
    desk.sites.renew(desk.site.id, BY, "64f0c1d2e3a4b5c6d7e8f901:" + "ff" * 32)

    tried = desk.sites.test(desk.site.id, BY)

    assert not tried.ok
    assert "credentials were refused" in tried.sentence
