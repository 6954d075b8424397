import pytest

from writer.domain.actors import LOCAL_ACTOR


def text_of(client, draft_id):
    answer = client.get(f"/drafts/{draft_id}/text")
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["revision"]}"'
    return answer.json()


def put(client, draft_id, revision, text, **more):
    return client.put(f"/drafts/{draft_id}/text", json={"text": text, **more}, headers={"If-Match": f'"{revision}"'})


@pytest.fixture
def there(written):
    return text_of(written.client, written.draft_id)


def test_the_text_comes_with_what_an_editor_shows_beside_it(written, there):
    assert "## " in there["text"]
    assert there["target"] == 300
    assert there["citations"]
    cited = next(iter(there["citations"].values()))
    assert cited["title"] == "Tides"
    assert set(cited) == {"number", "title", "published", "page", "quote"}
    keys = [s.key for s in written.app.drafts.open(written.draft_id, LOCAL_ACTOR).sections]
    assert [section["key"] for section in there["sections"]] == keys


def test_an_unchanged_text_changes_nothing(written, there):
    versions = len(written.client.get(f"/drafts/{written.draft_id}/versions").json())

    saved = put(written.client, written.draft_id, there["revision"], there["text"] + "\n\n", title=there["title"])

    assert saved.json()["revision"] == there["revision"]
    assert len(written.client.get(f"/drafts/{written.draft_id}/versions").json()) == versions


def test_an_edit_is_the_persons_and_leaves_the_other_sections_alone(written, there):
    before = written.app.drafts.open(written.draft_id, LOCAL_ACTOR)
    last = before.sections[-1]

    saved = put(written.client, written.draft_id, there["revision"], there["text"] + "\n\nMy own end. 🙂").json()

    after = written.app.drafts.open(written.draft_id, LOCAL_ACTOR)
    assert saved["revision"] == there["revision"] + 1 == after.revision
    assert after.sections[:-1] == before.sections[:-1]
    assert after.sections[-1].key == last.key
    assert after.sections[-1].text.endswith("My own end. 🙂")
    assert written.app.drafts.versions(written.draft_id, LOCAL_ACTOR)[0].origin.kind == "person"


def test_a_section_filled_by_hand_is_no_gap_any_more(written, there):
    put(written.client, written.draft_id, there["revision"], there["text"] + "\n\n## New\n\nText.", title="Renamed")

    now = text_of(written.client, written.draft_id)
    assert now["title"] == "Renamed"
    assert now["sections"][-1]["heading"] == "New"
    assert (now["sections"][-1]["gap"], now["sections"][-1]["empty"]) == (None, False)


def test_an_outdated_revision_is_told_what_is_there_now(written, there):
    first = put(written.client, written.draft_id, there["revision"], there["text"] + "\n\nFirst.").json()

    second = put(written.client, written.draft_id, there["revision"], there["text"] + "\n\nSecond.")

    assert second.status_code == 412
    assert second.json()["revision"] == first["revision"]
    assert second.json()["text"].endswith("First.")
    assert second.headers["etag"] == f'"{first["revision"]}"'
    assert text_of(written.client, written.draft_id)["text"].endswith("First.")


def test_without_a_revision_nothing_is_saved(written, there):
    answer = written.client.put(f"/drafts/{written.draft_id}/text", json={"text": "Gone."})

    assert answer.status_code == 428
    assert text_of(written.client, written.draft_id) == there


def test_another_web_page_may_not_write_into_a_draft(written, there):
    headers = {"If-Match": f'"{there["revision"]}"', "Origin": "http://evil.example"}
    answer = written.client.put(f"/drafts/{written.draft_id}/text", json={"text": "Gone."}, headers=headers)

    assert answer.status_code == 403
    assert text_of(written.client, written.draft_id) == there


def test_whoever_has_the_newest_text_is_not_sent_it_again(written, there):
    address = f"/drafts/{written.draft_id}/text"
    again = written.client.get(address, headers={"If-None-Match": f'"{there["revision"]}"'})
    older = written.client.get(address, headers={"If-None-Match": '"1"'})

    assert (again.status_code, again.content) == (304, b"")
    assert older.status_code == 200


def test_no_such_draft_is_said_in_words(client):
    assert client.get("/drafts/nothing/text").json()["detail"] == "There is no such draft."
