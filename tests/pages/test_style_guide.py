import pytest

from tests.pages.conftest import Screen, said
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.style_guide import Preferred, StyleGuide


def test_the_style_guide_is_saved_as_it_was_written(app: App, screen: Screen) -> None:
    at = screen("settings")
    at.text_area(key="style:terms").set_value("e-mail -> email\n\nweb site → website")
    at.text_area(key="style:banned").set_value("synergy\n leverage ")
    at.selectbox(key="style:variety").set_value("en-GB")
    at.selectbox(key="style:comma").set_value("always")
    at.button(key="FormSubmitter:style-Save style guide").click().run()

    assert app.style_guides.of(LOCAL_ACTOR) == StyleGuide(
        (Preferred("e-mail", "email"), Preferred("web site", "website")), ("synergy", "leverage"), "en-GB", "always"
    )


@pytest.mark.parametrize("line", ["no arrow here", "-> nothing before", "nothing behind ->"])
def test_a_line_that_is_no_pair_is_refused_with_a_sentence(app: App, screen: Screen, line: str) -> None:
    at = screen("settings")
    at.text_area(key="style:terms").set_value(line)
    at.button(key="FormSubmitter:style-Save style guide").click().run()

    assert "is no pair of terms" in said(at)
    assert app.style_guides.of(LOCAL_ACTOR) == StyleGuide()


def test_ignored_findings_are_listed_and_can_be_taken_out(app: App, screen: Screen) -> None:
    app.style_guides.ignore("weasel", "Some experts say", LOCAL_ACTOR)
    app.style_guides.ignore("hedges", "perhaps", LOCAL_ACTOR)
    at = screen("settings")
    at.multiselect(key="style:ignored:2").set_value([1])
    at.button(key="FormSubmitter:style-Save style guide").click().run()

    assert [one.check for one in app.style_guides.of(LOCAL_ACTOR).ignored] == ["hedges"]
