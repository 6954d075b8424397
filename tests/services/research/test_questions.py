import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.articles.support import CALLER, ScriptedProvider
from tests.services.research.conftest import finished
from tests.support.scripted_server import Reply, ScriptedServer, failing
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.errors import ReplyInvalid
from writer.services.articles.content_types import content_types
from writer.services.research.model_questions import ModelQuestions, questions_in
from writer.services.research.questions import MOST, questions_of

BRIEF = Brief("Harbour heat", questions=("What did it cost?",), must_include=("the homes on the hill",))
GOOD = json.dumps(
    {
        "perspectives": [
            {"name": "Reader", "questions": ["Who pays for harbour heat?", "What does harbour heat replace?"]},
            {"name": "sceptic", "questions": ["When did harbour heat fail?", "who pays  for harbour heat"]},
        ]
    }
)


def test_the_writers_own_questions_come_first_and_every_field_raises_one():
    brief = Brief(
        "Harbour heat.",
        content_type="how-to",
        reader="councillors",
        goal="They can vote",
        questions=("What did it cost?", "what did it cost"),
        must_include=("the hill",),
        keyphrases=("district heating",),
    )

    found = questions_of(brief)

    texts = [question.text for question in found]
    assert texts[:3] == [
        "What did it cost?",
        "Harbour heat: the hill",
        "Harbour heat: what is needed so that they can vote?",
    ]
    assert "Harbour heat: why does it matter to councillors?" in texts
    assert "What should one know about district heating?" in texts
    assert {question.perspective for question in found} >= {"writer", "reader", "sceptic", "historian", "practitioner"}
    assert len(texts) == len(set(texts)) <= MOST


def test_the_fields_and_usual_parts_of_the_kind_of_article_ask_too():
    found = questions_of(Brief("Bread", content_type="how-to", extra=(("result", "a\nloaf"),)))

    texts = [question.text for question in found]
    assert "Bread: The steps" in texts
    assert "Bread: a loaf" in texts


@given(
    st.text(min_size=1, max_size=300).filter(lambda text: any(c.isalnum() for c in text)),
    st.lists(st.text(max_size=400), max_size=50),
    st.sampled_from(sorted(content_types())),
)
def test_any_brief_gives_few_short_questions_each_once_and_always_the_same(topic, asked, kind):
    brief = Brief(topic, content_type=kind, questions=tuple(asked))
    found = questions_of(brief)

    assert 1 <= len(found) <= MOST
    assert all(0 < len(one.text) <= 200 and "\n" not in one.text for one in found)
    assert found == questions_of(brief)


async def test_a_models_questions_are_taken_once_each_after_the_writers_own():
    provider = ScriptedProvider(GOOD)

    found = await ModelQuestions(provider).of(BRIEF, CALLER)

    assert [(one.perspective, one.text) for one in found] == [
        ("writer", "What did it cost?"),
        ("reader", "Who pays for harbour heat?"),
        ("reader", "What does harbour heat replace?"),
        ("sceptic", "When did harbour heat fail?"),
    ]
    assert provider.requests[0].purpose == "research"
    assert provider.requests[0].prompt_version.startswith("research@1-")


async def test_a_reply_that_cannot_be_used_is_asked_for_once_more():
    provider = ScriptedProvider("Here are some questions: who, what, where?", f"```json\n{GOOD}\n```")

    assert len(await ModelQuestions(provider).of(BRIEF, CALLER)) == 4
    assert "cannot be used" in provider.requests[1].messages[-1].content


async def test_two_replies_that_cannot_be_used_are_an_error_in_a_sentence():
    with pytest.raises(ReplyInvalid, match="asked twice"):
        await ModelQuestions(ScriptedProvider("no")).of(BRIEF, CALLER)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_reply_breaks_the_reader(value):
    assert questions_in(json.dumps({"perspectives": value}), Brief("Tides")) == [] or value


def test_a_hundred_questions_are_cut():
    reply = json.dumps({"perspectives": [{"name": "r", "questions": [f"Question {n} of many?" for n in range(100)]}]})

    assert len(questions_in(reply, BRIEF)) == MOST


def settings(model):
    return {"openai__api_key": "sk-scripted-0123456789", "openai__base_url": model.url, "routes": "openai:scripted-1"}


def test_the_models_questions_are_paid_for_once_and_counted(open_app):
    with ScriptedServer(Reply(GOOD)) as model:
        app = open_app(**settings(model))
        job = finished(app, app.research.start(BRIEF, LOCAL_ACTOR))
        finished(app, app.research.start(BRIEF, LOCAL_ACTOR))

        found = app.research.get(job.id, LOCAL_ACTOR)
        assert len(model.requests) == 1
    assert [one.question.perspective for one in found.questions] == ["writer", "reader", "reader", "sceptic"]
    assert found.notes == ()
    assert len(app.usage.calls(LOCAL_ACTOR)) == 1


def test_a_model_that_fails_costs_no_research_and_that_is_said(open_app):
    with ScriptedServer(failing(400)) as model:
        app = open_app(**settings(model))
        job = finished(app, app.research.start(BRIEF, LOCAL_ACTOR))
        found = app.research.get(job.id, LOCAL_ACTOR)

    assert len(found.questions) >= 5
    assert "These questions come from rules, not from a model" in found.notes[0]


def test_the_built_in_route_asks_no_model(open_app):
    with ScriptedServer(Reply(GOOD)) as model:
        app = open_app(**settings(model))
        finished(app, app.research.start(BRIEF, LOCAL_ACTOR, "built-in"))
        assert model.requests == []
