from tests.api.conftest import add_tides
from writer.domain.actors import LOCAL_ACTOR

WHEN = "When do neap tides follow the spring tides?"


def asked(app, client, **body):
    """(the answer to the request, the question once its job is over)"""
    answer = client.post("/questions", json={"question": WHEN, **body})
    list(app.jobs.follow(answer.json()["job_id"], LOCAL_ACTOR))
    return answer, client.get(f"/questions/{answer.json()['id']}").json()


def test_a_question_is_taken_on_answered_and_looked_up(app, client):
    add_tides(app, client)
    answer, question = asked(app, client)

    assert answer.status_code == 202
    assert answer.headers["location"].endswith(f"/questions/{question['id']}")
    assert question["state"] == "done"
    assert "seven days after the spring tides" in question["answer"]["text"]
    assert question["answer"]["claims"][0]["status"] == "supported"
    assert question["answer"]["references"][0]["title"] == "Tides"
    assert question["sources_changed"] is False


def test_its_events_are_those_of_its_job(app, client):
    add_tides(app, client)
    answer, _ = asked(app, client)
    with client.stream("GET", f"/jobs/{answer.json()['job_id']}/events") as events:
        text = "".join(events.iter_text())

    assert '"kind": "ask.answer"' in text
    assert text.endswith("event: end\ndata: {}\n\n")


def test_a_refusal_says_so_and_names_the_nearest_passages(app, client):
    add_tides(app, client)
    _, question = asked(app, client, question="How much do tide tables cost in the shop?")

    assert question["answer"]["refusal"] == "Your sources do not say."
    assert question["answer"]["text"] == ""
    assert question["answer"]["searched"]["sources"] == 1


def test_questions_are_listed_kept_asked_again_and_deleted(app, client):
    add_tides(app, client)
    _, first = asked(app, client)
    _, second = asked(app, client, question="What are spring tides?", keep=True)
    assert [(one["id"], one["kept"]) for one in client.get("/questions").json()] == [
        (second["id"], True),
        (first["id"], False),
    ]
    kept = client.patch(f"/questions/{first['id']}", json={"kept": True}).json()
    again = client.post(f"/questions/{first['id']}/again")
    list(app.jobs.follow(again.json()["job_id"], LOCAL_ACTOR))
    assert kept["kept"] is True
    assert again.status_code == 202
    assert again.json()["job_id"] != first["job_id"]
    assert client.delete(f"/questions/{first['id']}").status_code == 204

    assert client.get(f"/questions/{first['id']}").status_code == 404
    assert [one["id"] for one in client.get("/questions").json()] == [second["id"]]


def test_an_answer_becomes_a_draft(app, client):
    add_tides(app, client)
    _, question = asked(app, client)
    draft = client.post(f"/questions/{question['id']}/draft", json={})

    assert draft.status_code == 201
    assert draft.json()["sections"][0]["text"] == question["answer"]["text"]
    assert draft.json()["references"][0]["title"] == "Tides"


def test_a_scope_by_names_of_collections_and_tags(app, client):
    source_id = add_tides(app, client)
    shelf = app.collections.add("The sea", LOCAL_ACTOR)
    app.collections.join(shelf.id, [source_id], LOCAL_ACTOR)
    _, question = asked(app, client, collections=["the sea"], source_ids=[source_id])

    assert question["scope"] == {"source_ids": [source_id], "collections": [shelf.id]}
    assert client.post("/questions", json={"question": WHEN, "tags": ["nowhere"]}).status_code == 422


def test_what_cannot_be_asked_is_refused_with_a_sentence(app, client):
    add_tides(app, client)
    for body in (
        {"question": ""},
        {"question": "?!"},
        {"question": "x" * 50_000},
        {"question": WHEN, "route": "no:way"},
    ):
        answer = client.post("/questions", json=body)
        assert answer.status_code == 422
        assert answer.json()["detail"].endswith(".")
    assert client.get("/questions").json() == []
