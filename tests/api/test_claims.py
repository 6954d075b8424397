from tests.api.conftest import TIDES, Written
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR


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


def test_a_document_that_changed_flags_the_sentences_that_rest_on_it(app, client, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "tides.md").write_text(TIDES)
    (notes / "mills.md").write_text("# Mills\n\nA tide mill grinds grain. The miller waits for the ebb, twice a day.\n")
    started = client.post("/imports", json={"folder": str(notes)}).json()
    _ended(app, started)
    job = client.post("/articles", json={"topic": "How tides work", "words": 300, "route": "built-in"}).json()
    list(app.jobs.follow(job["id"], LOCAL_ACTOR))
    before = client.get(f"/drafts/{job['draft_id']}/claims").json()["claims"]
    assert all(claim["changed_passages"] == [] for claim in before)

    (notes / "tides.md").write_text(TIDES.replace("seven days", "nine days"))
    _ended(app, client.post(f"/imports/{started['id']}/again").json())

    after = client.get(f"/drafts/{job['draft_id']}/claims").json()["claims"]
    flagged = [claim for claim in after if claim["changed_passages"]]
    (passage,) = {id_ for claim in flagged for id_ in claim["changed_passages"]}
    assert all(passage in claim["passage_ids"] for claim in flagged)
    assert f"The passage {passage} has changed since: read it again." in flagged[0]["reasons"]
    untouched = [claim for claim in after if passage not in claim["passage_ids"]]
    assert all(claim["changed_passages"] == [] for claim in untouched)


def _ended(app: App, started: dict[str, object]) -> None:
    list(app.jobs.follow(str(started["id"]), LOCAL_ACTOR))
    for source in app.sources.listing(LOCAL_ACTOR):
        job = app.jobs.for_source(source.id, LOCAL_ACTOR)
        assert job is not None
        list(app.jobs.follow(job.id, LOCAL_ACTOR))
