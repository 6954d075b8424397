import pytest

from writer.domain.actors import LOCAL_ACTOR


@pytest.fixture
def draft(written):
    """Its path."""
    return f"/drafts/{written.draft_id}"


def typed(written, *texts):
    """Each saved as the first section's text; returns the section's key."""
    section = written.app.drafts.open(written.draft_id, LOCAL_ACTOR).sections[0]
    for text in texts:
        revision = written.app.drafts.open(written.draft_id, LOCAL_ACTOR).revision
        answer = written.client.put(
            f"/drafts/{written.draft_id}/sections/{section.key}",
            json={"text": text},
            headers={"If-Match": f'"{revision}"'},
        )
        assert answer.status_code == 200
    return section.key


def test_versions_come_in_parts_and_by_origin(written, draft):
    typed(written, "One.", "Two.", "Three.")

    first = written.client.get(f"{draft}/versions", params={"limit": 2})
    total = int(first.headers["X-Total-Count"])
    rest = written.client.get(f"{draft}/versions", params={"limit": 500, "offset": 2})
    mine = written.client.get(f"{draft}/versions", params={"origin": ["person", "restored"]})
    sittings = written.client.get(f"{draft}/sittings", params={"limit": 1}).json()

    assert [v["number"] for v in first.json() + rest.json()] == list(range(total, 0, -1))
    assert [v["origin"]["kind"] for v in mine.json()] == ["person"] * 3
    assert (sittings[0]["newest"]["number"], sittings[0]["count"]) == (total, 3)
    assert written.client.get(f"{draft}/versions", params={"origin": "nobody"}).status_code == 422
    assert written.client.get(f"{draft}/versions", params={"limit": 501}).status_code == 422


def test_a_version_is_named_compared_and_restored(written, draft):
    key = typed(written, "The moon pulls the water.", "The moon pulls the sea.")
    newest = written.client.get(f"{draft}/versions").json()[0]["number"]

    named = written.client.patch(f"{draft}/versions/{newest - 1}", json={"name": "For Ada"}).json()
    found = written.client.get(f"{draft}/compare", params={"from": newest - 1, "to": newest}).json()
    restored = written.client.post(f"{draft}/versions/{newest - 1}/restore", json={"section": key})
    again = written.client.get(f"{draft}/compare", params={"from": newest - 1}).json()
    whole = written.client.post(f"{draft}/versions/{newest}/restore", json={})

    assert (named["name"], written.client.get(f"{draft}/versions/{newest - 1}").json()["summary"]["name"]) == (
        "For Ada", "For Ada",
    )  # fmt: skip
    (changed,) = [section for section in found["sections"] if section["change"] != "same"]
    assert changed["pieces"] == [["=", "The moon pulls the "], ["-", "water"], ["+", "sea"], ["=", "."]]
    assert restored.json()["sections"][0]["text"] == "The moon pulls the water."
    assert again["same"]
    assert whole.json()["sections"][0]["text"] == "The moon pulls the sea."
    assert written.client.post(f"{draft}/versions/9999/restore", json={}).status_code == 404
    assert written.client.get(f"{draft}/compare", params={"from": 1, "to": 9999}).status_code == 404


def test_a_variant_gives_a_section_back(written, draft):
    key = typed(written, "One.")
    variant = written.client.post(f"{draft}/branch", json={"title": "Bolder"})
    assert variant.status_code == 201
    there = variant.json()
    written.client.put(
        f"/drafts/{there['id']}/sections/{key}", json={"text": "Bolder."}, headers={"If-Match": variant.headers["ETag"]}
    )

    listed = written.client.get(f"{draft}/variants").json()
    parent = written.client.get(f"/drafts/{there['id']}/variants").json()["parent"]
    merged = written.client.post(f"{draft}/merge", json={"draft": there["id"], "section": key})

    assert [v["title"] for v in listed["variants"]] == ["Bolder"]
    assert parent["parent_id"] == written.draft_id
    assert merged.json()["sections"][0]["text"] == "Bolder."


def test_each_sentence_has_its_origin(written, draft):
    typed(written, "My own sentence.")

    found = written.client.get(f"{draft}/origins").json()

    mine, *others = found["sentences"]
    assert mine["text"] == "My own sentence."
    assert found["versions"][str(mine["version"])]["origin"]["kind"] == "person"
    assert {found["versions"][str(other["version"])]["origin"]["kind"] for other in others} == {"generated"}
