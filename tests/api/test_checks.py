"""Checks of text as it is typed, and the style guide, over HTTP."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TYPED = "🌊 We saw the the pier.\n\n## Tides\n\nWe utilise it."
PATIENT = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def checks(written, **body):
    return written.client.post(f"/drafts/{written.draft_id}/checks", json=body)


def of(report, check):
    return [finding for finding in report["findings"] if finding["check"] == check]


@pytest.fixture
def guide(written):
    """As it was before, for the tests behind this one."""
    yield lambda **body: written.client.put("/style-guide", json=body)
    written.client.put("/style-guide", json={})


def test_text_is_checked_as_it_is_typed_and_saved_nowhere(written):
    before = written.client.get(f"/drafts/{written.draft_id}/text").json()

    report = checks(written, text=TYPED, title="Tides").json()

    (twice,) = of(report, "repetition")
    assert twice["quote"] == "the the"
    assert TYPED[twice["start"] : twice["end"]] == "the the"
    assert TYPED.encode("utf-16-le")[2 * twice["start16"] :][: 2 * twice["length16"]].decode("utf-16-le") == "the the"
    assert twice["fix"] == {"old": "the the", "new": "the"}
    assert written.client.get(f"/drafts/{written.draft_id}/text").json() == before


def test_the_saved_draft_is_checked_where_no_text_is_sent(written):
    report = checks(written).json()

    assert report["words"] > 50
    assert {family["family"] for family in report["families"]} >= {
        "readability",
        "seo",
        "prose",
        "machine",
        "citations",
    }
    assert report["structured"][0]["@type"] == "Article"


def test_one_section_is_checked_alone(written):
    key = written.client.get(f"/drafts/{written.draft_id}").json()["sections"][0]["key"]

    report = checks(written, section=key, text="We saw the the pier.").json()

    assert [finding["section"] for finding in of(report, "repetition")] == [key]
    assert checks(written, section="no-such").status_code == 404


def test_a_style_guide_is_kept_and_the_checks_go_by_it(written, guide):
    saved = guide(preferred=[{"unwanted": "utilise", "wanted": " use "}], banned=["pier"], variety="en-GB").json()

    assert saved["preferred"] == [{"unwanted": "utilise", "wanted": "use"}]
    assert written.client.get("/style-guide").json() == saved
    assert any("use" in rule for rule in saved["rules"])
    report = checks(written, text=TYPED).json()
    assert [finding["fix"]["new"] for finding in of(report, "terms")] == ["use"]
    assert len(of(report, "banned")) == 1


def test_a_finding_can_be_ignored_and_heeded_again(written, guide):
    one = {"check": "repetition", "text": "The  the"}

    assert written.client.post("/style-guide/ignored", json=one).status_code == 200
    assert of(checks(written, text=TYPED).json(), "repetition") == []
    written.client.post("/style-guide/ignored", json={**one, "ignored": False})
    assert len(of(checks(written, text=TYPED).json(), "repetition")) == 1
    guide()


@pytest.mark.parametrize(
    "body",
    [
        {"variety": "en-AU"},
        {"banned": [""]},
        {"banned": ["x\ny"]},
        {"banned": ["x" * 101]},
        {"preferred": [{"unwanted": "a"}]},
        {"oxford_comma": True},
        {"more": 1},
        {"banned": ["x"] * 501},
    ],
)
def test_a_guide_that_cannot_be_is_refused_and_changes_nothing(written, body):
    before = written.client.get("/style-guide").json()

    answer = written.client.put("/style-guide", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert written.client.get("/style-guide").json() == before


def test_a_draft_that_does_not_exist_is_not_found(written):
    assert written.client.post(f"/drafts/{'0' * 32}/checks", json={}).status_code == 404


@PATIENT
@given(text=st.text(max_size=400), title=st.text(max_size=50))
def test_any_text_at_all_is_checked(written, text, title):
    answer = checks(written, text=text, title=title)

    assert answer.status_code in (200, 422), answer.text


def test_the_pass_over_a_draft_applies_the_style_guide(written, guide):
    guide(preferred=[{"unwanted": "utilise", "wanted": "use"}])
    body = {"id": "style-pass-1", "pass": "style-guide", "text": "We utilise the pier."}

    answer = written.client.post(f"/drafts/{written.draft_id}/passes", json=body)

    lines = [json.loads(line) for line in answer.text.splitlines()]
    hunks = [hunk for line in lines if line["type"] == "hunks" for hunk in line["hunks"]]
    assert [(hunk["old"], hunk["new"]) for hunk in hunks] == [("utilise", "use")]


def test_a_draft_is_checked_by_the_guide_that_was_chosen_for_it(written):
    client = written.client
    guide = client.post("/style-guides", json={"name": "House style"}).json()["id"]
    client.put(f"/style-guide?guide={guide}", json={"banned": ["synergy"]})
    assert of(checks(written, text="We like synergy.").json(), "banned") == []

    assert client.put(written.path("/drafts/{draft}/style-guide"), json={"guide": guide}).json()["guide"] == guide
    assert len(of(checks(written, text="We like synergy.").json(), "banned")) == 1
    assert client.patch(f"/style-guides/{guide}", json={"name": "Ours"}).json() == {"id": guide, "name": "Ours"}
    assert [one["name"] for one in client.get("/style-guides").json()] == ["My style guide", "Ours"]

    assert client.delete(f"/style-guides/{guide}").status_code == 204
    assert of(checks(written, text="We like synergy.").json(), "banned") == []
    assert client.get(f"/style-guide?guide={guide}").status_code == 404
