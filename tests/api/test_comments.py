from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief

TEXT = "It begins here. 😀\n\n## Tides\n\nThe moon pulls the water."


def written(app) -> str:
    draft = app.drafts.begin("Tides", LOCAL_ACTOR)
    return app.drafts.save_text(draft.id, draft.revision, LOCAL_ACTOR, title="Tides", text=TEXT).id


def test_a_comment_is_made_answered_resolved_and_deleted(app, client):
    here = f"/drafts/{written(app)}/comments"
    reply = client.post(here, json={"quote": "The moon", "body": "Only it?", "prefix": "", "suffix": " pulls"})
    assert reply.status_code == 201
    one = reply.json()
    assert (one["quote"], one["body"], one["resolved"], one["replies"]) == ("The moon", "Only it?", False, [])
    assert "owner_id" not in one

    assert client.post(f"{here}/{one['id']}/replies", json={"body": "The sun, too."}).status_code == 201
    assert client.patch(f"{here}/{one['id']}", json={"resolved": True}).json()["resolved"] is True
    (listed,) = client.get(here).json()
    assert listed["resolved"] is True
    assert [said["body"] for said in listed["replies"]] == ["The sun, too."]
    assert client.delete(f"{here}/{one['id']}").status_code == 204
    assert client.get(here).json() == []


def test_a_place_counts_as_a_browser_does_in_the_draft_as_one_text(app, client):
    here = f"/drafts/{written(app)}"
    client.post(f"{here}/comments", json={"quote": "The moon", "body": "Only it?"})

    (one,) = client.get(f"{here}/comments").json()
    text = client.get(f"{here}/text").json()["text"].encode("utf-16-le")
    assert text[2 * one["at16"] :][: 2 * one["length16"]].decode("utf-16-le") == one["text"] == "The moon"
    assert one["exact"] is True


def test_a_comment_on_text_that_is_not_saved_yet_waits_for_it(app, client):
    here = f"/drafts/{written(app)}"
    client.post(f"{here}/comments", json={"quote": "brand-new words", "body": "Good?"})

    (one,) = client.get(f"{here}/comments").json()
    assert (one["at16"], one["quote"]) == (None, "brand-new words")
    client.put(f"{here}/text", json={"text": f"{TEXT} These are brand-new words."}, headers={"If-Match": "*"})
    assert client.get(f"{here}/comments").json()[0]["text"] == "brand-new words"


def test_comments_of_others_are_not_there_and_bad_ones_are_refused(app, client):
    theirs = app.drafts._drafts.create("bert", Brief("Tides"), "Tides").id
    mine = written(app)

    assert client.get(f"/drafts/{theirs}/comments").status_code == 404
    assert client.post(f"/drafts/{theirs}/comments", json={"quote": "a", "body": "b"}).status_code == 404
    assert client.patch(f"/drafts/{mine}/comments/none", json={"resolved": True}).status_code == 404
    assert client.post(f"/drafts/{mine}/comments", json={"quote": " ", "body": "b"}).status_code in (400, 422)
    assert client.post(f"/drafts/{mine}/comments", json={"quote": "x" * 30_000, "body": "b"}).status_code == 422
