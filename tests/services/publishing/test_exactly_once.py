"""Whatever happens on the way, the post is on the site once."""

import pytest

from tests.services.publishing.desk import BY, Desk
from tests.support.site_server import Answer, Fault, GhostSite, Site
from writer.domain.publishing import MARK, Stage


def update_method(site: Site) -> str:
    return "PUT" if isinstance(site, GhostSite) else "POST"


def test_a_draft_is_created_and_then_updated_and_is_there_once(desk_anywhere: Desk, site: Site) -> None:
    desk = desk_anywhere
    draft = desk.draft()

    first = desk.sent(draft.id)
    second = desk.sent(draft.id, title="On tides, again", stage=Stage.PUBLISHED)

    (post,) = site.live
    assert (post["title"], post["slug"], post["status"][:7]) == ("On tides, again", "on-tides", "publish")
    assert first.remote_id == second.remote_id == str(post["id"])
    assert (first.stage, second.stage, second.url) == (Stage.DRAFT, Stage.PUBLISHED, f"{site.url}/on-tides/")
    assert desk.drafts.open(draft.id, BY).state == "published"


FAULTS = [503, 500, 429, "refused", "silent", "lost", "cut", "stored_silent"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_creation_with_a_fault_makes_one_post(desk: Desk, site: Site, fault: str | int) -> None:
    draft = desk.draft()
    site.faults.append(Fault("POST", "/posts", fault))

    desk.sent(draft.id)

    assert [post["slug"] for post in site.live] == ["on-tides"]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_update_with_a_fault_leaves_one_post_with_the_new_text(desk: Desk, site: Site, fault: str | int) -> None:
    draft = desk.draft()
    desk.sent(draft.id)
    id_ = str(site.live[0]["id"])
    site.faults.append(Fault(update_method(site), id_, fault))

    desk.sent(draft.id, title="Another title")

    assert [post["title"] for post in site.live] == ["Another title"]


def test_a_creation_that_arrives_late_leaves_no_copy(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    site.faults.append(Fault("POST", "/posts", "late"))
    released = []

    def arrive_before_the_copies_are_looked_for(request):  # the update is under way: the late creation arrives now
        if request.method == update_method(site) and not request.path.rstrip("/").endswith("posts") and not released:
            released.append(site.released.set())
        return

    site.override = arrive_before_the_copies_are_looked_for
    desk.sent(draft.id)
    desk.sent(draft.id)  # the late one has certainly arrived by then

    assert len([r for r in site.requests if r.method == "POST" and r.path.rstrip("/").endswith("posts")]) == 2
    assert [post["slug"] for post in site.live] == ["on-tides"]


def test_a_site_that_is_down_fails_the_job_and_the_next_one_finds_what_was_created(
    desk_anywhere: Desk, site: Site
) -> None:
    desk = desk_anywhere
    draft = desk.draft()
    site.faults.append(Fault("POST", "/posts", "lost"))
    site.override = lambda request: Answer({}, 400) if site.posts and request.method == "GET" else None

    job = desk.tried(draft.id)
    assert (job.state, len(site.live), desk.publication(draft.id).remote_id) == ("failed", 1, "")
    site.override = lambda request: None

    assert desk.sent(draft.id).remote_id == str(site.live[0]["id"])
    assert len(site.live) == 1


def test_two_that_ask_at_once_get_one_job(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    site.faults.append(Fault("GET", "/posts", "silent"))

    first = desk.publishing.publish(draft.id, desk.site.id, BY)
    second = desk.publishing.publish(draft.id, desk.site.id, BY)
    site.released.set()
    desk.over(first.job_id)

    assert first.job_id == second.job_id
    assert len(site.live) == 1


def test_stopped_before_it_is_sent_nothing_is_there_and_going_on_sends_it_once(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    site.faults.append(Fault("GET", "/posts", "silent"))

    publication = desk.publishing.publish(draft.id, desk.site.id, BY)
    desk.jobs.stop(publication.job_id, BY)
    desk.over(publication.job_id)
    assert site.live == []
    site.released.set()
    desk.jobs.resume(publication.job_id, BY)

    assert desk.over(publication.job_id).state == "done"
    assert [post["slug"] for post in site.live] == ["on-tides"]


def test_an_older_job_that_is_resumed_does_nothing_any_more(desk: Desk, site: Site) -> None:
    draft = desk.draft()
    site.faults += [Fault("GET", "/posts", 400)]
    old = desk.tried(draft.id, title="Old")
    assert old.state == "failed"
    desk.sent(draft.id, title="New")

    desk.jobs.resume(old.id, BY)

    assert "sent to the site anew" in desk.over(old.id).error
    assert [post["title"] for post in site.live] == ["New"]


def test_the_mark_never_stays_as_an_address(desk: Desk, site: Site) -> None:
    desk.sent(desk.draft().id, slug="of-my-own")

    assert [post["slug"] for post in site.live] == ["of-my-own"]
    assert not any(str(post["slug"]).startswith(MARK) for post in site.live)
