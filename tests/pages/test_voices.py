from tests.domain.test_voices import LONG
from tests.pages.conftest import Screen, said
from tests.services.test_voices import SAMPLES
from tests.support.furnished import Furnished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR


def a_draft(app: App, text: str) -> str:
    draft = app.drafts.begin("Tides", LOCAL_ACTOR)
    return app.drafts.save_text(draft.id, draft.revision, LOCAL_ACTOR, title="Tides", text=text).id


def test_a_voice_is_learnt_on_the_page_and_described_in_sentences(app: App, screen: Screen) -> None:
    at = screen("settings")
    at.text_input(key="voices:name").set_value("My *voice*")
    for number, sample in enumerate(SAMPLES, 1):
        at.text_area(key=f"voices:sample:{number}").set_value(sample)
    next(button for button in at.button if button.label == "Learn").click().run()

    (voice,) = app.voices.listing(LOCAL_ACTOR)
    assert voice.name == "My *voice*"
    assert "Sentences have 5 words on average" in said(at)
    at.text_input(key=f"voice:name:{voice.id}").set_value("Mine")
    at.button(key=f"voice:rename:{voice.id}").click().run()
    assert app.voices.get(voice.id, LOCAL_ACTOR).name == "Mine"
    at.button(key=f"voice:delete:{voice.id}").click().run()
    assert app.voices.listing(LOCAL_ACTOR) == []


def test_too_few_samples_are_refused_on_the_page(app: App, screen: Screen) -> None:
    at = screen("settings")
    at.text_input(key="voices:name").set_value("Mine")
    next(button for button in at.button if button.label == "Learn").click().run()

    assert "at least 3 different samples" in said(at)


def test_a_draft_is_held_against_the_voice_that_is_chosen_for_it(app: App, screen: Screen) -> None:
    voice = app.voices.learn("Mine", SAMPLES, LOCAL_ACTOR)
    draft_id = a_draft(app, f"{LONG}\n\n{SAMPLES[0]}")
    at = screen("editor", draft=draft_id)
    revision = app.drafts.open(draft_id, LOCAL_ACTOR).revision
    at.selectbox(key=f"voice:{draft_id}:{revision}").set_value(voice.id).run()

    assert app.drafts.open(draft_id, LOCAL_ACTOR).brief.voice == voice.id
    assert "1 of 3 paragraphs far from the voice" in said(at)
    assert "The committee" in said(at)


def test_a_brief_asks_for_a_voice_where_there_is_one(app: App, screen: Screen, furnished: Furnished) -> None:
    voice = app.voices.learn("Mine", SAMPLES, LOCAL_ACTOR)
    at = screen("write")

    assert at.selectbox(key="brief:voice").options == ["No voice", "Mine"]
    at.selectbox(key="brief:voice").set_value(voice.id).run()
    app.voices.delete(voice.id, LOCAL_ACTOR)
    at.run()
    assert not at.exception
