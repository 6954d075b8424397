from tests.api.conftest import Written


def test_the_claims_of_a_draft_have_status_reasons_and_the_source_sentence(written: Written):
    answer = written.client.get(f"/drafts/{written.draft_id}/claims")

    body = answer.json()
    assert answer.status_code == 200
    assert sum(body["counts"].values()) == len(body["claims"]) > 0
    cited = next(claim for claim in body["claims"] if claim["passage_ids"])
    assert (cited["status"], cited["reasons"]) == ("supported", [])
    assert cited["quote"]
    draft = written.client.get(f"/drafts/{written.draft_id}").json()
    section = next(s for s in draft["sections"] if s["key"] == cited["section"])
    assert section["text"][cited["start"] : cited["end"]] == cited["sentence"]


def test_a_draft_that_is_not_there_has_none(written: Written):
    assert written.client.get("/drafts/nothing/claims").status_code == 404
